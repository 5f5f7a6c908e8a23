package dingtalk

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"zhuanban/bot/calendar"
)

// Edition is what the organisation has bought of DingTalk's. Its limits are on the page
// of limits in package delivery, as dingtalk/ and its name.
type Edition string

// The editions; "" is Standard.
const (
	Standard     Edition = "standard"
	Professional Edition = "professional" // 专业版
	Exclusive    Edition = "exclusive"    // 专属版
)

// Allowed lists the editions, for the configuration's errors.
func (Edition) Allowed() []string {
	return []string{string(Standard), string(Professional), string(Exclusive)}
}

// perSecond is how often an app may make each of its calls in a second.
func (e Edition) perSecond() int {
	switch e {
	case Professional:
		return 40
	case Exclusive:
		return 60
	}
	return 20
}

// Counter counts the calls of a month ("2024-01") over restarts and for all replicas:
// package delivery's Calls.
type Counter interface {
	// Count adds to what was counted, perhaps nothing, and gives the sum.
	Count(ctx context.Context, month string, n int) (sum int, err error)
}

// free says that DingTalk does not count a call: tokens, who somebody is, the directory.
func free(path string) bool {
	for _, prefix := range []string{"/v1.0/oauth2/", "/v1.0/contact/", "/gettoken", "/topapi/v2/user", "/topapi/v2/department",
		"/topapi/user/", "/topapi/department/", "/user/", "/department/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// budget counts what DingTalk counts.
type budget struct {
	most    int // of one call in a second
	wall    func() time.Time
	counter Counter // may be nil

	mu      sync.Mutex
	month   string
	sum     int // of all replicas, as of the last time it was kept
	added   int // since then, here
	kept    time.Time
	failing bool   // the counter did not take it the last time
	spent   string // the month whose quota is used up
	seconds map[string][]time.Time
}

// How often what was counted is kept: what a crash costs.
const (
	keepEach  = 20
	keepEvery = time.Minute
	keeping   = time.Second // how long that may take: nobody waits longer for it
)

func (b *budget) open(o *Options) error {
	if o.Edition == "" {
		o.Edition = Standard
	}
	if !slices.Contains(o.Edition.Allowed(), string(o.Edition)) {
		return wrong("Edition", "%q is none of %s", o.Edition, strings.Join(o.Edition.Allowed(), ", "))
	}
	b.most, b.wall, b.counter, b.seconds = o.Edition.perSecond(), o.Wall, o.Counter, map[string][]time.Time{}
	return nil
}

// monthOf names the month in which a time is where DingTalk counts, and says when the
// next one begins.
func monthOf(t time.Time) (name string, next time.Time) {
	t = t.In(calendar.Shanghai)
	return t.Format("2006-01"), time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, calendar.Shanghai)
}

// take counts one call; wait > 0 means that it must not be made now, with the month's
// quota used up (over) or too many of its kind in this second.
func (b *budget) take(ctx context.Context, name string) (wait time.Duration, over bool) {
	b.mu.Lock()
	now := b.wall()
	month, next := monthOf(now)
	if b.spent == month {
		b.mu.Unlock()
		return next.Sub(now), true
	}
	recent := slices.DeleteFunc(b.seconds[name], func(t time.Time) bool { return now.Sub(t) >= time.Second })
	if len(recent) >= b.most {
		wait := max(time.Second-now.Sub(recent[0]), time.Millisecond)
		b.seconds[name] = recent
		b.mu.Unlock()
		return wait, false
	}
	b.seconds[name] = append(recent, now)
	b.turn(month)
	b.added++
	b.mu.Unlock()
	b.keep(ctx, false)
	return 0, false
}

// turn begins another month.
func (b *budget) turn(month string) {
	if b.month != month {
		b.month, b.sum, b.added, b.kept, b.failing = month, 0, 0, time.Time{}, false
	}
}

// exhaust notes that DingTalk says that the month's quota is used up.
func (b *budget) exhaust() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent, _ = monthOf(b.wall())
}

// keep tells the counter what was counted here, if it is time or at once. What it does
// not take is told the next time.
func (b *budget) keep(ctx context.Context, now bool) {
	b.mu.Lock()
	at := b.wall()
	waits := at.Sub(b.kept) < keepEvery && (b.added < keepEach || b.failing)
	if b.counter == nil || b.month == "" || now && b.added == 0 || !now && waits {
		b.mu.Unlock()
		return
	}
	month, n := b.month, b.added
	b.sum, b.added, b.kept = b.sum+n, 0, at
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keeping)
	defer cancel()
	sum, err := b.counter.Count(ctx, month, n)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.month != month:
	case err != nil:
		b.sum, b.added, b.failing = b.sum-n, b.added+n, true
	default:
		b.sum, b.failing = max(b.sum, sum), false
	}
}

// used is how many calls were counted in this month.
func (b *budget) used(ctx context.Context) (n int, next time.Time) {
	b.mu.Lock()
	month, next := monthOf(b.wall())
	b.turn(month)
	b.mu.Unlock()
	b.keep(ctx, false)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent == month {
		return math.MaxInt32, next
	}
	return b.sum + b.added, next
}
