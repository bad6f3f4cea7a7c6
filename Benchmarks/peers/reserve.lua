-- What people run instead: a reservation as one Redis script, over 10,000 stock keys chosen by the id's last digits.
-- KEYS: 1 prefix of the stock keys, 2 the reservation, 3 the expiries. ARGV: 1 units, 2 lifetime in ms, 3 the id.
-- {1, left} granted; {2, state} the same id again; {0, left} sold out, nothing written. Giving back what expires is left
-- to a sweeper, which this comparison does not run.
local known = redis.call('HGET', KEYS[2], 'st')
if known then return {2, known} end
local stock = KEYS[1] .. string.sub(ARGV[3], -4)
local units = tonumber(ARGV[1])
local left = tonumber(redis.call('GET', stock) or '0')
if left < units then return {0, left} end
local time = redis.call('TIME')
local expires = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[2])
redis.call('DECRBY', stock, units)
redis.call('HSET', KEYS[2], 'st', 'H', 'k', stock, 'q', units, 'x', string.format('%.0f', expires))
redis.call('ZADD', KEYS[3], expires, KEYS[2])
return {1, left - units}
