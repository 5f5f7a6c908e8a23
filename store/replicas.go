package store

import (
	"context"
	"fmt"
	"time"
)

// Replicas is the register of the processes that serve: how many share the work, and
// with it the platforms' limits while there is no Redis to count for all.
type Replicas struct{ tx *Tx }

// Replicas gives the register of the processes that serve.
func (tx *Tx) Replicas() Replicas { return Replicas{tx} }

// Seen says that a process is alive.
func (r Replicas) Seen(ctx context.Context, owner string, now time.Time) error {
	err := r.tx.upsert(ctx, "replicas", []string{"owner"}, []string{"seen_at"}, []any{owner, millis(now)})
	if err != nil {
		return fmt.Errorf("registering replica %s: %w", owner, err)
	}
	return nil
}

// Gone takes out a process that stops, and those not seen since a time.
func (r Replicas) Gone(ctx context.Context, owner string, since time.Time) error {
	if _, err := r.tx.exec(ctx, "DELETE FROM replicas WHERE owner = ? OR seen_at < ?", owner, millis(since)); err != nil {
		return fmt.Errorf("taking out replica %s: %w", owner, err)
	}
	return nil
}

// Alive counts the processes seen since a time.
func (r Replicas) Alive(ctx context.Context, since time.Time) (int, error) {
	n, err := one(ctx, r.tx, scanInt, "SELECT COUNT(*) FROM replicas WHERE seen_at >= ?", millis(since))
	if err != nil {
		return 0, fmt.Errorf("counting replicas: %w", err)
	}
	return n, nil
}
