package bind

import (
	"context"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/identity"
	"zhuanban/store"
)

// already answers 「绑定」 of somebody who is known: there is nothing to bind here, but
// perhaps on the other platform.
func (d *Duty) already(_ context.Context, t *bot.Turn, _ string) error {
	v := View{Account: t.Person.Account, Name: t.Person.Name}
	for _, platform := range d.order {
		if !d.books[platform].Reaches(t.Person.Account) {
			v.Platform = platform
		}
	}
	t.Say("bind.already", v)
	return nil
}

// mostShown is how many requests are shown at once.
const mostShown = 5

// requests answers 「绑定申请」: what waits for the office, the oldest first.
func (d *Duty) requests(ctx context.Context, t *bot.Turn, _ string) error {
	if !office(t) {
		return nil
	}
	shown := 0
	for _, platform := range d.order {
		list, err := t.Tx.Identities().All(ctx, platform)
		if err != nil {
			return err
		}
		for _, i := range list {
			if !identity.Open(i, t.Now) || shown == mostShown {
				continue
			}
			may, err := d.books[platform].Mistake(ctx, t.Tx, i)
			if err != nil {
				return err
			}
			v := d.view(t, i)
			v.Verdict = string(may)
			t.SayAbout(item(v), "bind.office", v)
			shown++
		}
	}
	if shown == 0 {
		t.Say("bind.no_requests", nil)
	}
	return nil
}

// unbind answers 「解绑」 of a person about themself, and 「解绑 谁」 of the office.
func (d *Duty) unbind(ctx context.Context, t *bot.Turn, whom string) error {
	whom = strings.TrimSpace(whom)
	own := whom == "" || strings.EqualFold(whom, t.Person.Account)
	if !own && !office(t) {
		return nil
	}
	if own {
		whom = t.Person.Account
	}
	found, err := d.find(ctx, t, whom, own)
	if err != nil {
		return err
	}
	if len(found) == 0 && own {
		t.Say("bind.fixed", nil)
		return nil
	}
	if len(found) == 0 {
		t.Say("bind.none", View{Account: whom})
		return nil
	}
	for _, i := range found[:min(len(found), mostShown)] {
		v := d.view(t, i)
		t.SayAbout(item(v), "bind.sure", v)
	}
	return nil
}

// off answers the button 解除 ("dingtalk:042").
func (d *Duty) off(ctx context.Context, t *bot.Turn, arg string) error {
	platform, userID, _ := strings.Cut(arg, ":")
	book := d.books[platform]
	if book == nil {
		t.Say("bot.stale", nil)
		return nil
	}
	i, err := book.Of(ctx, t.Tx, userID)
	if err != nil {
		return err
	}
	own := i.State == store.IdentityBound && strings.EqualFold(t.Roster().Now(i.Account), t.Person.Account)
	if !own && !office(t) {
		return nil
	}
	return d.end(ctx, t, i)
}

// find finds what there is to end, by account or, not of oneself, by user.
func (d *Duty) find(ctx context.Context, t *bot.Turn, whom string, own bool) (out []store.Identity, err error) {
	for _, platform := range d.order {
		list, err := t.Tx.Identities().All(ctx, platform)
		if err != nil {
			return nil, err
		}
		for _, i := range list {
			held := i.State == store.IdentityBound || !own && (i.State == store.IdentityBlocked || i.State == store.IdentityAsked)
			if held && (strings.EqualFold(t.Roster().Now(i.Account), t.Roster().Now(whom)) || !own && i.UserID == whom) {
				out = append(out, i)
			}
		}
	}
	return out, nil
}

// end ends one, and tells both sides. The speaker may be the user themself, and in a
// moment be a stranger there: then they hear it as one.
func (d *Duty) end(ctx context.Context, t *bot.Turn, i store.Identity) error {
	was, verdict, err := d.books[i.Platform].Unbind(ctx, t.Tx, i.UserID, t.Person.Account, t.Now)
	if err != nil {
		return err
	}
	v := d.view(t, was)
	if verdict != identity.Done {
		t.Say("bot.stale", nil)
		return nil
	}
	t.Close(item(v))
	if was.State == store.IdentityBound {
		tellUser(t, "bind.ended", v)
		if i.Platform == t.Message.Platform && strings.EqualFold(v.Account, t.Person.Account) {
			return nil
		}
	}
	t.Say("bind.unbound", v)
	return nil
}
