package lead

import (
	"slices"
	"time"

	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/lead/limits"
	"zhuanban/store"
)

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
		if s.Kind != store.Inspection && s.Kind != store.Suspension || s.Status != store.SpanHolds {
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
	for _, s := range m.Spans {
		switch {
		case s.Status != store.SpanHolds || !flow.Open(state):
		case s.Kind == store.Seizure:
			add(limits.Seizure, s.AskedAt)
		case s.Kind == store.Preserve:
			add(limits.Preserve, s.AskedAt)
		}
	}
	if flow.BeforeOutcome(state) && !h.DemandAt.IsZero() {
		out = append(out, Clock{Clock: limits.Clock{Limit: limits.Limit{Kind: DemandOffice}}, Demand: h.DemandAt})
	}
	for _, s := range slices.Backward(m.Supervision) {
		if s.EndedAt.IsZero() && !s.DueAt.IsZero() && flow.Open(state) { // the latest one holds
			out = append(out, Clock{Clock: limits.Clock{Limit: limits.Limit{Kind: DemandNotice}}, Demand: s.DueAt})
			break
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
	h.Open = flow.Open(flow.State(m.Lead.State)) || m.assists()
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
