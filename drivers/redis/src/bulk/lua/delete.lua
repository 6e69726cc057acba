for at = first, #KEYS do
  if only ~= '' and not mine(KEYS[at]) then
    skipped = skipped + 1
  else
    local answer = call('UNLINK', KEYS[at])
    if wrong(answer) then
      fail(at, answer.err)
    else
      processed = processed + answer
      skipped = skipped + 1 - answer
    end
  end
end
