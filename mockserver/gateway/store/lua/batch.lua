-- Requests that come to a server at about the same time, and how earlier ones ended, for their journals.
--
-- KEYS[1]: the prefix of every key. ARGV: the id of the server, the number of the batch among its own, whether it is
-- sent again (1 or 0), the items as a JSON array, then the texts that the items have by index, from 1.
--
-- Returns the time in microseconds, then a result for each item, in order. Nothing is changed for an item whose result
-- is not "ok". Times are whole microseconds since 1970: a double has them exactly.

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

-- The first rule that fires: its index, how often it had fired, and the counters to write. A rule with a share draws by
-- a text of zeros and ones, which begins with the request of the index `base`; "draws" if it is at another place.
local function meet(key, rules, at, writes)
  for index, rule in ipairs(rules) do
    if (not rule.since or rule.since <= at) and (not rule['until'] or at < rule['until']) then
      local counted = redis.call('HGET', key, 'f:' .. rule.id)
      local seen, hits = 0, 0
      if counted then
        local found = numbers(counted)
        seen, hits = found[1], found[2]
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
        writes[#writes + 1] = whole(seen) .. ' ' .. whole(hits + (fires and 1 or 0))
        if fires then
          return 'hit', index, hits
        end
      end
    end
  end
  return 'none', 0, 0
end

-- Spend one request of a limit; the microseconds until one would pass, or -1. The same arithmetic as in limits.py.
local function take(key, limit, at, writes)
  local full = limit.burst * MINUTE
  local units, counted_at, blocked = full, at, 0
  local bucket = redis.call('HGET', key, 'b:' .. limit.name)
  if bucket then
    local found = numbers(bucket)
    units, counted_at, blocked = found[1], found[2], found[3]
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
  writes[#writes + 1] = whole(units) .. ' ' .. whole(at) .. ' ' .. whole(blocked)
  return wait
end

local function goes_on(rule, hits)
  local steps = #rule.goes_on
  local step = rule.repeats and hits % steps or math.min(hits, steps - 1)
  return string.sub(rule.goes_on, step + 1, step + 1) == '1'
end

local function admit(item)
  if item.token then
    local elsewhere = redis.call('GET', P .. 't:' .. item.token)
    if elsewhere then
      local found = redis.call('HMGET', P .. 's:' .. elsewhere, 'v', 'doc')
      if found[1] then
        return {'elsewhere', elsewhere, tonumber(found[1]), found[2]}
      end
    end
  end
  local key = P .. 's:' .. item.sandbox
  local state = redis.call('HMGET', key, 'v', 'volume', 'expires', 'mv:' .. (item.vendor or ''))
  if not state[1] then
    return {'gone'}
  elseif tonumber(state[1]) ~= item.version then
    return {'stale', tonumber(state[1]), redis.call('HGET', key, 'doc')}
  end
  local at = item.frozen or math.min(now + item.offset, LATEST)
  local writes, wait, before, before_hits, after, after_hits = {}, -1, 0, 0, 0, 0
  if not (item.token_ends and at >= item.token_ends) then
    local found, index, hits = meet(key, item.before, at, writes)
    if found == 'draws' then
      return {'draws', 'before', index, hits}
    elseif found == 'hit' then
      before, before_hits = index, hits
    end
    local is_limited = item.limit and (before == 0 or goes_on(item.before[before], hits))
    if is_limited then
      wait = take(key, item.limit, at, writes)
    end
    if before == 0 and wait < 0 then
      found, index, hits = meet(key, item.after, at, writes)
      if found == 'draws' then
        return {'draws', 'after', index, hits}
      elseif found == 'hit' then
        after, after_hits = index, hits
      end
    end
  end
  if #writes > 0 then
    redis.call('HSET', key, unpack(writes))
  end
  local id, sequence = 0, redis.call('INCRBY', P .. 'sequence', 2)
  if item.text then
    local journal = P .. 'j:' .. item.sandbox
    id = redis.call('HINCRBY', key, 'requests', 1)
    redis.call('HSET', journal, id, whole(now) .. ' ' .. whole(sequence) .. ' ' .. ARGV[4 + item.text])
    if item['end'] and wait < 0 then
      redis.call('HSET', journal, whole(id) .. 'e', ARGV[4 + item['end']])
    end
    if id == 1 and state[3] then
      redis.call('PEXPIREAT', journal, state[3])
    end
    if id > item.size then
      redis.call('HDEL', journal, whole(id - item.size), whole(id - item.size) .. 'e')
    end
  end
  return {'ok', id, sequence, tonumber(state[2]), before, before_hits, wait, after, after_hits, tonumber(state[4] or 0)}
end

-- How a request ended, unless its journal was emptied or its entry dropped meanwhile.
local function finish(item)
  local journal = P .. 'j:' .. item.sandbox
  local volume = redis.call('HGET', P .. 's:' .. item.sandbox, 'volume')
  if volume and tonumber(volume) == item.volume and redis.call('HEXISTS', journal, item.id) == 1 then
    redis.call('HSET', journal, whole(item.id) .. 'e', ARGV[4 + item.text])
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
local results = {now}
for index, item in ipairs(cjson.decode(ARGV[4])) do
  results[index + 1] = item.id and finish(item) or admit(item)
end
redis.call('SET', sent, cmsgpack.pack({number, results}), 'EX', 60)
return results
