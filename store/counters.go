package store

import (
	"context"
	"errors"
	"fmt"
)

// Counters is where numbers are given out in order, and where things are counted.
type Counters struct{ tx *Tx }

// Counters gives the counters.
func (tx *Tx) Counters() Counters { return Counters{tx} }

// Next is the counter's next number, from 1. Nobody else gets it, and none is left
// out: a transaction that is rolled back gives it back. The price is that others
// who want a number of that counter wait until this transaction ends.
func (r Counters) Next(ctx context.Context, name string) (int64, error) {
	n, err := r.next(ctx, name)
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", name, err)
	}
	return n, nil
}

func (r Counters) next(ctx context.Context, name string) (int64, error) { return r.add(ctx, name, 1) }

// Add adds to a counter, which begins at 0, and gives what it is then. Others who add to
// it wait until this transaction ends.
func (r Counters) Add(ctx context.Context, name string, n int64) (int64, error) {
	sum, err := r.add(ctx, name, n)
	if err != nil {
		return 0, fmt.Errorf("counting %s: %w", name, err)
	}
	return sum, nil
}

func (r Counters) add(ctx context.Context, name string, n int64) (int64, error) {
	if n != 0 {
		met, err := r.tx.exec(ctx, "UPDATE counters SET value = value + ? WHERE name = ?", n, name)
		if err != nil {
			return 0, err
		}
		if met == 0 {
			err := r.tx.insert(ctx, "counters", []string{"name", "value"}, []any{name, n})
			return n, r.tx.lostRace(err)
		}
	}
	sum, err := one(ctx, r.tx, scanInt, "SELECT value FROM counters WHERE name = ?", name)
	if errors.Is(err, ErrNotFound) && n == 0 {
		return 0, nil
	}
	return int64(sum), err
}

// Raise lets a counter go on behind n, if it is not there yet: for numbers that were given
// elsewhere.
func (r Counters) Raise(ctx context.Context, name string, n int64) error {
	met, err := r.tx.exec(ctx, "UPDATE counters SET value = CASE WHEN value < ? THEN ? ELSE value END WHERE name = ?", n, n, name)
	if err == nil && met == 0 {
		err = r.tx.lostRace(r.tx.insert(ctx, "counters", []string{"name", "value"}, []any{name, n}))
	}
	if err != nil {
		return fmt.Errorf("counting %s on from %d: %w", name, n, err)
	}
	return nil
}
