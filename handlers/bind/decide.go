package bind

import (
	"context"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/identity"
	"zhuanban/store"
)

// decision is one of the book's.
type decision = func(b *identity.Book, ctx context.Context, tx *store.Tx, request int64, by string, now time.Time) (store.Identity, identity.Verdict, error)

// decide takes a decision about the request that a button names. ok is false, with the
// answer said, if nothing came of it.
func (d *Duty) decide(ctx context.Context, t *bot.Turn, arg string, take decision) (v View, ok bool, err error) {
	for _, platform := range d.order {
		book := d.books[platform]
		if _, there, err := book.Find(ctx, t.Tx, bot.ID(arg)); err != nil {
			return v, false, err
		} else if !there {
			continue
		}
		i, verdict, err := take(book, ctx, t.Tx, bot.ID(arg), t.Person.Account, t.Now)
		if err != nil {
			return v, false, err
		}
		v = d.view(t, i)
		v.Verdict = string(verdict)
		t.Close(item(v))
		if verdict != identity.Done {
			t.Say("bind.verdict", v)
		}
		return v, verdict == identity.Done, nil
	}
	t.Say("bind.verdict", View{Verdict: string(identity.Stale)})
	return v, false, nil
}

// office lets only the office do something; others are told so.
func office(t *bot.Turn) bool {
	if !t.Person.Office() {
		t.Say("bind.office_only", nil)
	}
	return t.Person.Office()
}

// confirm answers the button 确认.
func (d *Duty) confirm(ctx context.Context, t *bot.Turn, arg string) error {
	if !office(t) {
		return nil
	}
	v, ok, err := d.decide(ctx, t, arg, (*identity.Book).Confirm)
	if err != nil || !ok {
		return err
	}
	v.By = t.Person.Name
	t.Say("bind.done", v)
	tellUser(t, "bind.confirmed", v)
	d.tellHolder(t, "bind.holder_done", v, false)
	return nil
}

// refuse answers the button 拒绝.
func (d *Duty) refuse(ctx context.Context, t *bot.Turn, arg string) error {
	if !office(t) {
		return nil
	}
	v, ok, err := d.decide(ctx, t, arg, (*identity.Book).Refuse)
	if err != nil || !ok {
		return err
	}
	t.Say("bind.turned_down", v)
	tellUser(t, "bind.refused", v)
	return nil
}

// object answers the button 不是我.
func (d *Duty) object(ctx context.Context, t *bot.Turn, arg string) error {
	v, ok, err := d.decide(ctx, t, arg, (*identity.Book).Object)
	if err != nil || !ok {
		return err
	}
	t.Say("bind.objected", v)
	tellUser(t, "bind.blocked", v)
	for _, p := range t.Roster().WithRole(bot.Director, bot.Clerk) {
		if p.Account != t.Person.Account {
			n := d.notice(p.Account, "bind.alarm", v, false)
			n.Urgent = true
			t.Notify(n)
		}
	}
	return nil
}

// notMe is the button's words, typed.
const notMe = "不是我"

// claim recognises 「不是我」 of somebody in whose name a user asks, or has been bound.
func (d *Duty) claim(ctx context.Context, t *bot.Turn) bot.Certainty {
	if strings.TrimSpace(t.Message.Text) != notMe {
		return bot.No
	}
	if _, ok := d.against(ctx, t); !ok {
		return bot.No
	}
	return bot.Certain
}

// against finds the request that names the speaker, the latest.
func (d *Duty) against(ctx context.Context, t *bot.Turn) (request int64, ok bool) {
	var at time.Time
	for _, platform := range d.order {
		if platform == t.Message.Platform {
			continue
		}
		list, err := t.Tx.Identities().All(ctx, platform)
		if err != nil {
			return 0, false
		}
		for _, i := range list {
			named := strings.EqualFold(t.Roster().Now(i.Account), t.Person.Account)
			if named && i.Request != 0 && (i.State == store.IdentityAsked || i.State == store.IdentityBound) && i.AskedAt.After(at) {
				request, ok, at = i.Request, true, i.AskedAt
			}
		}
	}
	return request, ok
}

// objectLast answers 「不是我」, typed.
func (d *Duty) objectLast(ctx context.Context, t *bot.Turn) error {
	request, ok := d.against(ctx, t)
	if !ok {
		t.Say("bind.verdict", View{Verdict: string(identity.Stale)})
		return nil
	}
	return d.object(ctx, t, strconv.FormatInt(request, 10))
}
