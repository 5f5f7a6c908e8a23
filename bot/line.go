package bot

import (
	"context"
	"errors"
	"time"

	"zhuanban/store"
)

// ErrWaits says that a message has to wait: an older one of its person lies in the spool
// of another process, which is at work on it. Its place is noted, if it has a spool, so
// that it is not passed in its turn; it is to be kept there and handed in again.
var ErrWaits = errors.New("an older message of the person waits in another process")

// Place is where a message stands among those of its person: by the platform's time,
// and where that is the same (WeCom's has whole seconds) by when it was kept. The zero
// Place is none.
type Place struct {
	At   time.Time // the platform's time
	Kept time.Time // when a spool has kept it
}

// Line says from which spool a message comes, and what waits behind it there.
type Line struct {
	Spool string    // its name; "" = the message can wait in none
	Kept  time.Time // when it was kept there; zero = it comes straight from the platform
	Next  Place     // of the person's next message there; zero = there is none
}

// Waiting is where the oldest message of a person stands that waits in a spool.
type Waiting struct {
	Person string
	Place  // zero = nothing waits any more
}

// waitFor is how long a person's other messages wait for one in the spool of a process
// that is not heard of any more. It is longer than the spool's longest pause before it
// tries a message again.
const waitFor = time.Minute

// Before says whether a place is before another.
func (p Place) Before(o Place) bool {
	c := p.At.Truncate(time.Millisecond).Compare(o.At.Truncate(time.Millisecond))
	return c < 0 || c == 0 && p.Kept.Truncate(time.Millisecond).Before(o.Kept.Truncate(time.Millisecond))
}

// Waiting lets all replicas know what waits in a spool here, before any of it is
// handled: they let nothing pass that a person has said later.
func (b *Bot) Waiting(ctx context.Context, spool string, list []Waiting) error {
	now := b.wall()
	people := make(map[string]store.Wait, len(list))
	for _, w := range list {
		people[named(w.Person)] = store.Wait{Spool: spool, At: w.At, Kept: w.Kept, Until: now.Add(waitFor)}
	}
	return b.store.Update(ctx, func(tx *store.Tx) error { return tx.Conversations().Wait(ctx, now, people) })
}

// line brings the waits of a conversation up to date with a message's turn: with what is
// next in the message's own spool, or with the message itself if it has to wait.
func (b *Bot) line(m Message, c *store.Conversation) (waits bool) {
	line := m.line()
	if len(c.Waits) == 0 && line.Next.At.IsZero() {
		return false
	}
	now := b.wall()
	mine := Place{m.At, line.Kept}
	if mine.Kept.IsZero() {
		mine.Kept = now
	}
	next := line.Next
	for _, w := range c.Waits {
		if w.Spool != line.Spool && w.Until.After(now) && (Place{w.At, w.Kept}).ahead(w.Spool, mine, line.Spool) {
			waits, next = true, mine
		}
	}
	line.note(c, next, now)
	return waits
}

func (m Message) line() Line {
	if m.Line == nil {
		return Line{}
	}
	return *m.Line
}

// note makes a place that of the oldest message which waits in the spool.
func (l Line) note(c *store.Conversation, p Place, now time.Time) {
	if l.Spool != "" {
		c.Waits = store.Waiting(c.Waits, store.Wait{Spool: l.Spool, At: p.At, Kept: p.Kept, Until: now.Add(waitFor)}, now)
	}
}

// passed notes that a message is out of its spool that was handled before.
func (b *Bot) passed(ctx context.Context, t *Turn, c store.Conversation) error {
	line := t.Message.line()
	if line.Kept.IsZero() || len(c.Waits) == 0 {
		return nil
	}
	line.note(&c, line.Next, b.wall())
	return t.Tx.Conversations().Save(ctx, c)
}

// ahead says whether what stands at p in one spool comes before what stands at o in
// another. It is an order of all that wait, so that never two wait for each other.
func (p Place) ahead(in string, o Place, other string) bool {
	return p.Before(o) || !o.Before(p) && in < other
}
