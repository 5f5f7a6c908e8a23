package store

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// unfinished is what the index deliveries_state finds among millions of finished
// rows.
const unfinished = "state IN ('queued', 'sending')"

// Claim hands out what is due, at most limit rows, to owner until the lease ends. It
// is ordered by priority and, for one recipient, by time and order of queueing.
//
// A recipient's deliveries leave in order: one is only handed out together with all
// unfinished ones before it, and none while another of that recipient is in
// somebody's hands or waits for its next try. What is not yet due is not before
// anything. An urgent delivery pulls its recipient forward, and with it what is
// before it.
//
// Nothing is ever in two hands: the UPDATE repeats the conditions, and a claimer who
// gets less than it chose starts over. A lease that has ended is up for grabs.
func (r Deliveries) Claim(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]Delivery, error) {
	out, err := r.claim(ctx, owner, now, lease, limit)
	if err != nil {
		return nil, fmt.Errorf("claiming deliveries: %w", err)
	}
	return out, nil
}

func (r Deliveries) claim(ctx context.Context, owner string, now time.Time, lease time.Duration, limit int) ([]Delivery, error) {
	recipients, err := r.waiting(ctx, now, limit)
	if err != nil || len(recipients) == 0 {
		return nil, err
	}
	ids, err := r.choose(ctx, recipients, now, limit)
	if err != nil {
		return nil, err
	}
	query, args, err := in("UPDATE deliveries SET state = 'sending', owner = ?, lease_until = ?, attempts = attempts + 1"+
		" WHERE id IN (?) AND "+unfinished+" AND due_at <= ? AND lease_until <= ?",
		owner, millis(now.Add(lease)), ids, millis(now), millis(now))
	if err != nil {
		return nil, err
	}
	n, err := r.tx.exec(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	if int(n) != len(ids) {
		return nil, r.tx.again()
	}
	return r.inOrder(ctx, ids)
}

// selectWaiting is answered from the index deliveries_state alone.
const selectWaiting = "SELECT recipient FROM deliveries WHERE " + unfinished + " AND place_at <= ?" +
	" GROUP BY recipient HAVING MAX(due_at) <= ? AND MAX(lease_until) <= ?" +
	" ORDER BY MAX(priority) DESC, MIN(place_at), MIN(id) LIMIT ?"

// waiting lists the recipients that have something due and nothing in flight, the
// most urgent first.
func (r Deliveries) waiting(ctx context.Context, now time.Time, limit int) ([]string, error) {
	return all(ctx, r.tx, scanText, selectWaiting, millis(now), millis(now), millis(now), limit)
}

// choose takes the first rows of these recipients, whole recipients first.
func (r Deliveries) choose(ctx context.Context, recipients []string, now time.Time, limit int) ([]int64, error) {
	type row struct {
		id   int64
		rank int
	}
	query, args, err := in("SELECT id, recipient FROM deliveries WHERE "+unfinished+
		" AND recipient IN (?) AND place_at <= ? ORDER BY place_at, id", recipients, millis(now))
	if err != nil {
		return nil, err
	}
	rank := make(map[string]int, len(recipients))
	for i, name := range recipients {
		rank[name] = i
	}
	rows, err := all(ctx, r.tx, func(s scanner) (v row, err error) {
		var name string
		err = s.Scan(&v.id, &name)
		v.rank = rank[name]
		return v, err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.rank - b.rank })
	ids := make([]int64, 0, limit)
	for _, v := range rows[:min(len(rows), limit)] {
		ids = append(ids, v.id)
	}
	return ids, nil
}

// inOrder reads rows in the order of their ids' list.
func (r Deliveries) inOrder(ctx context.Context, ids []int64) ([]Delivery, error) {
	query, args, err := in("SELECT "+columns(deliveryCols)+" FROM deliveries WHERE id IN (?)", ids)
	if err != nil {
		return nil, err
	}
	out, err := all(ctx, r.tx, scanDelivery, query, args...)
	if err != nil {
		return nil, err
	}
	place := make(map[int64]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(out, func(a, b Delivery) int { return place[a.ID] - place[b.ID] })
	return out, nil
}

// Freeze keeps the bytes that are going to be sent, before the first attempt, so
// that every retry sends the same. ErrConflict if the lease was lost, or other
// bytes are frozen already.
func (r Deliveries) Freeze(ctx context.Context, id int64, owner string, body []byte) error {
	return r.change(ctx, "freezing", id, "body = ?", "owner = ? AND (body IS NULL OR body = ?)", body, owner, body)
}

// Finish ends a delivery. ErrConflict if the lease was lost: then somebody else
// decides what has become of it.
func (r Deliveries) Finish(ctx context.Context, id int64, owner string, state DeliveryState, ref, errText string, now time.Time) error {
	if state == Queued || state == Sending {
		return fmt.Errorf("finishing delivery %d: %s is not an end", id, state)
	}
	return r.change(ctx, "finishing", id, "state = ?, ref = ?, error_text = ?, done_at = ?, lease_until = 0", "owner = ?",
		string(state), ref, errText, millis(now), owner)
}

// Retry puts a delivery back for a next try at dueAt, with its place kept: nothing
// behind it leaves before. ErrConflict if the lease was lost.
func (r Deliveries) Retry(ctx context.Context, id int64, owner string, dueAt time.Time, errText string) error {
	return r.change(ctx, "retrying", id, "state = 'queued', due_at = ?, error_text = ?, lease_until = 0", "owner = ?",
		millis(dueAt), errText, owner)
}

// Release puts back a delivery that was claimed and not attempted, as if it had
// never been claimed. ErrConflict if the lease was lost.
func (r Deliveries) Release(ctx context.Context, id int64, owner string) error {
	return r.change(ctx, "releasing", id, "state = 'queued', attempts = attempts - 1, lease_until = 0", "owner = ?", owner)
}

// change sets columns of a delivery that is being sent, if the condition holds.
func (r Deliveries) change(ctx context.Context, doing string, id int64, set, cond string, args ...any) error {
	n, err := r.tx.exec(ctx, "UPDATE deliveries SET "+set+" WHERE state = 'sending' AND "+cond+" AND id = ?",
		append(args, id)...)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("%s delivery %d: %w", doing, id, err)
	}
	return nil
}
