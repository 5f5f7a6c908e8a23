// Package bot is the chat engine: it knows messages, people, conversations and
// time, and no lead and no figure.
//
// # One message's way
//
// A channel proves that a message is genuine and hands it to Bot.Handle. Handle
// finds the person, opens one transaction, takes that person's turn in it, and
// answers a message that it has seen before as it did then. Otherwise the router
// (router.go) finds who handles it: a button by its name, a word of command, the
// running form, or the handler that claims it. The handler reads and writes
// records through the turn's transaction and says replies. Then the
// conversation, the answer and everything said are written in the same
// transaction. When Handle returns without an error the message is durable and
// may be acknowledged; with an error nothing of it has happened and the platform
// sends it again.
//
// What came with it and is still at the platform is put down in that transaction, and
// package media fetches it afterwards.
//
// # What leaves
//
// Nothing is sent from a turn. Everything said is a row of the outbox, and
// package delivery is the one door out; Handle only wakes it.
//
// # What it leaves to others
//
// Forms in conversation are package dialog (pure), reading Chinese is package zh
// (pure), days and deadlines are package calendar (pure). The duties are in
// handlers, the records in store, the words in templates.
package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"zhuanban/store"
	"zhuanban/templates"
)

// Options are what a Bot is made of.
type Options struct {
	Store     *store.Store
	Roster    *Roster
	Templates *templates.Set
	Handlers  []Handler         // asked in this order
	Clock     Clock             // the campaign's time
	Wall      func() time.Time  // the real time, for delivery
	Wake      func()            // called after every commit that queued something
	Fetch     func()            // called after every commit with something to be fetched; nil = nobody fetches
	Platform  string            // where people get notices that they did not ask for
	Homes     Homes             // where each of them does; nil = all there
	Groups    map[string]string // on which platform a group is, if not on that one
	Answers   Answers           // shared by the replicas; nil = none
	Seal      Sealer            // for what must be kept sealed; nil = nothing of that kind can be said or heard
	Log       *slog.Logger
}

// Bot handles messages. It is safe for use by many goroutines.
type Bot struct {
	store     *store.Store
	roster    atomic.Pointer[Roster] // the one in force
	templates *templates.Set
	handlers  []Handler
	clock     Clock
	wall      func() time.Time
	wake      func()
	fetch     func()
	platform  string
	homes     Homes
	groups    map[string]string
	log       *slog.Logger
	seal      Sealer
	turns     turns
	hot       hot
	// What was read or written last.
	recentDrafts recent[int64, draftState]
	recentTalks  recent[string, Conversation]
}

// New checks the options and makes a Bot.
func New(o Options) (*Bot, error) {
	names := map[string]bool{}
	for _, h := range o.Handlers {
		if h.Name == "" || names[h.Name] || h.Name == formTaps {
			return nil, fmt.Errorf("handler name %q is empty, taken or reserved", h.Name)
		}
		names[h.Name] = true
	}
	if o.Store == nil || o.Roster == nil || o.Templates == nil || o.Clock == nil || o.Wall == nil || o.Log == nil {
		return nil, errors.New("a bot needs a store, a roster, templates, two clocks and a log")
	}
	b := &Bot{store: o.Store, templates: o.Templates, handlers: o.Handlers, clock: o.Clock,
		wall: o.Wall, wake: o.Wake, fetch: o.Fetch, platform: o.Platform, homes: o.Homes, groups: o.Groups, log: o.Log, seal: o.Seal, turns: turns{held: map[string]*turnLock{}}, hot: hot{shared: o.Answers, wall: o.Wall}}
	b.roster.Store(o.Roster)
	return b, nil
}

// Roster is who and what the campaign consists of now.
func (b *Bot) Roster() *Roster { return b.roster.Load() }

// Put puts another roster in force, from the next message on: a turn that has begun
// ends with the one it began with.
func (b *Bot) Put(r *Roster) { b.roster.Store(r) }

