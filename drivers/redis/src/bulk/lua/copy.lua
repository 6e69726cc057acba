-- ARGV[10]: fail, skip or overwrite. Keys: old, new, old, new ...
local mode = ARGV[10]

local function equal(a, b)
  if #a ~= #b then return false end
  for at = 1, #a do
    if a[at] ~= b[at] then return false end
  end
  return true
end

local function same(a, b)
  local kind = call('TYPE', a).ok
  if kind ~= call('TYPE', b).ok then return false end
  if (call('PTTL', a) == -1) ~= (call('PTTL', b) == -1) then return false end
  if kind == 'string' then return call('GET', a) == call('GET', b) end
  if kind == 'list' then return equal(call('LRANGE', a, 0, -1), call('LRANGE', b, 0, -1)) end
  if kind == 'zset' then
    return equal(call('ZRANGE', a, 0, -1, 'WITHSCORES'), call('ZRANGE', b, 0, -1, 'WITHSCORES'))
  end
  if kind == 'set' then
    local members = call('SMEMBERS', a)
    if #members ~= call('SCARD', b) then return false end
    for _, member in ipairs(members) do
      if call('SISMEMBER', b, member) == 0 then return false end
    end
    return true
  end
  if kind == 'hash' then
    local pairs = call('HGETALL', a)
    if #pairs ~= 2 * call('HLEN', b) then return false end
    for at = 1, #pairs, 2 do
      if call('HGET', b, pairs[at]) ~= pairs[at + 1] then return false end
    end
    return true
  end
  return call('DUMP', a) == call('DUMP', b)
end

for at = first, #KEYS, 2 do
  local old, new = KEYS[at], KEYS[at + 1]
  if only ~= '' and not mine(old) then
    skipped = skipped + 1
  else
    local answer = call('COPY', old, new)
    if answer == 1 then
      processed = processed + 1
    elseif wrong(answer) then
      fail(at, answer.err)
    elseif mode == 'skip' or call('EXISTS', old) == 0 or same(old, new) then
      skipped = skipped + 1
    elseif mode == 'fail' then
      fail(at, 'its new name is taken, by another value')
    else
      answer = call('COPY', old, new, 'REPLACE')
      if wrong(answer) then
        fail(at, answer.err)
      else
        processed = processed + 1
      end
    end
  end
end
