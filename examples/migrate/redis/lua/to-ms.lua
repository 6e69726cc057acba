-- Turns the fields named in ARGV from RFC 3339 (2024-05-01T12:00:00.5+02:00) into milliseconds since 1970.
-- A field that is a number already is left as it is, so that running it again does no harm.

-- Days since 1970 of a date of the Gregorian calendar; the year begins in March, so that a leap day is its last.
local function days(year, month, day)
  if month <= 2 then year = year - 1 end
  local era = math.floor(year / 400)
  local of_era = year - era * 400
  local of_year = math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return era * 146097 + of_era * 365 + math.floor(of_era / 4) - math.floor(of_era / 100) + of_year - 719468
end

local function ms(text)
  local y, mo, d, h, mi, s, fraction, zone =
    string.match(text, '^(%d%d%d%d)-(%d%d)-(%d%d)[Tt ](%d%d):(%d%d):(%d%d)(%.?%d*)(.*)$')
  if not y then return nil end
  local shift = 0
  if zone ~= 'Z' and zone ~= 'z' then
    local sign, hours, minutes = string.match(zone, '^([+-])(%d%d):(%d%d)$')
    if not sign then return nil end
    shift = (tonumber(hours) * 60 + tonumber(minutes)) * 60
    if sign == '-' then shift = -shift end
  end
  local seconds = days(tonumber(y), tonumber(mo), tonumber(d)) * 86400
    + tonumber(h) * 3600 + tonumber(mi) * 60 + tonumber(s) - shift
  -- The first three digits behind the point; more of them say less than a millisecond.
  local thousandths = tonumber(string.sub(string.sub(fraction, 2) .. '000', 1, 3))
  return string.format('%.0f', seconds * 1000 + thousandths)
end

local changed = false
for _, field in ipairs(ARGV) do
  local text = redis.call('HGET', KEYS[1], field)
  if text and not string.find(text, '^%-?%d+$') then
    local number = ms(text)
    -- Counted as a failed key and shown with this reason. What was written to it already is right.
    if not number then error(field .. ' is no time: ' .. text, 0) end
    redis.call('HSET', KEYS[1], field, number)
    changed = true
  end
end
return changed
