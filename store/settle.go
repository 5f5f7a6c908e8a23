package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Who holds a delivery shows it with what Claim gave it: its owner and its number
// of claims. Everything below changes only what is still held by that, so that
// whoever lost a lease, even to itself, changes nothing; its rows come back as
// lost.

const holds = " WHERE id = ? AND state = 'sending' AND owner = ? AND attempts = ?"

// change runs one guarded UPDATE for each delivery.
func (r Deliveries) change(ctx context.Context, doing, set, cond string, ds []Delivery, args func(Delivery) []any) (lost []int64, err error) {
	for _, d := range ds {
		v := args(d)
		n, err := r.tx.exec(ctx, "UPDATE deliveries SET "+set+holds+cond, slices.Insert(v, strings.Count(set, "?"), any(d.ID), any(d.Owner), any(d.Attempts))...)
		if err != nil {
			return lost, fmt.Errorf("%s delivery %d: %w", doing, d.ID, err)
		}
		if n == 0 {
			lost = append(lost, d.ID)
		}
	}
	return lost, nil
}

// Settle gives deliveries out of hand, as they are now: queued again for DueAt (a
// retry, a pace, or as it was), held until HoldUntil, or at their end with DoneAt.
// Their place is kept. It writes where a row stands and what is known of it, never
// what it says.
func (r Deliveries) Settle(ctx context.Context, ds ...Delivery) (lost []int64, err error) {
	for _, d := range ds {
		if d.State == Sending {
			return nil, fmt.Errorf("settling delivery %d: it is still being sent", d.ID)
		}
	}
	return r.change(ctx, "settling", "state = ?, due_at = ?, hold_until = ?, tried = ?, doubts = ?, doubt_at = ?, why = ?,"+
		" reason = ?, error_text = ?, ref = ?, done_at = ?, lease_until = 0", "", ds, func(d Delivery) []any {
		return []any{string(d.State), millis(d.DueAt), millis(d.HoldUntil), d.Tried, d.Doubts, millis(d.DoubtAt),
			short(d.Why), short(d.Reason), d.Error, d.Ref, millis(d.DoneAt)}
	})
}

// short cuts an operator's word to what the column takes, at a whole character.
func short(s string) string {
	const most = 255
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if i > most {
			break
		}
		n = i
	}
	return s[:n]
}

// Freeze keeps the bytes that are going to be sent, and the words that they are
// known by. Once a row has been tried its bytes never change: other ones are
// refused as lost.
func (r Deliveries) Freeze(ctx context.Context, ds ...Delivery) (lost []int64, err error) {
	return r.change(ctx, "freezing", "body = ?, words = ?", " AND (body IS NULL OR body = ? OR tried = 0)", ds,
		func(d Delivery) []any { return []any{d.Body, d.Words, d.Body} })
}

// Try notes that deliveries are about to be handed to the platform: from now on
// they may have arrived. Who holds them settles them with what is known then.
func (r Deliveries) Try(ctx context.Context, now time.Time, ds ...Delivery) (lost []int64, err error) {
	return r.change(ctx, "noting a try of", "tried = tried + 1, doubts = doubts + 1,"+
		" doubt_at = CASE WHEN doubt_at = 0 THEN ? ELSE doubt_at END", "", ds, func(Delivery) []any { return []any{millis(now)} })
}

// Extend makes the leases of an owner's deliveries longer that have not run out, and
// says of which.
func (r Deliveries) Extend(ctx context.Context, owner string, now, until time.Time, ids ...int64) (held []int64, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	const mine = "state = 'sending' AND owner = ? AND lease_until > ? AND id IN (?)"
	query, args, err := in("UPDATE deliveries SET lease_until = ? WHERE "+mine, millis(until), owner, millis(now), ids)
	if err == nil {
		_, err = r.tx.exec(ctx, query, args...)
	}
	if err == nil {
		query, args, err = in("SELECT id FROM deliveries WHERE "+mine+" ORDER BY id", owner, millis(now), ids)
	}
	if err == nil {
		held, err = all(ctx, r.tx, scanID, query, args...)
	}
	if err != nil {
		return nil, fmt.Errorf("extending leases: %w", err)
	}
	return held, nil
}

func scanID(r scanner) (id int64, err error) {
	err = r.Scan(&id)
	return id, err
}
