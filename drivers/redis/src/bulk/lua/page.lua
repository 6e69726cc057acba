-- What every step begins with. ARGV[4] is the name of the note, or empty: then none is kept.
-- ARGV[5] is how the note begins, ARGV[6] to ARGV[8] what was counted elsewhere since the last one,
-- ARGV[9] the only type of keys to touch, or empty. KEYS[3] is the hash of notes where there is one; the keys follow.
local first = ARGV[4] == '' and 3 or 4
local call = redis.pcall
local only = ARGV[9]
local processed, skipped, failed = 0, 0, 0
local again, reasons = {}, {}
local function fail(at, why)
  failed = failed + 1
  if failed <= 10 then
    reasons[#reasons + 1] = at
    reasons[#reasons + 1] = why
  end
end
local function mine(key)
  return only == '' or call('TYPE', key).ok == only
end
local function wrong(answer)
  return type(answer) == 'table' and answer.err
end
