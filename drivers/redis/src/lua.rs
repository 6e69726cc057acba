//! The scripts that the server runs. Those that write begin with the guard: they go on only while the
//! lock is ours.

use crate::ground::{GUARD, Script};
use std::sync::LazyLock;

/// KEYS: lock, fence. ARGV: the lock up to its time, how long it lasts, what we wrote before.
pub const TAKE: Script = Script {
    text: r"
local held = redis.call('GET', KEYS[1])
local now = redis.call('TIME')
if held and held ~= ARGV[3] then
  return {0, held}
end
local value = held
if held then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
else
  redis.call('INCR', KEYS[2])
  value = ARGV[1] .. now[1] .. string.format('%03d', math.floor(now[2] / 1000)) .. '}'
  redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
end
return {1, value, redis.call('GET', KEYS[2]), now[1], now[2]}
",
};

/// KEYS: lock. ARGV: what we wrote into it.
pub const GIVE_BACK: Script = Script {
    text: r"
local held = redis.call('GET', KEYS[1])
if held == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return held and -1 or 0
",
};

/// KEYS: lock, fence. ARGV: the token of a holder. The number goes on, so that who held the lock
/// cannot take it again in silence.
pub const END: Script = Script {
    text: r"
local held = redis.call('GET', KEYS[1])
if held and string.find(held, ARGV[1], 1, true) then
  redis.call('INCR', KEYS[2])
  return redis.call('DEL', KEYS[1])
end
return 0
",
};

fn guarded(rest: &str) -> String {
    format!("{GUARD}{rest}")
}

/// Asks for the lock and renews it.
pub fn renew() -> Script {
    static TEXT: LazyLock<String> = LazyLock::new(|| guarded("return 1"));
    Script { text: &TEXT }
}

/// KEYS[3]: the notes. ARGV: name, note.
pub fn keep() -> Script {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| guarded("return redis.call('HSET', KEYS[3], ARGV[4], ARGV[5])"));
    Script { text: &TEXT }
}

/// KEYS[3]: the marks. ARGV[4]: one of them.
pub fn forget() -> Script {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| guarded("return redis.call('HDEL', KEYS[3], ARGV[4])"));
    Script { text: &TEXT }
}

/// KEYS[3..]: those of the ledger. ARGV[4]: the format. Says what it was before, or which key is
/// somebody else's.
pub fn prepare() -> Script {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        guarded(
            r"
local kinds = {'hash', 'hash', 'hash', 'hash', 'stream', 'hash'}
for n, kind in ipairs(kinds) do
  local is = redis.call('TYPE', KEYS[n + 2])['ok']
  if is ~= kind and is ~= 'none' then
    return redis.error_reply('FOREIGN ' .. KEYS[n + 2])
  end
end
local format = redis.call('HGET', KEYS[8], 'format')
if not format or (tonumber(format) or 0) < tonumber(ARGV[4]) then
  redis.call('HSET', KEYS[8], 'format', ARGV[4])
end
return format
",
        )
    });
    Script { text: &TEXT }
}

/// KEYS[3..]: marks, records, scripts, steps, log, meta. ARGV: kind of work, name of its mark, then
/// three lists of lists, each with its length before it: entries before, entries after, the work.
///
/// Everything is looked at before anything is written: a script is not undone. What failed is an
/// answer and no error, for the entries before it stay.
pub fn work() -> Script {
    static TEXT: LazyLock<String> = LazyLock::new(|| guarded(WORK));
    Script { text: &TEXT }
}

/// What a script may call without leaving anything.
const WORK: &str = r#"
local reads = {}
for name in string.gmatch([[
  GET MGET GETRANGE STRLEN SUBSTR GETBIT BITCOUNT BITPOS EXISTS TYPE TTL PTTL EXPIRETIME PEXPIRETIME
  KEYS SCAN RANDOMKEY DBSIZE DUMP OBJECT MEMORY TIME
  HGET HMGET HGETALL HKEYS HVALS HLEN HEXISTS HSTRLEN HSCAN HRANDFIELD
  LRANGE LINDEX LLEN LPOS SMEMBERS SISMEMBER SMISMEMBER SCARD SRANDMEMBER SSCAN SINTER SUNION SDIFF
  ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZRANGEBYLEX ZREVRANGEBYLEX ZSCORE ZMSCORE ZCARD
  ZCOUNT ZLEXCOUNT ZRANK ZREVRANK ZSCAN ZINTER ZUNION ZDIFF
  XLEN XRANGE XREVRANGE XREAD XINFO XPENDING GEOPOS GEODIST GEOHASH GEOSEARCH ECHO PING]], '%u+') do
  reads[name] = true
end

local at = 4
local function take()
  local value = ARGV[at]
  at = at + 1
  return value
end
local function list()
  local items = {}
  for n = 1, tonumber(take()) do
    local item = {}
    for m = 1, tonumber(take()) do item[m] = take() end
    items[n] = item
  end
  return items
end
local kind, mark = take(), take()
local before, after, work = list(), list(), list()

