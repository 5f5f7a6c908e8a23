package delivery

import (
	"context"
	"time"

	"zhuanban/store/redis"
)

// Charge is what one call uses of one limit: "wecom/member/ann", one of thirty in any
// minute.
type Charge = redis.Charge

// Budget counts what has been used of the platforms' limits. In any window of a
// charge's length no more than its limit is given out. Where several replicas send,
// they share one (redis.Fallback); a process alone has one in memory.
type Budget interface {
	// Take books all charges or none. wait > 0 means none, and how long to wait before
	// it is worth asking again.
	Take(ctx context.Context, now time.Time, charges []Charge) (wait time.Duration, err error)
	// Refund gives back what was taken at that time and not used.
	Refund(ctx context.Context, at time.Time, charges []Charge) error
}

// forgetful is a Budget that a restart empties, so that it has to be told what was
// used before.
type forgetful interface {
	Seed(at time.Time, charges ...Charge)
}
