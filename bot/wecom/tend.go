package wecom

import (
	"context"
	"sync"
	"time"
)

// How often the chats are looked at, which bounds their changes far below what WeCom
// allows (a thousand an hour), and how soon what failed is tried again: after
// firstRetry, and twice as long each time up to lastRetry.
const (
	tending    = time.Hour
	firstRetry = 10 * time.Second
	lastRetry  = 10 * time.Minute
	tendTime   = 30 * time.Second // for one try
)

// Tend keeps what the app has beside messages as it is configured: its menu, looked at
// once, and the group chats that are its own, looked at every hour. What fails is tried
// again; nothing waits for it. It ends with ctx.
func (c *Channel) Tend(ctx context.Context) {
	var all sync.WaitGroup
	if len(c.o.Menu) > 0 {
		all.Go(func() { c.tend(ctx, "the menu", true, c.setMenu) })
	}
	for _, g := range c.groups.all {
		if g.auto() {
			all.Go(func() {
				c.tend(ctx, "the group chat "+g.Name, false, func(ctx context.Context) error { return c.keepChat(ctx, g) })
			})
		}
	}
	all.Wait()
}

// tend does one thing until it is done once, or every hour.
func (c *Channel) tend(ctx context.Context, what string, once bool, do func(context.Context) error) {
	failed, wait := "", c.retry
	for ctx.Err() == nil {
		next := tending
		short, cancel := context.WithTimeout(ctx, tendTime)
		err := do(short)
		cancel()
		switch {
		case err == nil && once:
			return
		case err == nil:
			failed, wait = "", c.retry
		default:
			if ctx.Err() == nil && err.Error() != failed { // the log is told once
				c.o.Log.WarnContext(ctx, "tending WeCom failed and is tried again", "what", what, "err", err)
			}
			failed, next, wait = err.Error(), wait, min(2*wait, lastRetry)
		}
		pause(ctx, next)
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
