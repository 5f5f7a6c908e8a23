package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Calls counts the calls of one platform that it counts by the month, in the records: so
// over restarts and for all replicas.
type Calls struct {
	Store    *store.Store
	Platform string
}

// Count adds to what was counted in a month ("2024-01"), perhaps nothing, and gives the
// sum.
func (c Calls) Count(ctx context.Context, month string, n int) (sum int, err error) {
	err = c.Store.Update(ctx, func(tx *store.Tx) error {
		all, err := tx.Counters().Add(ctx, "calls:"+c.Platform+":"+month, int64(n))
		sum = int(all)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("counting calls: %w", err)
	}
	return sum, nil
}

// metered is a platform that counts its calls itself.
func (c *Courier) metered(platform string) (m bot.Metered, ok bool) {
	m, ok = c.Channels[platform].(bot.Metered)
	return m, ok
}

// callsOf is how many counted calls a row will take.
func (c *Courier) callsOf(ctx context.Context, m bot.Metered, d store.Delivery) int {
	r, err := bot.Words(d)
	if err != nil {
		return 1
	}
	return min(m.Calls(ctx, wire(parcel{Delivery: d, reply: r})), mostPieces)
}

// daily are the limits without that of the month, which a metered platform counts itself.
func daily(limits []Limit) []Limit {
	return slices.DeleteFunc(slices.Clone(limits), monthlyCalls)
}

func monthlyCalls(l Limit) bool { return l.Scope == AppCalls && l.Per == month }

// monthly puts a row off until the next month if this one has no calls left for its
// priority, and tells the office once a month that they run out.
func (c *Courier) monthly(ctx context.Context, m bot.Metered, row store.Delivery, limits []Limit, calls int) (d store.Delivery, wait bool) {
	i := slices.IndexFunc(limits, monthlyCalls)
	if i < 0 {
		return row, false
	}
	used, now := m.Month(ctx)
	l := limits[i]
	c.quotas.note(Usage{Platform: row.Platform, Scope: l.Scope, Per: l.Per, Used: min(used, l.Count), Limit: l.Count})
	if float64(used) >= alarm*float64(l.Count) && c.quotas.first(row.Platform+now.Name) {
		if err := c.warn(ctx, row.Platform, now.Name, min(used, l.Count), l.Count); err != nil {
			c.Log.ErrorContext(ctx, "telling the office of a quota", "err", err)
			c.quotas.again(row.Platform + now.Name)
		}
	}
	if used+calls <= charge(row.Platform, l, "", calls, row.Priority).Limit {
		return row, false
	}
	return c.putOff(row, bot.Throttled, "the month's calls are used", max(now.End.Sub(c.Wall()), time.Minute)), true
}

const quotaTemplate = "delivery.quota"

// QuotaView is what the warning's template is filled with.
type QuotaView struct{ Used, Limit, Percent int }

// warn tells the operator and the office that a month's calls run out, the office once
// whatever number of replicas there are.
func (c *Courier) warn(ctx context.Context, platform, month string, used, most int) error {
	c.Log.WarnContext(ctx, "a platform's quota is nearly used", "platform", platform, "month", month, "used", used, "limit", most)
	if c.Office == nil {
		return nil
	}
	return c.Store.Update(ctx, func(tx *store.Tx) error {
		name := quotaTemplate + ":" + platform + ":" + month
		_, err := tx.Settings().Get(ctx, name)
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		now := c.Clock.Now()
		var notices []bot.Notice
		for _, p := range c.Office.Roster().WithRole(bot.Director, bot.Clerk, bot.Admin) {
			notices = append(notices, bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: quotaTemplate,
				Data: QuotaView{Used: used, Limit: most, Percent: int(alarm * 100)}})
		}
		if err := c.Office.Queue(ctx, tx, name, now, notices...); err != nil {
			return err
		}
		return tx.Settings().Set(ctx, name, now.UTC().Format(time.RFC3339))
	})
}

// note keeps what is known of a limit, for who looks.
func (q *quotas) note(u Usage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.make()
	q.used[u.Platform] = []Usage{u}
}

// first says, once for each name, that it is the first time.
func (q *quotas) first(name string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.make()
	was := q.alarmed[name]
	q.alarmed[name] = true
	return !was
}

func (q *quotas) again(name string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.alarmed, name)
}
