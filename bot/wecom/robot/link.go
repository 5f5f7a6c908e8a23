package robot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// pace is how long things may take on the connection.
type pace struct {
	dial  time.Duration // connecting and subscribing
	ping  time.Duration // between two pings; after two without an answer the connection is dead
	write time.Duration // one frame into the socket
	ack   time.Duration // from a command to its acknowledgement

	first, last time.Duration // between two attempts to connect, growing
	refused     time.Duration // after several refusals of the robot's secret
	kicked      time.Duration // after somebody else has taken the connection; growing
	settled     time.Duration // a connection that lasted so long starts the waits anew

	lease, renew, margin time.Duration // of the seat; see seat.go
	again                []time.Duration
}

// usualPace is that of WeCom's own client, and where it has none, see beside it.
var usualPace = pace{
	dial: 10 * time.Second, ping: 30 * time.Second, write: 3 * time.Second, ack: 5 * time.Second,
	first: time.Second, last: 30 * time.Second,
	refused: 5 * time.Minute, // somebody has to change the configuration; subscribing is rate-protected
	kicked:  time.Minute,     // whoever took it would be kicked in turn, and so on
	settled: time.Minute,
	lease:   15 * time.Second, renew: 4 * time.Second, margin: 4 * time.Second,
	again: []time.Duration{time.Second, 5 * time.Second, 20 * time.Second}, // a restart of the database
}

// largestFrame is far above the largest message, a text of some KB.
const largestFrame = 1 << 20

// missedPongs is after how many pings without an answer the connection is dead.
const missedPongs = 2

// link is one connection. It is over when gone is closed.
type link struct {
	ws     *websocket.Conn
	pace   pace
	missed atomic.Int32

	mu    sync.Mutex
	waits map[string]*wait // by req_id
	over  bool
	why   error
	gone  chan struct{}
}

// wait is a command that is under way. Another with its req_id waits for done.
type wait struct {
	ack  chan frame
	done chan struct{}
}

func newLink(ws *websocket.Conn, p pace) *link {
	ws.SetReadLimit(largestFrame)
	return &link{ws: ws, pace: p, waits: map[string]*wait{}, gone: make(chan struct{})}
}

var (
	errKicked = errors.New("another connection of this robot was opened, and this one closed")
	errSilent = errors.New("two pings were not answered")
	errGone   = errors.New("the connection is over")
	errNoAck  = errors.New("no acknowledgement in time")
)

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

// ended is why the connection is over.
func (l *link) ended() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}

// serve reads until the connection is over, and hands commands to heard.
func (l *link) serve(ctx context.Context, heard func(frame)) {
	for {
		_, b, err := l.ws.Read(ctx)
		if err != nil {
			l.end(fmt.Errorf("reading: %w", err))
			return
		}
		var f frame
		if json.Unmarshal(b, &f) != nil {
			continue // the platform's client does the same
		}
		switch {
		case f.Cmd != "":
			heard(f)
		case strings.HasPrefix(f.Headers.ReqID, cmdPing+"_"):
			l.missed.Store(0)
		default:
			l.mu.Lock()
			if w := l.waits[f.Headers.ReqID]; w != nil {
				select {
				case w.ack <- f:
				default: // acknowledged twice
				}
			}
			l.mu.Unlock()
		}
	}
}

// ping keeps the connection alive until it is over.
func (l *link) ping() {
	tick := time.NewTicker(l.pace.ping)
	defer tick.Stop()
	for {
		select {
		case <-l.gone:
			return
		case <-tick.C:
		}
		if l.missed.Add(1) > missedPongs {
			l.end(errSilent)
			return
		}
		if err := l.write(frame{Cmd: cmdPing, Headers: headers{newReqID(cmdPing)}}); err != nil {
			return
		}
	}
}

// write writes one frame. A frame that was not wholly written is none for the other
// side; after it the connection is over.
func (l *link) write(f frame) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("encoding a frame: %w", err)
	}
	// Not the caller's context: the library closes the connection when it ends.
	ctx, cancel := context.WithTimeout(context.Background(), l.pace.write)
	defer cancel()
	if err := l.ws.Write(ctx, websocket.MessageText, bytes.TrimRight(b.Bytes(), "\n")); err != nil {
		l.end(fmt.Errorf("writing: %w", err))
		return err
	}
	return nil
}

// call sends a command and waits for its acknowledgement. Commands with the same req_id
// go one after the other. left says whether it may have reached the platform.
func (l *link) call(ctx context.Context, cmd, reqID string, body any) (ack frame, left bool, err error) {
	raw, err := encode(body)
	if err != nil {
		return frame{}, false, err
	}
	w, err := l.enter(ctx, reqID)
	if err != nil {
		return frame{}, false, err
	}
	defer l.leave(reqID, w)
	if err := l.write(frame{Cmd: cmd, Headers: headers{reqID}, Body: raw}); err != nil {
		return frame{}, false, err
	}
	late := time.NewTimer(l.pace.ack)
	defer late.Stop()
	select {
	case ack = <-w.ack:
		return ack, true, nil
	case <-late.C:
		return frame{}, true, errNoAck
	case <-ctx.Done():
		return frame{}, true, ctx.Err()
	case <-l.gone:
		select {
		case ack = <-w.ack: // it came before the end
			return ack, true, nil
		default:
			return frame{}, true, errGone
		}
	}
}

// encode writes a body without escaping what is no matter for JSON.
func encode(body any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, fmt.Errorf("encoding a command: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// enter waits until no other command with this req_id is under way.
func (l *link) enter(ctx context.Context, reqID string) (*wait, error) {
	for {
		l.mu.Lock()
		before := l.waits[reqID]
		if before == nil && !l.over && ctx.Err() == nil {
			w := &wait{ack: make(chan frame, 1), done: make(chan struct{})}
			l.waits[reqID] = w
			l.mu.Unlock()
			return w, nil
		}
		over := l.over
		l.mu.Unlock()
		switch {
		case over:
			return nil, errGone
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
		select {
		case <-before.done:
		case <-ctx.Done():
		case <-l.gone:
		}
	}
}

func (l *link) leave(reqID string, w *wait) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waits, reqID)
	close(w.done)
}
