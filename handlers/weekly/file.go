package weekly

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/dialog"
	"zhuanban/bot/zh"
	"zhuanban/handlers/weekly/table"
	"zhuanban/store"
)

// current is the filing in force of a target; nil if none is.
func (d *Duty) current(ctx context.Context, t *bot.Turn, g target) (*store.Filing, error) {
	f, err := t.Tx.Filings().Current(ctx, d.cfg.Table.ID, g.unit, PeriodKey(g.period))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("loading the filing: %w", err)
	}
	return &f, nil
}

// Submit files the report: as the first of its unit and period, or as a
// correction with its reason. If somebody else of the unit has filed meanwhile,
// the draft goes back to its author as a correction of that.
func (d *Duty) Submit(ctx context.Context, t *bot.Turn, s *bot.Session) (string, error) {
	g, err := d.targetOf(s.Topic)
	if err != nil {
		return "", err
	}
	tb, _, err := d.version(ctx, t, s.Hash)
	if err != nil {
		return "", err
	}
	fc, err := d.facts(ctx, t, tb, g)
	if err != nil {
		return "", err
	}
	if !may(t, g.unit) { // moved to another unit since the draft was begun
		t.Say("bot.stale", nil)
		return "", nil
	}
	before, err := d.current(ctx, t, g)
	if err != nil {
		return "", err
	}
	if before != nil && (!s.Draft.Correcting || s.Draft.BaseVersion != before.Version) {
		t.Say("weekly.overtaken", d.view(t, g, *before, nil))
		d.rebase(&s.Draft, *before)
		return "", t.Reshow(ctx, s)
	}
	f, err := d.filing(t, s, g, tb, fc, before)
	if err != nil {
		return "", err
	}
	if err := t.Tx.Filings().Insert(ctx, &f); err != nil {
		return "", fmt.Errorf("filing %s: %w", s.Topic, err)
	}
	t.Close(item(g.period))
	v := d.view(t, g, f, before)
	t.Say("weekly.receipt", v)
	d.tell(t, g, f, v)
	return v.Name(), nil
}

// rebase lays what a draft changes over a filing that came between: the draft is
// now a correction of that.
func (d *Duty) rebase(draft *dialog.Draft, filed store.Filing) {
	now, old := d.said(filed), draft.Base
	values := maps.Clone(now)
	for k, v := range draft.Values {
		if was, ok := old[k]; !ok || !was.Same(v) {
			values[k] = v
		}
	}
	for k := range old {
		if _, kept := draft.Values[k]; !kept {
			delete(values, k)
		}
	}
	draft.Values, draft.Base, draft.BaseVersion, draft.Correcting = values, now, filed.Version, true
	draft.Rev++
}

// filing makes the record of a draft. A correction is as timely as what it
// corrects.
func (d *Duty) filing(t *bot.Turn, s *bot.Session, g target, tb *table.Table, fc *facts, before *store.Filing) (store.Filing, error) {
	rep := fc.report(s.Draft.Values)
	n := notes{Given: []string{}}
	for _, fig := range tb.Figures() {
		if _, ok := s.Draft.Values[fig.Key]; ok {
			n.Given = append(n.Given, fig.Key)
		}
	}
	for _, fi := range fc.check(s.Draft.Values) {
		if note, ok := s.Draft.Notes[fi.ID]; ok {
			if n.Reasons == nil {
				n.Reasons = map[string]dialog.Note{}
			}
			n.Reasons[fi.ID] = note
		}
	}
	kept, err := json.Marshal(n)
	if err != nil {
		return store.Filing{}, fmt.Errorf("encoding the notes: %w", err)
	}
	f := store.Filing{ID: t.Tx.NewID(), Table: tb.ID, TableHash: s.Hash, Unit: g.unit, Period: PeriodKey(g.period),
		Zero: fc.zero(rep.Values), Reporter: t.Person.Account, Reviewer: fc.reviewer, FiledAt: t.Now, DueAt: g.period.Due,
		Late: t.Now.After(g.period.Due), Kind: store.FirstFiling, Reason: s.Draft.Reason, Notes: kept, Values: map[string]int64{}}
	if before != nil {
		f.Kind, f.Late = store.Correction, before.Late
	}
	if t.Person.Unit != g.unit {
		f.By = t.Person.Unit
	}
	for k, v := range tb.Fill(rep) {
		f.Values[k] = int64(v)
	}
	return f, nil
}

// Reviewer is who reviews what a person files for a unit: the unit's head, or,
// where the head files, the office, because nobody reviews their own figures
// (rule R36).
func Reviewer(r *bot.Roster, reporter bot.Person, unit string) string {
	for _, p := range r.Of(unit, bot.Head) {
		if p.Account != reporter.Account {
			return p.Account
		}
	}
	for _, p := range r.WithRole(bot.Director, bot.Clerk) {
		if p.Account != reporter.Account {
			return p.Account
		}
	}
	return ""
}

// View is a report as the templates show it.
type View struct {
	Unit, UnitID  string
	No, Next      int    // the next period has begun, where that matters
	Period        string // its name in taps
	From, To      time.Time
	Due, At       time.Time
	Late          bool
	LateBy        time.Duration
	Zero          bool
	Version       int
	Correction    bool
	Reason        string
	Reporter      string
	Reviewer      string
	ByOffice      bool
	Lines         []LineView
	More          int // lines not shown
	Changes       []ChangeView
	Unclassified  bool
	Mine, Section bool
}

