package stream

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"zhuanban/bot/internal/lanes"
)

// Options are what a Client is made of. All but Connections and Pace are needed.
type Options struct {
	ClientID, ClientSecret string
	API                    string       // such as https://api.dingtalk.com
	HTTP                   *http.Client // without a time limit of its own: connections are made with it
	Subscriptions          []Subscription
	Connections            int // that stand at once; 0 = one

	// Hear says what is to be done with a frame that is no system's. It is called by
	// the readers, of each connection in the order of arrival, and must not wait.
	Hear func(f Frame) Job

	Wall func() time.Time
	Log  *slog.Logger
	Pace *Pace // nil = the usual one
}

// Job is what is to be done with a frame.
type Job struct {
	Lane string // jobs of one lane are done one after the other
	// Do does it and says how the frame is acknowledged. Its context ends when the program
	// stops, not with the connection; it has to come to an end by itself.
	Do func(ctx context.Context) Answer
	// Then is done after the acknowledgement, side by side with everything else, and perhaps
	// not at all; nil = nothing.
	Then func(ctx context.Context)
	// Within is after how long, from the frame's arrival, Meanwhile is acknowledged if Do
	// has not come to an end; 0 = Do is waited for.
	Within    time.Duration
	Meanwhile Answer
}

// inFlight is how many frames are worked on at once, over all connections: several times
// what the database does at once, and a small part of a burst.
const inFlight = 512

// How much is read ahead of that, so that what cannot wait (pings, taps on cards, the word
// that a connection is rotated) does not stand in line behind a burst: some 100 MB.
const (
	mostAhead      = 12_000   // frames
	mostAheadBytes = 32 << 20 // of what they hold
)

// afterwards is how much may be under way at once of what comes after acknowledgements.
const afterwards = 64

// Pace is how long things may take, and waits last.
type Pace struct {
	Dial        time.Duration // a ticket and a connection
	Write       time.Duration // one frame into the socket
	Ping        time.Duration // between two pings
	Pong        time.Duration // until its answer
	Drain       time.Duration // how long a connection is read that was replaced
	First, Last time.Duration // between two attempts to connect, growing
	Refused     time.Duration // the longest wait after DingTalk refused the app
	Settled     time.Duration // a connection that lasted so long starts the waits anew
	Finish      time.Duration // at the end, how long what was read is still begun
}

// usual is the pace where nothing else is said.
var usual = Pace{
	Dial:  10 * time.Second,
	Write: 5 * time.Second, // DingTalk's own client gives it as long
	Ping:  30 * time.Second, Pong: 10 * time.Second,
	Drain: 11 * time.Second, // DingTalk closes after 10 s
	First: time.Second, Last: 30 * time.Second,
	Refused: 5 * time.Minute, // somebody has to change the configuration
	Settled: 10 * time.Second,
	Finish:  5 * time.Second, // of the thirty that supervisors give
}

// Client keeps the connections of one app. It is safe for use by many goroutines.
type Client struct {
	o       Options
	pace    Pace
	room    room // of what was read
	slots   chan struct{}
	after   chan struct{}
	closing chan struct{} // closed when nothing is taken in hand any more
	lanes   lanes.Lanes
	working sync.WaitGroup // jobs
	reading sync.WaitGroup // connections

	mu    sync.Mutex
	links map[*link]bool
	state State
	why   string // the last trouble, until a connection is up
}

// New makes a Client. It asks DingTalk nothing yet: Run does.
func New(o Options) *Client {
	c := &Client{o: o, pace: usual, slots: make(chan struct{}, inFlight), after: make(chan struct{}, afterwards), closing: make(chan struct{}), room: room{most: mostAhead, changed: make(chan struct{})}, links: map[*link]bool{}}
	if o.Pace != nil {
		c.pace = *o.Pace
	}
	if c.o.Connections == 0 {
		c.o.Connections = 1
	}
	c.state = State{Phase: Starting, Since: o.Wall(), Wanted: c.o.Connections}
	return c
}

// Run keeps the connections until the context ends and everything in hand is
// acknowledged. It runs once.
func (c *Client) Run(ctx context.Context) {
	var standing sync.WaitGroup
	for range c.o.Connections {
		standing.Go(func() { c.stand(ctx) })
	}
	standing.Wait()
	finish := time.NewTimer(c.pace.Finish)
	c.room.emptied(finish.C)
	finish.Stop()
	close(c.closing)
	for range cap(c.slots) { // whoever has all of them knows that nothing is worked on
		c.slots <- struct{}{}
	}
	c.mu.Lock()
	for l := range c.links {
		c.reading.Go(l.bye)
	}
	c.mu.Unlock()
	c.reading.Wait()
	c.working.Wait()
	c.o.HTTP.CloseIdleConnections()
	c.stopped()
}

// serve reads one connection until it is over.
func (c *Client) serve(ctx context.Context, l *link) {
	var watching sync.WaitGroup
	watching.Go(l.watch)
	watching.Go(func() { c.limit(l) })
	l.read(func(f Frame) { c.heard(ctx, l, f) }, func(size int) {
		c.o.Log.WarnContext(ctx, "DingTalk sent something that is no frame", "bytes", size)
	})
	watching.Wait()
	c.gone(l)
}

// limit ends a connection that was replaced and not closed.
func (c *Client) limit(l *link) {
	select {
	case <-l.gone:
		return
	case <-l.leaving:
	}
	late := time.NewTimer(c.pace.Drain)
	defer late.Stop()
	select {
	case <-l.gone:
	case <-late.C:
		l.end(errDrained)
	}
}
