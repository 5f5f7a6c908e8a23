package casefile

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/lead/limits"
	"zhuanban/store"
)

// exclude takes days out of the limits, from tomorrow on: the day on which something is
// sent to be inspected is the unit's own.
func exclude(ctx context.Context, a *act) error {
	from := calendar.DateOf(a.t.Now).AddDays(1)
	until := calendar.DateOf(a.args.until.Add(-time.Second))
	s := store.Span{LeadID: a.m.Lead.ID, Kind: store.Inspection, From: from.String(), Until: until.String(), Reason: a.args.word,
		AskedBy: a.t.Person.Account, AskedAt: a.t.Now, AnsweredBy: a.t.Person.Account, AnsweredAt: a.t.Now, Status: store.SpanHolds}
	a.event.Days, a.event.Text = from.DaysUntil(until)+1, a.args.without(a.args.text)
	return a.addSpan(ctx, s)
}

// addSpan writes a span, also where the clocks of this turn read it.
func (a *act) addSpan(ctx context.Context, s store.Span) error {
	s.ID = a.t.Tx.NewID()
	a.m.Spans = append(a.m.Spans, s)
	return a.t.Tx.Spans().Put(ctx, s)
}

// putSpan writes a changed span likewise.
func (a *act) putSpan(ctx context.Context, s store.Span) error {
	i := slices.IndexFunc(a.m.Spans, func(o store.Span) bool { return o.ID == s.ID })
	a.m.Spans[i] = s
	return a.t.Tx.Spans().Put(ctx, s)
}

// extend asks for more time, or, said by the head, gives it.
func extend(ctx context.Context, a *act) error {
	kind := limits.Check
	if flow.InCase(flow.State(a.m.Lead.State)) {
		kind = limits.Decide
	}
	l, _ := limits.Of(kind)
	for _, s := range a.m.Spans {
		if s.Kind == store.Extension && s.Limit == string(kind) && s.Status != store.SpanRefused {
			a.why = "extended"
			return nil
		}
	}
	units := l.Extend
	if a.args.days > 0 {
		units = min(units, a.args.days)
	}
	s := store.Span{LeadID: a.m.Lead.ID, Kind: store.Extension, Limit: string(kind), Units: int64(units), Reason: a.args.text,
		AskedBy: a.t.Person.Account, AskedAt: a.t.Now, Status: store.SpanAsked}
	if approves, _ := flow.Find(flow.ApproveExtend); flow.Entitled(approves, a.m.Flow(), lead.Mover(a.t.Roster(), a.t.Person)) {
		s.Status, s.AnsweredBy, s.AnsweredAt = store.SpanHolds, a.t.Person.Account, a.t.Now
		a.move = approves
	}
	s.Reason = a.args.without(a.args.text)
	a.event.Text, a.event.Days, a.event.Workdays = s.Reason, units, kind == limits.Check
	return a.addSpan(ctx, s)
}

func approveExtension(ctx context.Context, a *act) error {
	return a.answerExtension(ctx, store.SpanHolds)
}
func refuseExtension(ctx context.Context, a *act) error {
	return a.answerExtension(ctx, store.SpanRefused)
}

func (a *act) answerExtension(ctx context.Context, status store.SpanStatus) error {
	s, ok := a.m.AskedSpan()
	if !ok {
		a.why = "nothing_asked"
		return nil
	}
	s.Status, s.AnsweredBy, s.AnsweredAt = status, a.t.Person.Account, a.t.Now
	a.event.Days, a.event.Workdays, a.event.Text = int(s.Units), s.Limit == string(limits.Check), a.args.text
	return a.putSpan(ctx, s)
}

// seize begins the limit of what is held: thirty days of sealing and seizing, seven
// workdays of goods that are registered and preserved.
func seize(ctx context.Context, a *act) error {
	kind := store.Seizure
	if strings.HasSuffix(a.args.word, "保存") {
		kind = store.Preserve
	}
	a.event.Text, a.event.Document = a.args.text, a.args.document
	err := a.addSpan(ctx, store.Span{LeadID: a.m.Lead.ID, Kind: kind, From: calendar.DateOf(a.t.Now).String(), Reason: a.args.text,
		AskedBy: a.t.Person.Account, AskedAt: a.t.Now, Status: store.SpanHolds})
	if err != nil || a.m.Case == nil {
		return err
	}
	return a.change(ctx, a.m.Case)
}

// lift frees what is held.
func lift(ctx context.Context, a *act) error {
	lifted := false
	for _, s := range a.m.Spans {
		if (s.Kind != store.Seizure && s.Kind != store.Preserve) || s.Status != store.SpanHolds {
			continue
		}
		lifted = true
		s.Until, s.Status, s.AnsweredBy, s.AnsweredAt = calendar.DateOf(a.t.Now).String(), store.SpanLifted, a.t.Person.Account, a.t.Now
		if err := a.putSpan(ctx, s); err != nil {
			return err
		}
	}
	if !lifted {
		a.why = "nothing_held"
	}
	a.event.Text, a.event.Document = a.args.text, a.args.document
	return nil
}

// suspend lets the limits stand still from today on.
func suspend(ctx context.Context, a *act) error {
	a.event.Text = a.args.text
	return a.addSpan(ctx, store.Span{LeadID: a.m.Lead.ID, Kind: store.Suspension, From: calendar.DateOf(a.t.Now).String(), Reason: a.args.text,
		AskedBy: a.t.Person.Account, AskedAt: a.t.Now, AnsweredBy: a.t.Person.Account, AnsweredAt: a.t.Now, Status: store.SpanHolds})
}

// resume lets them run again: yesterday was the last day that did not count.
func resume(ctx context.Context, a *act) error {
	a.event.Text = a.args.text
	for _, s := range a.m.Spans {
		if s.Kind != store.Suspension || s.Until != "" || s.Status != store.SpanHolds {
			continue
		}
		until := calendar.DateOf(a.t.Now).AddDays(-1).String()
		if s.Until = until; until < s.From {
			s.Until, s.Status = s.From, store.SpanRefused // suspended and resumed on one day: every day counts
		}
		if err := a.putSpan(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
