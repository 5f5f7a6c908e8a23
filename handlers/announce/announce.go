// Package announce is the duty of saying one thing to many: the office writes
// 「群发 …」, sees to whom it would go and how it will be read, and lets it leave.
// After that it can ask how far it has come, and stop it; its author is told when it
// is through.
//
// Nothing leaves before 发送 is tapped. What was shown is what is sent: the words and
// the recipients are kept with the card, as a broadcast that is prepared, and 发送
// only begins it, in its own message's transaction. It begins once, however often
// the button is tapped, and not from a card that is older than a day.
//
// Sending is delivery's business (delivery.Broadcaster); this package knows nothing
// of batches, budgets or platforms. Only the office may do any of this: a broadcast
// speaks for it.
//
// The tests say all this in conversations, with a courier and a restart in the
// middle; testdata/talk/announce.talk has it word for word.
package announce

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhuanban/bot"
	"zhuanban/bot/delivery"
	"zhuanban/store"
)

// Duty handles broadcasts.
type Duty struct{}

// New makes the duty.
func New() *Duty { return &Duty{} }

const name = "announce"

// sendWord is the button's word, typed.
const sendWord = "发送"

// kind is the template of what is broadcast, and its kind in delivery's rules.
const kind = "announce.broadcast"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: []string{word}, Do: office(d.offer)},
			{Words: []string{"群发进度", "群发情况", "群发到哪了", "群发怎么样了"}, Do: office(d.progress), Alone: true},
			{Words: []string{"停止群发", "停止发送", "终止群发", "取消群发", "撤回群发"}, Do: office(d.stop), Alone: true},
		},
		Claim: claim,
		Take:  d.take,
		Taps: map[string]do{
			"send":     office(d.send),
			"drop":     office(d.drop),
			"progress": office(d.progress),
			"stop":     office(d.stop),
		},
	}
}

// do is what a command or a button does.
type do = func(context.Context, *bot.Turn, string) error

// office lets only the office do something; others are told so.
func office(something do) do {
	return func(ctx context.Context, t *bot.Turn, arg string) error {
		if !t.Person.Office() {
			t.Say("announce.office_only", nil)
			return nil
		}
		return something(ctx, t, arg)
	}
}

// claim recognises the word where what follows runs into it: 「群发给各所：…」. The
// office means a broadcast by it; from others it may be the beginning of a lead
// (「群发短信卖假酒」), and they are refused only if nobody else wants it. And it
// recognises the office's 「发送」.
func claim(_ context.Context, t *bot.Turn) bot.Certainty {
	text := strings.TrimSpace(t.Message.Text)
	switch {
	case t.Person.Office() && text == sendWord:
		return bot.Likely
	case !strings.HasPrefix(text, word):
		return bot.No
	case t.Person.Office():
		return bot.Certain
	}
	return bot.Maybe
}

// take handles what was claimed.
func (d *Duty) take(ctx context.Context, t *bot.Turn) error {
	if strings.TrimSpace(t.Message.Text) == sendWord {
		return office(d.sendLast)(ctx, t, "")
	}
	return office(d.offer)(ctx, t, "")
}

const (
	// longest is how many characters a broadcast may have: with its heading and its
	// author it is still one message everywhere (WeCom takes 2,048 bytes, a character
	// has three), and what is longer is read by nobody on a phone.
	longest = 500
	// openFor is how long a card that was not answered can be: by the next day it is
	// no longer what its author has in mind.
	openFor = 24 * time.Hour
)

// CardView is what is going to leave, for its author to look at, or why it is not.
type CardView struct {
	ID      int64
	To      []To
	Unknown []string // whom nobody knows
	People  int
	Without bool   // the author is among them, and is left out
	Text    string // as it will be read
	Is, May int    // characters
}

