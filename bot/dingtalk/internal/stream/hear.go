package stream

import (
	"context"
	"runtime/debug"
	"sync"
)

// heard takes one frame in hand. It is called by the connection's reader and waits while
// too many are.
func (c *Client) heard(ctx context.Context, l *link, f Frame) {
	c.count(func(s *State) { s.Frames++ })
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
	if !c.enters(l) {
		inTime()
		return
	}
	c.lanes.Run(&c.working, job.Lane, func() {
		defer func() { <-c.slots }()
		answer := c.do(ctx, job)
		inTime()
		acknowledge(answer)
		c.afterwards(ctx, job)
	})
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

// enters waits for a slot; false = nothing is taken in hand any more.
func (c *Client) enters(l *link) bool {
	select {
	case c.slots <- struct{}{}:
		return true
	default:
	}
	l.hold()
	defer l.release()
	select {
	case c.slots <- struct{}{}:
		return true
	case <-c.closing:
		return false
	}
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
