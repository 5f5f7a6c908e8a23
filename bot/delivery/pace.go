package delivery

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// drift is how much longer than the platform's our windows are: what leaves a
// minute apart may arrive a little less than a minute apart. A twentieth, at most
// two seconds.
func drift(per time.Duration) time.Duration { return per + min(per/20, 2*time.Second) }

// charge is what sending a row uses of one limit, at its priority.
func charge(platform string, l Limit, subject string, n, priority int) Charge {
	most := l.Count
	switch {
	case !l.Reserve || priority >= bot.PriorityAnswer:
	case priority > bot.PriorityBroadcast:
		most = most * (100 - noticeReserve) / 100
	default:
		most = most * (100 - broadcastReserve) / 100
	}
	return Charge{Key: platform + "/" + string(l.Scope) + "/" + subject, N: n, Limit: most, Per: drift(l.Per)}
}

// traits are what a row's platform can do for its recipient.
func (c *Courier) traits(d store.Delivery) bot.Traits {
	return bot.TraitsTo(c.Channels[d.Platform], addressee(d))
}

func addressee(d store.Delivery) bot.Recipient {
	return bot.Recipient{Kind: bot.RecipientKind(d.ToKind), Account: d.ToAccount}
}

// limits are those of a platform with these traits.
func (c *Courier) limits(platform string, t bot.Traits) []Limit {
	out, ok := Limits(t.Limits, c.Accounts)
	if !ok {
		c.quotas.unknown(func() {
			c.Log.Error("limits that are not on the page", "platform", platform, "limits", t.Limits)
		})
	}
	return out
}

// mostPieces bounds what one row is reckoned at: more could never be had at once.
const mostPieces = 10

// charges are what a row uses of its recipient's limits: as many messages as it
// arrives in, where its platform says so.
func (c *Courier) charges(d store.Delivery, limits []Limit) []Charge {
	n := 1
	if m, ok := c.Channels[d.Platform].(bot.Measurer); ok {
		if r, err := bot.Words(d); err == nil {
			n = min(m.Pieces(wire(parcel{Delivery: d, reply: r})), mostPieces)
		}
	}
	if n <= 0 {
		return nil
	}
	var out []Charge
	for _, l := range limits {
		if l.Scope == Conversation || l.Scope == Member && d.ToKind == string(bot.ToPerson) ||
			l.Scope == Group && d.ToKind == string(bot.ToGroup) {
			out = append(out, charge(d.Platform, l, d.ToAccount, n, d.Priority))
		}
	}
	return out
}

// appCharges are what calls to n recipients use of the app's limits.
func appCharges(d store.Delivery, limits []Limit, calls, n int) []Charge {
	if calls == 0 {
		return nil
	}
	var out []Charge
	for _, l := range limits {
		switch l.Scope {
		case AppCalls:
			out = append(out, charge(d.Platform, l, "", calls, d.Priority))
		case AppPersons:
			if d.ToKind == string(bot.ToPerson) {
				out = append(out, charge(d.Platform, l, "", n, d.Priority))
			}
		}
	}
	return out
}

// pace books what a row uses. If that is not to be had, wait is true and d is the
// row put off to when it may be; no try of it is used up.
func (c *Courier) pace(ctx context.Context, row store.Delivery) (d store.Delivery, wait bool) {
	limits := c.limits(row.Platform, c.traits(row))
	if len(limits) == 0 {
		return row, false
	}
	calls := 1
	if m, ok := c.metered(row.Platform); ok {
		if calls = c.callsOf(ctx, m, row); calls > 0 {
			if d, wait = c.monthly(ctx, m, row, limits, calls); wait {
				return d, true
			}
		}
		limits = daily(limits)
	} else {
		c.recall(ctx, row.Platform)
	}
	now, own := c.Wall(), c.charges(row, limits)
	if d, wait = c.book(ctx, row, now, own); wait {
		return d, true
	}
	app := appCharges(row, limits, calls, 1)
	if d, wait = c.book(ctx, row, now, app); wait {
		c.refund(ctx, now, own)
		c.breaker.pace(row.Platform, below(row.Priority), d.DueAt)
	}
	return d, wait
}

// book takes charges for a row, or puts it off.
func (c *Courier) book(ctx context.Context, d store.Delivery, now time.Time, cs []Charge) (store.Delivery, bool) {
	if len(cs) == 0 {
		return d, false
	}
	wait, err := c.Budget.Take(ctx, now, cs)
	if err != nil {
		return c.later(d, "", fmt.Errorf("asking for budget: %w", err), firstWait), true
	}
	if wait <= 0 {
		return d, false
	}
	wait += time.Duration(c.Chance() * float64(min(wait/10, time.Second))) // not all at the same moment
	return c.putOff(d, bot.Throttled, "paced: "+name(cs, wait), max(wait, time.Millisecond)), true
}

// name says which of the charges it probably was: the shortest window that would
// have to be waited for so long.
func name(cs []Charge, wait time.Duration) string {
	cs = slices.SortedFunc(slices.Values(cs), func(a, b Charge) int { return int(a.Per - b.Per) })
	i := slices.IndexFunc(cs, func(c Charge) bool { return c.Per >= wait })
	if i < 0 {
		i = len(cs) - 1
	}
	return fmt.Sprintf("%s, at most %d in %s", cs[i].Key, cs[i].Limit, cs[i].Per)
}

func (c *Courier) refund(ctx context.Context, at time.Time, cs []Charge) {
	if len(cs) == 0 {
		return
	}
	if err := c.Budget.Refund(ctx, at, cs); err != nil { // it errs on the safe side
		c.Log.WarnContext(ctx, "giving budget back", "err", err)
	}
}

