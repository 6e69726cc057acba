-- ARGV[10] to ARGV[12]: how many fields are set, unset, renamed; ARGV[13]: 1 if the values are the
-- same for all keys. Then the fields to set, those to unset, old and new of those to rename, and
-- the values, once or for each key.
local sets, unsets, renames = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local unset = 13 + sets
local rename = unset + unsets
local values = rename + 2 * renames

local function work(key, at, value)
  local kind = call('TYPE', key).ok
  if kind == 'none' then
    skipped = skipped + 1
    return
  end
  if kind ~= 'hash' then
    return fail(at, 'it is a ' .. kind .. ', not a hash')
  end
  -- A key either gets all its renames or none: what is taken is looked for first.
  for n = 1, renames do
    local old = redis.call('HGET', key, ARGV[rename + 2 * n - 1])
    local new = redis.call('HGET', key, ARGV[rename + 2 * n])
    if old and new and old ~= new then
      return fail(at, 'it has both ' .. ARGV[rename + 2 * n - 1] .. ' and ' .. ARGV[rename + 2 * n])
    end
  end
  local changed = false
  for n = 1, renames do
    local old = redis.call('HGET', key, ARGV[rename + 2 * n - 1])
    if old then
      changed = true
      redis.call('HSET', key, ARGV[rename + 2 * n], old)
      redis.call('HDEL', key, ARGV[rename + 2 * n - 1])
    end
  end
  for n = 1, sets do
    if redis.call('HGET', key, ARGV[13 + n]) ~= ARGV[value + n] then
      changed = true
      redis.call('HSET', key, ARGV[13 + n], ARGV[value + n])
    end
  end
  for n = 1, unsets do
    if redis.call('HDEL', key, ARGV[unset + n]) == 1 then changed = true end
  end
  if changed then
    processed = processed + 1
  else
    skipped = skipped + 1
  end
end

for at = first, #KEYS do
  if only ~= '' and not mine(KEYS[at]) then
    skipped = skipped + 1
  else
    local good, why = pcall(work, KEYS[at], at, values)
    if not good then
      fail(at, type(why) == 'table' and why.err or tostring(why))
    end
  end
  if ARGV[13] ~= '1' then values = values + sets end
end
