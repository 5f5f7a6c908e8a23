package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// unfinished are the states of a delivery that has not come to an end.
const unfinished = "state IN ('queued', 'sending', 'held')"

// Want is what a claimer can take.
type Want struct {
	Owner    string
	Now      time.Time // the wall's time: leases, retries, pacing
	Campaign time.Time // the campaign's time: holds
	Lease    time.Duration
	Limit    int     // rows
	People   int     // recipients; 0 = as many as have so many rows
	Least    int     // nothing below this priority
	Only     string  // nothing of another platform; "" = of any
	Pauses   []Pause // what is to stay where it is
}

// Pause leaves the rows of a platform that are below a priority where they are.
type Pause struct {
	Platform string
	Below    int
}

// Everything is the Below of a Pause that lets nothing pass.
const Everything = math.MaxInt32

// wants says whether a row is for this claimer at all.
func (w Want) wants(v waiting) bool {
	if v.priority < w.Least || w.Only != "" && v.platform != w.Only {
		return false
	}
	return !slices.ContainsFunc(w.Pauses, func(p Pause) bool { return p.Platform == v.platform && v.priority < p.Below })
}

// Claim hands out what is due, at most w.Limit rows, until the lease ends:
// recipients with more urgent rows first, and for one recipient in the order of
// place and queueing.
//
// A row that must wait (for its next try, its budget, its hour) holds back those
// behind it of the same or a lower priority, never a more urgent one: they are put
// off to its time, so that they do not stand in the way of the next claim. What
// would have expired by its hour is not held back until then. What the claimer
// does not want is as if it were not there.
//
// While one row of a recipient is in somebody's hands, no other of that recipient
// is handed out. Nothing is ever in two hands: the UPDATEs repeat the conditions,
// and a claimer who meets less than it chose starts over. A lease that has ended
// is up for grabs; the row's Doubts say whether it may have been sent by then.
func (r Deliveries) Claim(ctx context.Context, w Want) ([]Delivery, error) {
	out, err := r.claim(ctx, w)
	if err != nil {
		return nil, fmt.Errorf("claiming deliveries: %w", err)
	}
	return out, nil
}

// claimRounds bounds how often a claim looks again after it has found only rows
// that wait behind others, and has put them off.
const claimRounds = 8

func (r Deliveries) claim(ctx context.Context, w Want) ([]Delivery, error) {
	if err := r.wake(ctx, w); err != nil {
		return nil, err
	}
	for range claimRounds {
		recipients, err := r.waiting(ctx, w)
		if err != nil || len(recipients) == 0 {
			return nil, err
		}
		rows, err := r.rowsOf(ctx, recipients, w.Now)
		if err != nil {
			return nil, err
		}
		c := choose(recipients, rows, w)
		if err := r.putBehind(ctx, c.behind, w.Now); err != nil {
			return nil, err
		}
		if len(c.take) > 0 {
			return r.take(ctx, c, w)
		}
		if len(c.behind) == 0 {
			return nil, nil
		}
	}
	return nil, nil
}

// wake queues what was held until now.
func (r Deliveries) wake(ctx context.Context, w Want) error {
	next, err := r.NextHold(ctx)
	if err != nil || next.IsZero() || next.After(w.Campaign) {
		return err
	}
	_, err = r.tx.exec(ctx, "UPDATE deliveries SET state = 'queued' WHERE state = 'held' AND hold_until <= ?", millis(w.Campaign))
	return err
}

// What a claim asks. Each is answered from an index, and reads neither what is not
// yet due nor what is held.
const (
	laneSQL = "SELECT COALESCE(MAX(priority), -2147483648) FROM deliveries WHERE state = 'queued' AND priority < ?"

	free = " AND recipient NOT IN (SELECT recipient FROM deliveries WHERE state = 'sending' AND lease_until > ?)"

	waitingSQL   = "SELECT recipient FROM deliveries WHERE state = 'queued' AND priority = ? AND due_at <= ?" + free
	waitingOrder = " ORDER BY due_at, id LIMIT ?"

	expiredSQL   = "SELECT recipient FROM deliveries WHERE state = 'sending' AND priority >= ? AND lease_until <= ?" + free
	expiredOrder = " ORDER BY priority DESC, id LIMIT ?"
)

