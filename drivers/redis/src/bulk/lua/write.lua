-- Writes parts as a value of a type, in pieces that a command can take, and gives it a TTL.
local function write(key, kind, parts, ttl)
  redis.call('DEL', key)
  if kind == 'string' then
    redis.call('SET', key, parts[1])
  else
    local verb = kind == 'hash' and 'HSET' or kind == 'list' and 'RPUSH' or kind == 'set' and 'SADD' or 'ZADD'
    for from = 1, #parts, 1000 do
      redis.call(verb, key, unpack(parts, from, math.min(from + 999, #parts)))
    end
  end
  if ttl >= 0 then redis.call('PEXPIRE', key, ttl) end
end
