package store

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// What the outbox can tell of itself: to those who pace it, report on it and watch
// it.

const (
	nextHoldSQL   = "SELECT MIN(hold_until) FROM deliveries WHERE state = 'held'"
	recentSQL     = "SELECT recipient, priority, words, state, done_at FROM deliveries WHERE done_at >= ? AND recipient IN "
	sentByHourSQL = "SELECT done_at - done_at % 3600000, COUNT(*) FROM deliveries WHERE state = 'sent' AND done_at >= ? AND platform = ?" +
		" GROUP BY done_at - done_at % 3600000 ORDER BY 1"
)

// NextHold is when, in the campaign's time, the first held delivery may leave; zero
// if none is held.
func (r Deliveries) NextHold(ctx context.Context) (t time.Time, err error) {
	if err := r.tx.query(ctx, func(row scanner) error { return row.Scan(at(&t)) }, nextHoldSQL); err != nil {
		return t, fmt.Errorf("looking for held deliveries: %w", err)
	}
	return t, nil
}

// Heard is something that a recipient has heard, or may have.
type Heard struct {
	Recipient string // kind:account
	Priority  int
	Words     string
	Merged    bool // within another message
	At        time.Time
}

// Recent lists what these recipients (kind:account) have heard since a time.
func (r Deliveries) Recent(ctx context.Context, since time.Time, recipients ...string) ([]Heard, error) {
	if len(recipients) == 0 {
		return nil, nil
	}
	query, args, err := in(recentSQL+"(?) AND state IN ('sent', 'unknown', 'merged')", millis(since), recipients)
	if err != nil {
		return nil, fmt.Errorf("listing what was heard: %w", err)
	}
	out, err := all(ctx, r.tx, func(s scanner) (h Heard, err error) {
		var state DeliveryState
		err = s.Scan(&h.Recipient, &h.Priority, &h.Words, &state, at(&h.At))
		h.Merged = state == Merged
		return h, err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing what was heard: %w", err)
	}
	return out, nil
}

// Hour is how much was sent in an hour of the campaign.
type Hour struct {
	Begin time.Time
	Sent  int
}

// SentByHour counts, hour by hour, what a platform has taken since a time of the
// campaign.
func (r Deliveries) SentByHour(ctx context.Context, platform string, since time.Time) ([]Hour, error) {
	out, err := all(ctx, r.tx, func(s scanner) (h Hour, err error) {
		err = s.Scan(at(&h.Begin), &h.Sent)
		return h, err
	}, sentByHourSQL, millis(since), platform)
	if err != nil {
		return nil, fmt.Errorf("counting what was sent: %w", err)
	}
	return out, nil
}

// Unreported lists, oldest first, the deliveries that came to a troubled end since
// a time and that the office has not been told of. Those of the given template,
// the reports themselves, are not among them.
func (r Deliveries) Unreported(ctx context.Context, since time.Time, but string) ([]Delivery, error) {
	query, args, err := in("SELECT "+columns(deliveryCols)+" FROM deliveries WHERE state IN (?) AND done_at >= ?"+
		" AND reported_at = 0 AND template <> ? ORDER BY done_at, id", Trouble(), millis(since), but)
	if err != nil {
		return nil, fmt.Errorf("listing what is to be reported: %w", err)
	}
	out, err := all(ctx, r.tx, scanDelivery, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing what is to be reported: %w", err)
	}
	return out, nil
}

// CarriedBy lists what went out, or should have, within another delivery.
func (r Deliveries) CarriedBy(ctx context.Context, d Delivery) ([]Delivery, error) {
	out, err := all(ctx, r.tx, scanDelivery, "SELECT "+columns(deliveryCols)+" FROM deliveries"+
		" WHERE recipient = ? AND done_at >= ? AND state = 'merged' AND ref = ? ORDER BY place_at, id",
		d.recipient(), millis(d.CreatedAt), fmt.Sprint(d.ID))
	if err != nil {
		return nil, fmt.Errorf("listing what delivery %d carried: %w", d.ID, err)
	}
	return out, nil
}

// Report marks deliveries as told to the office. If somebody else has told of one
// meanwhile, the transaction starts over.
func (r Deliveries) Report(ctx context.Context, now time.Time, ids ...int64) error {
	if len(ids) == 0 {
		return nil
	}
	query, args, err := in("UPDATE deliveries SET reported_at = ? WHERE reported_at = 0 AND id IN (?)", millis(now), ids)
	if err == nil {
		err = r.all(ctx, len(ids), query, args...)
	}
	if err != nil {
		return fmt.Errorf("marking as reported: %w", err)
	}
	return nil
}

// Counts says how many deliveries are in which state: of those that have ended, the
// ones since a time of the campaign.
func (r Deliveries) Counts(ctx context.Context, since time.Time) (map[DeliveryState]int, error) {
	out, err := r.counts(ctx, unfinished)
	if err != nil {
		return nil, err
	}
	ended, err := r.counts(ctx, "state IN ('sent', 'merged', 'withdrawn', 'expired', 'withheld',"+
		" 'refused', 'unknown', 'failed') AND done_at >= ?", millis(since))
	if err != nil {
		return nil, err
	}
	maps.Copy(out, ended)
	return out, nil
}

// CountsOf says in which states the deliveries of a cause are.
func (r Deliveries) CountsOf(ctx context.Context, cause string) (map[DeliveryState]int, error) {
	return r.counts(ctx, "cause = ?", cause)
}

func (r Deliveries) counts(ctx context.Context, cond string, args ...any) (map[DeliveryState]int, error) {
	out := map[DeliveryState]int{}
	err := r.tx.query(ctx, func(row scanner) error {
		var state DeliveryState
		var n int
		err := row.Scan(&state, &n)
		out[state] = n
		return err
	}, "SELECT state, COUNT(*) FROM deliveries WHERE "+cond+" GROUP BY state", args...)
	if err != nil {
		return nil, fmt.Errorf("counting deliveries: %w", err)
	}
	return out, nil
}

// Lane is what waits at one priority.
type Lane struct {
	Priority int
	Due      int       // how many may leave now, or are in hand
	Oldest   time.Time // place of the first of them
}

// Lanes lists the priorities at which something is due, the most urgent first.
func (r Deliveries) Lanes(ctx context.Context, now time.Time) ([]Lane, error) {
	out, err := all(ctx, r.tx, func(s scanner) (l Lane, err error) {
		err = s.Scan(&l.Priority, &l.Due, at(&l.Oldest))
		return l, err
	}, "SELECT priority, COUNT(*), MIN(place_at) FROM deliveries WHERE state IN ('queued', 'sending') AND place_at <= ?"+
		" GROUP BY priority ORDER BY priority DESC", millis(now))
	if err != nil {
		return nil, fmt.Errorf("measuring the lanes: %w", err)
	}
	return out, nil
}

// Withdraw ends what a cause brought about and what is in nobody's hands: as
// withdrawn, or as unknown where a try may have arrived.
func (r Deliveries) Withdraw(ctx context.Context, cause, why string, now time.Time) (n int, err error) {
	met, err := r.tx.exec(ctx, "UPDATE deliveries SET state = CASE WHEN doubts > 0 THEN 'unknown' ELSE 'withdrawn' END, why = ?,"+
		" done_at = ? WHERE cause = ? AND state IN ('queued', 'held')", why, millis(now), cause)
	if err != nil {
		return 0, fmt.Errorf("withdrawing what came of %s: %w", cause, err)
	}
	return int(met), nil
}