// below is the priority below which everything waits for the same budget as a row
// of this one.
func below(priority int) int {
	switch {
	case priority >= bot.PriorityAnswer:
		return store.Everything
	case priority > bot.PriorityBroadcast:
		return bot.PriorityAnswer
	}
	return bot.PriorityBroadcast + 1
}

// paceAll books what one call for many people uses. Who has to wait alone is put
// off; if the app has not enough for all, some go and the others wait.
func (c *Courier) paceAll(ctx context.Context, ps []parcel, say func(store.Delivery)) []parcel {
	if len(ps) == 0 {
		return nil
	}
	platform := ps[0].Platform
	limits := c.limits(platform, c.Channels[platform].Traits())
	if len(limits) == 0 {
		return ps
	}
	calls := 1
	if m, ok := c.metered(platform); ok {
		if calls = c.callsOf(ctx, m, ps[0].Delivery); calls > 0 {
			if d, wait := c.monthly(ctx, m, ps[0].Delivery, limits, calls); wait {
				for _, p := range ps {
					say(c.putOff(p.Delivery, bot.Throttled, d.Why, d.DueAt.Sub(c.Wall())))
				}
				return nil
			}
		}
		limits = daily(limits)
	} else {
		c.recall(ctx, platform)
	}
	now := c.Wall()
	ps = slices.DeleteFunc(ps, func(p parcel) bool { // its own copy
		d, wait := c.book(ctx, p.Delivery, now, c.charges(p.Delivery, limits))
		if wait {
			say(d)
		}
		return wait
	})
	return c.paceApp(ctx, ps, limits, calls, now, say)
}

// paceApp books what the app uses of its own limits for as many of these as it has
// enough for, at least half of what it could, and gives the others back.
func (c *Courier) paceApp(ctx context.Context, ps []parcel, limits []Limit, calls int, now time.Time, say func(store.Delivery)) []parcel {
	var d store.Delivery
	wait, n := len(ps) > 0, len(ps)
	for ; wait; n /= 2 {
		if d, wait = c.book(ctx, ps[0].Delivery, now, appCharges(ps[0].Delivery, limits, calls, n)); !wait || n == 1 {
			break
		}
	}
	if wait {
		n = 0
		c.breaker.pace(d.Platform, below(d.Priority), d.DueAt)
	}
	for _, p := range ps[n:] {
		c.refund(ctx, now, c.charges(p.Delivery, limits))
		left := requeue(p.Delivery)
		if wait {
			left.State, left.DueAt, left.Reason, left.Why, left.DoneAt = d.State, d.DueAt, d.Reason, d.Why, d.DoneAt
		}
		say(left)
	}
	return ps[:n]
}

// quotas are the limits that outlive a process: what is known of them from the
// records.
type quotas struct {
	mu      sync.Mutex
	named   sync.Once
	seeded  map[string]bool
	looked  map[string]time.Time
	used    map[string][]Usage
	alarmed map[string]bool
}

// make makes what it holds, once; the lock is held.
func (q *quotas) make() {
	if q.looked == nil {
		q.looked, q.seeded, q.used, q.alarmed = map[string]time.Time{}, map[string]bool{}, map[string][]Usage{}, map[string]bool{}
	}
}

func (q *quotas) unknown(tell func()) { q.named.Do(tell) }

// alarm is the part of a long limit at which the operator is told.
const alarm = 0.7

// recount is how often it is counted. A month's quota does not run out in an hour.
const recount = time.Hour

// recall counts what the records say was sent within the windows of a day and more,
// so that a restart forgets none of it. It reckons a call for every row, as of the
// end of its hour, which errs on the safe side; shorter windows begin anew, which a
// restart within them may exceed by what was sent just before it.
func (c *Courier) recall(ctx context.Context, platform string) {
	limits := c.limits(platform, c.Channels[platform].Traits())
	now, shift := c.Wall(), c.Wall().Sub(c.Clock.Now())
	q := &c.quotas
	q.mu.Lock()
	defer q.mu.Unlock()
	q.make()
	if now.Sub(q.looked[platform]) < recount || !slices.ContainsFunc(limits, Limit.long) {
		return
	}
	q.looked[platform], q.used[platform] = now, nil
	for _, l := range limits {
		if !l.long() || l.Scope != AppCalls && l.Scope != AppPersons {
			continue
		}
		var hours []store.Hour
		err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
			hours, err = tx.Deliveries().SentByHour(ctx, platform, c.Clock.Now().Add(-l.Per))
			return err
		})
		if err != nil {
			c.Log.WarnContext(ctx, "counting what was sent", "platform", platform, "err", err)
			q.looked[platform] = time.Time{}
			return
		}
		u := Usage{Platform: platform, Scope: l.Scope, Per: l.Per, Limit: l.Count}
		for _, h := range hours {
			u.Used += h.Sent
			end := h.Begin.Add(time.Hour).Add(shift)
			if end.After(now) {
				end = now
			}
			if b, ok := c.Budget.(forgetful); ok && !q.seeded[platform] {
				b.Seed(end, charge(platform, l, "", h.Sent, bot.PriorityAnswer))
			}
		}
		q.used[platform] = append(q.used[platform], u)
		key := platform + string(l.Scope) + l.Per.String()
		if high := float64(u.Used) >= alarm*float64(u.Limit); high != q.alarmed[key] {
			q.alarmed[key] = high
			if high {
				c.Log.WarnContext(ctx, "a platform's quota is nearly used", "platform", platform, "scope", l.Scope, "used", u.Used,
					"limit", u.Limit, "per", l.Per)
			}
		}
	}
	q.seeded[platform] = true
}
