package casefile

import (
	"context"
	"fmt"
	"strings"
	"time"

	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/flow"
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
	flow.Seize:         seize,
	flow.Lift:          lift,
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
