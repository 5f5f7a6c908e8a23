package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	goredis "github.com/go-redis/redis/v8"
)

// Get gives a value that any replica has Set. It is absent if nobody did, if its time is
// over, and while Redis is away.
func (r *Redis) Get(ctx context.Context, key string) (value []byte, ok bool) {
	name := r.name("value", key)
	value, err := ask(ctx, r, &r.stats.values, name, func(ctx context.Context, c *goredis.Client) ([]byte, error) {
		value, err := c.Get(ctx, name).Bytes()
		if errors.Is(err, goredis.Nil) {
			return nil, nil // absent is an answer
		}
		return value, err
	})
	return value, err == nil && value != nil
}

// Set keeps a value for all replicas for ttl, to the millisecond. A ttl of 0 or less keeps
// nothing, and what was kept before is gone.
func (r *Redis) Set(ctx context.Context, key string, value []byte, ttl time.Duration) {
	if ttl < time.Millisecond {
		r.Delete(ctx, key)
		return
	}
	name := r.name("value", key)
	_, _ = ask(ctx, r, &r.stats.values, name, func(ctx context.Context, c *goredis.Client) (string, error) {
		return c.Set(ctx, name, value, ttl).Result()
	})
}

// Delete forgets a value. While Redis is away it cannot; the value may then come to light
// again when Redis is back, until its ttl is over. So a ttl must be no longer than a
// value that should have been deleted can be borne.
func (r *Redis) Delete(ctx context.Context, key string) {
	name := r.name("value", key)
	_, _ = ask(ctx, r, &r.stats.values, name, func(ctx context.Context, c *goredis.Client) (int64, error) {
		return c.Del(ctx, name).Result()
	})
}

// unlock deletes a lock only for who holds it.
var unlock = goredis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then
	return redis.call('DEL', KEYS[1])
end
return 0`)

// Once lets one of the replicas do what one is enough for, such as fetching a new access
// token. It is the caller's if mine; then nobody else's until release is called or ttl is
// over. It is a courtesy and no mutual exclusion: while Redis is away it is everybody's,
// and after ttl it is the next one's. What was asked of a Redis that hung may come
// through when nobody waits for it any more, and then holds until ttl is over: so ttl should be
// little more than the work takes. Release may be called in any case and more than once;
// it never takes away what has become somebody else's.
func (r *Redis) Once(ctx context.Context, key string, ttl time.Duration) (mine bool, release func()) {
	if ttl < time.Millisecond {
		return true, func() {}
	}
	name, value := r.name("once", key), rand.Text()
	mine, err := ask(ctx, r, &r.stats.locks, name, func(ctx context.Context, c *goredis.Client) (bool, error) {
		return c.SetNX(ctx, name, value, ttl).Result()
	})
	switch {
	case err != nil:
		mine = true // and released below nevertheless: it may have come through
	case !mine:
		return false, func() {}
	}
	return mine, sync.OnceFunc(func() {
		// Not with ctx: what ended the caller's work must not keep the others waiting.
		_, _ = ask(context.WithoutCancel(ctx), r, &r.stats.locks, name, func(ctx context.Context, c *goredis.Client) (int64, error) {
			return unlock.Run(ctx, c, []string{name}, value).Int64()
		})
	})
}