// Handle takes one message. It gives ErrWaits if the person's older ones have to be
// handled before, elsewhere. When it returns without an error, the message and
// everything that came of it is durable. The replies to the speaker are queued for
// delivery, unless they are one plain text that the acknowledgement can carry
// (Message.Carry). A message that was handled before gives the same answer and
// changes nothing.
func (b *Bot) Handle(ctx context.Context, m Message) (answer Answer, err error) {
	m = clean(m)
	roster := b.Roster()
	person, known := roster.Person(m.Sender)
	if !known {
		person = Person{Account: m.Sender, Name: m.Sender}
	}
	spooled := m.Line != nil && !m.Line.Kept.IsZero() // then a turn is needed in any case, to take it out of the line
	if a, ok := b.hot.find(ctx, m); ok && !spooled {
		return a, nil
	}
	release, err := b.turns.take(ctx, person.Account)
	if err != nil {
		return answer, fmt.Errorf("waiting for the turn: %w", err)
	}
	defer release()
	if a, ok := b.hot.here(m); ok && !spooled { // handled while this one waited
		return a, nil
	}
	var queued, wanted, waits bool
	var kept Answer // what may be given again
	now := b.clock.Now()
	turn := store.Turn{Person: person.Account, Platform: m.Platform, Sender: m.Sender, MsgID: m.ID, Fresh: b.fresh(m)}
	err = b.store.Join(ctx, turn, func(tx *store.Tx) error { // may run again after a conflict: it starts from nothing
		t := &Turn{Message: m, Person: person, Now: now, Tx: tx, bot: b, roster: roster, cause: Cause(m)}
		err := b.turn(ctx, t, known)
		answer, queued = Answer{Replies: t.replies, Carried: t.carried, Hushed: t.hushed}, len(t.queue) > 0
		kept = Answer{Replies: lasting(t.replies), Carried: t.carried}
		wanted, waits = t.wanted, t.waits
		return err
	})
	if err != nil {
		return Answer{}, fmt.Errorf("handling a message of %s: %w", person.Account, err)
	}
	if waits {
		return Answer{}, fmt.Errorf("a message of %s: %w", person.Account, ErrWaits)
	}
	b.hot.keep(ctx, m, kept)
	if queued && b.wake != nil {
		b.wake()
	}
	if wanted && b.fetch != nil {
		b.fetch()
	}
	return answer, nil
}

// fresh says that a message was hardly handled before: no platform hands one in again
// so soon.
func (b *Bot) fresh(m Message) bool {
	age := b.wall().Sub(m.At)
	return !m.Unheard && age > -old && age < old
}

