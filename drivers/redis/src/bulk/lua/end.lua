-- The note is written in the same step as the work.
if ARGV[4] ~= '' then
  local counts = '"processed":(%d+),"skipped":(%d+),"failed":(%d+)}$'
  local one, two, three = string.match(redis.call('HGET', KEYS[3], ARGV[4]) or '', counts)
  redis.call('HSET', KEYS[3], ARGV[4], ARGV[5] .. string.format(
    '"processed":%.0f,"skipped":%.0f,"failed":%.0f}',
    (one or 0) + ARGV[6] + processed, (two or 0) + ARGV[7] + skipped, (three or 0) + ARGV[8] + failed))
end
return {processed, skipped, failed, again, reasons}
