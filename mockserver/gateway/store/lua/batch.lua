-- Requests that come to a server at about the same time, and how earlier ones ended, for their journals.
--
-- KEYS[1]: the prefix of every key. ARGV: the id of the server, the number of the batch among its own, whether it is
-- sent again (1 or 0), a JSON array of what is asked, a JSON array with three indexes for each item, then texts. The
-- indexes are of what is asked, of what the journal keeps of the request, and of how it ended; 0 where there is none.
--
-- Returns the time in microseconds, then a result for each item, in order. Nothing is changed for an item whose result
-- is not "ok". Times are whole microseconds since 1970: a double has them exactly. What several items need of a sandbox
-- is read once, and what they change is written once, at the end.

local P, server, number, again = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local LATEST = 7258118399999999
local MINUTE = 60000000

local function whole(value)
  return string.format('%.0f', value)
end

local function numbers(text)
  local found = {}
  for digits in string.gmatch(text, '-?%d+') do
    found[#found + 1] = tonumber(digits)
  end
  return found
end

local sandboxes, opened = {}, {}

-- A sandbox; its version is nil if there is none.
local function open(id)
  local known = sandboxes[id]
  if not known then
    local key = P .. 's:' .. id
    local found = redis.call('HMGET', key, 'v', 'volume', 'expires', 'requests')
    known = {
      key = key, journal = P .. 'j:' .. id, version = tonumber(found[1] or nil), volume = tonumber(found[2] or nil),
      expires = found[3], requests = tonumber(found[4] or 0), fields = {}, is_changed = {}, changed = {}, entries = {},
      dropped = {},
    }
    sandboxes[id] = known
    opened[#opened + 1] = known
  end
  return known
end

-- The numbers in a field of a sandbox; nil if it has none.
local function get(sandbox, name)
  local value = sandbox.fields[name]
  if value == nil then
    local text = redis.call('HGET', sandbox.key, name)
    value = text and numbers(text)
    sandbox.fields[name] = value
  end
  return value or nil
end

local function put(sandbox, name, value)
  if not sandbox.is_changed[name] then
    sandbox.is_changed[name] = true
    sandbox.changed[#sandbox.changed + 1] = name
  end
  sandbox.fields[name] = value
end

local function save(sandbox)
  local fields = {}
  for index, name in ipairs(sandbox.changed) do
    local texts = {}
    for place, value in ipairs(sandbox.fields[name]) do
      texts[place] = whole(value)
    end
    fields[2 * index - 1], fields[2 * index] = name, table.concat(texts, ' ')
  end
  if #fields > 0 then
    redis.call('HSET', sandbox.key, unpack(fields))
  end
  if #sandbox.entries > 0 then
    redis.call('HSET', sandbox.journal, unpack(sandbox.entries))
  end
  if sandbox.begins and sandbox.expires then
    redis.call('PEXPIREAT', sandbox.journal, sandbox.expires)
  end
  if #sandbox.dropped > 0 then
    redis.call('HDEL', sandbox.journal, unpack(sandbox.dropped))
  end
end

local function add_entry(sandbox, name, text)
  sandbox.entries[#sandbox.entries + 1] = name
  sandbox.entries[#sandbox.entries + 1] = text
end

-- The first rule that fires: its index, how often it had fired, and the counters to write. A rule with a share draws by
-- a text of zeros and ones, which begins with the request of the index `base`; "draws" if it is at another place.
local function meet(sandbox, rules, at, writes)
  for index, rule in ipairs(rules) do
    if (not rule.since or rule.since <= at) and (not rule['until'] or at < rule['until']) then
      local counted = get(sandbox, 'f:' .. rule.id)
      local seen, hits = 0, 0
      if counted then
        seen, hits = counted[1], counted[2]
      end
      if not rule.most or hits < rule.most then
        seen = seen + 1
        local fires = seen > rule.skip
        if fires and rule.draws then
          local position = seen - rule.base
          if position < 1 or position > #rule.draws then
            return 'draws', index, seen
          end
          fires = string.sub(rule.draws, position, position) == '1'
        end
        writes[#writes + 1] = 'f:' .. rule.id
        writes[#writes + 1] = {seen, hits + (fires and 1 or 0)}
        if fires then
          return 'hit', index, hits
        end
      end
    end
  end
  return 'none', 0, 0
end

-- Spend one request of a limit; the microseconds until one would pass, or -1. The same arithmetic as in limits.py.
local function take(sandbox, limit, at, writes)
  local full = limit.burst * MINUTE
  local units, counted_at, blocked = full, at, 0
  local bucket = get(sandbox, 'b:' .. limit.name)
  if bucket then
    units, counted_at, blocked = bucket[1], bucket[2], bucket[3]
  end
  if at < counted_at then
    blocked = blocked - (counted_at - at)
  end
  units = math.min(units + math.max(at - counted_at, 0) * limit.per_minute, full)
  if limit.block == 'refill' then
    blocked = at
  end
  local wait = -1
  if at < blocked then
    wait = blocked - at
  elseif units >= MINUTE then
    units = units - MINUTE
  elseif limit.block == 'minute' then
    blocked = at + MINUTE
    wait = MINUTE
  else
    wait = math.ceil((MINUTE - units) / limit.per_minute)
  end
  writes[#writes + 1] = 'b:' .. limit.name
  writes[#writes + 1] = {units, at, blocked}
  return wait
end

local function goes_on(rule, hits)
  local steps = #rule.goes_on
  local step = rule.repeats and hits % steps or math.min(hits, steps - 1)
  return string.sub(rule.goes_on, step + 1, step + 1) == '1'
end

local function admit(item, text, ended, sequence)
  if item.token then
    local elsewhere = redis.call('GET', P .. 't:' .. item.token)
    if elsewhere then
      local found = redis.call('HMGET', P .. 's:' .. elsewhere, 'v', 'doc')
      if found[1] then
        return {'elsewhere', elsewhere, tonumber(found[1]), found[2]}
      end
    end
  end
  local sandbox = open(item.sandbox)
  if not sandbox.version then
    return {'gone'}
  elseif sandbox.version ~= item.version then
    return {'stale', sandbox.version, redis.call('HGET', sandbox.key, 'doc')}
  end
  local at = item.frozen or math.min(now + item.offset, LATEST)
  local writes, wait, before, before_hits, after, after_hits = {}, -1, 0, 0, 0, 0
  if not (item.token_ends and at >= item.token_ends) then
    local found, index, hits = meet(sandbox, item.before, at, writes)
    if found == 'draws' then
      return {'draws', 'before', index, hits}
    elseif found == 'hit' then
      before, before_hits = index, hits
    end
    local is_limited = item.limit and (before == 0 or goes_on(item.before[before], hits))
    if is_limited then
      wait = take(sandbox, item.limit, at, writes)
    end
    if before == 0 and wait < 0 then
      found, index, hits = meet(sandbox, item.after, at, writes)
      if found == 'draws' then
        return {'draws', 'after', index, hits}
      elseif found == 'hit' then
        after, after_hits = index, hits
      end
    end
  end
  for index = 1, #writes, 2 do
    put(sandbox, writes[index], writes[index + 1])
  end
  local id, memory = 0, get(sandbox, 'mv:' .. (item.vendor or ''))
  if text then
    id = sandbox.requests + 1
    sandbox.requests = id
    sandbox.begins = sandbox.begins or id == 1
    put(sandbox, 'requests', {id})
    add_entry(sandbox, whole(id), whole(now) .. ' ' .. whole(sequence) .. ' ' .. server .. ' ' .. text)
    if ended and wait < 0 then
      add_entry(sandbox, whole(id) .. 'e', ended)
    end
    if id > item.size then
      sandbox.dropped[#sandbox.dropped + 1] = whole(id - item.size)
      sandbox.dropped[#sandbox.dropped + 1] = whole(id - item.size) .. 'e'
    end
  end
  return {'ok', id, sequence, sandbox.volume, before, before_hits, wait, after, after_hits, memory and memory[1] or 0}
end

-- How a request ended, unless its journal was emptied or its entry dropped meanwhile.
local function finish(item, text)
  local sandbox = open(item.sandbox)
  if sandbox.version and sandbox.volume == item.volume then
    if redis.call('HEXISTS', sandbox.journal, item.id) == 1 then
      add_entry(sandbox, whole(item.id) .. 'e', text)
    end
  end
  return {'ok'}
end

local sent = P .. 'r:' .. server
if again == '1' then
  local last = redis.call('GET', sent)
  if last then
    local found = cmsgpack.unpack(last)
    if found[1] == number then
      return found[2]
    end
  end
end
local asked, indexes, results, admitted = cjson.decode(ARGV[4]), cjson.decode(ARGV[5]), {now}, 0
for index = 1, #indexes, 3 do
  admitted = admitted + (asked[indexes[index]].id and 0 or 1)
end
local sequence = admitted > 0 and redis.call('INCRBY', P .. 'sequence', 2 * admitted) - 2 * admitted
for index = 1, #indexes, 3 do
  local item, text, ended = asked[indexes[index]], ARGV[5 + indexes[index + 1]], ARGV[5 + indexes[index + 2]]
  text, ended = indexes[index + 1] > 0 and text, indexes[index + 2] > 0 and ended
  if item.id then
    results[#results + 1] = finish(item, text)
  else
    sequence = sequence + 2
    results[#results + 1] = admit(item, text, ended, sequence)
  end
end
for _, sandbox in ipairs(opened) do
  save(sandbox)
end
-- It is a sign of life, too: an entry in progress of a server without one is abandoned.
redis.call('SET', sent, cmsgpack.pack({number, results}), 'EX', 60)
return results
