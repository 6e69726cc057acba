-- A string becomes a hash or a list, if it is still what was read. ARGV[10]: the type. Then for
-- each key what was read, how many parts there are, and these.
local place = 11
for at = first, #KEYS do
  local key = KEYS[at]
  local count = tonumber(ARGV[place + 1])
  local now = call('GET', key)
  if wrong(now) or now and now ~= ARGV[place] then
    again[#again + 1] = at
  elseif not now then
    skipped = skipped + 1
  else
    local parts = {}
    for n = 1, count do parts[n] = ARGV[place + 1 + n] end
    local good, why = pcall(write, key, ARGV[10], parts, call('PTTL', key))
    if good then
      processed = processed + 1
    else
      fail(at, type(why) == 'table' and why.err or tostring(why))
    end
  end
  place = place + 2 + count
end
