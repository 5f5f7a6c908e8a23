package spool

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"zhuanban/bot"
)

// maxLate is how many calls may be out beyond the grace before further messages are
// kept without trying: four times the connections of the store's pool. It bounds the
// goroutines of a database that hangs, and people do not wait for what is known.
const maxLate = 64

var errLate = errors.New("the bot has not answered within the grace")

// call is one call of Next, in a goroutine of its own: a database that hangs does
// not always mind a context (a COMMIT does not), and the platform must be answered.
// Calls that are over are used again: most messages pass, thousands in a second.
type call struct {
	grace *time.Timer
	done  chan struct{} // one element, when it is over
	phase atomic.Int32
	bot.Answer
	err error
}

// The phases of a call.
const (
	out int32 = iota
	late
	returned
)

// begin starts the grace.
func (s *Spool) begin(grace time.Duration) *call {
	if c, ok := s.calls.Get().(*call); ok {
		c.grace.Reset(grace)
		return c
	}
	return &call{grace: time.NewTimer(grace), done: make(chan struct{}, 1)}
}

// end keeps a call for the next message, unless it is still out.
func (s *Spool) end(c *call) {
	c.grace.Stop()
	if c.phase.Load() != late {
		c.phase.Store(out)
		c.Answer, c.err = bot.Answer{}, nil
		s.calls.Put(c)
	}
}

// pass hands a message to Next. Cause is why the message has to be kept, nil if
// the answer or error is what the channel gets.
func (s *Spool) pass(ctx context.Context, c *call, m bot.Message) (answer bot.Answer, err, cause error) {
	s.users.Add(1)
	go s.run(ctx, c, m)
	select {
	case <-c.done:
	case <-c.grace.C:
		if s.slow(ctx, c) {
			break
		}
		s.late.Add(1)
		if c.phase.CompareAndSwap(out, late) {
			return bot.Answer{}, nil, errLate
		}
		s.late.Add(-1)
		<-c.done // it came at the same moment
	}
	switch {
	case c.err == nil:
		if s.away.Load() && s.alone() {
			s.found()
		}
		return c.Answer, nil, nil
	case s.o.Away(c.err), errors.Is(c.err, bot.ErrWaits):
		return bot.Answer{}, nil, c.err
	}
	return bot.Answer{}, c.err, nil
}

// busyTime is how long the database may take to say that it is there.
const busyTime = 500 * time.Millisecond

// slow waits on, as long as the channel does, if the database answers: the machine is
// busy, and nobody's order is worth losing for that. It says whether the call came
// back.
func (s *Spool) slow(ctx context.Context, c *call) bool {
	quick, cancel := context.WithTimeout(ctx, busyTime)
	defer cancel()
	if s.o.Ping(quick) != nil {
		return false
	}
	select {
	case <-c.done:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *Spool) run(ctx context.Context, c *call, m bot.Message) {
	defer s.users.Done()
	c.Answer, c.err = s.next(ctx, m)
	if c.phase.Swap(returned) == late { // nobody waits, and the call may be another's from here on
		s.late.Add(-1)
		return
	}
	c.done <- struct{}{}
}

// next calls Next. A panic becomes an error: it would end the process, and from the
// spool it would again at every start.
func (s *Spool) next(ctx context.Context, m bot.Message) (answer bot.Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.o.Log.ErrorContext(ctx, "the bot panicked", "at", string(debug.Stack()))
			err = fmt.Errorf("the bot panicked (%T)", p)
		}
	}()
	return s.o.Next.Handle(ctx, m)
}

// missed notes why a message has to be kept: others are ahead of it, who know of it from
// the turn that it has tried to take, or the database is away.
func (s *Spool) missed(l *lane, m bot.Message, cause error) {
	if !errors.Is(cause, bot.ErrWaits) {
		s.lost(cause)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l.told, l.toldIn = bot.Place{At: m.At}, s.epoch
}

// lost notes that the database is away.
func (s *Spool) lost(cause error) {
	if !s.away.Swap(true) {
		s.mu.Lock()
		s.epoch++
		s.mu.Unlock()
		poke(s.wake) // so that it is asked when it is back
		s.o.Log.Warn("the database is away: messages are kept on disk", "err", cause)
	}
}

// found notes that the database is back.
func (s *Spool) found() {
	if s.away.Swap(false) {
		s.o.Log.Info("the database is back")
	}
	poke(s.back)
}

// poke wakes whoever waits on a channel of capacity one.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
