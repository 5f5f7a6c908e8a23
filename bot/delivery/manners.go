package delivery

import (
	"context"
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/store"
)

// Manners are how the bot behaves towards people who did not ask. They hold for
// what is less urgent than an answer and goes to a person; never for an answer,
// never for a group. The zero Manners ask for nothing.
//
// What would be of no use by the hour that it is held for goes at once, and so does
// what is urgent (bot.Notice).
type Manners struct {
	// Quiet is when nothing is said.
	Quiet Quiet
	// Daily is how many messages a person gets in a day; what is more waits for the
	// next of DigestAt, or without any for the next morning. 0 = any number.
	Daily    int
	DigestAt []time.Duration // since midnight
	// Digest is how many messages that are due at once for one person become one
	// message; 0 = never.
	Digest int
}

// Quiet is the time of the campaign's day, since midnight, in which nothing is said
// to who did not ask. It may go over midnight.
type Quiet struct {
	From, Until time.Duration
}

// holds says whether a time lies in the quiet hours, and when they end.
func (q Quiet) holds(now time.Time) (until time.Time, quiet bool) {
	if q.From == q.Until {
		return time.Time{}, false
	}
	clock := now.Sub(midnight(now))
	switch {
	case q.From < q.Until && (clock < q.From || clock >= q.Until):
		return time.Time{}, false
	case q.From > q.Until && clock < q.From && clock >= q.Until:
		return time.Time{}, false
	}
	return next(now, q.Until), true
}

// midnight begins the day of the campaign.
func midnight(t time.Time) time.Time {
	y, m, d := t.In(calendar.Shanghai).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, calendar.Shanghai)
}

// next is the next time after now at one of these clocks.
func next(now time.Time, clocks ...time.Duration) time.Time {
	begin := midnight(now)
	var out time.Time
	for _, c := range clocks {
		t := begin.Add(c)
		if !t.After(now) {
			t = begin.AddDate(0, 0, 1).Add(c)
		}
		if out.IsZero() || t.Before(out) {
			out = t
		}
	}
	return out
}

// hold says until when a row waits, of which its recipient has had so many today,
// and why; zero = it may go.
func (m Manners) hold(d store.Delivery, now time.Time, today int) (until time.Time, why string) {
	if d.ToKind != string(bot.ToPerson) || d.Priority >= bot.PriorityUrgent || d.Doubts > 0 {
		return time.Time{}, ""
	}
	waited := !d.HoldUntil.IsZero() // for a digest: the cap does not hold it a second time
	if end, quiet := m.Quiet.holds(now); quiet {
		until, why = end, "quiet hours"
	} else if m.Daily > 0 && today >= m.Daily && !waited {
		until, why = m.afterCap(now), "the day's cap"
	}
	if !d.ExpiresAt.IsZero() && !until.Before(d.ExpiresAt) {
		return time.Time{}, ""
	}
	return until, why
}

// afterCap is when somebody who has had enough for the day hears the rest.
func (m Manners) afterCap(now time.Time) time.Time {
	if len(m.DigestAt) > 0 {
		return next(now, m.DigestAt...)
	}
	return next(now, m.Quiet.Until)
}

// civil holds what the hour, the cap or the loop guard forbids, and gives the rest.
func (b *batch) civil(ctx context.Context, rows []store.Delivery) (left []store.Delivery, err error) {
	var to []string
	for _, d := range rows {
		if d.Priority < bot.PriorityAnswer && !slices.Contains(to, address(d)) {
			to = append(to, address(d))
		}
	}
	begin := midnight(b.now)
	heard, err := b.tx.Deliveries().Recent(ctx, earlier(begin, b.now.Add(-loopTime)), to...)
	if err != nil {
		return nil, err
	}
	today, said := map[string]int{}, map[string]int{}
	for _, h := range heard {
		if h.Priority < bot.PriorityAnswer && !h.Merged && !h.At.Before(begin) {
			today[h.Recipient]++
		}
		if h.Priority < bot.PriorityAnswer && h.At.After(b.now.Add(-loopTime)) {
			said[h.Recipient+h.Words]++
		}
	}
	for _, d := range rows {
		if d.Priority >= bot.PriorityAnswer {
			left = append(left, d)
			continue
		}
		if until, why := b.c.Manners.hold(d, b.now, today[address(d)]); !until.IsZero() {
			d.State, d.HoldUntil, d.Why = store.Held, until, why
			b.out = append(b.out, d)
			continue
		}
		if b.loops(d, said) {
			b.out = append(b.out, finish(d, store.Withheld, "", "the same words, too often", b.now))
			continue
		}
		today[address(d)]++
		left = append(left, d)
	}
	return left, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