// Name is the report in a few words: 第2期 第1版.
func (v View) Name() string { return fmt.Sprintf("第%d期 第%d版", v.No, v.Version) }

// LineView is a figure with its value.
type LineView struct{ Label, Value string }

// ChangeView is what a correction changed.
type ChangeView struct{ Label, Was, Is string }

// shownLines is how many figures a receipt repeats.
const shownLines = 12

// view prepares a filing; before is the version that it corrects, or nil.
func (d *Duty) view(t *bot.Turn, g target, f store.Filing, before *store.Filing) View {
	r := t.Roster()
	v := d.periodView(g.period)
	v.Unit, v.UnitID = r.UnitName(f.Unit), f.Unit
	v.At, v.Late, v.Zero, v.Version = f.FiledAt, f.Late, f.Zero, f.Version
	v.LateBy = f.FiledAt.Sub(f.DueAt)
	v.Correction, v.Reason = f.Kind == store.Correction, f.Reason
	v.Reporter, v.Reviewer = r.PersonName(f.Reporter), r.PersonName(f.Reviewer)
	v.ByOffice = f.By != ""
	v.Mine = t.Person.Unit == f.Unit
	for _, fig := range d.cfg.Table.Figures() {
		n := f.Values[fig.Key]
		if before != nil && before.Values[fig.Key] != n {
			v.Changes = append(v.Changes, ChangeView{fig.Label, fig.Show(zh.Num(before.Values[fig.Key])), fig.Show(zh.Num(n))})
		}
		if n == 0 {
			continue
		}
		if len(v.Lines) < shownLines {
			v.Lines = append(v.Lines, LineView{fig.Label, fig.Show(zh.Num(n))})
		} else {
			v.More++
		}
	}
	for _, c := range d.cfg.Table.Matrix.Cols {
		var sum int64
		for _, fig := range d.cfg.Table.Figures() {
			if fig.Row != "" && fig.Col == c.ID {
				sum += f.Values[fig.Key]
			}
		}
		v.Unclassified = v.Unclassified || sum < f.Values[c.Total]
	}
	return v
}

func (d *Duty) periodView(p table.Period) View {
	return View{No: p.No, Period: key(p), From: p.From.Time(), To: p.To.Time(), Due: p.Due}
}

// show says what is filed for a target and offers to correct it.
func (d *Duty) show(ctx context.Context, t *bot.Turn, g target, _ string) error {
	f, err := d.current(ctx, t, g)
	if err != nil {
		return err
	}
	if f == nil {
		return d.start(ctx, t, g, "")
	}
	history, err := t.Tx.Filings().History(ctx, d.cfg.Table.ID, g.unit, PeriodKey(g.period))
	if err != nil {
		return fmt.Errorf("loading the versions: %w", err)
	}
	v := struct {
		View
		Versions []View
	}{View: d.view(t, g, *f, nil)}
	for _, h := range history {
		v.Versions = append(v.Versions, d.view(t, g, h, nil))
	}
	t.Say("weekly.filed", v)
	return nil
}

// tell lets those know who have to: the reviewer of every filing, the office of
// those that come late or change what was added up already, and the unit's filer
// of what the office filed for it.
func (d *Duty) tell(t *bot.Turn, g target, f store.Filing, v View) {
	tell := func(account, template string) {
		if account != "" && account != t.Person.Account {
			t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: account}, Template: template, Data: v, Item: item(g.period)})
		}
	}
	tell(f.Reviewer, "weekly.for_review")
	if f.Late || f.Kind == store.Correction {
		for _, p := range t.Roster().WithRole(bot.Clerk) {
			if p.Account != f.Reviewer {
				tell(p.Account, "weekly.for_office")
			}
		}
	}
	if f.By != "" {
		for _, p := range t.Roster().Of(g.unit, bot.Filer) {
			tell(p.Account, "weekly.for_filer")
		}
	}
}

// heading is the line under the title of a report's card.
func (d *Duty) heading(ctx context.Context, t *bot.Turn, g target) (string, error) {
	v := d.periodView(g.period)
	v.Late = t.Now.After(g.period.Due)
	if filed, err := d.current(ctx, t, g); err != nil {
		return "", err
	} else if filed != nil {
		v.Late = filed.Late
	}
	v.Unit, v.Mine = t.Roster().UnitName(g.unit), t.Person.Unit == g.unit
	page, err := t.Render("weekly.heading", v)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(page.Body), nil
}

// note says, on the correction of a period that is over, how to report the next
// one.
func (d *Duty) note(ctx context.Context, t *bot.Turn, g target) (string, error) {
	next, ok := table.ByNo(d.cfg.Periods, g.period.No+1)
	filed, err := d.current(ctx, t, g)
	if err != nil || filed == nil || !ok || !t.Now.After(g.period.Due) {
		return "", err
	}
	page, err := t.Render("weekly.next", View{No: g.period.No, Next: next.No})
	return page.Body, err
}

// beginView is for the card that begins a report.
func (d *Duty) beginView(t *bot.Turn, g target) View {
	v := d.periodView(g.period)
	v.UnitID = g.unit
	v.Mine = t.Person.Unit == g.unit
	return v
}

var _ bot.FormOwner = (*Duty)(nil)
