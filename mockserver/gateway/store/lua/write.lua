-- Keep what clients have written at a vendor, unless another request was faster.
--
-- KEYS[1]: the prefix of every key. ARGV: the id of the sandbox, the vendor, the version that was changed, the text.
-- Returns "ok" and the new version, "stale" with the present version and text, or "gone".

local key, vendor = KEYS[1] .. 's:' .. ARGV[1], ARGV[2]
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
return {'ok', version}
