package ledger

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/dialog"
	"zhuanban/bot/zh"
	"zhuanban/handlers/ledger/sheet"
	"zhuanban/store"
)

// view is what a row of the table is made with.
type view struct {
	*Duty
	roster *bot.Roster
	now    time.Time
	whole  bool // with personal data
	seq    int
	limits map[calendar.Date]calendar.Date // found → due, which many leads share
}

// sources are where the columns' values come from: the registration, how the lead is
// handled, its case, what went out. A column that nothing is known of has what was
// imported.
var sources = map[string]func(v *view, r store.LeadRow) any{
	"seq":        func(v *view, _ store.LeadRow) any { return v.seq },
	"number":     func(_ *view, r store.LeadRow) any { return r.Number },
	"registered": func(_ *view, r store.LeadRow) any { return day(r.RegisteredAt) },
	"source":     func(v *view, r store.LeadRow) any { return v.label("source", r.Source) },
	"unit":       func(v *view, r store.LeadRow) any { return v.roster.UnitName(r.Unit) },
	"subject":    func(v *view, r store.LeadRow) any { return v.name(r.Subject) },
	"content":    func(v *view, r store.LeadRow) any { return v.text(r.Content) },
	"violation":  func(v *view, r store.LeadRow) any { return v.label("violation", r.Violation) },
	"urgency":    func(v *view, r store.LeadRow) any { return v.label("urgency", r.Urgency) },
	"outcome":    func(_ *view, r store.LeadRow) any { return outcome(r) },
	"due":        func(v *view, r store.LeadRow) any { return v.due(r) },
	"overdue":    func(v *view, r store.LeadRow) any { return v.overdue(r) },

	"opinion":  handled(func(v *view, h *store.Handling) any { return v.text(h.Note) }),
	"route":    handled(func(_ *view, h *store.Handling) any { return routes[h.Route] }),
	"handler":  assigned(func(v *view, h *store.Handling) any { return v.roster.UnitName(h.Unit) }),
	"officer":  assigned(func(v *view, h *store.Handling) any { return v.person(h.Person) }),
	"assigned": assigned(func(_ *view, h *store.Handling) any { return day(h.AssignedAt) }),
	"fedback":  handled(func(_ *view, h *store.Handling) any { return day(later(h.InformedAt, h.ToldAt)) }),

	"extension":   func(v *view, r store.LeadRow) any { return v.extension(r.Spans) },
	"excluded":    func(v *view, r store.LeadRow) any { return v.excluded(r.Spans) },
	"transferred": func(v *view, r store.LeadRow) any { return v.transferred(r.Transfers) },

	"filed":   inCase(func(_ *view, c *store.Case) any { return join(c.Number, c.FiledAt) }),
	"penalty": inCase(func(_ *view, c *store.Case) any { return penalty(c) }),
	"closed":  inCase(func(_ *view, c *store.Case) any { return day(c.ClosedAt) }),
}

// handled is a value of how a lead is handled, where anybody has touched it.
func handled(value func(*view, *store.Handling) any) func(*view, store.LeadRow) any {
	return func(v *view, r store.LeadRow) any {
		if r.Handling == nil {
			return ""
		}
		return value(v, r.Handling)
	}
}

// assigned is handled for a lead that a unit was given.
func assigned(value func(*view, *store.Handling) any) func(*view, store.LeadRow) any {
	return handled(func(v *view, h *store.Handling) any {
		if h.AssignedAt.IsZero() {
			return ""
		}
		return value(v, h)
	})
}

func inCase(value func(*view, *store.Case) any) func(*view, store.LeadRow) any {
	return func(v *view, r store.LeadRow) any {
		if r.Case == nil {
			return ""
		}
		return value(v, r.Case)
	}
}

// routes are the ways that a lead is sent, by package triage's names.
var routes = map[string]string{"local": "本地查办", "police": "移送公安", "out": "移交外地", "other": "移送其他部门", "conference": "会商", "more": "退回补充"}

// outcomes are the states that say what came of a lead.
var outcomes = map[store.LeadState]string{"withdrawn": "登记人撤回", "filed": "立案", "investigating": "立案", "decided": "立案", "not_filed": "不予立案",
	"transferred_other": "移送其他部门", "transferred_out": "移交外地", "transferred_police": "移送公安机关", "merged": "并入其他线索"}

// outcome is what the checking ended with, also after the lead has gone on.
func outcome(r store.LeadRow) string {
	if o := outcomes[r.State]; o != "" || r.Handling == nil {
		return o
	}
	return outcomes[store.LeadState(r.Handling.Outcome)]
}

// unchecked are the states in which the limit for checking runs.
var unchecked = []store.LeadState{"registered", "triaged", "returned", "assigned", "accepted", "checking", "conference"}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// join is a document's number with its day.
func join(number string, at time.Time) string {
	if at.IsZero() {
		return number
	}
	return strings.TrimSpace(number + " " + calendar.DateOf(at).String())
}

// penalty is a decision with what is to be paid.
func penalty(c *store.Case) string {
	out := join(c.Decision, c.DecidedAt)
	if c.Fine > 0 {
		out += " 罚没" + zh.Num(c.Fine).String() + "万元" // the millionth of 万元 is a 分
	}
	return strings.TrimSpace(out)
}

