package main

import (
	"context"
	"sync/atomic"
	"time"

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
}

// count is how many replicas there are, this one included.
func (r *replicas) count() int { return max(1, int(r.alive.Load())) }

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
	if err != nil {
		if ctx.Err() == nil {
			r.desk.log.Warn("counting replicas", "err", err)
		}
		return
	}
	r.alive.Store(int64(n))
}
