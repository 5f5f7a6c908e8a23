package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhuanban/bot/zh"
	"zhuanban/store"
)

// Sealer seals values for one purpose and one place, and opens them there: package
// seal's Ring.
type Sealer interface {
	Seal(purpose, place string, plain []byte) ([]byte, error)
	Open(purpose, place string, sealed []byte) ([]byte, error)
}

// ErrNoSealer says that there is no key, so that nothing can be sealed.
var ErrNoSealer = errors.New("there is no master key: set keys.master")

// Await is what a conversation knows of a text that is to come and must not be kept:
// which of a handler's Sealed takes it ("informant.identity:42"), and until when.
type Await struct {
	Tap   string    `json:"tap"`
	Until time.Time `json:"until"`
}

// Await makes the speaker's next words go to a Sealed of a handler, whatever they are
// and before anybody else sees them: no form, no claim, no draft. A number of an open
// card and a word of command by itself still mean what they mean; the latter ends the
// waiting, and so does Turn.Awaited.
func (t *Turn) Await(tap string, until time.Time) { t.conv.Await = &Await{Tap: tap, Until: until} }

// Awaited ends the waiting for a text that was not to be kept.
func (t *Turn) Awaited() { t.conv.Await = nil }

// Hush says that the words of this message are sealed now, or were to be: whoever has
// kept them forgets them (Answer.Hushed).
func (t *Turn) Hush() { t.hushed = true }

// awaited hands a message to the Sealed that waits for it; ok is false if none does.
func (b *Bot) awaited(ctx context.Context, t *Turn) (ok bool, err error) {
	w := t.conv.Await
	if w == nil || t.Message.Tap != "" {
		return false, nil
	}
	if t.Now.After(w.Until) {
		t.Awaited()
		return false, nil
	}
	if n, is := zh.Choice(t.Message.Text); is {
		if _, open := t.conv.Tap(n); open {
			return false, nil
		}
	}
	name, arg, _ := strings.Cut(w.Tap, ":")
	handler, word, _ := strings.Cut(name, ".")
	if c, rest, is := b.command(t.Message.Text); is && !c.Yield && (strings.Trim(rest, "0123456789") == "" || b.owns(handler, t.Message.Text)) {
		t.Awaited()
		return false, nil
	}
	for _, h := range b.handlers {
		if do, there := h.Sealed[word]; there && h.Name == handler {
			t.Awaited()
			t.Hush()
			return true, do(ctx, t, arg)
		}
	}
	t.Awaited()
	return false, nil
}

// guards asks the handlers whether a text may go its way.
func (b *Bot) guards(ctx context.Context, t *Turn) (taken bool, err error) {
	for _, h := range b.handlers {
		if h.Guard == nil || t.Message.Text == "" || t.Message.Tap != "" {
			continue
		}
		if taken, err := h.Guard(ctx, t); taken || err != nil {
			return taken, err
		}
	}
	return false, nil
}

// owns says whether a text begins with a word of command of this handler.
func (b *Bot) owns(handler, text string) bool {
	folded := zh.Fold(text)
	for _, h := range b.handlers {
		for _, c := range h.Commands {
			for _, w := range c.Words {
				if h.Name == handler && strings.HasPrefix(folded, w) {
					return true
				}
			}
		}
	}
	return false
}

// Once is what a reply says only until a time, and only to its recipient. Where it is
// kept it is sealed, and the reply's Text are the words that take its place.
type Once struct {
	Sealed []byte    `json:"sealed,omitempty"`
	Until  time.Time `json:"until"` // in the campaign
	After  string    `json:"after,omitempty"`
}

// replySeal is the purpose under which replies are sealed.
const replySeal = "reply"

// SayOnce answers the speaker in private with words that are kept only sealed, until
// they are sent or a time is past; after is the template of what stands in their place
// afterwards, and what is kept.
func (t *Turn) SayOnce(template, after string, data any, until time.Time) error {
	if t.bot.seal == nil {
		return ErrNoSealer
	}
	words, err := t.bot.templates.Render(template, data)
	if err != nil {
		return err
	}
	rest, err := t.bot.templates.Render(after, data)
	if err != nil {
		return err
	}
	sealed, err := t.bot.seal.Seal(replySeal, t.cause+" to "+t.Person.Account, []byte(words.Body))
	if err != nil {
		return fmt.Errorf("sealing an answer: %w", err)
	}
	t.Show(Reply{Kind: TextReply, Text: rest.Body, Once: &Once{Sealed: sealed, Until: until}})
	t.queue[len(t.queue)-1].ExpiresAt = until
	return nil
}

// Reveal opens what a reply says only once, for the moment in which it is shown to its
// recipient: then its Text are these words, and Once.After those that take their place.
// What says nothing so, or no longer, is as it was.
func (b *Bot) Reveal(r Reply, account, cause string, now time.Time) (Reply, error) {
	if r.Once == nil || len(r.Once.Sealed) == 0 || now.After(r.Once.Until) {
		return r, nil
	}
	if b.seal == nil {
		return r, ErrNoSealer
	}
	words, err := b.seal.Open(replySeal, cause+" to "+account, r.Once.Sealed)
	if err != nil {
		return r, fmt.Errorf("opening an answer: %w", err)
	}
	r.Once = &Once{Until: r.Once.Until, After: r.Text}
	r.Text = string(words)
	return r, nil
}

// RevealRow is Reveal for a row of the outbox.
func (b *Bot) RevealRow(d store.Delivery, r Reply, now time.Time) (Reply, error) {
	return b.Reveal(r, d.ToAccount, d.Cause, now)
}

// Forgotten are the bytes that an ended row of the outbox keeps in place of its own; ok
// is false if it has nothing to forget.
func Forgotten(d store.Delivery) (body []byte, ok bool) {
	if !strings.Contains(string(d.Body), `"once":`) {
		return nil, false
	}
	r, err := Words(d)
	if err != nil || r.Once == nil || len(r.Once.Sealed) == 0 {
		return nil, false
	}
	body, err = json.Marshal(lasting([]Reply{r})[0])
	return body, err == nil
}

// lasting are replies as they are kept and may be given again: without what they say
// only once.
func lasting(rs []Reply) []Reply {
	var out []Reply
	for i, r := range rs {
		if r.Once == nil {
			continue
		}
		if out == nil {
			out = append(out, rs...)
		}
		out[i].Once = nil
	}
	if out == nil {
		return rs
	}
	return out
}

// sent notes in the audit what files leave because of this turn: nothing leaves
// without a row there, whoever sends it.
func (t *Turn) sent(ctx context.Context) error {
	for _, s := range t.queue {
		if s.reply == nil || s.reply.Path == "" {
			continue
		}
		name := s.reply.Name
		if name == "" {
			name = s.reply.Path
		}
		err := t.Tx.Audit().Append(ctx, store.AuditEntry{At: t.Now, Actor: t.Person.Account, Action: "file.sent", Object: name,
			Reason: t.why, Details: fmt.Sprintf("to %s %s over %s: %s", s.ToKind, s.ToAccount, s.Platform, s.reply.Path)})
		if err != nil {
			return err
		}
	}
	return nil
}

// Because says why files leave in this turn, for the audit.
func (t *Turn) Because(reason string) { t.why = reason }