// transferred is what went out last: to whom, with which document.
func (v *view) transferred(all []store.Transfer) string {
	for _, t := range slices.Backward(all) {
		if !t.SentAt.IsZero() {
			return v.text(strings.TrimSpace(t.Agency + " " + join(t.Document, t.SentAt)))
		}
	}
	return ""
}

// extension is who extended the limit for checking, and when.
func (v *view) extension(all []store.Span) string {
	var out []string
	for _, s := range all {
		if s.Kind == store.Extension && s.Status == store.SpanHolds {
			out = append(out, strings.TrimSpace(v.person(s.AnsweredBy)+" "+calendar.DateOf(s.AnsweredAt).String()))
		}
	}
	return strings.Join(out, ";")
}

// excluded is how many days do not count, those that go on up to now.
func (v *view) excluded(all []store.Span) any {
	days := 0
	for _, s := range all {
		from, err := calendar.ParseDate(s.From)
		if s.Kind == store.Extension || s.Status != store.SpanHolds || err != nil {
			continue
		}
		until, err := calendar.ParseDate(s.Until)
		if err != nil {
			until = calendar.DateOf(v.now)
		}
		days += max(0, from.DaysUntil(until)+1)
	}
	if days == 0 {
		return ""
	}
	return days
}

// person is a member of staff, whose name is no secret.
func (v *view) person(account string) string {
	if account == "" {
		return ""
	}
	return v.roster.PersonName(account)
}

// row is a lead as a row of the table.
func (v *view) row(cols []sheet.Column, r store.LeadRow) []any {
	v.seq++
	out := make([]any, len(cols))
	for i, c := range cols {
		var value any
		if from, ok := sources[c.Key]; ok {
			value = from(v, r)
		}
		if kept := r.Cells[c.Key]; kept != "" && (value == nil || value == "" || value == time.Time{}) {
			value = v.kept(c, kept)
		}
		if value == nil {
			value = ""
		}
		out[i] = value
	}
	return out
}

// kept is an imported cell in its column's kind.
func (v *view) kept(c sheet.Column, text string) any {
	switch c.Kind {
	case sheet.Date:
		if d, err := calendar.ParseDate(text); err == nil {
			return utc(d)
		}
	case sheet.Count:
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
	}
	if c.Key == "officer" {
		return v.name(text)
	}
	return v.text(text)
}

func (v *view) text(s string) string {
	if v.whole {
		return s
	}
	return Masked(s)
}

func (v *view) name(s string) string {
	if v.whole {
		return s
	}
	return MaskedName(Masked(s))
}

// label is an option's name.
func (d *Duty) label(field, value string) string {
	if fd, ok := d.cfg.Form.Field(field); ok && value != "" {
		return fd.Show(dialog.Value{Text: value})
	}
	return value
}

// checkDays is how many workdays the law gives for checking a lead (第十八条), counted
// from when it was found.
const checkDays = 15

// due is until when a lead has to be checked, with what was added; zero if that is over,
// not known, or stands still.
func (v *view) due(r store.LeadRow) time.Time {
	if !slices.Contains(unchecked, r.State) {
		return time.Time{}
	}
	if r.Handling != nil {
		return day(r.Handling.CheckDueAt)
	}
	found := calendar.DateOf(r.FoundAt)
	limit, ok := v.limits[found]
	if !ok {
		limit, _ = v.cfg.Calendar.Add(found, checkDays) // of a year that is not known: none
		v.limits[found] = limit
	}
	if limit.IsZero() {
		return time.Time{}
	}
	return utc(limit)
}

func (v *view) overdue(r store.LeadRow) string {
	if due := v.due(r); !due.IsZero() && due.Before(utc(calendar.DateOf(v.now))) {
		return "超期"
	}
	return ""
}

// day is a time's day in Shanghai, as a table has it.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return utc(calendar.DateOf(t))
}

func utc(d calendar.Date) time.Time {
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// each hands the rows of a filter to add.
func (d *Duty) each(ctx context.Context, tx *store.Tx, f Filter, v *view, add func([]any) error) error {
	cols := sheet.Columns()
	return tx.Leads().Each(ctx, f.rows(), func(r store.LeadRow) error {
		if f.Overdue && v.overdue(r) == "" {
			return nil
		}
		return add(v.row(cols, r))
	})
}

func (d *Duty) view(r *bot.Roster, f Filter, now time.Time) *view {
	return &view{Duty: d, roster: r, now: now, whole: f.Whole, limits: map[calendar.Date]calendar.Date{}}
}

// count is how many rows a filter has.
func (d *Duty) count(ctx context.Context, tx *store.Tx, f Filter, now time.Time) (n int, err error) {
	if !f.Overdue {
		return tx.Leads().Count(ctx, f.rows())
	}
	v := d.view(nil, f, now)
	err = tx.Leads().Each(ctx, f.rows(), func(r store.LeadRow) error {
		if v.overdue(r) != "" {
			n++
		}
		return nil
	})
	return n, err
}

// oneLine is a text without line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
