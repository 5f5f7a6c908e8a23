package main

import (
	"context"
	"time"

	"zhuanban/bot/schedule"
	"zhuanban/store"
)

// AdvanceTo steps the simulated clock, firing and delivering on the way what
// falls due, each thing at its own time.
func (d *desk) AdvanceTo(ctx context.Context, to time.Time) error {
	_, err := d.advance(ctx, to)
	return err
}

func (d *desk) advance(ctx context.Context, to time.Time) ([]schedule.Fired, error) {
	var last time.Time
	fired, err := d.runner.RunDue(ctx, to, func(at time.Time) error {
		if at.After(last) { // what was due before leaves at its own time
			if err := d.drain(ctx); err != nil {
				return err
			}
			if err := d.passHolds(ctx, at); err != nil {
				return err
			}
			last = at
		}
		return d.stepped.set(ctx, at)
	})
	if err != nil {
		return fired, err
	}
	if err := d.drain(ctx); err != nil {
		return fired, err
	}
	if err := d.passHolds(ctx, to); err != nil {
		return fired, err
	}
	if err := d.stepped.set(ctx, to); err != nil {
		return fired, err
	}
	return fired, nil
}

// passHolds stops at each time up to a time until which deliveries are held (quiet
// hours, a day's cap), so that they leave at it and not later.
func (d *desk) passHolds(ctx context.Context, until time.Time) error {
	for {
		var next time.Time
		err := d.store.View(ctx, func(tx *store.Tx) (err error) {
			next, err = tx.Deliveries().NextHold(ctx)
			return err
		})
		if err != nil || next.IsZero() || next.After(until) || !next.After(d.clock.Now()) {
			return err
		}
		if err := d.stepped.set(ctx, next); err != nil {
			return err
		}
		if err := d.drain(ctx); err != nil {
			return err
		}
	}
}

// flush fetches what is due, makes the exports that were approved, and delivers what is
// due, with the broadcasts that have begun: their next batch is queued when the one before
// has left.
func (d *desk) flush(ctx context.Context) error {
	if _, err := d.fetcher.Flush(ctx); err != nil {
		return err
	}
	if _, err := d.maker.Step(ctx); err != nil {
		return err
	}
	for {
		queued, err := d.caster.Step(ctx)
		if err != nil {
			return err
		}
		if _, err := d.courier.Flush(ctx); err != nil || queued == 0 {
			return err
		}
	}
}

// drain delivers all that is due, and waits for what another process has in its
// hands, as long as its lease may last: what is said at one time must have left
// before the clock is stepped to the next.
func (d *desk) drain(ctx context.Context) error {
	for range drainTries {
		if err := d.flush(ctx); err != nil {
			return err
		}
		var waiting int
		err := d.store.View(ctx, func(tx *store.Tx) error {
			held, err := tx.Deliveries().Undone(ctx, store.Sending)
			waiting = len(held)
			return err
		})
		if err != nil || waiting == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(drainPause):
		}
	}
	return nil
}

// A lease is over after ten seconds.
const (
	drainTries = 60
	drainPause = 200 * time.Millisecond
)
