-- ARGV[10]: persist, new (only keys without a TTL) or all; ARGV[11]: the TTL in ms.
local mode, ttl = ARGV[10], ARGV[11]
for at = first, #KEYS do
  local key = KEYS[at]
  local answer = 0
  if only == '' or mine(key) then
    if mode == 'persist' then
      answer = call('PERSIST', key)
    elseif mode == 'all' or call('PTTL', key) == -1 then
      answer = call('PEXPIRE', key, ttl)
    end
  end
  if wrong(answer) then
    fail(at, answer.err)
  else
    processed = processed + answer
    skipped = skipped + 1 - answer
  end
end
