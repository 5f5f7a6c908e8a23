package redis

import "sync/atomic"

// Use tells how one use of Redis has fared since Open.
type Use struct {
	Done    uint64 // Redis did it
	Failed  uint64 // Redis was asked and failed, or was too slow
	Skipped uint64 // Redis was not asked, because it was away
}

// Stats are the counts of all uses since Open.
type Stats struct {
	Rings      Use    // Ring
	Budgets    Use    // Take, Refund, Spent
	Values     Use    // Get, Set, Delete
	Locks      Use    // Once and its release
	Subscribed uint64 // Listen: how often a subscription began, for the first time or after a loss
	Away       bool   // whether Redis is away now
}

type use struct{ done, failed, skipped atomic.Uint64 }

func (u *use) read() Use {
	return Use{Done: u.done.Load(), Failed: u.failed.Load(), Skipped: u.skipped.Load()}
}

type counters struct {
	rings, budgets, values, locks use
	subscribed                    atomic.Uint64
}

// Stats gives the counts as they are now.
func (r *Redis) Stats() Stats {
	r.mu.Lock()
	away := r.client == nil
	r.mu.Unlock()
	c := &r.stats
	return Stats{
		Rings: c.rings.read(), Budgets: c.budgets.read(), Values: c.values.read(), Locks: c.locks.read(),
		Subscribed: c.subscribed.Load(), Away: away,
	}
}
