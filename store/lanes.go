package store

import (
	"slices"
	"time"
)

// behind is a row that waits behind another of its recipient: until due, or until
// hold.
type behind struct {
	id, of    int64
	due, hold time.Time
}

// choice is what a claim makes of the rows that it has read.
type choice struct {
	take   []int64 // to be handed out, in order
	rest   []int64 // of the same recipients, and not handed out
	behind []behind
}

// choose says which rows leave: whole recipients in their rank, each one's rows in
// order, up to the limit. It is pure.
func choose(recipients []string, rows []waiting, w Want) choice {
	of := make(map[string][]waiting, len(recipients))
	for _, v := range rows {
		of[v.recipient] = append(of[v.recipient], v)
	}
	var c choice
	people := 0
	for _, to := range recipients {
		if w.People > 0 && people == w.People {
			break
		}
		one := lanes(of[to], w)
		c.behind = append(c.behind, one.behind...)
		if room := w.Limit - len(c.take); len(one.take) > room {
			one.rest = append(one.rest, one.take[room:]...)
			one.take = one.take[:room]
		}
		if len(one.take) > 0 {
			c.take, c.rest = append(c.take, one.take...), append(c.rest, one.rest...)
			people++
		}
	}
	return c
}

// lanes sorts one recipient's rows, which are in order: what may leave, and what
// waits behind which row.
func lanes(rows []waiting, w Want) (c choice) {
	var waits []waiting
	for _, v := range rows {
		switch {
		case v.state == Sending && v.lease.After(w.Now): // the recipient is in somebody's hands
			return choice{}
		case !w.wants(v):
			c.rest = append(c.rest, v.id)
		case v.state == Held || v.due.After(w.Now):
			waits = append(waits, v)
			c.rest = append(c.rest, v.id)
		default:
			if b, ok := blocker(waits, v); ok {
				c.behind = append(c.behind, b)
				c.rest = append(c.rest, v.id)
				continue
			}
			c.take = append(c.take, v.id)
		}
	}
	return c
}

// blocker finds the row that v has to wait behind: the last, that is the longest
// waiting in its way.
func blocker(waits []waiting, v waiting) (behind, bool) {
	for _, b := range slices.Backward(waits) {
		switch {
		case b.priority < v.priority:
		case b.state == Held && !v.end.IsZero() && !v.end.After(b.hold): // of no use by then
		case b.state == Held:
			return behind{id: v.id, of: b.id, hold: b.hold}, true
		default:
			return behind{id: v.id, of: b.id, due: b.due}, true
		}
	}
	return behind{}, false
}
