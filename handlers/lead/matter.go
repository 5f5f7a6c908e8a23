package lead

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/lead/limits"
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

// Clock is a limit of a lead that runs.
type Clock struct {
	limits.Clock
	// Demand is the day that the office or a notice set, in place of a limit of the law.
	Demand time.Time
}

// The kinds of clock that are no limits of the law.
const (
	DemandOffice limits.Kind = "demand"      // until when the office wants it
	DemandNotice limits.Kind = "supervision" // until when a signed notice wants it
)

// spansOf are the days that do not count.
func (m *Matter) spansOf() []limits.Span {
	var out []limits.Span
	for _, s := range m.Spans {
		if s.Kind == store.Extension || s.Status != store.SpanHolds {
			continue
		}
		from, err := calendar.ParseDate(s.From)
		if err != nil {
			continue
		}
		until, _ := calendar.ParseDate(s.Until)
		out = append(out, limits.Span{From: from, Until: until})
	}
	return out
}

// extended is by how much a limit was extended.
func (m *Matter) extended(k limits.Kind) int {
	n := int64(0)
	for _, s := range m.Spans {
		if s.Kind == store.Extension && s.Status == store.SpanHolds && s.Limit == string(k) {
			n += s.Units
		}
	}
	return int(n)
}

// Since is the moment from which the limit for checking runs: when it was found or the
// material came (《市场监督管理行政处罚程序规定》, article 18).
func (m *Matter) Since() time.Time {
	if m.Lead.FoundAt.IsZero() || m.Lead.FoundAt.After(m.Lead.RegisteredAt) {
		return m.Lead.RegisteredAt
	}
	return m.Lead.FoundAt
}

// Clocks lists the limits of a lead that run, those that come first in its life first.
func (m *Matter) Clocks() []Clock {
	h, state := m.Handling, flow.State(m.Lead.State)
	var out []Clock
	add := func(k limits.Kind, start time.Time) {
		l, ok := limits.Of(k)
		if ok && !start.IsZero() {
			out = append(out, Clock{Clock: limits.Clock{Limit: l, Start: start, More: m.extended(k), Spans: m.spansOf()}})
		}
	}
	if flow.BeforeOutcome(state) {
		add(limits.Check, m.Since())
	}
	switch state {
	case flow.Assigned:
		add(limits.Accept, h.AssignedAt)
	case flow.Returned:
		add(limits.Supplement, h.UpdatedAt)
	case flow.Filed, flow.Investigating:
		if m.Case != nil {
			add(limits.Decide, m.Case.FiledAt)
		}
	case flow.Decided:
		if m.Case != nil {
			add(limits.CloseForm, m.Case.DecidedAt)
			add(limits.Publish, m.Case.DecidedAt)
		}
	}
	if h.ToldAt.IsZero() && !h.AssignedAt.IsZero() && flow.BeforeOutcome(state) {
		switch m.Lead.Urgency {
		case UrgencyCritical:
			add(limits.FirstCritical, h.AssignedAt)
		case UrgencyUrgent:
			add(limits.FirstUrgent, h.AssignedAt)
		}
	}
	if (m.Lead.Source == SourceReport || m.Lead.Source == SourceComplain) && h.InformedAt.IsZero() &&
		(state == flow.Filed || state == flow.Investigating || state == flow.NotFiled) {
		add(limits.TellInformant, h.OutcomeAt)
	}
	m.transferClocks(add)
	if flow.BeforeOutcome(state) && !h.DemandAt.IsZero() {
		out = append(out, Clock{Clock: limits.Clock{Limit: limits.Limit{Kind: DemandOffice}}, Demand: h.DemandAt})
	}
	for _, s := range m.Supervision {
		if s.EndedAt.IsZero() && !s.DueAt.IsZero() && flow.Open(state) {
			out = append(out, Clock{Clock: limits.Clock{Limit: limits.Limit{Kind: DemandNotice}}, Demand: s.DueAt})
		}
	}
	return out
}

// transferClocks are those of what goes out: a suspected crime's three days and 24 hours,
// the police's answer, assistance.
func (m *Matter) transferClocks(add func(limits.Kind, time.Time)) {
	for _, t := range m.Transfers {
		switch {
		case t.Kind == store.ToAssist:
			if t.AnsweredAt.IsZero() {
				add(limits.Assist, t.ProposedAt)
			}
		case t.Kind != store.ToPolice:
		case t.SentAt.IsZero() && t.DecidedAt.IsZero():
			add(limits.PoliceDecide, t.ProposedAt)
		case t.SentAt.IsZero() && t.Approved:
			add(limits.PoliceSend, t.DecidedAt)
		case t.SentAt.IsZero():
		case t.AnsweredAt.IsZero():
			add(limits.PoliceReview, t.SentAt)
		case t.Answer == PoliceHasFiled && m.Lead.State == store.LeadState(flow.TransferredPolice) && m.Handling.ToldAt.IsZero(): // until the unit feeds back that it has
			add(limits.PoliceGoods, t.AnsweredAt)
		case t.Answer == PoliceHasRefused && m.Lead.State != store.LeadState(flow.Closed):
			add(limits.PoliceObject, t.AnsweredAt)
		}
	}
}

// The answers of the police, and of whoever assists.
const (
	PoliceHasFiled   = "filed"
	PoliceHasRefused = "refused"
	Assisted         = "done"
)

// The values of the registration form that limits depend on.
const (
	UrgencyCritical = "critical"
	UrgencyUrgent   = "urgent"
	SourceReport    = "report"
	SourceComplain  = "complain"
)

// Due is when a clock ends. still says that it stands still.
func (c Clock) Due(cal limits.Calendar) (due time.Time, still bool, err error) {
	if !c.Demand.IsZero() {
		return c.Demand, false, nil
	}
	return c.Clock.Due(cal)
}

// nags says whether somebody is reminded of a clock, and not only told on the card: what
// the police have to do is not ours to do.
func nags(k limits.Kind) bool {
	return k != limits.PoliceReview && k != limits.Publish && k != limits.PoliceObject
}

// Count puts down until when something has to be done next. A year that the calendar
// does not know leaves the time out; the card says which year it is.
func (d *Duty) Count(m *Matter) {
	h := &m.Handling
	h.CheckDueAt, h.DueAt, h.DueKind = time.Time{}, time.Time{}, ""
	h.Open = flow.Open(flow.State(m.Lead.State))
	if !h.Open {
		return
	}
	for _, c := range m.Clocks() {
		due, still, err := c.Due(d.cfg.Calendar)
		if err != nil || still || due.IsZero() {
			continue
		}
		if c.Kind == limits.Check {
			h.CheckDueAt = due
		}
		if nags(c.Kind) && (h.DueAt.IsZero() || due.Before(h.DueAt)) {
			h.DueAt, h.DueKind = due, string(c.Kind)
		}
	}
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
	if err := tx.Leads().Update(ctx, m.Lead); err != nil {
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
