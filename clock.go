package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"zhuanban/bot/calendar"
	"zhuanban/store"
)

// steppedClock is the simulated clock of a campaign. It stands still until it is
// stepped, and its time is kept in the database, so that the commands of several
// processes agree on it.
type steppedClock struct {
	store *store.Store
	start time.Time
	fixed *time.Time   // of one command only (chat --at)
	last  atomic.Int64 // unix ms; what it says when the database does not answer
	log   *slog.Logger
}

const clockSetting = "clock.now"

// Now is the campaign's time.
func (c *steppedClock) Now() time.Time {
	if c.fixed != nil {
		return *c.fixed
	}
	now, err := c.read(context.Background())
	if err != nil {
		c.log.Error("reading the simulated clock", "err", err)
		return time.UnixMilli(c.last.Load()).In(calendar.Shanghai)
	}
	c.last.Store(now.UnixMilli())
	return now
}

func (c *steppedClock) read(ctx context.Context) (now time.Time, err error) {
	err = c.store.View(ctx, func(tx *store.Tx) (err error) {
		now, err = c.kept(ctx, tx)
		return err
	})
	return now.In(calendar.Shanghai), err
}

// kept is the time as the database has it.
func (c *steppedClock) kept(ctx context.Context, tx *store.Tx) (time.Time, error) {
	text, err := tx.Settings().Get(ctx, clockSetting)
	if errors.Is(err, store.ErrNotFound) {
		return c.start, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, text)
}

// set moves the clock; never backwards.
func (c *steppedClock) set(ctx context.Context, to time.Time) error {
	err := c.store.Update(ctx, func(tx *store.Tx) error {
		now, err := c.kept(ctx, tx)
		if err != nil || !to.After(now) {
			return err
		}
		return tx.Settings().Set(ctx, clockSetting, to.UTC().Format(time.RFC3339Nano))
	})
	if err != nil {
		return fmt.Errorf("moving the simulated clock: %w", err)
	}
	return nil
}