// offer shows what would leave, and to whom.
func (d *Duty) offer(ctx context.Context, t *bot.Turn, _ string) error {
	order := read(t.Message.Text, func(words string) bool { _, unknown := address(t.Roster(), words); return len(unknown) == 0 })
	v := CardView{Is: utf8.RuneCountInString(order.text), May: longest}
	to, unknown := address(t.Roster(), order.to)
	people, among := d.people(t, to)
	switch {
	case len(unknown) > 0:
		v.Unknown = unknown
		t.Say("announce.unknown", v)
		return nil
	case order.text == "":
		t.Say("announce.howto", nil)
		return nil
	case v.Is > v.May:
		t.Say("announce.too_long", v)
		return nil
	case len(people) == 0:
		t.Say("announce.nobody", nil)
		return nil
	}
	page, err := t.Render(kind, Words{Text: order.text, From: t.Person.Name})
	if err != nil {
		return err
	}
	b, err := delivery.PrepareBroadcast(ctx, t.Tx, delivery.Broadcast{Author: t.Person.Account,
		Template: kind, Reply: bot.Reply{Kind: bot.TextReply, Text: page.Body}, To: people}, t.Now)
	if err != nil {
		return err
	}
	v.ID, v.To, v.People, v.Without, v.Text = b.ID, to, b.Total, among, page.Body
	t.SayAbout(item(b.ID), "announce.card", v)
	return nil
}

// Words are what is broadcast.
type Words struct{ Text, From string }

// item is what the numbers on cards about a broadcast belong to.
func item(id int64) string { return name + ":" + strconv.FormatInt(id, 10) }

// sendLast answers 「发送」, typed: the card shown last.
func (d *Duty) sendLast(ctx context.Context, t *bot.Turn, _ string) error {
	b, err := t.Tx.Broadcasts().Latest(ctx, kind, t.Person.Account, store.BroadcastPrepared)
	if errors.Is(err, store.ErrNotFound) {
		t.Say("announce.nothing", nil)
		return nil
	}
	if err != nil {
		return err
	}
	return d.begin(ctx, t, b)
}

// send answers the button 发送.
func (d *Duty) send(ctx context.Context, t *bot.Turn, arg string) error {
	b, ok, err := d.named(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	return d.begin(ctx, t, b)
}

// begin lets a broadcast leave, once.
func (d *Duty) begin(ctx context.Context, t *bot.Turn, b store.Broadcast) error {
	if b.State != store.BroadcastPrepared {
		return d.tell(ctx, t, b, true)
	}
	if b.Author != t.Person.Account || t.Now.Sub(b.CreatedAt) > openFor {
		t.Close(item(b.ID))
		t.Say("announce.stale", nil)
		return nil
	}
	if err := t.Tx.Broadcasts().Begin(ctx, b.ID, t.Now); err != nil {
		return err
	}
	t.SayAbout(item(b.ID), "announce.started", View{ID: b.ID, People: b.Total})
	return nil
}

// drop answers the button 取消.
func (d *Duty) drop(ctx context.Context, t *bot.Turn, arg string) error {
	b, ok, err := d.named(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	if b.State != store.BroadcastPrepared {
		return d.tell(ctx, t, b, true)
	}
	return d.forget(ctx, t, b)
}

// forget drops what was prepared.
func (d *Duty) forget(ctx context.Context, t *bot.Turn, b store.Broadcast) error {
	if err := t.Tx.Broadcasts().Drop(ctx, b.ID); err != nil {
		return err
	}
	t.Close(item(b.ID))
	t.Say("announce.dropped", nil)
	return nil
}

// named finds the broadcast that a button names; ok is false, with the answer said,
// if it is no more.
func (d *Duty) named(ctx context.Context, t *bot.Turn, arg string) (b store.Broadcast, ok bool, err error) {
	b, err = t.Tx.Broadcasts().Get(ctx, bot.ID(arg))
	if errors.Is(err, store.ErrNotFound) || err == nil && b.Template != kind {
		t.Say("bot.stale", nil)
		return b, false, nil
	}
	if err != nil {
		return b, false, fmt.Errorf("looking for the broadcast: %w", err)
	}
	return b, true, nil
}
