package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"zhuanban/bot/dingtalk/internal/stream"
	"zhuanban/bot/internal/line"
	"zhuanban/bot/internal/told"
)

// mostConnections is how many stand at once at most: DingTalk allows fifty for an app, of
// all its replicas.
const mostConnections = 8

// inlet is the way in: what Channel keeps of what comes.
type inlet struct {
	client   *http.Client
	answerer answerer
	hooks    hooks
	sessions sessions
	again    []time.Duration
	told     told.Told    // unknown groups
	outside  told.Told    // people from outside
	corp     atomic.Value // the robot's organisation, a string, as soon as it is known

	stream   *stream.Client // nil in HTTP mode
	replays  replays
	slots    chan struct{} // callbacks in hand
	warned   atomic.Int64  // the minute of the last warning about a callback
	cardWait time.Duration
}

// newInlet makes it from options that are checked; the channel is there before anything
// is heard.
func newInlet(c *Channel, pace *stream.Pace) (*inlet, error) {
	o := c.o
	if o.Connections < 0 || o.Connections > mostConnections {
		return nil, wrong("Connections", "from 1 to %d are right, and DingTalk allows fifty of all replicas together", mostConnections)
	}
	client, err := line.New(line.Options{CAFile: o.CAFile, Connecting: saying})
	if err != nil {
		return nil, fmt.Errorf("CAFile: %w", err)
	}
	in := &inlet{client: client, answerer: plainAnswerer{c}, hooks: hooks{o.APIBase, o.OAPIBase}, again: again,
		sessions: sessions{shared: o.Shared, app: o.ClientID, wall: o.Wall}, cardWait: cardWait,
		replays: replays{shared: o.Shared, app: o.ClientID}, slots: make(chan struct{}, inFlight)}
	if o.Mode == Stream {
		in.stream = stream.New(stream.Options{ClientID: o.ClientID, ClientSecret: o.ClientSecret, API: o.APIBase, HTTP: client,
			Subscriptions: subscriptions, Connections: o.Connections, Hear: c.hear, Wall: o.Wall, Log: o.Log, Pace: pace})
	}
	return in, nil
}

// Run keeps the connections of Stream mode until the context ends and what is in hand is
// acknowledged. In HTTP mode there are none, and it only waits.
func (c *Channel) Run(ctx context.Context) {
	if c.in.stream == nil {
		<-ctx.Done()
	} else {
		c.in.stream.Run(ctx)
	}
	c.in.client.CloseIdleConnections()
}

// State says how messages come in: of the connections of Stream mode; in HTTP mode the
// phase is CalledBack, and it is never down.
func (c *Channel) State() State {
	if c.in.stream == nil {
		return State{Phase: CalledBack}
	}
	return c.in.stream.State()
}

// State is how the connections stand, for whoever watches.
type State = stream.State

// The phases that somebody outside asks for.
const (
	Connected  = stream.Connected            // at least one connection is up
	CalledBack = stream.Phase("called back") // HTTP mode: no connection is kept
)

// Ready is nil if messages can come in now; otherwise it says why they cannot.
func (c *Channel) Ready() error {
	if s := c.State(); s.Phase != Connected && s.Phase != CalledBack {
		return errors.New("dingtalk: " + s.String())
	}
	return nil
}
