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

const holds = " WHERE state = 'sending' AND owner = ? AND attempts = ?"

// change runs one guarded UPDATE for all deliveries to which the same happens.
func (r Deliveries) change(ctx context.Context, doing, set, cond string, ds []Delivery, args func(Delivery) []any) (lost []int64, err error) {
	type group struct {
		ids  []int64
		args []any // of set, of the holder, of cond
	}
	var groups []*group
	same := map[string]*group{}
	for _, d := range ds {
		v := slices.Insert(args(d), strings.Count(set, "?"), any(d.Owner), any(d.Attempts))
		key := fmt.Sprint(v...)
		if same[key] == nil {
			same[key] = &group{args: v}
			groups = append(groups, same[key])
		}
		same[key].ids = append(same[key].ids, d.ID)
	}
	for _, g := range groups {
		for ids := range slices.Chunk(g.ids, idsAtOnce) {
			gone, err := r.changeSame(ctx, set, holds+cond+" AND id IN (?)", ids, g.args)
			if err != nil {
				return lost, fmt.Errorf("%s delivery %d: %w", doing, ids[0], err)
			}
			lost = append(lost, gone...)
		}
	}
	return lost, nil
}

// changeSame does the same to many, and lists those that the holder does not hold.
func (r Deliveries) changeSame(ctx context.Context, set, where string, ids []int64, args []any) (lost []int64, err error) {
	held := ids
	if len(ids) > 1 { // one by itself is held or not, which its UPDATE says
		query, list, err := in("SELECT id FROM deliveries"+where+" ORDER BY id", append(slices.Clone(args[strings.Count(set, "?"):]), ids)...)
		if err != nil {
			return nil, err
		}
		if held, err = all(ctx, r.tx, scanID, query, list...); err != nil {
			return nil, err
		}
		for _, id := range ids {
			if _, ok := slices.BinarySearch(held, id); !ok {
				lost = append(lost, id)
			}
		}
	}
	if len(held) == 0 {
		return lost, nil
	}
	query, list, err := in("UPDATE deliveries SET "+set+where, append(slices.Clone(args), held)...)
	if err != nil {
		return nil, err
	}
	if len(held) > 1 {
		return lost, r.all(ctx, len(held), query, list...)
	}
	n, err := r.tx.exec(ctx, query, list...)
	if err == nil && n == 0 {
		lost = append(lost, held[0])
	}
	return lost, err
}

// idsAtOnce bounds a list of ids in one statement.
const idsAtOnce = 500

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

// Prepare keeps what a channel did for deliveries before they are tried, and makes
// their leases last until a time: doing it may have taken longer than they do.
func (r Deliveries) Prepare(ctx context.Context, until time.Time, ds ...Delivery) (lost []int64, err error) {
	return r.change(ctx, "preparing", "prepared = ?, lease_until = ?", "", ds,
		func(d Delivery) []any { return []any{d.Prepared, millis(until)} })
}

// Try notes that deliveries are about to be handed to the platform: from now on
// they may have arrived. Who holds them settles them with what is known then.
func (r Deliveries) Try(ctx context.Context, now time.Time, ds ...Delivery) (lost []int64, err error) {
	return r.change(ctx, "noting a try of", "tried = tried + 1, doubts = doubts + 1,"+
		" doubt_at = CASE WHEN doubt_at = 0 THEN ? ELSE doubt_at END", "", ds, func(Delivery) []any { return []any{millis(now)} })
}

// Forget puts other bytes in the place of an ended delivery's own. One that has not
// ended keeps them.
func (r Deliveries) Forget(ctx context.Context, id int64, body []byte) error {
	_, err := r.tx.exec(ctx, "UPDATE deliveries SET body = ? WHERE id = ? AND NOT ("+unfinished+")", body, id)
	if err != nil {
		return fmt.Errorf("forgetting what delivery %d said: %w", id, err)
	}
	return nil
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
