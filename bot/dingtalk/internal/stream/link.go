package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// Why a connection is over, or is to be replaced.
var (
	errRotated = errors.New("DingTalk rotates its connections")
	errSilent  = errors.New("two pings were not answered")
	errDrained = errors.New("it was not closed after it had been replaced")
	errStopped = errors.New("the program stops")
)

// missedPongs is after how many pings without an answer a connection is replaced.
const missedPongs = 2

// link is one connection. Its successor is wanted when leaving is closed; it is over
// when gone is.
type link struct {
	ws   *websocket.Conn
	pace Pace

	held    atomic.Int64 // how often the reader had to wait for us
	holding atomic.Bool  // it waits now

	mu            sync.Mutex
	left, over    bool
	reason, why   error
	leaving, gone chan struct{}
}

func newLink(ws *websocket.Conn, p Pace) *link {
	return &link{ws: ws, pace: p, leaving: make(chan struct{}), gone: make(chan struct{})}
}

// leave says that the connection is to be replaced, once. It is read until it is over.
func (l *link) leave(reason error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.left {
		l.left, l.reason = true, reason
		close(l.leaving)
	}
}

// end ends the connection, once.
func (l *link) end(why error) {
	l.mu.Lock()
	first := !l.over
	if first {
		l.over, l.why = true, why
		close(l.gone)
	}
	l.mu.Unlock()
	if first {
		_ = l.ws.CloseNow()
	}
}

// bye ends the connection as both sides can wish it.
func (l *link) bye() {
	_ = l.ws.Close(websocket.StatusNormalClosure, "")
	l.end(errStopped)
}

// told is why the connection is to be replaced, and if it is not, why it is over.
func (l *link) told() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left {
		return l.reason
	}
	return l.why
}

// read reads until the connection is over.
func (l *link) read(heard func(Frame), broken func(size int)) {
	for {
		_, b, err := l.ws.Read(context.Background()) // end closes it
		if err != nil {
			l.end(fmt.Errorf("reading: %w", err))
			return
		}
		f, err := Decode(b)
		switch {
		case err != nil:
			broken(len(b))
		case f.Type != System:
			heard(f)
		case strings.EqualFold(f.Topic(), topicPing):
			l.acknowledge(f, Answer{Data: f.Data})
		case strings.EqualFold(f.Topic(), topicDisconnect): // no answer is expected
			l.leave(errRotated)
		}
	}
}

// acknowledge answers a frame. Where the connection is over, nobody hears it.
func (l *link) acknowledge(f Frame, a Answer) bool {
	if f.ID() == "" && f.Type != System {
		return false // it could not say which it answers
	}
	ctx, cancel := context.WithTimeout(context.Background(), l.pace.Write)
	defer cancel()
	if err := l.ws.Write(ctx, websocket.MessageText, a.encode(f.ID())); err != nil {
		l.end(fmt.Errorf("writing: %w", err)) // a part of a frame is none, and nor is what follows it
		return false
	}
	return true
}

// watch pings until the connection is over or to be replaced. Proxies and routers drop
// what is idle without a word.
func (l *link) watch() {
	next := time.NewTimer(l.pace.Ping)
	defer next.Stop()
	missed := 0
	for {
		select {
		case <-l.gone:
			return
		case <-l.leaving:
			return
		case <-next.C:
		}
		switch pong, held := l.ping(); {
		case pong || held:
			missed = 0
			next.Reset(l.pace.Ping)
		default:
			if missed++; missed == missedPongs {
				l.leave(errSilent)
			}
			next.Reset(0)
		}
	}
}

// ping waits for one pong; held says that the reader was kept from reading it.
func (l *link) ping() (pong, held bool) {
	before := l.held.Load()
	ctx, cancel := context.WithTimeout(context.Background(), l.pace.Pong)
	defer cancel()
	err := l.ws.Ping(ctx)
	return err == nil, l.held.Load() != before || l.holding.Load()
}

// hold marks that the reader waits for us; release, that it goes on.
func (l *link) hold()    { l.held.Add(1); l.holding.Store(true) }
func (l *link) release() { l.holding.Store(false) }
