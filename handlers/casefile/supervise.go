package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// pressedFor is how many workdays a notice gives where it names no day.
const pressedFor = 3

// proposed is the kind of event that keeps the draft of a notice.
const proposed = "supervise_proposed"

// proposeSupervision drafts a notice: who may sign it gets a card to sign by a tap, and
// until then nobody is pressed.
func proposeSupervision(ctx context.Context, a *act) error {
	a.quiet = true
	if a.m.Flow().Handling == "" {
		a.quiet, a.why = false, "no_unit"
		return nil
	}
	a.event.Text, a.event.Days = a.args.text, a.args.days
	data, err := json.Marshal(a.event)
	if err != nil {
		return fmt.Errorf("encoding a draft: %w", err)
	}
	err = a.lead.Save(ctx, a.t.Tx, a.m, store.LeadEvent{ID: a.t.Tx.NewID(), At: a.t.Now, Actor: a.t.Person.Account, Kind: proposed, Data: data})
	if err != nil {
		return err
	}
	v := a.view()
	if a.t.Person.Role == bot.Director || a.t.Person.Leader() {
		a.t.SayAbout(lead.Item(a.m.Lead.ID), "case.draft", v)
		return nil
	}
	for _, p := range a.t.Roster().WithRole(bot.Director) {
		a.t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: "case.draft", Data: a.viewFor(p), Item: lead.Item(a.m.Lead.ID)})
	}
	a.t.Say("case.drafted", v)
	return nil
}

// sign gives a drafted notice its number and presses the unit.
func (d *Duty) sign(ctx context.Context, t *bot.Turn, arg string) error {
	m, err := d.lead.Open(ctx, t, bot.ID(arg))
	if err != nil || m == nil {
		return err
	}
	a := act{Duty: d, t: t, m: m}
	a.move, _ = flow.Find(flow.Supervise)
	if t.Person.Role != bot.Director && !t.Person.Leader() || m.Flow().Handling == "" || !flow.Open(flow.State(m.Lead.State)) {
		t.Say("bot.stale", nil)
		return nil
	}
	draft, err := a.draft(ctx)
	if err != nil {
		return err
	}
	if draft == nil {
		t.Say("bot.stale", nil)
		return nil
	}
	due := t.Now
	if due, err = d.pressUntil(t.Now, draft.Days); err != nil {
		t.Say("case.no_calendar", nil)
		return nil
	}
	year := t.Now.In(calendar.Shanghai).Year()
	n, err := t.Tx.Counters().Next(ctx, fmt.Sprintf("supervision:%d", year))
	if err != nil {
		return fmt.Errorf("numbering a notice: %w", err)
	}
	s := store.Supervision{ID: t.Tx.NewID(), Number: fmt.Sprintf("%s〔%d〕%d号", d.cfg.Notice, year, n), LeadID: m.Lead.ID, Unit: m.Handling.Unit,
		Cause: draft.Text, DueAt: due, SignedBy: t.Person.Account, SignedAt: t.Now}
	if err := t.Tx.Supervisions().Insert(ctx, s); err != nil {
		return err
	}
	m.Supervision = append(m.Supervision, s)
	m.Handling.Supervised++
	a.event = lead.EventData{Other: s.Number, Text: draft.Text, Unit: s.Unit}
	a.former, a.move.Tells = m.Flow().Handling, []flow.Party{flow.ToUnit, flow.ToOffice}
	state := flow.State(m.Lead.State)
	if err := a.record(ctx, state, state); err != nil {
		return err
	}
	a.reply()
	return nil
}

// pressUntil is the moment after the last day that a notice gives.
func (d *Duty) pressUntil(now time.Time, days int) (time.Time, error) {
	today := calendar.DateOf(now)
	if days > 0 {
		return today.AddDays(days + 1).Time(), nil
	}
	last, err := d.cfg.Calendar.Add(today, pressedFor)
	return last.AddDays(1).Time(), err
}

// draft is the notice that waits to be signed: the last one drafted, or one for being
// late; nil if the last one was signed already.
func (a *act) draft(ctx context.Context) (*lead.EventData, error) {
	events, err := a.t.Tx.LeadEvents().List(ctx, a.m.Lead.ID)
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(events) {
		switch e.Kind {
		case proposed:
			var data lead.EventData
			return &data, json.Unmarshal(e.Data, &data)
		case string(flow.Supervise):
			return a.late(), nil
		}
	}
	return a.late(), nil
}

// late is a draft of its own making, for a lead that is late and not pressed yet.
func (a *act) late() *lead.EventData {
	h := a.m.Handling
	if h.DueAt.IsZero() || a.t.Now.Before(h.DueAt) || slices.ContainsFunc(a.m.Supervision, func(s store.Supervision) bool { return s.EndedAt.IsZero() }) {
		return nil
	}
	return &lead.EventData{}
}

// endSupervision takes the notices off.
func endSupervision(ctx context.Context, a *act) error {
	n, err := a.t.Tx.Supervisions().End(ctx, a.m.Lead.ID, a.t.Now)
	if err != nil {
		return err
	}
	if n == 0 {
		a.why = "not_supervised"
		return nil
	}
	for i := range a.m.Supervision {
		if a.m.Supervision[i].EndedAt.IsZero() {
			a.m.Supervision[i].EndedAt = a.t.Now
		}
	}
	a.m.Handling.Supervised = 0
	a.event.Text = a.args.text
	return nil
}
