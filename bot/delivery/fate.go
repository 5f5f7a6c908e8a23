package delivery

import (
	"errors"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// How long a row is tried. A platform may be away for a whole night; after a day
// an answer is of no use, and the office is told. A broadcast may take some days,
// because a day's budget need not be enough for it.
const (
	firstWait = 2 * time.Second
	longest   = 10 * time.Minute
	soonest   = 200 * time.Millisecond // however small the chance: a platform that says no is not asked at once
	patience  = 24 * time.Hour
	slow      = 3 * 24 * time.Hour
)

// errPanic is what a channel's panic becomes.
var errPanic = errors.New("the channel panicked")

// after is what becomes of a parcel that was handed to the platform. It is pure but
// for chance, the clocks, and what it tells the breaker.
func (c *Courier) after(p parcel, receipt bot.Receipt, err error) store.Delivery {
	d, traits := p.Delivery, c.traits(p.Delivery)
	repeated := d.Doubts > 0 && !recognised(d, traits, c.Wall())
	d.Tried++
	if err == nil {
		c.breaker.works(d.Platform)
		c.tally.add(d.Platform, string(store.Sent))
		d = finish(d, store.Sent, "", "", c.Clock.Now())
		d.Ref, d.Error = receipt.Ref, ""
		return d
	}
	failed := &bot.SendError{Fate: bot.Unknown, Err: err}
	errors.As(err, &failed)
	c.tally.add(d.Platform, string(failed.Fate))
	d.Error = err.Error()
	if failed.Kept != nil {
		d.Prepared = failed.Kept
	}
	until := c.breaker.failed(d.Platform, failed, !traits.Dedupes, c.Wall(), c.Chance)
	switch failed.Fate {
	case bot.Refused:
		return finish(d, store.Refused, failed.Reason, "refused by the platform", c.Clock.Now())
	case bot.NotSent:
		return c.later(d, failed.Reason, err, max(failed.Wait, until.Sub(c.Wall())))
	}
	d.Doubts++
	if d.DoubtAt.IsZero() {
		d.DoubtAt = c.Wall()
	}
	if errors.Is(err, errPanic) || repeated || !mayFollow(d, traits, c.Wall()) {
		return finish(d, store.Unknown, bot.PerhapsArrived, "perhaps arrived, and a copy would show", c.Clock.Now())
	}
	return c.later(d, failed.Reason, err, max(failed.Wait, until.Sub(c.Wall())))
}

// later puts a row off for its next try: after wait, or if that is not given after
// a time that doubles with every try, by chance anything up to it.
func (c *Courier) later(d store.Delivery, r bot.Reason, err error, wait time.Duration) store.Delivery {
	if wait <= 0 {
		wait = c.backoff(d.Tried)
	}
	d.Error = err.Error()
	return c.putOff(d, r, "tried again: "+reasonOr(r, "it failed"), wait)
}

func (c *Courier) backoff(tries int) time.Duration {
	wait := min(firstWait<<min(tries, 10), longest)
	return max(soonest, time.Duration(float64(wait)*c.Chance()))
}

// putOff queues a row for after wait, unless it would be too old by then.
func (c *Courier) putOff(d store.Delivery, r bot.Reason, why string, wait time.Duration) store.Delivery {
	due, most := c.Wall().Add(wait), patience
	if d.Priority <= bot.PriorityBroadcast {
		most = slow
	}
	switch {
	case due.Sub(d.PlaceAt) <= most:
	case d.Doubts > 0:
		return finish(d, store.Unknown, bot.PerhapsArrived, "given up, too old: "+why, c.Clock.Now())
	default:
		return finish(d, store.Failed, r, "given up, too old: "+why, c.Clock.Now())
	}
	d.State, d.DueAt, d.Reason, d.Why = store.Queued, due, string(r), why
	return d
}

func reasonOr(r bot.Reason, other string) string {
	if r == "" {
		return other
	}
	return string(r)
}
