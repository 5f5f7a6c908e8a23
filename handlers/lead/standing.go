package lead

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/dialog"
	"zhuanban/bot/zh"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/lead/limits"
	"zhuanban/handlers/lead/threshold"
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
	Waits, Approved                bool // for the decision; decided, not sent yet
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
		if sp.Status != store.SpanRefused {
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
			Approved: tr.Kind == store.ToPolice && tr.SentAt.IsZero() && tr.Approved})
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
		if i < 0 || !m.pends(name) || len(out) == most {
			continue
		}
		out = append(out, Action{string(name), possible[i].Words[0], m.Lead.ID})
	}
	return out
}

// pends says whether a move that answers something has something to answer.
func (m *Matter) pends(n flow.Name) bool {
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

// limits are the limits that run, as of now.
func (d *Duty) limits(m *Matter, now time.Time) []LimitView {
	var out []LimitView
	for _, c := range m.Clocks() {
		out = append(out, d.limit(c, now))
	}
	return out
}

func (d *Duty) limit(c Clock, now time.Time) LimitView {
	v := LimitView{Kind: string(c.Kind), Law: c.Law, Article: c.Article, Extended: c.More, ByHour: c.Unit == limits.Hours}
	due, still, err := c.Due(d.cfg.Calendar)
	var s limits.Standing
	if err == nil && !still {
		s, err = c.Stand(d.cfg.Calendar, due, now)
	}
	var missing calendar.MissingYear
	if errors.As(err, &missing) {
		v.Year = missing.Year
		return v
	}
	v.Still, v.Due, v.Last, v.Level, v.Left, v.Hours = still, due, due.Add(-time.Second), string(s.Level), s.Left, s.Hours
	v.ByDay, v.Days = c.Unit == limits.Days || c.Unit == limits.Strict, s.Days
	return v
}

func spanView(r *bot.Roster, s store.Span) SpanView {
	v := SpanView{Extension: s.Kind == store.Extension, Workdays: s.Limit == string(limits.Check), Asked: s.Status == store.SpanAsked, Units: int(s.Units), Reason: s.Reason,
		By: r.PersonName(s.AnsweredBy)}
	from, err := calendar.ParseDate(s.From)
	if err != nil {
		return v
	}
	v.From, v.Open = from.Time(), s.Until == ""
	if until, err := calendar.ParseDate(s.Until); err == nil {
		v.Until, v.Days = until.Time(), from.DaysUntil(until)+1
	}
	return v
}

// Yuan shows an amount in 元.
func Yuan(fen int64) string {
	return (&dialog.Field{Type: dialog.Money, Unit: "元"}).Show(dialog.Value{Num: zh.Num(fen)})
}

// Tags are the fields of a case that weekly figures count, in the words of the table.
func Tags(c store.Case) []string {
	var out []string
	for _, f := range []struct {
		is   bool
		word string
	}{{c.Ecom, "电商"}, {c.Live, "直播带货"}, {c.Market, "重点市场"}, {c.Rural, "农村"}, {c.Local, "本地品牌"}, {c.Abroad, "外商"}} {
		if f.is {
			out = append(out, f.word)
		}
	}
	return out
}

func (d *Duty) caseView(m *Matter) *CaseView {
	c := m.Case
	if c == nil {
		return nil
	}
	v := &CaseView{Number: c.Number, Cause: d.label("violation", c.Cause), Decision: c.Decision, Filed: c.FiledAt, Decided: c.DecidedAt,
		Closed: c.ClosedAt, Tags: Tags(*c)}
	money := func(fen int64) string {
		if fen == 0 {
			return ""
		}
		return Yuan(fen)
	}
	v.Value, v.Fine, v.Seized = money(c.Value), money(c.Fine), money(c.Seized)
	if c.Goods > 0 {
		v.Goods = zh.FromInt(c.Goods).Grouped()
	}
	return v
}

// label is what the form calls a value.
func (d *Duty) label(key, value string) string {
	if fd, ok := d.cfg.Form.Field(key); ok && value != "" {
		return fd.Show(dialog.Value{Text: value})
	}
	return value
}

func hintViews(hints []threshold.Hint) []HintView {
	var out []HintView
	for _, h := range hints {
		v := HintView{Level: string(h.Level), Crime: string(h.Crime), Measure: string(h.Measure), Is: Yuan(h.Is), On: h.On.String(),
			OldArticle: h.Article[threshold.Old], Article: h.Article[h.Cited()], Source: h.Source[h.Cited()], Cited: string(h.Cited()), Version: string(h.In)}
		if n := h.Figure[threshold.Old]; n > 0 {
			v.Old = Yuan(n)
		}
		if n := h.Figure[threshold.Current]; n > 0 {
			v.Current = Yuan(n)
		}
		out = append(out, v)
	}
	return out
}

// EventData is what an event of a lead's timeline keeps beside its kind.
type EventData struct {
	Count    int    `json:"count,omitempty"`
	Word     string `json:"word,omitempty"` // by which the move was ordered
	From     string `json:"from,omitempty"` // the states
	To       string `json:"to,omitempty"`
	Unit     string `json:"unit,omitempty"`
	Document string `json:"document,omitempty"`
	Agency   string `json:"agency,omitempty"`
	Text     string `json:"text,omitempty"`
	Other    string `json:"other,omitempty"` // another lead's number, or a notice's
	Amount   int64  `json:"amount,omitempty"`
	Days     int    `json:"days,omitempty"`
	Workdays bool   `json:"workdays,omitempty"` // the days are
}

// event prepares an event for a template. Whoever does not handle the lead hears what
// happened and not what was written.
func (d *Duty) event(t *bot.Turn, e store.LeadEvent, full bool) EventView {
	ev := EventView{At: e.At, Actor: t.Roster().PersonName(e.Actor), Kind: e.Kind}
	var data EventData
	if len(e.Data) > 0 && json.Unmarshal(e.Data, &data) != nil {
		return ev
	}
	ev.Count, ev.Unit = data.Count, ""
	if m, ok := flow.Find(flow.Name(e.Kind)); ok {
		ev.Word = m.Words[0]
	}
	if data.Word != "" {
		ev.Word = data.Word
	}
	if data.Unit != "" {
		ev.Unit = t.Roster().UnitName(data.Unit)
	}
	ev.Days, ev.Workdays, ev.Other = data.Days, data.Workdays, data.Other
	if full {
		ev.Document, ev.Agency, ev.Text = data.Document, data.Agency, data.Text
		if data.Amount > 0 {
			ev.Amount = Yuan(data.Amount)
		}
	}
	return ev
}

// DueView is the next thing that is due of a lead, as of now.
func (d *Duty) DueView(h store.Handling, now time.Time) LimitView {
	l, ok := limits.Of(limits.Kind(h.DueKind))
	if !ok {
		l = limits.Limit{Kind: limits.Kind(h.DueKind)}
	}
	return d.limit(Clock{Clock: limits.Clock{Limit: limits.Limit{Kind: l.Kind, Unit: l.Unit, N: l.N}}, Demand: h.DueAt}, now)
}
