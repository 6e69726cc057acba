if ARGV[1] == '' then
  local last = tonumber(redis.call('GET', KEYS[2]) or '0')
  local mine = tonumber(ARGV[2])
  if last > mine then return redis.error_reply('LEASELOST') end
  if last < mine then redis.call('SET', KEYS[2], ARGV[2], 'EX', 604800) end
else
  local held = redis.call('GET', KEYS[1])
  if held == ARGV[1] then
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
  elseif not held and redis.call('GET', KEYS[2]) == ARGV[2] then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
  else
    return redis.error_reply('LEASELOST')
  end
end
