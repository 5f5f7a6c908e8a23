package lead

import (
	"context"
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
	Full                      bool // the reader handles it, or runs or leads the campaign
	Standing                  Standing
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
	// Word is what the move is called; "" where it is none. The others are its details.
	Word, Unit, Document, Agency, Text, Other, Amount string
	Days                                              int
	Workdays                                          bool
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
	m, err := d.Find(ctx, t, number)
	if err != nil || m == nil {
		return err
	}
	return d.Tell(ctx, t, m)
}

// Find finds a lead by its number; nil, with the answer said, if there is none or it is
// not open to the speaker.
func (d *Duty) Find(ctx context.Context, t *bot.Turn, number string) (*Matter, error) {
	l, err := t.Tx.Leads().ByNumber(ctx, number)
	if errors.Is(err, store.ErrNotFound) {
		t.Say("lead.unknown", number)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for %s: %w", number, err)
	}
	m, err := d.Load(ctx, t.Tx, l)
	if err != nil {
		return nil, err
	}
	if !m.Sees(t.Roster(), t.Person) {
		t.Say("lead.unknown", number)
		return nil, nil
	}
	return m, nil
}

// Open finds a lead by its id, as buttons name it; nil likewise.
func (d *Duty) Open(ctx context.Context, t *bot.Turn, id int64) (*Matter, error) {
	l, err := t.Tx.Leads().Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		t.Say("bot.stale", nil)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("loading a lead: %w", err)
	}
	m, err := d.Load(ctx, t.Tx, l)
	if err == nil && !m.Sees(t.Roster(), t.Person) {
		t.Say("bot.stale", nil)
		return nil, nil
	}
	return m, err
}

// progressOf answers the button 「查进度」.
func (d *Duty) progressOf(ctx context.Context, t *bot.Turn, arg string) error {
	m, err := d.Open(ctx, t, bot.ID(arg))
	if err != nil || m == nil {
		return err
	}
	return d.Tell(ctx, t, m)
}

// Tell says where one lead stands.
func (d *Duty) Tell(ctx context.Context, t *bot.Turn, m *Matter) error {
	l := m.Lead
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
	v.Full = t.Person.SeesAll() || m.Handles(t.Roster(), t.Person)
	for _, e := range events {
		v.Events = append(v.Events, d.event(t, e, v.Full))
	}
	v.Standing = d.Stand(t.Roster(), t.Person, t.Now, m)
	if err := d.kin(ctx, t.Tx, m, &v.Standing); err != nil {
		return err
	}
	t.Say("lead.progress", v)
	return nil
}

// View is a lead as the templates show it, with how it stands and without its files.
func (d *Duty) View(t *bot.Turn, m *Matter) View {
	v := d.view(t, m.Lead, &d.cfg.Form, 0)
	v.Full = t.Person.SeesAll() || m.Handles(t.Roster(), t.Person)
	v.Standing = d.Stand(t.Roster(), t.Person, t.Now, m)
	return v
}

// kin names the other leads of the series.
func (d *Duty) kin(ctx context.Context, tx *store.Tx, m *Matter, s *Standing) error {
	others, err := tx.Handlings().InSeries(ctx, m.Handling.Series)
	if err != nil {
		return err
	}
	var ids []int64
	for _, o := range others {
		if o.LeadID != m.Lead.ID {
			ids = append(ids, o.LeadID)
		}
	}
	leads, err := tx.Leads().Of(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		s.Series = append(s.Series, leads[id].Number)
	}
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
	m, err := d.Load(ctx, t.Tx, *l)
	if err != nil {
		return err
	}
	m.Lead.State = StateWithdrawn
	err = d.Save(ctx, t.Tx, m, store.LeadEvent{ID: t.Tx.NewID(), At: t.Now, Actor: t.Person.Account, Kind: EventWithdrawn})
	if err != nil {
		return fmt.Errorf("withdrawing %s: %w", l.Number, err)
	}
	t.Close(item(l.ID))
	v := d.view(t, m.Lead, &d.cfg.Form, 0)
	t.Say("lead.withdrawn", v)
	d.tellOffice(t, "lead.withdrawn_notice", v)
	return nil
}
