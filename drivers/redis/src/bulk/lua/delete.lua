local keys = KEYS
for at = first, #keys do
  if only ~= '' and not mine(keys[at]) then
    skipped = skipped + 1
  else
    local answer = call('UNLINK', keys[at])
    if wrong(answer) then
      fail(at, answer.err)
    else
      processed = processed + answer
      skipped = skipped + 1 - answer
    end
  end
end
