package lead

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/dialog"
	"zhuanban/bot/zh"
	"zhuanban/store"
	"zhuanban/templates"
)

// View is a lead as the templates show it.
type View struct {
	ID                        int64
	Number, State             string
	Registered                time.Time
	Unit, Reporter            string
	Subject, Place, Violation string
	Category, Urgency, Source string
	Content, Quantity, Value  string
	Phone                     string // masked
	Files                     int
	Waiting, Lost             int // of these, whose bytes are still to come, or never will
	Events                    []EventView
	Same                      templates.Page // what it seems to repeat, as far as the reader may know
	Mine                      bool           // the reader reported it
	Withdrawable              bool
}

// EventView is a line of a lead's timeline.
type EventView struct {
	At    time.Time
	Actor string
	Kind  string
	Count int
}

// ListView is a list of leads.
type ListView struct {
	All   bool // of every unit
	Unit  string
	Total int64
	Leads []View
}

// view prepares a lead for a template.
func (d *Duty) view(t *bot.Turn, l store.Lead, f *dialog.Form, files int) View {
	label := func(key, value string) string {
		if fd, ok := f.Field(key); ok && value != "" {
			return fd.Show(dialog.Value{Text: value})
		}
		return value
	}
	v := View{ID: l.ID, Number: l.Number, State: string(l.State), Registered: l.RegisteredAt,
		Unit: t.Roster().UnitName(l.Unit), Reporter: t.Roster().PersonName(l.Reporter),
		Subject: l.Subject, Place: l.Place, Violation: label("violation", l.Violation), Category: label("category", l.Category),
		Urgency: label("urgency", l.Urgency), Source: label("source", l.Source), Content: l.Content, Quantity: l.Quantity,
		Phone: zh.Mask(l.Phone), Files: files, Mine: l.Reporter == t.Person.Account,
		Withdrawable: l.Reporter == t.Person.Account && l.State == StateRegistered}
	if fd, ok := f.Field("value"); ok && l.Value != nil {
		v.Value = fd.Show(dialog.Value{Num: zh.Num(*l.Value)})
	}
	return v
}

// progress answers 「进度」 with the speaker's leads, and 「进度 132」 with one.
func (d *Duty) progress(ctx context.Context, t *bot.Turn, rest string) error {
	if rest == "" {
		return d.list(ctx, t)
	}
	number, ok := d.wanted(rest, t.Now)
	if !ok {
		t.Say("lead.which", rest)
		return nil
	}
	l, err := t.Tx.Leads().ByNumber(ctx, number)
	if errors.Is(err, store.ErrNotFound) || err == nil && !d.cfg.Sees(t.Person, l) {
		t.Say("lead.unknown", number)
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for %s: %w", number, err)
	}
	return d.tell(ctx, t, l)
}

// progressOf answers the button 「查进度」.
func (d *Duty) progressOf(ctx context.Context, t *bot.Turn, arg string) error {
	l, err := t.Tx.Leads().Get(ctx, bot.ID(arg))
	if errors.Is(err, store.ErrNotFound) || err == nil && !d.cfg.Sees(t.Person, l) {
		t.Say("bot.stale", nil)
		return nil
	}
	if err != nil {
		return fmt.Errorf("loading a lead: %w", err)
	}
	return d.tell(ctx, t, l)
}

// tell says where one lead stands.
func (d *Duty) tell(ctx context.Context, t *bot.Turn, l store.Lead) error {
	files, err := t.Tx.Files().Of(ctx, item(l.ID))
	if err != nil {
		return fmt.Errorf("loading the files of %s: %w", l.Number, err)
	}
	events, err := t.Tx.LeadEvents().List(ctx, l.ID)
	if err != nil {
		return fmt.Errorf("loading the timeline of %s: %w", l.Number, err)
	}
	v := d.view(t, l, &d.cfg.Form, len(files))
	v.Waiting, v.Lost = missing(files)
	for _, e := range events {
		ev := EventView{At: e.At, Actor: t.Roster().PersonName(e.Actor), Kind: e.Kind}
		var data struct{ Count int }
		if len(e.Data) > 0 && json.Unmarshal(e.Data, &data) == nil {
			ev.Count = data.Count
		}
		v.Events = append(v.Events, ev)
	}
	t.Say("lead.progress", v)
	return nil
}

