-- Make a sandbox, which replaces one with the same id.
--
-- KEYS[1]: the prefix of every key. ARGV: its id, its document, its tokens as a JSON array, after how many
-- milliseconds it is deleted or "", the most sandboxes there may be beside the default one or "", whether one that exists
-- stays (1 or 0). Returns "made" and its version, "full", or "exists" with the version and document of that one. One that
-- is sent again counts once.

local P, id, document, tokens, lifetime, most, stays = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local key, clock = P .. 's:' .. id, redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local expires = lifetime ~= '' and string.format('%.0f', now + lifetime) or ''

if stays == '1' then
  local found = redis.call('HMGET', key, 'v', 'doc')
  if found[1] then
    return {'exists', tonumber(found[1]), found[2]}
  end
end
if most ~= '' and not redis.call('ZSCORE', P .. 'order', id) then
  local ended = redis.call('ZRANGEBYSCORE', P .. 'expiry', '-inf', now, 'LIMIT', 0, 100)
  for _, each in ipairs(ended) do
    redis.call('ZREM', P .. 'expiry', each)
    redis.call('ZREM', P .. 'order', each)
  end
  if redis.call('ZCARD', P .. 'order') > tonumber(most) then
    return {'full'}
  end
end
local before = redis.call('HGET', key, 'tokens')
if before then
  for _, each in ipairs(cjson.decode(before)) do
    if redis.call('GET', P .. 't:' .. each) == id then
      redis.call('DEL', P .. 't:' .. each)
    end
  end
end
redis.call('DEL', key, P .. 'j:' .. id)
local version = string.format('%.0f', clock[1] * 1000000 + clock[2])
redis.call('HSET', key, 'v', version, 'doc', document, 'volume', 1, 'tokens', tokens)
for _, each in ipairs(cjson.decode(tokens)) do
  if expires == '' then
    redis.call('SET', P .. 't:' .. each, id)
  else
    redis.call('SET', P .. 't:' .. each, id, 'PXAT', expires)
  end
end
if expires ~= '' then
  redis.call('HSET', key, 'expires', expires)
  redis.call('PEXPIREAT', key, expires)
  redis.call('ZADD', P .. 'expiry', expires, id)
end
redis.call('ZADD', P .. 'order', 'NX', redis.call('INCR', P .. 'made'), id)
return {'made', tonumber(version)}
