package delivery

import (
	"slices"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// breaker pauses platforms that do not answer, and lanes whose budget is used up,
// so that what waits for them is not claimed at all.
type breaker struct {
	mu sync.Mutex
	of map[string]*pause
}

// pause is how a platform stands.
type pause struct {
	failures int // in a row, in which the platform did not answer
	since    time.Time
	until    time.Time // when one parcel finds out; zero since = it works
	wait     time.Duration
	why      string
	below    int       // while paced: what is below this priority waits
	paced    time.Time // until then
}

// The breaker's numbers. One lost packet is no outage; three in a row are. The
// platform is asked after a second, and then more rarely, at least twice a minute.
// Where a copy would show, a question of unknown fate costs a message that the
// office has to look after: there it is asked every five minutes at least.
const (
	tripAfter  = 3
	firstProbe = time.Second
	lastProbe  = 30 * time.Second
	rareProbe  = 5 * time.Minute
)

func (b *breaker) get(platform string) *pause {
	p := b.of[platform]
	if p == nil {
		p = &pause{}
		b.of[platform] = p
	}
	return p
}

// works ends a pause.
func (b *breaker) works(platform string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.get(platform).reset()
}

// reset ends a pause. A paced lane stays paced.
func (p *pause) reset() {
	p.failures, p.since, p.until, p.wait, p.why = 0, time.Time{}, time.Time{}, 0, ""
}

// failed looks at a failure. If the platform is paused because of it, until is when
// it is asked next; otherwise zero.
func (b *breaker) failed(platform string, e *bot.SendError, copies bool, now time.Time, chance func() float64) (until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.get(platform)
	away := e.Reason == bot.PlatformAway || e.Reason == "" && !p.since.IsZero() // it was asked, and did not say why
	switch {
	case e.Everybody || away && e.Fate != bot.Refused:
	case e.Fate == bot.Refused || e.Reason != "": // an answer about this recipient: it is there
		p.reset()
		return time.Time{}
	default:
		return time.Time{}
	}
	if p.failures++; p.failures < tripAfter && !e.Everybody && p.since.IsZero() {
		return time.Time{}
	}
	if p.since.IsZero() {
		p.since = now
	}
	if !p.until.After(now) { // not one of those that were under way together
		longest := lastProbe
		if copies && e.Fate == bot.Unknown {
			longest = rareProbe
		}
		p.wait = min(max(firstProbe, 2*p.wait), longest)
		p.until = now.Add(p.wait/2 + time.Duration(float64(p.wait/2)*chance()))
	}
	if e.Wait > 0 && now.Add(e.Wait).After(p.until) {
		p.until = now.Add(e.Wait)
	}
	p.why = reasonOr(e.Reason, "it failed")
	return p.until
}

// pace lets what is below a priority wait until a time.
func (b *breaker) pace(platform string, below int, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.get(platform)
	p.below, p.paced = below, until
}

// pauses is what must not be claimed now. The platform that is being probed is.
func (b *breaker) pauses(now time.Time, probe string) []store.Pause {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []store.Pause
	for name, p := range b.of {
		switch {
		case name != probe && !p.since.IsZero():
			out = append(out, store.Pause{Platform: name, Below: store.Everything})
		case p.paced.After(now):
			out = append(out, store.Pause{Platform: name, Below: p.below})
		}
	}
	return out
}

// paused says whether a row may not be sent now.
func (b *breaker) paused(d store.Delivery) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.get(d.Platform)
	return !p.since.IsZero()
}

// probes lists the platforms that one row may find out about now.
func (b *breaker) probes(now time.Time) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for name, p := range b.of {
		if !p.since.IsZero() && !p.until.After(now) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// next is the soonest time at which something that was paused may go on.
func (b *breaker) next(now time.Time) (at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.of {
		for _, t := range []time.Time{p.until, p.paced} {
			if t.After(now) && (at.IsZero() || t.Before(at)) {
				at = t
			}
		}
	}
	return at
}
