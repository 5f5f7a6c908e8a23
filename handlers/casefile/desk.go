package casefile

import (
	"context"

	"zhuanban/bot"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// Waits are the states of leads that wait for the office.
var waits = []store.LeadState{store.LeadState(flow.Registered), store.LeadState(flow.Triaged)}

const (
	// shownAtDesk is how many leads of the queue fit on a phone.
	shownAtDesk = 8
	// buttonsAtDesk is how many of them have a button of their own.
	buttonsAtDesk = 3
)

// DeskView is the office's queue.
type DeskView struct {
	Total   int64
	Late    int64 // of all leads, how many things are late
	Leads   []lead.View
	All     int // of those shown, how many have a unit suggested
	Buttons []lead.Action
}

// desk is 「研判」: the leads that wait, with a suggestion for each; 「研判 132」 is one of
// them.
func (d *Duty) desk(ctx context.Context, t *bot.Turn, rest string) error {
	if rest != "" {
		number, ok := d.lead.Number(rest, t.Now)
		if !ok {
			t.Say("lead.which", rest)
			return nil
		}
		m, err := d.lead.Find(ctx, t, number)
		if err != nil || m == nil {
			return err
		}
		return d.lead.Tell(ctx, t, m)
	}
	if !t.Person.Office() {
		return d.tasks(ctx, t, "")
	}
	var v DeskView
	for _, s := range waits {
		n, err := t.Tx.Leads().InState(ctx, s)
		if err != nil {
			return err
		}
		v.Total += n
	}
	queue, err := d.queue(ctx, t, shownAtDesk)
	if err != nil {
		return err
	}
	for _, m := range queue {
		one := d.lead.View(t, m)
		v.Leads = append(v.Leads, one)
		if s := one.Standing.Suggest; s != nil && s.UnitID != "" {
			if v.All++; len(v.Buttons) < buttonsAtDesk {
				v.Buttons = append(v.Buttons, lead.Action{Move: s.Unit, Label: short(m.Lead.Number), ID: m.Lead.ID})
			}
		}
	}
	late, err := t.Tx.Handlings().Due(ctx, t.Now, 1000)
	if err != nil {
		return err
	}
	v.Late = int64(len(late))
	t.Say("case.desk", v)
	return nil
}

// queue is the leads that wait for the office.
func (d *Duty) queue(ctx context.Context, t *bot.Turn, limit int) ([]*lead.Matter, error) {
	leads, err := t.Tx.Leads().Waiting(ctx, waits, limit)
	if err != nil {
		return nil, err
	}
	var out []*lead.Matter
	for _, l := range leads {
		m, err := d.lead.Load(ctx, t.Tx, l)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// assignSuggested is the button 「按建议交办」 of one lead.
func (d *Duty) assignSuggested(ctx context.Context, t *bot.Turn, arg string) error {
	m, err := d.lead.Open(ctx, t, bot.ID(arg))
	if err != nil || m == nil {
		return err
	}
	a, ok := d.suggested(t, m)
	if !ok {
		t.Say("bot.stale", nil)
		return nil
	}
	done, err := a.do(ctx)
	if err == nil && done {
		a.reply()
	}
	return err
}

// suggested is the move that gives a lead to the unit that is suggested for it.
func (d *Duty) suggested(t *bot.Turn, m *lead.Matter) (*act, bool) {
	mv, _ := flow.Find(flow.Assign)
	s, ok := d.lead.Suggest(m)
	waiting := m.Lead.State == waits[0] || m.Lead.State == waits[1]
	if !ok || s.Unit == "" || !waiting || !flow.Check(mv, m.Flow(), lead.Mover(t.Roster(), t.Person)).OK() {
		return nil, false
	}
	return &act{Duty: d, t: t, m: m, move: mv, args: args{unit: s.Unit, word: mv.Words[0]}}, true
}

// assignAll gives every lead that waits to the unit that is suggested for it.
func (d *Duty) assignAll(ctx context.Context, t *bot.Turn, _ string) error {
	if !t.Person.Office() {
		t.Say("case.office_only", nil)
		return nil
	}
	queue, err := d.queue(ctx, t, most)
	if err != nil {
		return err
	}
	assign, _ := flow.Find(flow.Assign)
	v := ResultView{Word: assign.Words[0]}
	for _, m := range queue {
		a, ok := d.suggested(t, m)
		if !ok {
			line := ActView{View: d.lead.View(t, m), Why: "no_suggestion"}
			v.Lines = append(v.Lines, line)
			continue
		}
		if _, err := a.do(ctx); err != nil {
			return err
		}
		v.Lines = append(v.Lines, a.view())
		v.Done++
	}
	t.Say("case.batch", v)
	return nil
}