// waiting lists the recipients that have something due and nothing in hand: those
// whose courier died, then lane by lane, and in a lane who has waited longest.
func (r Deliveries) waiting(ctx context.Context, w Want) ([]string, error) {
	now := millis(w.Now)
	cond, only := w.platforms()
	look := func(query, order string, from, limit int) ([]string, error) {
		args := append(append([]any{from, now, now}, only...), limit)
		return all(ctx, r.tx, scanText, query+cond+order, args...)
	}
	out, err := look(expiredSQL, expiredOrder, w.Least, w.Limit)
	if err != nil {
		return nil, err
	}
	for lane := math.MaxInt32; len(out) < w.Limit; {
		if lane, err = one(ctx, r.tx, scanInt, laneSQL, lane); err != nil {
			return nil, err
		}
		if lane == math.MinInt32 || lane < w.Least {
			break
		}
		more, err := look(waitingSQL, waitingOrder, lane, w.Limit-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	seen := make(map[string]bool, len(out))
	return slices.DeleteFunc(out, func(to string) bool {
		before := seen[to]
		seen[to] = true
		return before
	}), nil
}

// platforms is the condition that keeps to the platforms which the claimer wants.
func (w Want) platforms() (cond string, args []any) {
	if w.Only != "" {
		cond, args = " AND platform = ?", []any{w.Only}
	}
	for _, p := range w.Pauses {
		cond += " AND NOT (platform = ? AND priority < ?)"
		args = append(args, p.Platform, p.Below)
	}
	return cond, args
}

// waiting is what a claim has to know of an unfinished row.
type waiting struct {
	id                    int64
	recipient, platform   string
	state                 DeliveryState
	priority              int
	due, hold, lease, end time.Time
}

// rowsOf reads the unfinished rows of recipients whose place has come, in order.
func (r Deliveries) rowsOf(ctx context.Context, recipients []string, now time.Time) ([]waiting, error) {
	query, args, err := in("SELECT id, recipient, platform, state, priority, due_at, hold_until, lease_until, expires_at"+
		" FROM deliveries WHERE "+unfinished+" AND recipient IN (?) AND place_at <= ? ORDER BY place_at, id",
		recipients, millis(now))
	if err != nil {
		return nil, err
	}
	return all(ctx, r.tx, func(s scanner) (v waiting, err error) {
		err = s.Scan(&v.id, &v.recipient, &v.platform, &v.state, &v.priority, at(&v.due), at(&v.hold), at(&v.lease), at(&v.end))
		return v, err
	}, query, args...)
}

// take makes chosen rows the owner's. The rows of the same recipients that are not
// among them are touched, so that of two claimers who want different rows of one
// recipient one meets the other.
func (r Deliveries) take(ctx context.Context, c choice, w Want) ([]Delivery, error) {
	query, args, err := in("UPDATE deliveries SET state = 'sending', owner = ?, lease_until = ?, attempts = attempts + 1"+
		" WHERE id IN (?) AND (state = 'queued' AND due_at <= ? OR state = 'sending' AND lease_until <= ?)",
		w.Owner, millis(w.Now.Add(w.Lease)), c.take, millis(w.Now), millis(w.Now))
	if err != nil {
		return nil, err
	}
	if err := r.all(ctx, len(c.take), query, args...); err != nil {
		return nil, err
	}
	if len(c.rest) > 0 {
		query, args, err := in("UPDATE deliveries SET attempts = attempts WHERE id IN (?) AND (state <> 'sending' OR lease_until <= ?)",
			c.rest, millis(w.Now))
		if err != nil {
			return nil, err
		}
		if err := r.all(ctx, len(c.rest), query, args...); err != nil {
			return nil, err
		}
	}
	return r.inOrder(ctx, c.take)
}

// all runs an UPDATE that must meet n rows; otherwise somebody else was faster, and
// the transaction starts over.
func (r Deliveries) all(ctx context.Context, n int, query string, args ...any) error {
	met, err := r.tx.exec(ctx, query, args...)
	if err == nil && int(met) != n {
		return r.tx.again()
	}
	return err
}

// putBehind puts rows off to the time of the row that each waits behind.
func (r Deliveries) putBehind(ctx context.Context, rows []behind, now time.Time) error {
	for len(rows) > 0 {
		first, ids := rows[0], []int64{}
		for len(rows) > 0 && rows[0].of == first.of {
			ids, rows = append(ids, rows[0].id), rows[1:]
		}
		set, at := "state = 'queued', due_at = ?", first.due
		if !first.hold.IsZero() {
			set, at = "state = 'held', hold_until = ?", first.hold
		}
		query, args, err := in("UPDATE deliveries SET "+set+", why = ? WHERE id IN (?)"+
			" AND (state = 'queued' OR state = 'sending' AND lease_until <= ?)",
			millis(at), fmt.Sprintf("waits behind %d", first.of), ids, millis(now))
		if err != nil {
			return err
		}
		if err := r.all(ctx, len(ids), query, args...); err != nil {
			return err
		}
	}
	return nil
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
