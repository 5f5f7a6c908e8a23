package main

import (
	"context"
	"sync/atomic"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// A replica shows itself every few seconds; one that has missed three is gone.
const (
	heartbeat = 5 * time.Second
	aliveFor  = 3 * heartbeat
)

// replicas knows how many processes share the work.
type replicas struct {
	desk  *desk
	alive atomic.Int64
	// company is when there were last others, as far as is known: ms since 1970.
	company atomic.Int64
}

// count is how many replicas there are, this one included.
func (r *replicas) count() int { return max(1, int(r.alive.Load())) }

// Alone says whether this process is the only one that serves: no other has been seen for
// as long as it takes to be taken for gone, since the start too. While the database is
// away nobody is alone who was not before, and nobody who has not seen it yet.
func (r *replicas) Alone() bool {
	return r.desk.awake() && time.Since(time.UnixMilli(r.company.Load())) > aliveFor
}

// Waiting lets the other replicas know what waits in a spool of this one.
func (r *replicas) Waiting(ctx context.Context, spool string, list []bot.Waiting) error {
	if !r.desk.awake() {
		return errAsleep
	}
	return r.desk.bot.Waiting(ctx, spool, list)
}

// run shows this replica and counts the others until the context ends; then it takes
// itself out.
func (r *replicas) run(ctx context.Context) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		r.show(ctx)
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), heartbeat)
			defer cancel()
			err := r.desk.store.Update(last, func(tx *store.Tx) error {
				return tx.Replicas().Gone(last, r.desk.courier.Owner, time.Now().Add(-time.Hour))
			})
			if err != nil {
				r.desk.log.Warn("leaving the register of replicas", "err", err)
			}
			return
		case <-tick.C:
		}
	}
}

func (r *replicas) show(ctx context.Context) {
	now, n := time.Now(), 0
	err := r.desk.store.Update(ctx, func(tx *store.Tx) (err error) {
		if err = tx.Replicas().Seen(ctx, r.desk.courier.Owner, now); err != nil {
			return err
		}
		n, err = tx.Replicas().Alive(ctx, now.Add(-aliveFor))
		return err
	})
	if err == nil {
		r.alive.Store(int64(n))
	} else if ctx.Err() == nil {
		r.desk.log.Warn("counting replicas", "err", err)
	}
	if n > 1 || err != nil && !r.Alone() {
		r.company.Store(time.Now().UnixMilli())
	}
}
