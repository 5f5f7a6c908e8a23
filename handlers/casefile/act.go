package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"zhuanban/bot"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// act is one move being made with one lead.
type act struct {
	*Duty
	t      *bot.Turn
	m      *lead.Matter
	move   flow.Move
	args   args
	event  lead.EventData
	former string // the unit that had it before
	why    string // why it was not done, in the end: a template's word
	quiet  bool   // the move has said all itself
}

// ActView is what was done, for the one who did it and those who hear of it.
type ActView struct {
	lead.View
	Short, Actor, Word string
	Did                lead.EventView // what was read of what was said
	Why                string
	Reader             bool // the reader may open the lead
}

// do makes the move: the records, the event, the notices. done is false if the records do
// not allow it after all, which why tells, or the move has said all itself.
func (a *act) do(ctx context.Context) (done bool, err error) {
	from := flow.State(a.m.Lead.State)
	a.former = a.m.Flow().Handling
	if effect, ok := effects[a.move.Name]; ok {
		if err := effect(ctx, a); err != nil {
			return false, a.errorf(a.m, string(a.move.Name), err)
		}
	}
	if a.why != "" || a.quiet {
		return false, nil
	}
	to := a.move.Target(from, flow.State(a.m.Handling.Before))
	if to == flow.Assigned && a.move.Name != flow.Assign && a.works() {
		to = flow.Accepted // whoever works on it has it
	}
	switch {
	case a.move.Back:
		a.m.Handling.Before = ""
	case to == flow.Returned, to == flow.Conference, to == flow.Suspended, to == flow.TransferredPolice:
		a.m.Handling.Before = store.LeadState(from)
		if to == flow.TransferredPolice && (from == flow.Assigned || from == flow.Accepted) {
			a.m.Handling.Before = store.LeadState(flow.Checking) // it has been checked, should the police not file
		}
	}
	a.m.Lead.State = store.LeadState(to)
	a.outcome(from, to)
	return true, a.record(ctx, from, to)
}

// outcome puts down what the checking of the lead ended with, once.
func (a *act) outcome(from, to flow.State) {
	h := &a.m.Handling
	switch {
	case a.move.Outcome() && flow.BeforeOutcome(from):
		h.Outcome, h.OutcomeAt = string(to), a.t.Now
	case a.move.Back && flow.BeforeOutcome(to):
		h.Outcome, h.OutcomeAt = "", zero
	}
	if h.RoutedAt.IsZero() && to != flow.Registered && to != flow.Returned && to != flow.Withdrawn {
		h.RoutedAt = a.t.Now
	}
	if h.AcceptedAt.IsZero() && a.works() && to != flow.Triaged && to != flow.Returned {
		h.AcceptedAt, h.Person = a.t.Now, a.t.Person.Account
	}
}

// works says whether the speaker is of the unit that had the lead before the move.
func (a *act) works() bool { return a.former != "" && a.t.Person.Unit == a.former }

// record writes the lead, how it is handled and the event, and tells who is to hear.
func (a *act) record(ctx context.Context, from, to flow.State) error {
	a.event.From, a.event.To, a.event.Word = string(from), string(to), a.word()
	data, err := json.Marshal(a.event)
	if err != nil {
		return fmt.Errorf("encoding an event: %w", err)
	}
	e := store.LeadEvent{ID: a.t.Tx.NewID(), At: a.t.Now, Actor: a.t.Person.Account, Kind: string(a.move.Name), Data: data}
	if err := a.lead.Save(ctx, a.t.Tx, a.m, e); err != nil {
		return a.errorf(a.m, string(a.move.Name), err)
	}
	if a.m, err = a.lead.Load(ctx, a.t.Tx, a.m.Lead); err != nil {
		return err
	}
	return a.tell(ctx)
}

// word is what the move is called here: as it was ordered, if that is one of its words.
func (a *act) word() string {
	if slices.Contains(a.move.Words, a.args.word) {
		return a.args.word
	}
	return a.move.Words[0]
}

// view is what was done, for the speaker.
func (a *act) view() ActView {
	v := ActView{View: a.lead.View(a.t, a.m), Short: short(a.m.Lead.Number), Actor: a.t.Person.Name, Word: a.word(), Why: a.why, Reader: true}
	v.Did = lead.EventView{At: a.t.Now, Actor: a.t.Person.Name, Kind: string(a.move.Name), Word: v.Word, Document: a.event.Document,
		Agency: a.event.Agency, Text: a.event.Text, Other: a.event.Other, Days: a.event.Days, Workdays: a.event.Workdays}
	if a.event.Unit != "" {
		v.Did.Unit = a.t.Roster().UnitName(a.event.Unit)
	}
	if a.event.Amount > 0 {
		v.Did.Amount = lead.Yuan(a.event.Amount)
	}
	return v
}

// reply says to the speaker what was done.
func (a *act) reply() { a.t.SayAbout(lead.Item(a.m.Lead.ID), "case.done", a.view()) }