// Answered gives the answer to a message that was handled before, if it can be given
// again as it was: from the answers given last, else from the database.
func (b *Bot) Answered(ctx context.Context, m Message) (a Answer, ok bool) {
	m = clean(m)
	if a, ok = b.hot.find(ctx, m); ok {
		return a, ok
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	err := b.store.View(ctx, func(tx *store.Tx) error {
		before, err := tx.Messages().Find(ctx, m.Platform, m.Sender, m.ID)
		if err != nil {
			return err
		}
		a.Carried = before.Carried
		return json.Unmarshal(before.Answer, &a.Replies)
	})
	return a, err == nil && (!a.Carried || m.Carry > 0)
}

// askTime is how long Answered waits for the database: an acknowledgement waits for it.
const askTime = 500 * time.Millisecond

// Cause names what a message brings about in the outbox.
func Cause(m Message) string { return "m:" + m.Platform + ":" + m.Sender + ":" + m.ID }

// turn is one message in one transaction.
func (b *Bot) turn(ctx context.Context, t *Turn, known bool) error {
	row, err := t.Tx.Conversations().Lock(ctx, t.Person.Account, t.Now)
	if err != nil {
		return fmt.Errorf("taking the turn: %w", err)
	}
	before, err := t.Tx.Messages().Find(ctx, t.Message.Platform, t.Message.Sender, t.Message.ID)
	switch {
	case err == nil:
		return errors.Join(b.again(ctx, t, before), b.passed(ctx, t, row))
	case !errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("looking for the message: %w", err)
	}
	if t.waits = b.line(t.Message, &row); t.waits {
		return t.Tx.Conversations().Save(ctx, row)
	}
	if t.Message.Greeting && !known { // nobody is spoken to for looking in
		return t.Tx.Conversations().Save(ctx, row)
	}
	if t.conv, err = b.conversation(row); err != nil {
		return err
	}
	if t.Message.Greeting && len(row.State) > 0 {
		return b.finish(ctx, t, row) // nothing was said, and nothing is
	}
	tapped := t.conv.label(t.Message.Tap) // before its card is closed
	_, left := t.roster.Former(t.Message.Sender)
	if t.Message.Group != "" && !left {
		b.leaveGroup(t)
	}
	switch {
	case known:
		if err = t.want(ctx); err == nil {
			err = b.guarded(ctx, func() error { return b.route(ctx, t) })
		}
		if err == nil && b.homes != nil {
			err = b.homes.Heard(ctx, t.Tx, t.Person.Account, t.Message.Platform, t.Now)
		}
	case left:
		t.Say("bot.left", nil)
	default:
		err = b.guarded(ctx, func() error { return b.stranger(ctx, t) })
	}
	t.done(tapped)
	if err = errors.Join(err, t.err); err != nil {
		return err
	}
	return b.finish(ctx, t, row)
}

// again answers a message that was handled before as it was answered then. An answer
// that was carried and not heard, and now cannot be carried, is queued: the message was
// taken for lost and acknowledged without it.
func (b *Bot) again(ctx context.Context, t *Turn, before store.Message) error {
	if err := json.Unmarshal(before.Answer, &t.replies); err != nil {
		return fmt.Errorf("reading the answer given before: %w", err)
	}
	t.carried = before.Carried
	if !before.Carried || !t.Message.Unheard || t.Message.Carry > 0 {
		return nil
	}
	t.carried = false
	for _, r := range t.replies {
		t.send(Recipient{ToPerson, t.Person.Account}, t.Message.Platform, r)
	}
	rows, err := t.deliveries()
	if err != nil {
		return err
	}
	if err := t.Tx.Messages().NotCarried(ctx, before.ID); err != nil {
		return err
	}
	return b.enqueue(ctx, t.Tx, rows)
}

// leaveGroup says in the group that the answer is private: groups hear nothing
// else of what a person and the bot have to say to each other.
func (b *Bot) leaveGroup(t *Turn) {
	page, err := b.templates.Render("bot.moved", t.Person.Name)
	if err != nil {
		t.fail(err)
		return
	}
	r := asReply(page)
	r.Mention = []string{t.Person.Account}
	t.replies = append(t.replies, r)
	t.send(Recipient{ToGroup, t.Message.Group}, t.Message.Platform, r)
}

// stranger answers somebody who is nobody's.
func (b *Bot) stranger(ctx context.Context, t *Turn) error {
	for _, h := range b.handlers {
		if h.Stranger == nil {
			continue
		}
		if taken, err := h.Stranger(ctx, t); taken || err != nil {
			return err
		}
	}
	t.Say("bot.stranger", t.Message.Sender)
	return nil
}

// guarded does what handlers do; a panic in one becomes an error, so that it costs one
// message and not the process.
func (b *Bot) guarded(ctx context.Context, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			b.log.ErrorContext(ctx, "a handler panicked", "at", string(debug.Stack()))
			err = errors.New("a handler panicked")
		}
	}()
	return do()
}

// clean removes what no text should carry into a form or a template.
func clean(m Message) Message {
	m.Text = templates.Clean(m.Text)
	m.ID, m.Sender, m.Nick = named(m.ID), named(m.Sender), templates.Clean(m.Nick)
	m.Attachments = slices.Clone(m.Attachments)
	for i := range m.Attachments {
		m.Attachments[i].Name = templates.Clean(m.Attachments[i].Name)
	}
	if m.Location != nil {
		l := *m.Location
		l.Label = templates.Clean(l.Label)
		m.Location = &l
	}
	return m
}

// longestName is what the records keep of a platform's names, in bytes.
const longestName = 128

// named makes a name that is longer than that short, and keeps it apart from all
// others.
func named(name string) string {
	if len(name) <= longestName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// itoa is for items and taps.
func itoa(n int64) string { return strconv.FormatInt(n, 10) }
