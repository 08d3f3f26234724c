-- Keep what clients have written at a vendor, unless another request was faster.
--
-- KEYS[1]: the prefix of every key. ARGV: the id of the sandbox, the vendor, the version that was changed, the text,
-- and a name of the write that no other has. Returns "ok" and the new version, "stale" with the present version and
-- text, or "gone". A write that is sent again is made once.

local key, vendor, done = KEYS[1] .. 's:' .. ARGV[1], ARGV[2], KEYS[1] .. 'c:' .. ARGV[5]
local made = redis.call('GET', done)
if made then
  return {'ok', tonumber(made)}
end
local found = redis.call('HMGET', key, 'v', 'mv:' .. vendor, 'm:' .. vendor)
if not found[1] then
  return {'gone'}
elseif (found[2] or '0') ~= ARGV[3] then
  return {'stale', tonumber(found[2] or 0), found[3] or ''}
end
-- The time: a version is never used again, also after what was written is forgotten.
local clock = redis.call('TIME')
local version = math.max(clock[1] * 1000000 + clock[2], tonumber(found[2] or 0) + 1)
redis.call('HSET', key, 'm:' .. vendor, ARGV[4], 'mv:' .. vendor, string.format('%.0f', version))
redis.call('SET', done, string.format('%.0f', version), 'EX', 60)
return {'ok', version}
