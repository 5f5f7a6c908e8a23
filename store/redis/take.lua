-- Takes charges from budgets, all or none.
-- KEYS: a hash per budget, from sub-bucket to what was spent in it.
-- ARGV: five per budget: the oldest sub-bucket that counts, that of now, n, limit, life in ms.
-- Answers per budget with the sub-bucket that must no longer count before n fits in, or '' if it does.
local answer, granted = {}, true
for i, key in ipairs(KEYS) do
	local oldest, n, limit = tonumber(ARGV[5*i-4]), tonumber(ARGV[5*i-2]), tonumber(ARGV[5*i-1])
	local flat = redis.call('HGETALL', key)
	local buckets, sum = {}, 0
	for j = 1, #flat, 2 do
		if tonumber(flat[j]) < oldest then
			redis.call('HDEL', key, flat[j])
		else
			table.insert(buckets, {name = flat[j], at = tonumber(flat[j]), n = tonumber(flat[j+1])})
			sum = sum + tonumber(flat[j+1])
		end
	end
	answer[i] = ''
	if sum + n > limit then
		granted = false
		table.sort(buckets, function(a, b) return a.at < b.at end)
		for _, bucket in ipairs(buckets) do
			sum = sum - bucket.n
			answer[i] = bucket.name
			if sum + n <= limit then
				break
			end
		end
	end
end
if granted then
	for i, key in ipairs(KEYS) do
		if tonumber(ARGV[5*i-2]) > 0 then
			redis.call('HINCRBY', key, ARGV[5*i-3], ARGV[5*i-2])
			redis.call('PEXPIRE', key, ARGV[5*i])
		end
	end
end
return answer
