-- The value of a string becomes another one, if it is still what was read. ARGV: old and new of
-- each key.
for at = first, #KEYS do
  local key = KEYS[at]
  local place = 10 + 2 * (at - first)
  local now = call('GET', key)
  if wrong(now) or now and now ~= ARGV[place] then
    again[#again + 1] = at
  elseif not now then
    skipped = skipped + 1
  else
    local answer = call('SET', key, ARGV[place + 1], 'KEEPTTL')
    if wrong(answer) then
      fail(at, answer.err)
    else
      processed = processed + 1
    end
  end
end
