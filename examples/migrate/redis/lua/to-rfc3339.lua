-- The way back: fields named in ARGV from milliseconds since 1970 to RFC 3339 in UTC. The zone that a text had
-- is gone, and so are more than three digits behind the point. A field that is no number is left as it is.

local function date(days)
  days = days + 719468
  local era = math.floor(days / 146097)
  local of_era = days - era * 146097
  local year = math.floor((of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524) - math.floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * year + math.floor(year / 4) - math.floor(year / 100))
  local month = math.floor((5 * of_year + 2) / 153)
  local day = of_year - math.floor((153 * month + 2) / 5) + 1
  month = month < 10 and month + 3 or month - 9
  return era * 400 + year + (month <= 2 and 1 or 0), month, day
end

local changed = false
for _, field in ipairs(ARGV) do
  local text = redis.call('HGET', KEYS[1], field)
  if text and string.find(text, '^%-?%d+$') then
    local ms = tonumber(text)
    local seconds = math.floor(ms / 1000)
    local rest = seconds % 86400
    local year, month, day = date((seconds - rest) / 86400)
    local time = string.format('%04d-%02d-%02dT%02d:%02d:%02d', year, month, day,
      math.floor(rest / 3600), math.floor(rest % 3600 / 60), rest % 60)
    if ms % 1000 ~= 0 then time = time .. string.format('.%03d', ms % 1000) end
    redis.call('HSET', KEYS[1], field, time .. 'Z')
    changed = true
  end
end
return changed
