package stream

import (
	"context"
	"fmt"
	"time"
)

// Phase is how the connections stand.
type Phase string

// The phases.
const (
	Starting   Phase = "starting"
	Connecting Phase = "connecting"
	Connected  Phase = "connected" // at least one is up
	Refused    Phase = "refused by DingTalk"
	Stopped    Phase = "stopped"
)

// State is how the connections stand, and what has happened, for whoever watches.
type State struct {
	Phase  Phase
	Since  time.Time
	Why    string // why none is up, without secrets
	Up     int    // that are read, those on their way out as well
	Wanted int    // that are to stand

	Opened       int64 // connections made
	Rotated      int64 // replaced because DingTalk wished it
	Lost         int64 // attempts that failed, and connections that broke or fell silent
	Frames       int64 // heard, without those of the system
	Acknowledged int64 // of them; others were on connections that broke
}

// String is one line.
func (s State) String() string {
	out := string(s.Phase)
	if s.Phase == Connected {
		out += fmt.Sprintf(" (%d)", s.Up)
	}
	if s.Why != "" {
		out += ": " + s.Why
	}
	return out
}

// State says how the connections stand.
func (c *Client) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

func (c *Client) count(f func(*State)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.state)
}

// up notes a new connection.
func (c *Client) up(ctx context.Context, l *link) {
	c.mu.Lock()
	c.links[l] = true
	c.state.Up, c.state.Opened = len(c.links), c.state.Opened+1
	first := c.state.Opened == 1
	c.why = ""
	c.enter(Connected, "")
	c.mu.Unlock()
	if first {
		c.o.Log.InfoContext(ctx, "connected to DingTalk")
	} else {
		c.o.Log.DebugContext(ctx, "a connection to DingTalk is up")
	}
}

// gone notes the end of one.
func (c *Client) gone(l *link) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.links, l)
	c.state.Up = len(c.links)
	if c.state.Up == 0 && c.state.Phase == Connected {
		c.enter(Connecting, c.why)
	}
}

// down says why no connection is up, if none is.
func (c *Client) down(p Phase, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why = why; len(c.links) == 0 {
		c.enter(p, why)
	}
}

// stopped is the end.
func (c *Client) stopped() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.enter(Stopped, "")
}

// enter is called with the lock.
func (c *Client) enter(p Phase, why string) {
	if c.state.Phase != p {
		c.state.Since = c.o.Wall()
	}
	c.state.Phase, c.state.Why = p, why
}