local seen = {}
for _, entries in ipairs({before, after}) do
  for _, entry in ipairs(entries) do
    local id = entry[2]
    if entry[1] == 'forget' then
      seen[id] = 'gone'
    elseif entry[1] == 'record' then
      if seen[id] == 'new' or (not seen[id] and redis.call('HEXISTS', KEYS[4], id) == 1) then
        return redis.error_reply('TWICE ' .. id)
      end
      seen[id] = 'new'
    end
  end
end

local function sum(difference)
  redis.call('HINCRBY', KEYS[8], 'sum', string.format('%.0f', difference))
end
local function changed(id, change)
  local json = redis.call('HGET', KEYS[4], id)
  if json then
    local record = cjson.decode(json)
    change(record)
    redis.call('HSET', KEYS[4], id, cjson.encode(record))
  end
end
local function is_note(value)
  return string.sub(value, 1, 1) == '{'
end

local write = {
  record = function(entry)
    redis.call('HSET', KEYS[4], entry[2], entry[3])
    if entry[4] == '' then
      redis.call('HDEL', KEYS[5], entry[2])
    else
      redis.call('HSET', KEYS[5], entry[2], entry[4])
    end
    redis.call('HINCRBY', KEYS[8], 'count', 1)
    sum(tonumber(entry[5]))
  end,
  state = function(entry)
    changed(entry[2], function(record) record.state = entry[3] end)
  end,
  accept = function(entry)
    changed(entry[2], function(record)
      sum(tonumber(entry[4]) - record.digest)
      record.checksum, record.digest = entry[3], tonumber(entry[4])
    end)
    local json = redis.call('HGET', KEYS[5], entry[2])
    local scripts = json and cjson.decode(json) or {}
    scripts.up = entry[5] ~= '' and entry[5] or nil
    if next(scripts) then
      redis.call('HSET', KEYS[5], entry[2], cjson.encode(scripts))
    else
      redis.call('HDEL', KEYS[5], entry[2])
    end
  end,
  forget = function(entry)
    local json = redis.call('HGET', KEYS[4], entry[2])
    if json then
      sum(-cjson.decode(json).digest)
      redis.call('HINCRBY', KEYS[8], 'count', -1)
      redis.call('HDEL', KEYS[4], entry[2])
      redis.call('HDEL', KEYS[5], entry[2])
    end
  end,
  step = function(entry)
    redis.call('HSET', KEYS[6], entry[2], entry[3])
  end,
  intent = function(entry)
    redis.call('HSET', KEYS[6], entry[2], entry[3])
    local note = redis.call('HGET', KEYS[3], entry[4])
    if note and (not is_note(note) or cjson.decode(note).done) then
      redis.call('HDEL', KEYS[3], entry[4])
    end
  end,
  unstep = function(entry)
    redis.call('HDEL', KEYS[6], entry[2] .. '/' .. entry[3] .. '/' .. entry[4])
    for _, field in ipairs(redis.call('HKEYS', KEYS[3])) do
      local phase, number, id = string.match(field, '^(%l+)/(%d+)/%x+/(.*)$')
      if phase == entry[2] and number == entry[3] and id == entry[4]
        and not is_note(redis.call('HGET', KEYS[3], field)) then
        redis.call('HDEL', KEYS[3], field)
      end
    end
  end,
  clear = function(entry)
    for key, pattern in pairs({[KEYS[6]] = '^(%l+)/%d+/(.*)$', [KEYS[3]] = '^(%l+)/%d+/%x+/(.*)$'}) do
      for _, field in ipairs(redis.call('HKEYS', key)) do
        local phase, id = string.match(field, pattern)
        if phase == entry[2] and id == entry[3] then
          redis.call('HDEL', key, field)
        end
      end
    end
  end,
  attempt = function(entry)
    local number = redis.call('HINCRBY', KEYS[8], 'log', 1)
    redis.call('XADD', KEYS[7], string.format('%.0f-0', number), 'entry', entry[2])
  end,
}
local function write_all(entries)
  for _, entry in ipairs(entries) do write[entry[1]](entry) end
end
local function marked(value)
  if mark ~= '' then redis.call('HSET', KEYS[3], mark, value) end
end
local function reason(value)
  if type(value) == 'table' then return tostring(value.err or value.ok or 'no reason') end
  return tostring(value)
end

write_all(before)
if kind == 'direct' then
  marked('direct')
  return {'direct'}
elseif kind == 'command' then
  local answer = redis.pcall(unpack(work[1]))
  if type(answer) == 'table' and answer.err then
    if string.find(answer.err, 'not allowed from script', 1, true) then
      return {'direct'}
    end
    return {'failed', answer.err}
  end
elseif kind == 'script' then
  local calls = 0
  local function counted(call)
    return function(name, ...)
      if not reads[string.upper(tostring(name))] then calls = calls + 1 end
      return call(name, ...)
    end
  end
  local own = setmetatable(
    {call = counted(redis.call), pcall = counted(redis.pcall)}, {__index = redis})
  local chunk, wrong = loadstring('local redis, KEYS, ARGV = ... ' .. work[1][1], '@script')
  if not chunk then return {'failed', wrong} end
  local fine, answer = pcall(chunk, own, work[2], work[3])
  if not fine or (type(answer) == 'table' and answer.err) then
    if calls > 0 then marked('partial ' .. calls) end
    return {'failed', reason(answer)}
  end
end
marked('done')
write_all(after)
return {'done'}
"#;
