package lead

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/lead/threshold"
	"zhuanban/handlers/lead/triage"
	"zhuanban/store"
)

// Matter is a lead with all that the records know of how it is handled.
type Matter struct {
	Lead        store.Lead
	Handling    store.Handling
	Spans       []store.Span
	Case        *store.Case // nil = none was filed
	Transfers   []store.Transfer
	Supervision []store.Supervision
	open        func(bot.Person, store.Lead) bool // Config.Sees
}

// Load reads what belongs to a lead.
func (d *Duty) Load(ctx context.Context, tx *store.Tx, l store.Lead) (*Matter, error) {
	m := &Matter{Lead: l, open: d.cfg.Sees}
	var err error
	if m.Handling, err = tx.Handlings().Get(ctx, l); err != nil {
		return nil, err
	}
	if m.Handling.RoutedAt.IsZero() && m.Handling.UpdatedAt.IsZero() {
		return m, nil // nobody has touched it: there is nothing more
	}
	if m.Spans, err = tx.Spans().List(ctx, l.ID); err != nil {
		return nil, err
	}
	if m.Transfers, err = tx.Transfers().List(ctx, l.ID); err != nil {
		return nil, err
	}
	if m.Supervision, err = tx.Supervisions().List(ctx, l.ID); err != nil {
		return nil, err
	}
	c, err := tx.Cases().Get(ctx, l.ID)
	if errors.Is(err, store.ErrNotFound) {
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	m.Case = &c
	return m, nil
}

// Flow is the lead as the table of moves sees it.
func (m *Matter) Flow() flow.Lead {
	l := flow.Lead{State: flow.State(m.Lead.State), Before: flow.State(m.Handling.Before), Reporter: m.Lead.Reporter, Unit: m.Lead.Unit}
	if !m.Handling.AssignedAt.IsZero() {
		l.Handling = m.Handling.Unit
	}
	return l
}

// Mover is a person as the table of moves sees them, with those they stand in for.
func Mover(r *bot.Roster, p bot.Person) flow.Person {
	out := mover(p)
	for _, q := range r.People {
		if strings.EqualFold(q.Deputy, p.Account) && q.Account != p.Account {
			out.For = append(out.For, mover(q))
		}
	}
	return out
}

func mover(p bot.Person) flow.Person {
	return flow.Person{Account: p.Account, Unit: p.Unit, Filer: p.Role == bot.Filer, Head: p.Role == bot.Head, Office: p.Office(),
		Director: p.Role == bot.Director || p.Leader(), Chief: p.Role == bot.Chief}
}

// Sees says whether a lead is open to a person: their own, their unit's, one that their
// unit handles, or any for the office and the leaders.
func (m *Matter) Sees(r *bot.Roster, p bot.Person) bool {
	return m.open(p, m.Lead) || m.Handles(r, p)
}

// Handles says whether a person is of the unit that handles the lead, or stands in for
// one who is.
func (m *Matter) Handles(r *bot.Roster, p bot.Person) bool {
	return flow.Entitled(flow.Move{Who: []flow.Right{flow.Handler}}, m.Flow(), Mover(r, p))
}

// assists says whether another place waits for assistance, which may be asked for long
// after the lead was closed.
func (m *Matter) assists() bool {
	return slices.ContainsFunc(m.Transfers, func(t store.Transfer) bool { return t.Kind == store.ToAssist && t.AnsweredAt.IsZero() })
}

// facts are what the hints at figures of the criminal law are made of: the value that was
// registered or established, under each measure that it may be.
func (m *Matter) facts() threshold.Facts {
	value := int64(0)
	if m.Lead.Value != nil {
		value = *m.Lead.Value
	}
	if m.Case != nil && m.Case.Value > 0 {
		value = m.Case.Value
	}
	f := threshold.Facts{On: calendar.DateOf(m.Since())}
	switch m.Lead.Violation {
	case "tm":
		f.Crimes = []threshold.Crime{threshold.FakeMark, threshold.SellFake}
		f.Amounts = map[threshold.Measure]int64{threshold.Turnover: value, threshold.Unsold: value}
	case "patent":
		f.Crimes, f.Amounts = []threshold.Crime{threshold.FakePatent}, map[threshold.Measure]int64{threshold.Turnover: value}
	case "secret":
		f.Crimes, f.Amounts = []threshold.Crime{threshold.TradeSecret}, map[threshold.Measure]int64{threshold.Loss: value}
	case "fake":
		f.Crimes, f.Amounts = []threshold.Crime{threshold.Shoddy}, map[threshold.Measure]int64{threshold.Unsold: value}
	}
	return f
}

// Hints are the figures of reference that the lead reaches, or nearly.
func (m *Matter) Hints() []threshold.Hint { return threshold.Hints(m.facts()) }

// Suggest is which way the lead should go, and why.
func (d *Duty) Suggest(m *Matter) (triage.Suggestion, bool) {
	l := m.Lead
	t := triage.Lead{Violation: l.Violation, Source: l.Source, Category: l.Category, Subject: l.Subject, Place: l.Place, Township: l.Township,
		Content: l.Content, Platform: l.Platform, Shop: l.Shop, Link: l.Link, Refused: m.Handling.Refused}
	if l.Value != nil {
		t.Value = *l.Value
	}
	for _, h := range m.Hints() {
		t.Hint = t.Hint || h.Level == threshold.Red
	}
	return triage.Suggest(d.cfg.Triage, t)
}

// Adopt writes how a lead is handled that comes from another ledger, with the limits that
// run.
func (d *Duty) Adopt(ctx context.Context, tx *store.Tx, l store.Lead, h store.Handling) error {
	m := &Matter{Lead: l, Handling: h, open: d.cfg.Sees}
	d.Count(m)
	if err := tx.Handlings().Put(ctx, m.Handling); err != nil || d.cfg.Handled == nil {
		return err
	}
	return d.cfg.Handled(ctx, tx, m.Handling)
}

// Save writes a lead and how it is handled, with the event that moved it on.
func (d *Duty) Save(ctx context.Context, tx *store.Tx, m *Matter, e store.LeadEvent) error {
	m.Lead.UpdatedAt, m.Handling.UpdatedAt = e.At, e.At
	d.Count(m)
	err := tx.Leads().Update(ctx, m.Lead)
	if errors.Is(err, store.ErrConflict) {
		return tx.Again() // somebody else was quicker: whether the move may still be made is asked anew
	}
	if err != nil {
		return err
	}
	m.Lead.Version++
	if err := tx.Handlings().Put(ctx, m.Handling); err != nil {
		return err
	}
	if d.cfg.Handled != nil {
		if err := d.cfg.Handled(ctx, tx, m.Handling); err != nil {
			return err
		}
	}
	e.LeadID = m.Lead.ID
	if err := tx.LeadEvents().Append(ctx, e); err != nil {
		return fmt.Errorf("writing the timeline of %s: %w", m.Lead.Number, err)
	}
	return nil
}
