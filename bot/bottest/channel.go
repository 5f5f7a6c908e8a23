package bottest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"zhuanban/bot"
)

// Channel is a platform that records what it is handed and fails when it is told to.
type Channel struct {
	// Does is what the platform can do.
	Does bot.Traits
	// InGroups is what it can do there, if that is something else.
	InGroups *bot.Traits
	// Hold, if set, is called with every parcel before it is taken: to look at the
	// world while a send is under way.
	Hold func(bot.Parcel)
	// Now, if set, tells when each attempt was made.
	Now func() time.Time

	name     string
	mu       sync.Mutex
	away     bot.Fate
	failures []failure
	attempts []Attempt
	calls    int
	shown    []bot.Parcel
	known    map[int64]bool
	read     map[string]int
}

// failure is what a coming send will meet.
type failure struct {
	to  string // "" = anybody
	err *bot.SendError
}

// Attempt is one parcel handed over: its bytes, and what became of it.
type Attempt struct {
	ID    int64
	To    string
	Kind  bot.RecipientKind
	Bytes string
	Fate  bot.Fate // "" = taken
	At    time.Time
	Call  int // parcels of the same call have the same number
}

// errPlatform is what a failing platform says.
var errPlatform = errors.New("45009: as the test wished")

// NewChannel makes a platform that recognises a parcel it already has.
func NewChannel(name string) *Channel {
	return &Channel{name: name, Does: bot.Traits{Buttons: true, Files: true, Dedupes: true}, known: map[int64]bool{}, read: map[string]int{}}
}

// Name is the platform's name.
func (c *Channel) Name() string { return c.name }

// Traits are what it can do.
func (c *Channel) Traits() bot.Traits { return c.Does }

// TraitsTo are those towards one recipient.
func (c *Channel) TraitsTo(r bot.Recipient) bot.Traits {
	if r.Kind == bot.ToGroup && c.InGroups != nil {
		return *c.InGroups
	}
	return c.Does
}

// Fail lets the next sends meet these fates, one each. A send of unknown fate has
// been shown to the recipient all the same.
func (c *Channel) Fail(fates ...bot.Fate) { c.FailFor("", fates...) }

// FailFor is Fail for the sends to one person or group.
func (c *Channel) FailFor(to string, fates ...bot.Fate) {
	for _, f := range fates {
		c.FailWith(to, bot.SendError{Fate: f, Err: errPlatform})
	}
}

// FailWith lets the next send to a person or group ("" = anybody) fail like this.
func (c *Channel) FailWith(to string, e bot.SendError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Err == nil {
		e.Err = errPlatform
	}
	c.failures = append(c.failures, failure{to, &e})
}

// Away lets every send fail with this fate, because the platform does not answer,
// until it is "" again. Nothing of it is shown.
func (c *Channel) Away(fate bot.Fate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = fate
}

// next takes the failure out that a send to somebody meets; nil = none.
func (c *Channel) next(to string) *bot.SendError {
	if c.away != "" {
		return &bot.SendError{Fate: c.away, Reason: bot.PlatformAway, Err: errPlatform}
	}
	i := slices.IndexFunc(c.failures, func(f failure) bool { return f.to == "" || f.to == to })
	if i < 0 {
		return nil
	}
	err := c.failures[i].err
	c.failures = slices.Delete(c.failures, i, i+1)
	return err
}

// Send takes a parcel, or fails as it was told.
func (c *Channel) Send(_ context.Context, p bot.Parcel) (bot.Receipt, error) {
	c.mu.Lock()
	c.calls++
	call := c.calls
	c.mu.Unlock()
	return c.take(p, call)
}

func (c *Channel) take(p bot.Parcel, call int) (bot.Receipt, error) {
	if c.Hold != nil {
		c.Hold(p)
	}
	body, err := json.Marshal(p.Reply)
	if err != nil {
		return bot.Receipt{}, &bot.SendError{Fate: bot.Refused, Err: err}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := Attempt{ID: p.ID, To: p.To.Account, Kind: p.To.Kind, Bytes: string(body), Call: call}
	if c.Now != nil {
		a.At = c.Now()
	}
	failed := c.next(p.To.Account)
	if failed != nil {
		a.Fate = failed.Fate
	}
	c.attempts = append(c.attempts, a)
	took := a.Fate == "" || a.Fate == bot.Unknown && c.away == ""
	if took && !(c.TraitsTo(p.To).Dedupes && c.known[p.ID]) {
		c.shown = append(c.shown, p)
		c.known[p.ID] = true
	}
	if failed != nil {
		return bot.Receipt{}, failed
	}
	return bot.Receipt{Ref: "ref"}, nil
}

// Batching is the same platform when it can take many parcels in one call.
type Batching struct{ *Channel }

// SendAll takes parcels, or fails for some as it was told.
func (b Batching) SendAll(_ context.Context, ps []bot.Parcel) (out []bot.Outcome) {
	b.mu.Lock()
	b.calls++
	call := b.calls
	b.mu.Unlock()
	for _, p := range ps {
		r, err := b.take(p, call)
		out = append(out, bot.Outcome{Receipt: r, Err: err})
	}
	return out
}

// Forget makes the platform's memory of parcels end, as after its time.
func (c *Channel) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.known)
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