// shown is how many leads fit on a phone.
const shown = 8

// list says how the speaker's leads stand, newest first.
func (d *Duty) list(ctx context.Context, t *bot.Turn) error {
	f := store.LeadFilter{Limit: shown, Unit: t.Person.Unit}
	if t.Person.SeesAll() {
		f.Unit = ""
	} else if !t.Person.Files() {
		f.Unit, f.Reporter = "", t.Person.Account
	}
	leads, err := t.Tx.Leads().List(ctx, f)
	if err != nil {
		return fmt.Errorf("listing leads: %w", err)
	}
	counts, err := t.Tx.Leads().Counts(ctx, store.LeadFilter{Unit: f.Unit, Reporter: f.Reporter}, "state")
	if err != nil {
		return fmt.Errorf("counting leads: %w", err)
	}
	v := ListView{All: t.Person.SeesAll(), Unit: t.Roster().UnitName(t.Person.Unit)}
	for _, n := range counts {
		v.Total += n
	}
	for _, l := range leads {
		v.Leads = append(v.Leads, d.view(t, l, &d.cfg.Form, 0))
	}
	t.Say("lead.list", v)
	return nil
}

// takeBack offers to take the speaker's last lead back.
func (d *Duty) takeBack(ctx context.Context, t *bot.Turn, rest string) error {
	f := store.LeadFilter{Reporter: t.Person.Account, States: []store.LeadState{StateRegistered}, Limit: 1}
	leads, err := t.Tx.Leads().List(ctx, f)
	if err != nil {
		return fmt.Errorf("looking for the last lead: %w", err)
	}
	if number, ok := d.wanted(rest, t.Now); ok {
		l, err := t.Tx.Leads().ByNumber(ctx, number)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("looking for %s: %w", number, err)
		}
		leads = leads[:0]
		if err == nil && l.Reporter == t.Person.Account && l.State == StateRegistered {
			leads = append(leads, l)
		}
	}
	if len(leads) == 0 {
		t.Say("lead.nothing_to_withdraw", nil)
		return nil
	}
	t.Say("lead.confirm_withdraw", d.view(t, leads[0], &d.cfg.Form, 0))
	return nil
}

// own loads a lead of the speaker's; nil, with the answer said, if it is not.
func (d *Duty) own(ctx context.Context, t *bot.Turn, id int64) (*store.Lead, error) {
	l, err := t.Tx.Leads().Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && l.Reporter != t.Person.Account {
		t.Say("bot.stale", nil)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("loading a lead: %w", err)
	}
	return &l, nil
}

// withdraw takes a lead back that nobody has begun to work on.
func (d *Duty) withdraw(ctx context.Context, t *bot.Turn, arg string) error {
	l, err := d.own(ctx, t, bot.ID(arg))
	if err != nil || l == nil {
		return err
	}
	if l.State != StateRegistered {
		t.Say("lead.nothing_to_withdraw", nil)
		return nil
	}
	l.State, l.UpdatedAt = StateWithdrawn, t.Now
	if err := t.Tx.Leads().Update(ctx, *l); err != nil {
		return fmt.Errorf("withdrawing %s: %w", l.Number, err)
	}
	err = t.Tx.LeadEvents().Append(ctx, store.LeadEvent{ID: t.Tx.NewID(), LeadID: l.ID, At: t.Now,
		Actor: t.Person.Account, Kind: EventWithdrawn})
	if err != nil {
		return fmt.Errorf("writing the timeline of %s: %w", l.Number, err)
	}
	t.Close(item(l.ID))
	v := d.view(t, *l, &d.cfg.Form, 0)
	t.Say("lead.withdrawn", v)
	d.tellOffice(t, "lead.withdrawn_notice", v)
	return nil
}
