-- Says what counts in budgets.
-- KEYS: as in take.lua. ARGV: one per budget: the oldest sub-bucket that counts.
local answer = {}
for i, key in ipairs(KEYS) do
	local flat = redis.call('HGETALL', key)
	answer[i] = 0
	for j = 1, #flat, 2 do
		if tonumber(flat[j]) >= tonumber(ARGV[i]) then
			answer[i] = answer[i] + tonumber(flat[j+1])
		end
	end
end
return answer
