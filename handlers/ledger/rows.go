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

// source is where a column's value comes from, for leads that were registered here. A
// column without one has what was imported. This is the place where what a lead comes to
// know (who has it, what came of it) finds its way into the table.
var sources = map[string]func(v *view, l store.Lead) any{
	"seq":        func(v *view, _ store.Lead) any { return v.seq },
	"number":     func(_ *view, l store.Lead) any { return l.Number },
	"registered": func(_ *view, l store.Lead) any { return day(l.RegisteredAt) },
	"source":     func(v *view, l store.Lead) any { return v.label("source", l.Source) },
	"unit":       func(v *view, l store.Lead) any { return v.roster.UnitName(l.Unit) },
	"subject":    func(v *view, l store.Lead) any { return v.name(l.Subject) },
	"content":    func(v *view, l store.Lead) any { return v.text(l.Content) },
	"violation":  func(v *view, l store.Lead) any { return v.label("violation", l.Violation) },
	"urgency":    func(v *view, l store.Lead) any { return v.label("urgency", l.Urgency) },
	"due":        func(v *view, l store.Lead) any { return v.due(l) },
	"overdue":    func(v *view, l store.Lead) any { return v.overdue(l) },
	"outcome":    func(_ *view, l store.Lead) any { return outcomes[l.State] },
}

// outcomes are the states that say what came of a lead.
var outcomes = map[store.LeadState]string{"withdrawn": "登记人撤回", "filed": "立案", "investigating": "立案", "decided": "立案", "not_filed": "不予立案",
	"transferred_other": "移送其他部门", "transferred_out": "移交外地", "transferred_police": "移送公安机关", "merged": "并入其他线索"}

// unchecked are the states in which the limit for checking runs.
var unchecked = []store.LeadState{"registered", "triaged", "returned", "assigned", "accepted", "checking", "conference"}

// row is a lead as a row of the table. cells is what was imported of it.
func (v *view) row(cols []sheet.Column, l store.Lead, cells map[string]string) []any {
	v.seq++
	out := make([]any, len(cols))
	for i, c := range cols {
		var value any
		if from, ok := sources[c.Key]; ok {
			value = from(v, l)
		}
		if kept := cells[c.Key]; kept != "" && (value == nil || value == "" || value == time.Time{}) {
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

// due is until when a lead has to be checked; zero if that is over, or not known.
func (v *view) due(l store.Lead) time.Time {
	if !slices.Contains(unchecked, l.State) {
		return time.Time{}
	}
	found := calendar.DateOf(l.FoundAt)
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

func (v *view) overdue(l store.Lead) string {
	if due := v.due(l); !due.IsZero() && due.Before(utc(calendar.DateOf(v.now))) {
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
	return tx.Leads().Each(ctx, f.rows(), func(l store.Lead, cells map[string]string) error {
		if f.Overdue && v.overdue(l) == "" {
			return nil
		}
		return add(v.row(cols, l, cells))
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
	err = tx.Leads().Each(ctx, f.rows(), func(l store.Lead, _ map[string]string) error {
		if v.overdue(l) != "" {
			n++
		}
		return nil
	})
	return n, err
}

// oneLine is a text without line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
