-- ARGV[10] is somebody's script, what follows its arguments. It is compiled alone first, so that
-- what it says cannot reach out of the function that it is put in.
local works, why = loadstring(ARGV[10], 'script')
if not works then return redis.error_reply('ERR the script of the step: ' .. why) end
local step = loadstring('return function(KEYS, ARGV) ' .. ARGV[10] .. '\nend', 'script')()
for at = first, #KEYS do
  if only ~= '' and not mine(KEYS[at]) then
    skipped = skipped + 1
  else
    local args = {}
    for n = 11, #ARGV do args[n - 10] = ARGV[n] end
    local good, answer = pcall(step, {KEYS[at]}, args)
    if not good then
      fail(at, type(answer) == 'table' and answer.err or tostring(answer))
    elseif wrong(answer) then
      fail(at, answer.err)
    elseif answer == false or answer == 0 then
      skipped = skipped + 1
    else
      processed = processed + 1
    end
  end
end
