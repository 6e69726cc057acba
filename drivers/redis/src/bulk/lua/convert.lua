-- ARGV[10] becomes ARGV[11]. A hash and a list become the text of JSON.
local from, to = ARGV[10], ARGV[11]

local spelled = {
  ['"'] = '\\"', ['\\'] = '\\\\', ['\b'] = '\\b', ['\f'] = '\\f', ['\n'] = '\\n', ['\r'] = '\\r', ['\t'] = '\\t'
}

local function unicode(text)
  local at = string.find(text, '[\128-\255]')
  while at do
    local next = string.match(text, '^[\194-\223][\128-\191]()', at)
      or string.match(text, '^\224[\160-\191][\128-\191]()', at)
      or string.match(text, '^[\225-\236\238\239][\128-\191][\128-\191]()', at)
      or string.match(text, '^\237[\128-\159][\128-\191]()', at)
      or string.match(text, '^\240[\144-\191][\128-\191][\128-\191]()', at)
      or string.match(text, '^[\241-\243][\128-\191][\128-\191][\128-\191]()', at)
      or string.match(text, '^\244[\128-\143][\128-\191][\128-\191]()', at)
    if not next then return false end
    at = string.find(text, '[\128-\255]', next)
  end
  return true
end

local function spell(text)
  if not unicode(text) then error({err = 'a part of it is no UTF-8, which JSON cannot hold'}) end
  return '"' .. string.gsub(text, '[%c"\\]', function(sign)
    return spelled[sign] or string.format('\\u%04x', string.byte(sign))
  end) .. '"'
end

local function json(parts)
  local texts = {}
  if from == 'list' then
    for n, part in ipairs(parts) do texts[n] = spell(part) end
    return '[' .. table.concat(texts, ',') .. ']'
  end
  for n = 1, #parts, 2 do texts[#texts + 1] = spell(parts[n]) .. ':' .. spell(parts[n + 1]) end
  table.sort(texts)
  return '{' .. table.concat(texts, ',') .. '}'
end

local function parts(key)
  local all
  if from == 'hash' then
    all = redis.call('HGETALL', key)
  elseif from == 'list' then
    all = redis.call('LRANGE', key, 0, -1)
  elseif from == 'set' then
    all = redis.call('SMEMBERS', key)
    table.sort(all)
  else
    all = redis.call('ZRANGE', key, 0, -1)
  end
  if to == 'string' then return {json(all)} end
  if to ~= 'zset' then return all end
  -- The score is the first place in a list, and 0 for what had no place in a set.
  local scored, seen = {}, {}
  for n, member in ipairs(all) do
    if not seen[member] then
      seen[member] = true
      scored[#scored + 1] = from == 'list' and n - 1 or 0
      scored[#scored + 1] = member
    end
  end
  return scored
end

for at = first, #KEYS do
  local key = KEYS[at]
  local kind = call('TYPE', key).ok
  if kind == 'none' or kind == to or not (only == '' or kind == only) then
    skipped = skipped + 1
  elseif kind ~= from then
    fail(at, 'it is a ' .. kind .. ', not a ' .. from)
  else
    local good, why = pcall(function() write(key, to, parts(key), redis.call('PTTL', key)) end)
    if good then
      processed = processed + 1
    else
      fail(at, type(why) == 'table' and why.err or tostring(why))
    end
  end
end
