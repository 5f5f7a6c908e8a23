package stream

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// attempts counts what went wrong in a row.
type attempts struct{ lost, refused, rotated int }

// freely is how many rotations are followed at once of connections that lasted less than
// the shortest wait: after that something is wrong with them, and DingTalk is asked for a
// ticket once in such a wait.
const freely = 30

// stand keeps one connection until the context ends: when it breaks it is made again,
// when it is rotated it is made again before it breaks.
func (c *Client) stand(ctx context.Context) {
	var n attempts
	for ctx.Err() == nil {
		l, err := c.connect(ctx)
		begin, made := c.o.Wall(), err == nil
		if made {
			c.up(ctx, l)
			c.reading.Go(func() { c.serve(ctx, l) })
			select {
			case <-ctx.Done():
			case <-l.gone:
			case <-l.leaving:
			}
			err = l.told()
			lasted := c.o.Wall().Sub(begin)
			if lasted >= c.pace.Settled {
				n = attempts{}
			}
			if lasted >= c.pace.First {
				n.rotated = 0
			}
		}
		if ctx.Err() != nil {
			return
		}
		wait := time.NewTimer(c.blame(ctx, &n, made, err))
		select {
		case <-ctx.Done():
		case <-wait.C:
		}
		wait.Stop()
	}
}

// blame says why a connection is to be made anew, and after how long. made says that there
// was one: the first that breaks is made again at once.
func (c *Client) blame(ctx context.Context, n *attempts, made bool, err error) time.Duration {
	var no *Refusal
	switch {
	case errors.Is(err, errRotated):
		c.count(func(s *State) { s.Rotated++ })
		n.lost, n.refused = 0, 0
		if n.rotated++; n.rotated <= freely {
			c.o.Log.DebugContext(ctx, "DingTalk rotates a connection")
			return 0
		}
		wait := jitter(c.pace.First)
		c.o.Log.WarnContext(ctx, "DingTalk rotates connections as soon as they are made", "again_in", wait)
		return wait
	case errors.Is(err, errSilent):
		c.count(func(s *State) { s.Lost++ })
		c.o.Log.WarnContext(ctx, "a connection to DingTalk is replaced", "why", err)
		return 0
	case errors.As(err, &no):
		wait := jitter(min(c.pace.First<<min(n.refused+2, 20), c.pace.Refused))
		n.refused++
		c.down(Refused, no.Error())
		c.o.Log.ErrorContext(ctx, "DingTalk refuses the app: compare dingtalk.client_id and client_secret with the developer console, 凭证与基础信息", "err", no, "again_in", wait)
		return wait
	}
	wait := c.backoff(n.lost)
	switch {
	case made && n.lost == 0:
		wait = 0
	case made: // DingTalk is there, and what it says meanwhile is lost: nobody is left deaf for long
		wait = min(wait, jitter(c.pace.First))
	}
	n.lost++
	c.count(func(s *State) { s.Lost++ })
	c.down(Connecting, c.hide(err.Error()))
	c.o.Log.WarnContext(ctx, "a connection to DingTalk is lost", "err", c.hide(err.Error()), "again_in", wait)
	return wait
}

func (c *Client) backoff(before int) time.Duration {
	return jitter(min(c.pace.First<<min(before, 10), c.pace.Last))
}

// jitter keeps many who were cut off together from coming back together.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }
