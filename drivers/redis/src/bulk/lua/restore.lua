-- Puts a value of another slot here. ARGV[10]: new (only where nothing is) or over; ARGV[11]: its
-- TTL in ms; ARGV[12]: the value. Skipped: something is here.
local answer
if ARGV[10] == 'over' then
  answer = call('RESTORE', KEYS[first], ARGV[11], ARGV[12], 'REPLACE')
else
  answer = call('RESTORE', KEYS[first], ARGV[11], ARGV[12])
end
if not wrong(answer) then
  processed = 1
elseif string.find(answer.err, '^BUSYKEY') then
  skipped = 1
else
  fail(first, answer.err)
end
