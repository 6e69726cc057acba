-- Deletes what was moved to another slot, if it is still what was moved: ARGV[10]. Otherwise it is
-- to be moved again.
local now = call('DUMP', KEYS[first])
if not now then
  skipped = 1
elseif now == ARGV[10] then
  processed = call('UNLINK', KEYS[first])
else
  again[1] = first
end
