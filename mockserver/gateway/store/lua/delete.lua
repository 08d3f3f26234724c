-- Delete a sandbox and its tokens. KEYS[1]: the prefix of every key. ARGV: its id.

local P, id = KEYS[1], ARGV[1]
local tokens = redis.call('HGET', P .. 's:' .. id, 'tokens')
if tokens then
  for _, each in ipairs(cjson.decode(tokens)) do
    if redis.call('GET', P .. 't:' .. each) == id then
      redis.call('DEL', P .. 't:' .. each)
    end
  end
end
redis.call('ZREM', P .. 'order', id)
redis.call('ZREM', P .. 'expiry', id)
return redis.call('DEL', P .. 's:' .. id, P .. 'j:' .. id, P .. 'jobs:audit:' .. id)
