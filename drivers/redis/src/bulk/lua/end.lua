-- The note is written in the same step as the work.
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[4], ARGV[5] .. string.format(
    '"processed":%.0f,"skipped":%.0f,"failed":%.0f}',
    tonumber(ARGV[6]) + processed, tonumber(ARGV[7]) + skipped, tonumber(ARGV[8]) + failed))
end
return {processed, skipped, failed, again, reasons}
