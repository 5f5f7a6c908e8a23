package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhuanban/bot"
)

// enter says whether a call may be made now, and counts it if it is one that DingTalk
// counts.
func (c *Channel) enter(ctx context.Context, path, name string) error {
	if err := c.out.gates.shut(name, c.o.Wall()); err != nil {
		return err
	}
	if free(path) {
		return nil
	}
	wait, over := c.out.budget.take(ctx, name)
	switch {
	case over:
		return &bot.SendError{Fate: bot.NotSent, Reason: bot.Throttled, Wait: wait, Err: errSpent}
	case wait > 0:
		return &bot.SendError{Fate: bot.NotSent, Reason: bot.Throttled, Wait: wait, Err: fmt.Errorf("%s: at most %d calls a second", name, c.out.budget.most)}
	}
	return nil
}

var errSpent = errors.New("the month's quota of calls is used up; it begins anew with the month, or the edition is changed (增购API调用量)")

// gates are calls that are not made for a while, because DingTalk has said why they
// would fail for everybody: each would cost a call. Answers to a live webhook pass.
type gates struct {
	mu sync.Mutex
	of map[string]gate // by call; "" = every one
}

type gate struct {
	until time.Time
	err   *bot.SendError
}

// shut is why a call is not made now; nil = it may be.
func (g *gates) shut(name string, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, key := range []string{"", name} {
		if one, ok := g.of[key]; ok {
			if wait := one.until.Sub(now); wait > 0 {
				err := *one.err
				err.Fate, err.Wait = bot.NotSent, wait
				return &err
			}
			delete(g.of, key)
		}
	}
	return nil
}

// noted remembers what an error means for the next calls, and gives it as it is for
// this one.
func (c *Channel) noted(name string, err error) error {
	v := verdictOf(err)
	var failed *bot.SendError
	if !errors.As(err, &failed) {
		return err
	}
	now := c.o.Wall()
	switch {
	case v.spent:
		c.out.budget.exhaust()
		_, next := monthOf(now)
		failed.Wait = next.Sub(now)
	case v.shuts, v.refresh:
		if v.wide || v.refresh {
			name = ""
		}
		c.out.gates.close(name, gate{now.Add(failed.Wait), failed})
	}
	return failed
}

func (g *gates) close(name string, why gate) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.of == nil {
		g.of = map[string]gate{}
	}
	g.of[name] = why
}
