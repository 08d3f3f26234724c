-- Change a sandbox, unless another server was faster.
--
-- KEYS[1]: the prefix of every key. ARGV: its id, the version that was changed, its new document, its tokens as a JSON
-- array, whether its journal is emptied (1 or 0), a name of the change that no other has, then the fields of its
-- counters that are removed; one that ends with a star stands for all that begin like it. Returns "ok" and the new
-- version, "stale" with the present version and document, or "gone". A change that is sent again is made once.

local P, id, version, document, tokens, empties = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local key, done = P .. 's:' .. id, P .. 'c:' .. ARGV[6]
local made = redis.call('GET', done)
if made then
  return {'ok', tonumber(made)}
end
local found = redis.call('HMGET', key, 'v', 'doc', 'tokens', 'expires')

if not found[1] then
  return {'gone'}
elseif found[1] ~= version then
  return {'stale', tonumber(found[1]), found[2]}
end
local removed, fields = {}, nil
for index = 7, #ARGV do
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
redis.call('SET', done, next_version, 'EX', 60)
return {'ok', next_version}
