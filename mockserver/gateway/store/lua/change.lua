-- Change a sandbox, unless another server was faster.
--
-- KEYS[1]: the prefix of every key. ARGV: its id, the version that was changed, its new document, its tokens as a JSON
-- array, whether its journal is emptied (1 or 0), then the fields of its counters that are removed; one that ends with
-- a star stands for all that begin like it. Returns "ok" and the new version, "stale" with the present version and
-- document, or "gone".

local P, id, version, document, tokens, empties = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local key = P .. 's:' .. id
local found = redis.call('HMGET', key, 'v', 'doc', 'tokens', 'expires')

if not found[1] then
  return {'gone'}
elseif found[1] ~= version then
  return {'stale', tonumber(found[1]), found[2]}
end
local removed, fields = {}, nil
for index = 6, #ARGV do
  local field = ARGV[index]
  if string.sub(field, -1) == '*' then
    fields = fields or redis.call('HKEYS', key)
    for _, each in ipairs(fields) do
      if string.sub(each, 1, #field - 1) == string.sub(field, 1, -2) then
        removed[#removed + 1] = each
      end
    end
  else
    removed[#removed + 1] = field
  end
end
if #removed > 0 then
  redis.call('HDEL', key, unpack(removed))
end
if tokens ~= found[3] then
  for _, each in ipairs(cjson.decode(found[3])) do
    if redis.call('GET', P .. 't:' .. each) == id then
      redis.call('DEL', P .. 't:' .. each)
    end
  end
  for _, each in ipairs(cjson.decode(tokens)) do
    if found[4] then
      redis.call('SET', P .. 't:' .. each, id, 'PXAT', found[4])
    else
      redis.call('SET', P .. 't:' .. each, id)
    end
  end
end
if empties == '1' then
  redis.call('HINCRBY', key, 'volume', 1)
  redis.call('HDEL', key, 'requests')
  redis.call('DEL', P .. 'j:' .. id)
end
local next_version = redis.call('HINCRBY', key, 'v', 1)
redis.call('HSET', key, 'doc', document, 'tokens', tokens)
return {'ok', next_version}
