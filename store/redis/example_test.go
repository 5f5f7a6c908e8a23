package redis_test

import (
	"context"
	"fmt"
	"time"

	"zhuanban/store/redis"
)

// Before a message leaves, it is taken from every budget that it counts in. Here there is
// no Redis, and one replica.
func ExampleFallback() {
	budgets := redis.NewFallback(nil, func() int { return 1 })
	message := []redis.Charge{
		{Key: "wecom.app", N: 1, Limit: 100, Per: time.Minute},
		{Key: "wecom.person.17", N: 1, Limit: 2, Per: time.Hour},
	}
	ctx, now := context.Background(), time.Date(2024, 1, 19, 12, 0, 0, 0, time.UTC)
	for range 3 {
		wait, err := budgets.Take(ctx, now, message)
		fmt.Println(wait, err)
	}
	spent, err := budgets.Spent(ctx, now, message)
	fmt.Println(spent, err)
	// Output:
	// 0s <nil>
	// 0s <nil>
	// 1h1m0s <nil>
	// [2 2] <nil>
}
