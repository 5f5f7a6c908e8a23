package robot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Phase is how the connection stands.
type Phase string

// The phases.
const (
	Starting   Phase = "starting"
	Connecting Phase = "connecting"
	Connected  Phase = "connected"
	Elsewhere  Phase = "held by another replica"
	Kicked     Phase = "taken by another program"
	Rejected   Phase = "refused by WeCom"
	Away       Phase = "waiting for the database" // nobody knows whose turn it is
	Callback   Phase = "called back"              // no connection is kept
)

// State is how the connection stands, for whoever watches.
type State struct {
	Phase  Phase
	Since  time.Time
	Holder string // the process that has the connection, if it is another
	Why    string // why it is not up, without secrets
}

// String is one line.
func (s State) String() string {
	out := string(s.Phase)
	if s.Holder != "" {
		out += " (" + s.Holder + ")"
	}
	if s.Why != "" {
		out += ": " + s.Why
	}
	return out
}

// State says how the connection stands.
func (c *Channel) State() State {
	if c.o.Webhook {
		return State{Phase: Callback}
	}
	return *c.state.Load()
}

func (c *Channel) enter(p Phase, holder, why string) {
	if s := c.state.Load(); s.Phase == p && s.Holder == holder && s.Why == why {
		return
	}
	c.state.Store(&State{Phase: p, Since: c.o.Wall(), Holder: holder, Why: why})
}

// rejection is a refusal of the subscription: the robot's id or secret.
type rejection struct {
	code int64
	text string
}

func (r *rejection) Error() string { return fmt.Sprintf("subscribing: errcode %d: %s", r.code, r.text) }

// attempts counts what went wrong in a row.
type attempts struct{ lost, rejected, kicked int }

// mostRejected is how often a refused subscription is repeated as if it were a bad
// line; WeCom's own client gives up after so many, this one becomes slow.
const mostRejected = 5

// keep holds a connection until the context ends: when it breaks it is made again.
func (c *Channel) keep(ctx context.Context) {
	var n attempts
	why := ""
	for ctx.Err() == nil {
		c.enter(Connecting, "", why)
		begin := c.o.Wall()
		err := c.once(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil { // it was up
			err = errGone
		}
		if c.o.Wall().Sub(begin) >= c.pace.settled {
			n = attempts{}
		}
		wait := c.blame(ctx, &n, err)
		why = c.state.Load().Why
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// blame says why the connection is not up, and for how long it is left alone.
func (c *Channel) blame(ctx context.Context, n *attempts, err error) time.Duration {
	why := c.redact(err.Error())
	var no *rejection
	switch {
	case errors.Is(err, errKicked):
		c.enter(Kicked, "", why)
		n.kicked++
		wait := jitter(min(c.pace.kicked<<(min(n.kicked, 5)-1), 10*c.pace.kicked))
		c.o.Log.WarnContext(ctx, "another program has opened a connection of this robot: see that no second zhuanban or test runs with it", "again_in", wait)
		return wait
	case errors.As(err, &no):
		c.enter(Rejected, "", why)
		wait := c.backoff(n.rejected)
		if n.rejected++; n.rejected >= mostRejected {
			wait = jitter(c.pace.refused)
		}
		c.o.Log.ErrorContext(ctx, "WeCom refuses the robot: compare wecom.bot.id and secret with the console", "err", why, "again_in", wait)
		return wait
	}
	wait := c.backoff(n.lost)
	n.lost++
	c.enter(Connecting, "", why)
	c.o.Log.WarnContext(ctx, "the robot's connection is lost", "err", why, "again_in", wait)
	return wait
}

func (c *Channel) backoff(before int) time.Duration {
	return jitter(min(c.pace.first<<min(before, 10), c.pace.last))
}

// jitter keeps many who were cut off together from coming back together.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }

// once connects, subscribes and serves until the connection is over.
func (c *Channel) once(ctx context.Context) error {
	short, cancel := context.WithTimeout(ctx, c.pace.dial)
	defer cancel()
	ws, _, err := websocket.Dial(short, c.o.WSURL, &websocket.DialOptions{HTTPClient: c.client})
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	l := newLink(ws, c.pace)
	var inside sync.WaitGroup
	defer inside.Wait()
	defer l.end(ctx.Err())
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop() // ends the reader
	inside.Go(func() { l.serve(serving, func(f frame) { c.heard(ctx, l, f) }) })
	if err := c.subscribe(short, l); err != nil {
		return err
	}
	inside.Go(l.ping)
	c.live.Store(l)
	defer c.live.CompareAndSwap(l, nil)
	c.enter(Connected, "", "")
	c.o.Log.InfoContext(ctx, "the robot is connected")
	c.o.Wake()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-l.gone:
		return l.ended()
	}
}

// subscribe is the first thing said on a connection.
func (c *Channel) subscribe(ctx context.Context, l *link) error {
	ack, _, err := l.call(ctx, cmdSubscribe, newReqID(cmdSubscribe), map[string]string{"bot_id": c.o.ID, "secret": c.o.Secret})
	switch {
	case err != nil && l.ended() != nil:
		return fmt.Errorf("subscribing: %w", l.ended())
	case err != nil:
		return fmt.Errorf("subscribing: %w", err)
	case ack.Code == nil:
		return errors.New("subscribing: an acknowledgement without errcode")
	case *ack.Code == 45009 || *ack.Code == 846607 || *ack.Code == -1: // too often, or busy
		return fmt.Errorf("subscribing: errcode %d: %s", *ack.Code, ack.Message)
	case *ack.Code != 0:
		return &rejection{*ack.Code, ack.Message}
	}
	return nil
}
