package identity

import (
	"context"
	"errors"
	"time"

	"zhuanban/store"
)

const (
	// glance is how often a replica looks whether another has decided something.
	glance = time.Second
	// reading is how long one reading of the directory may take.
	reading = 5 * time.Minute
)

// Wake says that a transaction was committed: if a step was written in one, it is put in
// force here, and the other replicas hear of it.
func (b *Book) Wake() {
	if !b.dirty.Swap(false) {
		return
	}
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Run keeps the book up to date until the context ends.
func (b *Book) Run(ctx context.Context) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			b.Glance(ctx)
			b.step(ctx)
		case <-b.wake:
			if b.Glance(ctx) && b.o.Ring != nil {
				b.o.Ring()
			}
		}
	}
}

// Glance looks once whether anything was decided, and says whether it was.
func (b *Book) Glance(ctx context.Context) bool {
	changed, err := b.load(ctx)
	if err != nil && ctx.Err() == nil {
		b.o.Log.WarnContext(ctx, "looking who is who", "platform", b.o.Platform, "err", err)
	}
	return changed
}

// step reads the directory if that is due and nobody else does it.
func (b *Book) step(ctx context.Context) {
	if b.o.Directory == nil {
		return
	}
	period := b.o.Wall().Truncate(b.o.Every)
	if !period.After(b.period) {
		return
	}
	mine, err := b.claim(ctx, period)
	if err == nil {
		b.period = period
	}
	if mine {
		limit, cancel := context.WithTimeout(ctx, reading)
		defer cancel()
		_, err = Reader{Book: b, Of: b.o.Directory}.Directory(limit, nil)
	}
	if err != nil && ctx.Err() == nil {
		b.o.Log.WarnContext(ctx, "the directory was not read", "platform", b.o.Platform, "err", err)
	}
}

// claim takes a period; false = another replica has it.
func (b *Book) claim(ctx context.Context, period time.Time) (bool, error) {
	err := b.o.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Occurrences().Insert(ctx, store.Occurrence{Job: "identities:" + b.o.Platform, DueAt: period, FiredAt: b.o.Wall(), Outcome: "begun"})
	})
	if errors.Is(err, store.ErrDuplicate) {
		return false, nil
	}
	return err == nil, err
}
