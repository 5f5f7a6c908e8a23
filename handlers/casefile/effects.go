package casefile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/lead/limits"
	"zhuanban/handlers/lead/triage"
	"zhuanban/store"
)

var zero time.Time

// effects are what the moves do to the records beside moving the lead on. A move that is
// not here does nothing else.
var effects = map[flow.Name]func(context.Context, *act) error{
	flow.Assign:        assign,
	flow.AskMore:       words,
	flow.Supplement:    supplement,
	flow.Refuse:        sendBack,
	flow.Feedback:      feedback,
	flow.Exclude:       exclude,
	flow.Extend:        extend,
	flow.ApproveExtend: approveExtension,
	flow.RefuseExtend:  refuseExtension,
	flow.NotFile:       words,
	flow.Confer:        words,
	flow.EndConference: words,
	flow.Suspend:       suspend,
	flow.Resume:        resume,
	flow.Merge:         merge,
	flow.Link:          link,
	flow.Supervise:     proposeSupervision,
	flow.EndSupervise:  endSupervision,
	flow.Tell:          inform,

	flow.File:      fileCase,
	flow.CaseFacts: caseFacts,
	flow.Decide:    decide,
	flow.Close:     closeCase,

	flow.HandOver:      handOver,
	flow.TransferOther: handOver,
	flow.ProposePolice: proposePolice,
	flow.ApprovePolice: approvePolice,
	flow.RefusePolice:  refusePolice,
	flow.TransferSent:  sendToPolice,
	flow.PoliceFiled:   policeAnswer,
	flow.PoliceRefused: policeAnswer,
	flow.Assist:        assist,
}

// words keeps what was said with the event.
func words(_ context.Context, a *act) error {
	a.event.Text = a.args.text
	return nil
}

// supplement adds what was missing: what the form of registration recognises of it fills
// what was not known.
func supplement(_ context.Context, a *act) error {
	a.event.Text = a.args.text
	a.lead.Fill(a.t, a.m, a.args.text)
	return nil
}

// assign gives the lead to a unit, for the way that was suggested if it is that unit's.
func assign(_ context.Context, a *act) error {
	h := &a.m.Handling
	h.Route = string(triage.Local)
	if s, ok := a.lead.Suggest(a.m); ok && (s.Unit == a.args.unit || s.Unit == "") {
		h.Route = string(s.Route)
	}
	h.Unit, h.AssignedAt, h.AcceptedAt, h.Person = a.args.unit, a.t.Now, zero, ""
	h.DemandAt, h.Note = a.args.until, a.args.text
	a.event.Unit, a.event.Text, a.event.Days, a.event.Workdays = a.args.unit, a.args.text, a.args.days, a.args.workdays
	return nil
}

// sendBack gives the lead back to the office.
func sendBack(_ context.Context, a *act) error {
	h := &a.m.Handling
	h.Refused = append(h.Refused, h.Unit)
	a.event.Text = a.args.text
	h.Unit, h.AssignedAt, h.AcceptedAt, h.Person, h.DemandAt = h.Origin, zero, zero, "", zero
	return nil
}

// feedback is what a unit tells of its work.
func feedback(_ context.Context, a *act) error {
	a.event.Text, a.event.Document = a.args.text, a.args.document
	h := &a.m.Handling
	if h.ToldAt = a.t.Now; strings.Contains(h.Note, "反馈") {
		h.DemandAt = zero // 「三天内反馈」: it has been
	}
	return nil
}

// inform is that whoever it came from was told of the outcome.
func inform(_ context.Context, a *act) error {
	a.event.Text = a.args.text
	a.m.Handling.InformedAt = a.t.Now
	return nil
}

// exclude takes days out of the limits, from tomorrow on: the day on which something is
// sent to be inspected is the unit's own.
func exclude(ctx context.Context, a *act) error {
	from := calendar.DateOf(a.t.Now).AddDays(1)
	until := calendar.DateOf(a.args.until.Add(-time.Second))
	s := store.Span{LeadID: a.m.Lead.ID, Kind: store.Inspection, From: from.String(), Until: until.String(), Reason: a.args.word,
		AskedBy: a.t.Person.Account, AskedAt: a.t.Now, AnsweredBy: a.t.Person.Account, AnsweredAt: a.t.Now, Status: store.SpanHolds}
	a.event.Days, a.event.Text = from.DaysUntil(until)+1, trim(daysWord.ReplaceAllString(a.args.text, ""))
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
		a.move.Tells = []flow.Party{flow.ToUnit, flow.ToOffice}
		a.event.Other = "approved"
	}
	a.event.Text, a.event.Days, a.event.Workdays = a.args.text, units, kind == limits.Check
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

// another loads the other lead that an order names.
func (a *act) another(ctx context.Context) (*lead.Matter, error) {
	l, err := a.t.Tx.Leads().ByNumber(ctx, a.args.other)
	ok, err := found(err)
	if err != nil {
		return nil, fmt.Errorf("looking for %s: %w", a.args.other, err)
	}
	if !ok || l.ID == a.m.Lead.ID {
		a.why = "no_other"
		return nil, nil
	}
	o, err := a.lead.Load(ctx, a.t.Tx, l)
	if err == nil && !o.Sees(a.t.Roster(), a.t.Person) {
		a.why = "no_other"
		return nil, nil
	}
	a.event.Other = a.args.other
	return o, err
}

// merge makes the lead part of another one.
func merge(ctx context.Context, a *act) error {
	o, err := a.another(ctx)
	if err != nil || o == nil {
		return err
	}
	if !flow.Open(flow.State(o.Lead.State)) {
		a.why = "other_ended"
		return nil
	}
	a.m.Handling.MergedInto = o.Lead.ID
	return a.note(ctx, o, flow.Merge)
}

// link makes the lead and another one a series.
func link(ctx context.Context, a *act) error {
	o, err := a.another(ctx)
	if err != nil || o == nil {
		return err
	}
	series := o.Handling.Series
	if series == "" {
		series = a.m.Handling.Series
	}
	if series == "" {
		series = o.Lead.Number
	}
	a.m.Handling.Series, o.Handling.Series = series, series
	return a.note(ctx, o, flow.Link)
}

// note writes on the other lead's timeline what was done with this one.
func (a *act) note(ctx context.Context, o *lead.Matter, n flow.Name) error {
	return a.lead.Save(ctx, a.t.Tx, o, store.LeadEvent{ID: a.t.Tx.NewID(), At: a.t.Now, Actor: a.t.Person.Account, Kind: string(n),
		Data: fmt.Appendf(nil, `{"other":%q}`, a.m.Lead.Number)})
}

// oneLine joins what was said into a line.
func oneLine(parts ...string) string { return strings.TrimSpace(strings.Join(parts, " ")) }
