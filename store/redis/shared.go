package redis

import (
	"context"
	_ "embed" // the scripts
	"fmt"
	"strconv"
	"time"

	goredis "github.com/go-redis/redis/v8"
)

var (
	//go:embed take.lua
	takeLua string
	//go:embed refund.lua
	refundLua string
	//go:embed spent.lua
	spentLua string

	take   = goredis.NewScript(takeLua)
	refund = goredis.NewScript(refundLua)
	spent  = goredis.NewScript(spentLua)
)

// margin is how much longer than needed a budget lives in Redis, so that it is still there
// for a replica whose clock is behind.
const margin = 10 * time.Second

// budgetKey names a budget. The tag in braces keeps all of them on one node of a cluster;
// the period is part of the name because it says how wide the sub-buckets are.
func (r *Redis) budgetKey(key string, per time.Duration) string {
	return r.name("{budget}", key) + ":" + strconv.FormatInt(int64(per), 10)
}

// Take takes charges from the budgets that all replicas share; see Budget.
func (r *Redis) Take(ctx context.Context, now time.Time, charges []Charge) (time.Duration, error) {
	lines, err := plan(now, charges)
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	return r.take(ctx, now, lines)
}

func (r *Redis) take(ctx context.Context, now time.Time, lines []line) (time.Duration, error) {
	answer, err := run(ctx, r, take, lines, (*goredis.Cmd).StringSlice, func(l line) []any {
		return []any{l.oldest, l.bucket, l.n, l.limit, (l.per + l.width + margin).Milliseconds()}
	})
	if err != nil {
		return 0, fmt.Errorf("taking from a budget: %w", err)
	}
	var wait time.Duration
	for i, full := range answer {
		if full == "" {
			continue
		}
		bucket, err := strconv.ParseInt(full, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("a sub-bucket of budget %s: %w", lines[i].key, err)
		}
		wait = max(wait, lines[i].wait(now, bucket))
	}
	return wait, nil
}

// count counts what was granted elsewhere, whatever the limit.
func (r *Redis) count(ctx context.Context, now time.Time, lines []line) error {
	const unlimited = 1 << 53 // the greatest number that Lua counts to exactly
	free := make([]line, len(lines))
	for i, l := range lines {
		l.limit = unlimited
		free[i] = l
	}
	_, err := r.take(ctx, now, free)
	return err
}

// Refund gives charges back to the budgets that all replicas share; see Budget.
func (r *Redis) Refund(ctx context.Context, now time.Time, charges []Charge) error {
	lines, err := plan(now, charges)
	if err != nil || len(lines) == 0 {
		return err
	}
	return r.refund(ctx, lines)
}

func (r *Redis) refund(ctx context.Context, lines []line) error {
	_, err := run(ctx, r, refund, lines, (*goredis.Cmd).Int64, func(l line) []any { return []any{l.bucket, l.n} })
	if err != nil {
		return fmt.Errorf("giving back to a budget: %w", err)
	}
	return nil
}

// Spent says what counts in the budgets that all replicas share; see Budget.
func (r *Redis) Spent(ctx context.Context, now time.Time, charges []Charge) ([]int, error) {
	lines, err := each(now, charges)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	sums, err := run(ctx, r, spent, lines, (*goredis.Cmd).Int64Slice, func(l line) []any { return []any{l.oldest} })
	if err != nil {
		return nil, fmt.Errorf("looking at a budget: %w", err)
	}
	result := make([]int, len(sums))
	for i, n := range sums {
		result[i] = int(n)
	}
	return result, nil
}

// run has one script done over the budgets of all lines.
func run[T any](ctx context.Context, r *Redis, script *goredis.Script, lines []line,
	read func(*goredis.Cmd) (T, error), arguments func(line) []any) (T, error) {
	var keys []string
	var args []any
	for _, l := range lines {
		keys = append(keys, r.budgetKey(l.key, l.per))
		args = append(args, arguments(l)...)
	}
	return ask(ctx, r, &r.stats.budgets, keys[0], func(ctx context.Context, c *goredis.Client) (T, error) {
		return read(script.Run(ctx, c, keys, args...))
	})
}
