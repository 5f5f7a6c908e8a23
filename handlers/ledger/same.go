package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhuanban/bot"
	"zhuanban/handlers/lead/dup"
	"zhuanban/handlers/ledger/find"
	"zhuanban/store"
	"zhuanban/templates"
)

// How many leads are looked at for each thing that two can be alike in, the newest, and
// how many are told.
const (
	perKey = 20
	told   = 3
)

// Unmatched are the states of leads that nobody minds repeating.
var unmatched = []store.LeadState{"withdrawn", "draft"}

// same is an older lead and what it has in common with a new one, the surest first.
type same struct {
	store.Lead
	common []dup.Kind
}

// duplicates finds the leads within the window before a lead that are about the same.
func (d *Duty) duplicates(ctx context.Context, tx *store.Tx, l store.Lead) ([]same, error) {
	facts := find.Facts(l)
	var ids []int64
	for _, k := range dup.Keys(facts) {
		some, err := tx.LeadTerms().Newest(ctx, find.KeyTerm(k), perKey)
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == l.ID })
	leads, err := tx.Leads().ByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []same
	for _, other := range leads {
		age := l.RegisteredAt.Sub(other.RegisteredAt)
		if age > d.cfg.Window || age < 0 || slices.Contains(unmatched, other.State) {
			continue
		}
		if common := dup.Common(facts, find.Facts(other)); len(common) > 0 {
			out = append(out, same{other, common})
		}
	}
	slices.SortStableFunc(out, func(a, b same) int { return sure(a.common) - sure(b.common) })
	return out[:min(told, len(out))], nil
}

// sure is smaller, the surer two leads are the same.
func sure(common []dup.Kind) int {
	best := slices.Index([]dup.Kind{dup.Link, dup.Shop, dup.Phone, dup.Plate, dup.Subject, dup.Address, dup.Text}, common[0])
	return 10*best - len(common)
}

// SameView is a lead and those it seems to repeat.
type SameView struct {
	ID     int64
	Number string
	Unit   string
	Same   []HitView
	Office bool // the reader may merge
}

// Registered says of a lead that was just registered what it seems to repeat: to the
// office all, to its reporter, on the receipt, what they may see. It is called in the turn
// that registers.
func (d *Duty) Registered(ctx context.Context, t *bot.Turn, l store.Lead) (onReceipt templates.Page, err error) {
	all, err := d.duplicates(ctx, t.Tx, l)
	if err != nil {
		return onReceipt, fmt.Errorf("looking for what %s repeats: %w", l.Number, err)
	}
	if len(all) == 0 {
		return onReceipt, nil
	}
	v := SameView{ID: l.ID, Number: l.Number, Unit: t.Roster().UnitName(l.Unit)}
	mine := v
	for _, s := range all {
		h := d.hit(t.Roster(), s.Lead)
		h.Other, h.OtherNumber = l.ID, l.Number
		for _, k := range s.common {
			h.Common = append(h.Common, string(k))
		}
		v.Same = append(v.Same, h)
		if sees, err := d.sees(ctx, t.Tx, t.Person, s.Lead); err != nil {
			return onReceipt, err
		} else if sees && (t.Person.SeesAll() || !find.Secret(s.Lead)) {
			mine.Same = append(mine.Same, h)
		}
	}
	v.Office = true
	d.office(t, "ledger.same_office", sameItem(l.ID), v)
	if mine.Office = t.Person.Office(); len(mine.Same) > 0 {
		return t.Render("ledger.same", mine)
	}
	return onReceipt, nil
}

// sameItem is what the numbers on cards about a lead's duplicates belong to.
func sameItem(id int64) string { return fmt.Sprintf("same:%d", id) }

// office notifies everyone in the office but the speaker.
func (d *Duty) office(t *bot.Turn, template, item string, data any) {
	for _, p := range t.Roster().WithRole(bot.Director, bot.Clerk) {
		if p.Account != t.Person.Account {
			t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: template, Data: data, Item: item})
		}
	}
}

// pair reads the two leads of a button; ok is false, with the answer said, if the speaker
// has nothing to do with them.
func (d *Duty) pair(ctx context.Context, t *bot.Turn, arg string) (fresh, old store.Lead, ok bool, err error) {
	a, b, _ := strings.Cut(arg, ":")
	fresh, err = t.Tx.Leads().Get(ctx, bot.ID(a))
	if err == nil {
		old, err = t.Tx.Leads().Get(ctx, bot.ID(b))
	}
	both := false
	if err == nil {
		both, err = d.sees(ctx, t.Tx, t.Person, fresh)
	}
	if err == nil && both {
		both, err = d.sees(ctx, t.Tx, t.Person, old)
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && !both {
		t.Say("bot.stale", nil)
		return fresh, old, false, nil
	}
	return fresh, old, err == nil, err
}

// follow answers 「订阅进度」.
func (d *Duty) follow(ctx context.Context, t *bot.Turn, arg string) error {
	_, old, ok, err := d.pair(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	if _, err := t.Tx.Followers().Add(ctx, old.ID, t.Person.Account, t.Now); err != nil {
		return err
	}
	t.Say("ledger.following", d.hit(t.Roster(), old))
	return nil
}

// keep answers 「仍要登记」: the lead stays, and the office hears that its reporter thinks
// it another matter.
func (d *Duty) keep(ctx context.Context, t *bot.Turn, arg string) error {
	return d.answered(ctx, t, arg, "ledger.kept", "ledger.kept_office")
}

// askMerge answers 「请专项办合并」.
func (d *Duty) askMerge(ctx context.Context, t *bot.Turn, arg string) error {
	return d.answered(ctx, t, arg, "ledger.asked_merge", "ledger.merge_wanted")
}

func (d *Duty) answered(ctx context.Context, t *bot.Turn, arg, answer, notice string) error {
	fresh, old, ok, err := d.pair(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	h := d.hit(t.Roster(), old)
	h.Other, h.OtherNumber, h.Reporter = fresh.ID, fresh.Number, t.Person.Name
	t.Close(sameItem(fresh.ID))
	t.Say(answer, h)
	d.office(t, notice, sameItem(fresh.ID), h)
	return nil
}

// byNumber finds a lead by its number.
func (d *Duty) byNumber(ctx context.Context, tx *store.Tx, number string) (l store.Lead, found bool, err error) {
	l, err = tx.Leads().ByNumber(ctx, number)
	if errors.Is(err, store.ErrNotFound) {
		return l, false, nil
	}
	return l, err == nil, err
}
