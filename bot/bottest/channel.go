package bottest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"zhuanban/bot"
)

// Channel is a platform that records what it is handed and fails when it is told to.
type Channel struct {
	// Does is what the platform can do.
	Does bot.Traits
	// Hold, if set, is called with every parcel before it is taken: to look at the
	// world while a send is under way.
	Hold func(bot.Parcel)

	name     string
	mu       sync.Mutex
	failures []failure
	attempts []Attempt
	shown    []bot.Parcel
	read     map[string]int
}

// failure is what a coming send will meet.
type failure struct {
	to   string // "" = anybody
	fate bot.Fate
}

// Attempt is one send: the parcel's bytes, and what became of it.
type Attempt struct {
	ID    int64
	To    string
	Bytes string
	Fate  bot.Fate // "" = taken
}

// errPlatform is what a failing platform says.
var errPlatform = errors.New("45009: as the test wished")

// NewChannel makes a platform that recognises a parcel it already has.
func NewChannel(name string) *Channel {
	return &Channel{name: name, Does: bot.Traits{Buttons: true, Files: true, Dedupes: true}, read: map[string]int{}}
}

// Name is the platform's name.
func (c *Channel) Name() string { return c.name }

// Traits are what it can do.
func (c *Channel) Traits() bot.Traits { return c.Does }

// Fail lets the next sends meet these fates, one each. A send of unknown fate has
// been shown to the recipient all the same.
func (c *Channel) Fail(fates ...bot.Fate) { c.FailFor("", fates...) }

// FailFor is Fail for the sends to one person or group.
func (c *Channel) FailFor(to string, fates ...bot.Fate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range fates {
		c.failures = append(c.failures, failure{to, f})
	}
}

// next takes the failure out that a send to somebody meets; "" = none.
func (c *Channel) next(to string) bot.Fate {
	i := slices.IndexFunc(c.failures, func(f failure) bool { return f.to == "" || f.to == to })
	if i < 0 {
		return ""
	}
	fate := c.failures[i].fate
	c.failures = slices.Delete(c.failures, i, i+1)
	return fate
}

// Send takes a parcel, or fails as it was told.
func (c *Channel) Send(_ context.Context, p bot.Parcel) (bot.Receipt, error) {
	if c.Hold != nil {
		c.Hold(p)
	}
	body, err := json.Marshal(p.Reply)
	if err != nil {
		return bot.Receipt{}, &bot.SendError{Fate: bot.Refused, Err: err}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := Attempt{ID: p.ID, To: p.To.Account, Bytes: string(body), Fate: c.next(p.To.Account)}
	c.attempts = append(c.attempts, a)
	took := a.Fate == "" || a.Fate == bot.Unknown
	if took && !(c.Does.Dedupes && c.has(p.ID)) {
		c.shown = append(c.shown, p)
	}
	if a.Fate != "" {
		return bot.Receipt{}, &bot.SendError{Fate: a.Fate, Err: errPlatform}
	}
	return bot.Receipt{Ref: "ref"}, nil
}

func (c *Channel) has(id int64) bool {
	for _, p := range c.shown {
		if p.ID == id {
			return true
		}
	}
	return false
}

// Attempts lists all sends so far.
func (c *Channel) Attempts() []Attempt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Attempt(nil), c.attempts...)
}

// Shown lists the replies that a person or group has seen, oldest first.
func (c *Channel) Shown(to string) []bot.Reply {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []bot.Reply
	for _, p := range c.shown {
		if p.To.Account == to {
			out = append(out, p.Reply)
		}
	}
	return out
}

// Read is the text that a person or group has seen since the last Read.
func (c *Channel) Read(to string) string {
	seen := c.Shown(to)
	c.mu.Lock()
	defer c.mu.Unlock()
	var texts []string
	for _, r := range seen[c.read[to]:] {
		texts = append(texts, r.Text)
	}
	c.read[to] = len(seen)
	return strings.Join(texts, "\n")
}
