-- Gives charges back to budgets.
-- KEYS: as in take.lua. ARGV: two per budget: the sub-bucket it was taken in, and n.
for i, key in ipairs(KEYS) do
	local bucket, n = ARGV[2*i-1], tonumber(ARGV[2*i])
	local there = tonumber(redis.call('HGET', key, bucket) or '0')
	if there <= n then
		redis.call('HDEL', key, bucket)
	elseif n > 0 then
		redis.call('HINCRBY', key, bucket, -n)
	end
end
return #KEYS
