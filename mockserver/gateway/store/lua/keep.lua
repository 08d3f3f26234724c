-- Keep how far a job has come, unless it was removed meanwhile.
--
-- KEYS[1]: the prefix of every key. ARGV: the list of jobs, the id of the job, its text, whether it is new (1 or 0), how
-- many seconds the list is kept from now on. Returns whether the job is still there (1 or 0).

local key = KEYS[1] .. 'jobs:' .. ARGV[1]
if ARGV[4] == '0' and redis.call('HEXISTS', key, ARGV[2]) == 0 then
  return 0
end
redis.call('HSET', key, ARGV[2], redis.call('TIME')[1] .. ' ' .. ARGV[3])
redis.call('EXPIRE', key, ARGV[5])
return 1