// tell tells everybody who is to hear, once, and never the speaker.
func (a *act) tell(ctx context.Context) error {
	told := map[string]bool{a.t.Person.Account: true}
	for _, party := range a.move.Tells {
		for _, p := range a.party(party) {
			if told[p.Account] {
				continue
			}
			told[p.Account] = true
			v := a.viewFor(p)
			a.t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: a.template(party), Data: v,
				Item: lead.Item(a.m.Lead.ID), Urgent: a.urgent(party)})
		}
	}
	followers, err := a.t.Tx.Followers().Of(ctx, a.m.Lead.ID)
	if err != nil {
		return err
	}
	for _, account := range followers {
		p, ok := a.t.Roster().Person(account)
		if !ok || told[p.Account] || !a.m.Sees(a.t.Roster(), p) {
			continue
		}
		told[p.Account] = true
		a.t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: "case.follower", Data: a.viewFor(p), Item: lead.Item(a.m.Lead.ID)})
	}
	return nil
}

// viewFor is what was done as another person sees it.
func (a *act) viewFor(p bot.Person) ActView {
	v := a.view()
	v.Standing = a.lead.Stand(a.t.Roster(), p, a.t.Now, a.m)
	v.Full = p.SeesAll() || a.m.Handles(a.t.Roster(), p)
	v.Reader = a.m.Sees(a.t.Roster(), p)
	if !v.Full && a.move.Name != flow.AskMore {
		v.Did.Text, v.Did.Document, v.Did.Agency, v.Did.Amount = "", "", "", ""
	}
	return v
}

// party lists the people of a party.
func (a *act) party(p flow.Party) []bot.Person {
	r, h := a.t.Roster(), a.m.Handling
	switch p {
	case flow.ToReporter:
		if who, ok := r.Person(a.m.Lead.Reporter); ok {
			return []bot.Person{who}
		}
	case flow.ToUnit:
		if !h.AssignedAt.IsZero() {
			return r.Of(h.Unit, bot.Filer, bot.Head)
		}
	case flow.ToFormer:
		if a.former != "" && a.former != h.Unit {
			return r.Of(a.former, bot.Filer, bot.Head)
		}
	case flow.ToHead:
		return r.Of(h.Unit, bot.Head)
	case flow.ToOffice:
		return r.WithRole(bot.Director, bot.Clerk)
	case flow.ToDirector:
		return r.WithRole(bot.Director)
	case flow.ToChief:
		return r.WithRole(bot.Chief)
	}
	return nil
}

// template is how a party hears of the move.
func (a *act) template(p flow.Party) string {
	switch {
	case p == flow.ToUnit && a.move.Name == flow.Assign:
		return "case.assigned"
	case p == flow.ToFormer, p == flow.ToUnit && a.move.Name == flow.Merge:
		return "case.taken"
	case p == flow.ToHead && a.move.Name == flow.Extend:
		return "case.extension"
	case p == flow.ToChief && a.move.Name == flow.ProposePolice:
		return "case.police"
	case p == flow.ToReporter && a.move.Name == flow.AskMore:
		return "case.more"
	case p == flow.ToReporter:
		return "case.reporter"
	}
	return "case.notice"
}

// urgent says whether a party cannot wait for the morning: what must be decided or done
// within hours.
func (a *act) urgent(p flow.Party) bool {
	switch a.move.Name {
	case flow.ProposePolice, flow.ApprovePolice:
		return true
	case flow.Assign:
		return p == flow.ToUnit && a.m.Lead.Urgency == lead.UrgencyCritical
	}
	return false
}

// ResultView is what became of an order about many leads.
type ResultView struct {
	Word  string
	Lines []ActView
	Done  int
}

// batch does an order with many leads, each by itself, and says what became of each.
func (d *Duty) batch(ctx context.Context, t *bot.Turn, o order) error {
	v := ResultView{Word: o.word}
	for _, n := range o.numbers {
		l, err := t.Tx.Leads().ByNumber(ctx, n)
		ok, err := found(err)
		if err != nil {
			return fmt.Errorf("looking for %s: %w", n, err)
		}
		line := ActView{View: lead.View{Number: n}, Why: "unknown"}
		if ok {
			m, err := d.lead.Load(ctx, t.Tx, l)
			if err != nil {
				return err
			}
			if m.Sees(t.Roster(), t.Person) {
				if line, err = d.one(ctx, t, m, o); err != nil {
					return err
				}
			}
		}
		if line.Why == "" {
			v.Done++
		}
		v.Lines = append(v.Lines, line)
	}
	if missing := v.missing(); len(missing) > 0 && v.Done == 0 {
		t.Say("case.ask_many", AskView{Word: o.word, Short: short(o.numbers[0]), Missing: missing})
		return nil
	}
	t.Say("case.batch", v)
	return nil
}

// one does an order with one lead of many.
func (d *Duty) one(ctx context.Context, t *bot.Turn, m *lead.Matter, o order) (ActView, error) {
	mv, refusal := d.choose(t, m, o)
	a := act{Duty: d, t: t, m: m, move: mv}
	if !refusal.OK() {
		v := ActView{View: d.lead.View(t, m), Why: string(refusal.Why)}
		return v, nil
	}
	a.args = d.parse(t, mv, o)
	if lacking := a.args.missing(mv); len(lacking) > 0 {
		v := a.view()
		v.Why = lackingOf + lacking[0]
		return v, nil
	}
	_, err := a.do(ctx)
	return a.view(), err
}

// lackingOf begins the reason of what was not done because something was missing.
const lackingOf = "need:"

// missing is what every line lacks.
func (v ResultView) missing() []string {
	var out []string
	for _, l := range v.Lines {
		if len(l.Why) > len(lackingOf) && l.Why[:len(lackingOf)] == lackingOf && !slices.Contains(out, l.Why[len(lackingOf):]) {
			out = append(out, l.Why[len(lackingOf):])
		}
	}
	return out
}
