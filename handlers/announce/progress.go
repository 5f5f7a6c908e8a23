package announce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/delivery"
	"zhuanban/store"
)

// View is where a broadcast stands.
type View struct {
	ID          int64
	State       string // store.BroadcastState
	Text        string // the beginning of what was said
	Author      string
	Began, Over time.Time
	People      int
	Sent        int
	Failed      int    // did not arrive, as far as is known
	Left        int    // still to be sent
	Held        int    // of these, waiting for the morning or for another day
	Withdrawn   int    // never sent, because it was stopped
	Again       bool   // it was to be sent a second time
	By          string // who has just stopped it, if not its author
}

// progress answers 「群发进度」 about the latest, and the button about its own.
func (d *Duty) progress(ctx context.Context, t *bot.Turn, arg string) error {
	b, ok, err := d.meant(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	return d.tell(ctx, t, b, false)
}

// meant finds the broadcast that is meant: the one that a button names, or the
// latest of the office. One that has not begun has no progress. ok is false, with
// the answer said, if there is none.
func (d *Duty) meant(ctx context.Context, t *bot.Turn, arg string) (b store.Broadcast, ok bool, err error) {
	if arg != "" {
		if b, ok, err = d.named(ctx, t, arg); ok && b.State == store.BroadcastPrepared {
			t.Say("bot.stale", nil)
			return b, false, nil
		}
		return b, ok, err
	}
	b, err = t.Tx.Broadcasts().Latest(ctx, kind, "", store.BroadcastRunning, store.BroadcastStopped, store.BroadcastDone)
	if errors.Is(err, store.ErrNotFound) {
		t.Say("announce.none", nil)
		return b, false, nil
	}
	return b, err == nil, err
}

// tell says where a broadcast stands; again, that it was not sent a second time.
func (d *Duty) tell(ctx context.Context, t *bot.Turn, b store.Broadcast, again bool) error {
	v, err := d.view(ctx, t, b)
	if err != nil {
		return err
	}
	v.Again = again
	d.answer(t, v)
	return nil
}

// answer shows where a broadcast stands; only of one that is running there is
// something to choose.
func (d *Duty) answer(t *bot.Turn, v View) {
	if v.State != string(store.BroadcastRunning) {
		t.Close(item(v.ID))
		t.Say("announce.progress", v)
		return
	}
	t.SayAbout(item(v.ID), "announce.progress", v)
}

func (d *Duty) view(ctx context.Context, t *bot.Turn, b store.Broadcast) (View, error) {
	p, err := delivery.BroadcastProgress(ctx, t.Tx, b)
	if err != nil {
		return View{}, err
	}
	return view(t.Roster(), b, p)
}

func view(roster *bot.Roster, b store.Broadcast, p delivery.Progress) (View, error) {
	var r bot.Reply
	if err := json.Unmarshal(b.Body, &r); err != nil {
		return View{}, fmt.Errorf("reading broadcast %d: %w", b.ID, err)
	}
	text := r.Text
	if lines := strings.Split(text, "\n"); len(lines) > 2 { // without its heading and its author
		text = strings.Join(lines[1:len(lines)-1], "\n")
	}
	v := View{ID: b.ID, State: string(b.State), Text: text, Author: roster.PersonName(b.Author), Began: b.CreatedAt,
		Over: b.DoneAt, People: p.Total, Sent: p.Sent, Failed: p.Failed, Left: p.Queued, Held: p.Held}
	switch b.State {
	case store.BroadcastRunning:
		v.Left += p.ToGo
		v.Failed += p.Withdrawn
	case store.BroadcastStopped:
		v.Withdrawn = p.Withdrawn + p.ToGo
	default:
		v.Failed += p.Withdrawn
	}
	return v, nil
}

// stop answers 「停止群发」 about the latest that is running, and the button about its
// own. Before anything has begun it is the card that is taken back.
func (d *Duty) stop(ctx context.Context, t *bot.Turn, arg string) error {
	b, ok, err := d.toStop(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	switch b.State {
	case store.BroadcastPrepared:
		return d.forget(ctx, t, b)
	case store.BroadcastRunning:
		err := delivery.StopBroadcast(ctx, t.Tx, b.ID, t.Now)
		if err != nil && !errors.Is(err, store.ErrConflict) { // it has just ended: that is told
			return err
		}
		return d.stopped(ctx, t, b.ID, err == nil)
	}
	return d.tell(ctx, t, b, false)
}

// stopped tells what has become of a broadcast that was to be stopped, and its author,
// if that is somebody else, who has done it.
func (d *Duty) stopped(ctx context.Context, t *bot.Turn, id int64, done bool) error {
	b, err := t.Tx.Broadcasts().Get(ctx, id)
	if err != nil {
		return fmt.Errorf("looking for the broadcast: %w", err)
	}
	v, err := d.view(ctx, t, b)
	if err != nil {
		return err
	}
	d.answer(t, v)
	if done && b.Author != t.Person.Account {
		v.By = t.Person.Name
		t.Notify(over(b.Author, v))
	}
	return nil
}

// over is the notice to its author that a broadcast has come to its end.
func over(author string, v View) bot.Notice {
	return bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: author}, Template: "announce.progress", Data: v, Item: item(v.ID)}
}

// Done tells the author of a broadcast that is through how it went
// (delivery.Broadcaster.Done).
func Done(office delivery.Office) func(ctx context.Context, tx *store.Tx, b store.Broadcast, p delivery.Progress) error {
	return func(ctx context.Context, tx *store.Tx, b store.Broadcast, p delivery.Progress) error {
		v, err := view(office.Roster(), b, p)
		if err != nil || b.Template != kind {
			return err
		}
		return office.Queue(ctx, tx, "done:"+item(b.ID), b.DoneAt, over(b.Author, v))
	}
}

// toStop finds what is to be stopped.
func (d *Duty) toStop(ctx context.Context, t *bot.Turn, arg string) (store.Broadcast, bool, error) {
	if arg != "" {
		return d.meant(ctx, t, arg)
	}
	b, err := t.Tx.Broadcasts().Latest(ctx, kind, "", store.BroadcastRunning)
	if errors.Is(err, store.ErrNotFound) {
		b, err = t.Tx.Broadcasts().Latest(ctx, kind, t.Person.Account, store.BroadcastPrepared)
	}
	if errors.Is(err, store.ErrNotFound) {
		return d.meant(ctx, t, "")
	}
	return b, err == nil, err
}
