package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"zhuanban/store"
)

// Conversation is what the bot remembers of a person between two messages: the
// draft on the table, and what the numbers mean that were printed on cards. It is
// one per person, whatever platform they write from, and it is written out and
// read back with every message, so nothing hides in memory.
type Conversation struct {
	// Active is the draft that plain words go to; 0 = none.
	Active int64 `json:"active,omitempty"`
	// Dropped is the draft that was dropped last, so that 「恢复」 finds it.
	Dropped int64 `json:"dropped,omitempty"`
	// Await is a text that is to come and must not be kept; nil = none.
	Await *Await `json:"await,omitempty"`
	// Open are the cards whose numbers still mean something.
	Open []OpenItem `json:"open,omitempty"`
}

// OpenItem is a matter with a card that can be answered by number. A number
// belongs to the item it was printed on and to no other while that is open.
type OpenItem struct {
	Item  string    `json:"item"` // "draft:17", "weekly:20240119", "lead:42"
	Since time.Time `json:"since"`
	Codes []Button  `json:"codes"`
	// Passing marks an answer's card (a menu, a list): its numbers hold until the
	// next card, not longer.
	Passing bool `json:"passing,omitempty"`
}

// openFor is how long a card can be answered by number. After that its buttons
// still work, and its numbers are free for others.
const openFor = 7 * 24 * time.Hour

// conversation reads a stored one; without a state it is a new one.
func (b *Bot) conversation(row store.Conversation) (*Conversation, error) {
	if len(row.State) == 0 {
		return &Conversation{}, nil
	}
	c, err := b.recentTalks.decode(row.Person, row.State)
	if err != nil {
		return nil, fmt.Errorf("reading the conversation of %s: %w", row.Person, err)
	}
	c.Open = slices.Clone(c.Open) // the remembered one stays as it is
	return &c, nil
}

// TurnOver forgets the numbers of passing cards: the next card begins.
func (c *Conversation) TurnOver() {
	c.Open = slices.DeleteFunc(c.Open, func(o OpenItem) bool { return o.Passing })
}

// mostOpen is how many cards can be answered by number at a time. Nobody scrolls
// back past forty cards to answer one of them; their buttons still work.
const mostOpen = 40

// Number gives every button of an item's card, in order, the lowest number that
// no other open item uses. Items older than a week lose theirs, and the oldest of too
// many.
func (c *Conversation) Number(item string, passing bool, buttons []Button, now time.Time) []Button {
	c.Close(item)
	c.Open = slices.DeleteFunc(c.Open, func(o OpenItem) bool { return now.Sub(o.Since) > openFor })
	if more := len(c.Open) - mostOpen + 1; more > 0 {
		c.Open = slices.Delete(c.Open, 0, more)
	}
	used := map[int]bool{}
	for _, o := range c.Open {
		for _, b := range o.Codes {
			used[b.Code] = true
		}
	}
	out := slices.Clone(buttons)
	next := 1
	for i := range out {
		for used[next] {
			next++
		}
		out[i].Code, used[next] = next, true
	}
	c.Open = append(c.Open, OpenItem{Item: item, Since: now, Codes: out, Passing: passing})
	return out
}

// Close frees the numbers of an item.
func (c *Conversation) Close(item string) {
	c.Open = slices.DeleteFunc(c.Open, func(o OpenItem) bool { return o.Item == item })
}

// CloseAll frees the numbers of all items whose names begin so.
func (c *Conversation) CloseAll(prefix string) {
	c.Open = slices.DeleteFunc(c.Open, func(o OpenItem) bool { return strings.HasPrefix(o.Item, prefix) })
}

// Tap is what a number means now.
func (c *Conversation) Tap(code int) (tap string, ok bool) {
	for _, o := range c.Open {
		for _, b := range o.Codes {
			if b.Code == code {
				return b.Tap, true
			}
		}
	}
	return "", false
}
