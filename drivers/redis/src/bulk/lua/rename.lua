-- ARGV[10]: fail, skip or overwrite. Keys: old, new, old, new ...
local mode = ARGV[10]
local verb = mode == 'overwrite' and 'RENAME' or 'RENAMENX'
local keys = KEYS
for at = first, #keys, 2 do
  local old = keys[at]
  if only ~= '' and not mine(old) then
    skipped = skipped + 1
  else
    local answer = call(verb, old, keys[at + 1])
    if answer == 1 then
      processed = processed + 1
    elseif answer == 0 then
      if mode == 'skip' then
        skipped = skipped + 1
      else
        fail(at, 'its new name is taken')
      end
    elseif not answer.err then
      processed = processed + 1
    elseif string.find(answer.err, 'no such key', 1, true) then
      skipped = skipped + 1
    else
      fail(at, answer.err)
    end
  end
end
