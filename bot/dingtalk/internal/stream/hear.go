package stream

import (
	"context"
	"runtime/debug"
	"sync"
)

// heard takes one frame in hand. It is called by the connection's reader and waits while
// too much is.
func (c *Client) heard(ctx context.Context, l *link, f Frame) {
	c.count(func(s *State) { s.Frames++ })
	if !c.room.enter(len(f.Data), l, c.closing) {
		return
	}
	job := c.o.Hear(f)
	var once sync.Once
	acknowledge := func(a Answer) {
		once.Do(func() {
			if l.acknowledge(f, a) {
				c.count(func(s *State) { s.Acknowledged++ })
			}
		})
	}
	inTime := func() {}
	if job.Within > 0 {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), job.Within)
		stop := context.AfterFunc(limit, func() { acknowledge(job.Meanwhile) })
		inTime = func() { stop(); cancel() }
	}
	c.lanes.Run(&c.working, job.Lane, func() {
		defer c.room.leave(len(f.Data))
		defer inTime()
		if !c.turn() {
			return
		}
		defer func() { <-c.slots }()
		answer := c.do(ctx, job)
		inTime()
		acknowledge(answer)
		c.afterwards(ctx, job)
	})
}

// turn waits for a slot, of which a lane has one at a time; false = nothing is begun any
// more.
func (c *Client) turn() bool {
	select {
	case <-c.closing:
		return false
	default:
	}
	select {
	case c.slots <- struct{}{}:
		return true
	case <-c.closing:
		return false
	}
}

// afterwards does what comes after the acknowledgement. Nobody waits for it, the sender's
// next message neither; while too much of it is under way, it is left out.
func (c *Client) afterwards(ctx context.Context, job Job) {
	if job.Then == nil {
		return
	}
	select {
	case c.after <- struct{}{}:
	default:
		c.o.Log.DebugContext(ctx, "too much is to be said at once: something is left unsaid")
		return
	}
	c.working.Go(func() {
		defer func() { <-c.after }()
		defer c.caught(ctx, nil)
		job.Then(ctx)
	})
}

// do does a job. A panic costs one frame and not the process.
func (c *Client) do(ctx context.Context, job Job) (a Answer) {
	defer c.caught(ctx, &a)
	return job.Do(ctx)
}

func (c *Client) caught(ctx context.Context, a *Answer) {
	if p := recover(); p != nil {
		c.o.Log.ErrorContext(ctx, "handling what DingTalk sent panicked", "at", string(debug.Stack()))
		if a != nil {
			*a = Failed()
		}
	}
}
