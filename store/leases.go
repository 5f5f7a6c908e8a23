package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Lease is something that only one process at a time may hold, such as a connection of
// which a platform allows one.
type Lease struct {
	Name  string
	Owner string    // who has it, or had it last
	Until time.Time // when it ends unless it is taken again; in the past = free
	Fence int64     // grows whenever it comes into other hands, and when it comes back after it ended
}

// Leases is who holds what.
type Leases struct{ tx *Tx }

// Leases gives the leases.
func (tx *Tx) Leases() Leases { return Leases{tx} }

// Take gives the lease to an owner until a time if it is free or already theirs, and
// says who has it then. held is false if somebody else has it.
func (r Leases) Take(ctx context.Context, name, owner string, now, until time.Time) (l Lease, held bool, err error) {
	if l, err = r.take(ctx, name, owner, now, until); err != nil {
		return Lease{}, false, fmt.Errorf("taking the lease %s: %w", name, err)
	}
	return l, l.Owner == owner && l.Until.After(now), nil
}

func (r Leases) take(ctx context.Context, name, owner string, now, until time.Time) (Lease, error) {
	// fence stands first: MySQL assigns from left to right, and it asks for the owner
	// who was.
	_, err := r.tx.exec(ctx, "UPDATE leases SET fence = fence + CASE WHEN owner = ? AND until_at > ? THEN 0 ELSE 1 END, owner = ?, until_at = ?"+
		" WHERE name = ? AND (owner = ? OR until_at <= ?)",
		owner, millis(now), owner, millis(until), name, owner, millis(now))
	if err != nil {
		return Lease{}, err
	}
	l, err := r.find(ctx, name)
	if !errors.Is(err, ErrNotFound) {
		return l, err
	}
	l = Lease{Name: name, Owner: owner, Until: until, Fence: 1}
	err = r.tx.insert(ctx, "leases", []string{"name", "owner", "until_at", "fence"}, []any{name, owner, millis(until), l.Fence})
	return l, r.tx.lostRace(err)
}

// Release gives back a lease that is still held as it was taken; if it is in other
// hands, nothing happens.
func (r Leases) Release(ctx context.Context, name, owner string, fence int64) error {
	_, err := r.tx.exec(ctx, "UPDATE leases SET until_at = 0 WHERE name = ? AND owner = ? AND fence = ?", name, owner, fence)
	if err != nil {
		return fmt.Errorf("giving back the lease %s: %w", name, err)
	}
	return nil
}

// Find says who holds a lease, or held it last; ErrNotFound if nobody ever did.
func (r Leases) Find(ctx context.Context, name string) (Lease, error) {
	l, err := r.find(ctx, name)
	if err != nil {
		return l, fmt.Errorf("looking for the lease %s: %w", name, err)
	}
	return l, nil
}

func (r Leases) find(ctx context.Context, name string) (Lease, error) {
	return one(ctx, r.tx, func(s scanner) (l Lease, err error) {
		err = s.Scan(&l.Name, &l.Owner, at(&l.Until), &l.Fence)
		return l, err
	}, "SELECT name, owner, until_at, fence FROM leases WHERE name = ?", name)
}
