package lead

import (
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// Standing is how a lead is handled, as the templates show it.
type Standing struct {
	Route, Handling, Person string // the way, the unit and who accepted it
	Assigned                time.Time
	Limits                  []LimitView
	Excluded                []SpanView
	Case                    *CaseView
	Transfers               []TransferView
	Supervised              []string // numbers of notices that press it
	Refused                 []string // the units that sent it back
	Series                  []string // numbers of leads that belong to it
	Suggest                 *SuggestView
	Hints                   []HintView
	Actions                 []Action
}

// LimitView is a limit that runs. Year is the year that the calendar does not know; then
// there is no Due.
type LimitView struct {
	Kind, Level    string
	Left, Hours    int
	ByHour, Still  bool
	ByDay          bool // counted in days of the calendar: Days are left
	Days           int
	Due, Last      time.Time // the moment it is over, and the last day
	Law, Article   string
	Extended, Year int
}

// SpanView is time that was added or does not count.
type SpanView struct {
	Extension   bool
	Workdays    bool // an extension counts them; the limit of a case counts days
	Asked       bool // somebody has to agree yet
	Units, Days int
	From, Until time.Time
	Open        bool
	Reason, By  string
}

// CaseView is a case.
type CaseView struct {
	Number, Cause, Value, Fine, Goods, Seized, Decision string
	Filed, Decided, Closed                              time.Time
	Tags                                                []string
}

// TransferView is something that went out, or is to go.
type TransferView struct {
	Kind, Agency, Document, Answer string
	Persons                        int64
	Sent                           time.Time
	Waits, Approved, Refused       bool // for the decision; decided, not sent yet; decided against
}

// SuggestView is which way a lead should go.
type SuggestView struct {
	Route, Unit, UnitID, Why string
}

// HintView is a figure of reference that is reached.
type HintView struct {
	Level, Crime, Measure string
	Is, Old, Current      string
	OldArticle, Article   string
	Source, Cited         string // of the version that the fixed wording names
	Version               string
	On                    string
}

// Action is a button for a move.
type Action struct {
	Move, Label string
	ID          int64
}

// offered are the moves that are buttons on a lead's card, in their order.
var offered = []flow.Name{flow.Accept, flow.Refuse, flow.ApprovePolice, flow.RefusePolice, flow.ApproveExtend, flow.RefuseExtend,
	flow.File, flow.NotFile, flow.Decide, flow.Extend, flow.Supplement, flow.Resume, flow.Close, flow.Feedback}

// Rank is a move's place among those that a card offers, for saying them in that order;
// those that it does not offer come after.
func Rank(n flow.Name) int {
	if i := slices.Index(offered, n); i >= 0 {
		return i
	}
	return len(offered)
}

// most is how many of them a card has.
const most = 4

// Stand prepares how a lead stands for a person.
func (d *Duty) Stand(r *bot.Roster, p bot.Person, now time.Time, m *Matter) Standing {
	h := m.Handling
	s := Standing{Route: h.Route, Assigned: h.AssignedAt, Limits: d.limits(m, now)}
	if !h.AssignedAt.IsZero() {
		s.Handling = r.UnitName(h.Unit)
	}
	if h.Person != "" {
		s.Person = r.PersonName(h.Person)
	}
	for _, u := range h.Refused {
		s.Refused = append(s.Refused, r.UnitName(u))
	}
	for _, sp := range m.Spans {
		if sp.Status != store.SpanRefused && sp.Kind != store.Seizure && sp.Kind != store.Preserve {
			s.Excluded = append(s.Excluded, spanView(r, sp))
		}
	}
	for _, n := range m.Supervision {
		if n.EndedAt.IsZero() {
			s.Supervised = append(s.Supervised, n.Number)
		}
	}
	s.Case = d.caseView(m)
	for _, tr := range m.Transfers {
		s.Transfers = append(s.Transfers, TransferView{Kind: string(tr.Kind), Agency: tr.Agency, Document: tr.Document, Answer: tr.Answer,
			Persons: tr.Persons, Sent: tr.SentAt, Waits: tr.Kind == store.ToPolice && tr.SentAt.IsZero() && tr.DecidedAt.IsZero(),
			Approved: tr.Kind == store.ToPolice && tr.SentAt.IsZero() && tr.Approved,
			Refused:  tr.Kind == store.ToPolice && !tr.DecidedAt.IsZero() && !tr.Approved})
	}
	if p.Office() && (m.Lead.State == StateRegistered || m.Lead.State == store.LeadState(flow.Triaged)) {
		if g, ok := d.Suggest(m); ok {
			s.Suggest = &SuggestView{string(g.Route), r.UnitName(g.Unit), g.Unit, g.Why}
		}
	}
	if (p.Office() || m.Handles(r, p)) && m.hinted() {
		s.Hints = hintViews(m.Hints())
	}
	s.Actions = d.actions(r, p, m)
	return s
}

// hinted says whether hints at the criminal law are of use yet: while nothing is decided.
func (m *Matter) hinted() bool {
	state := flow.State(m.Lead.State)
	return flow.BeforeOutcome(state) || flow.InCase(state)
}

// actions are the buttons for what the person could do next.
func (d *Duty) actions(r *bot.Roster, p bot.Person, m *Matter) []Action {
	possible := flow.Possible(m.Flow(), Mover(r, p))
	var out []Action
	for _, name := range offered {
		i := slices.IndexFunc(possible, func(mv flow.Move) bool { return mv.Name == name })
		if i < 0 || !m.Pends(name) || len(out) == most {
			continue
		}
		out = append(out, Action{string(name), possible[i].Words[0], m.Lead.ID})
	}
	return out
}

// Pends says whether a move that answers something has something to answer.
func (m *Matter) Pends(n flow.Name) bool {
	switch n {
	case flow.ApproveExtend, flow.RefuseExtend:
		_, ok := m.AskedSpan()
		return ok
	case flow.Close:
		return !flow.InCase(flow.State(m.Lead.State))
	case flow.ApprovePolice, flow.RefusePolice:
		_, ok := m.ProposedTransfer()
		return ok
	}
	return true
}

// AskedSpan is the extension that somebody has asked for and nobody has answered.
func (m *Matter) AskedSpan() (store.Span, bool) {
	i := slices.IndexFunc(m.Spans, func(s store.Span) bool { return s.Status == store.SpanAsked })
	if i < 0 {
		return store.Span{}, false
	}
	return m.Spans[i], true
}

// ProposedTransfer is the transfer to the police that nobody has decided on.
func (m *Matter) ProposedTransfer() (store.Transfer, bool) {
	i := slices.IndexFunc(m.Transfers, func(t store.Transfer) bool {
		return t.Kind == store.ToPolice && t.SentAt.IsZero() && t.DecidedAt.IsZero()
	})
	if i < 0 {
		return store.Transfer{}, false
	}
	return m.Transfers[i], true
}
