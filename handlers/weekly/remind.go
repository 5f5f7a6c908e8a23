package weekly

import (
	"context"
	"fmt"
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/schedule"
	"zhuanban/handlers/weekly/table"
	"zhuanban/store"
)

// Step is one reminder of a deadline, as configured.
type Step struct {
	Step StepKind `yaml:"step" required:"true"`
	// Day counts workdays from the day it is due: -1 is the workday before.
	Day int `yaml:"day"`
	// Time is the hour; without it the step is at the deadline itself.
	Time  *table.Clock `yaml:"time"`
	Group string       `yaml:"group"` // of the eve: where the list is posted
	Label string       `yaml:"label"` // what the clock calls it
}

// StepKind is who hears what.
type StepKind string

// The steps (reference: the reminder rhythm of the campaign's rules).
const (
	Eve   StepKind = "eve"   // the group sees which units have not filed yet
	Day   StepKind = "day"   // each of their filers gets a card
	Heads StepKind = "heads" // their heads and deputies hear of it, once
	Close StepKind = "close" // the office gets the late list
	Draft StepKind = "draft" // the office gets the draft of a circular
)

// Allowed lists the steps.
func (StepKind) Allowed() []string {
	return []string{string(Eve), string(Day), string(Heads), string(Close), string(Draft)}
}

// urges says that a step is of no use after the deadline.
func (k StepKind) urges() bool { return k == Eve || k == Day || k == Heads }

// Reminders is the job that reminds of the weekly table.
type Reminders struct {
	duty   *Duty
	roster func() *bot.Roster // as it is now
}

// Reminders makes the job. r gives the roster that is in force.
func (d *Duty) Reminders(r func() *bot.Roster) *Reminders { return &Reminders{d, r} }

// job names an occurrence's job: "weekly:20240119:day".
func job(p table.Period, s Step) string { return name + ":" + key(p) + ":" + string(s.Step) }

// Due lists the reminders' times. A reminder that would come at or after its
// deadline, because the office has moved that, comes an hour before it.
func (r *Reminders) Due(from, until time.Time) ([]schedule.Occurrence, error) {
	var out []schedule.Occurrence
	for _, p := range r.duty.cfg.Periods {
		if p.Due.AddDate(0, 0, 30).Before(from) || p.Due.AddDate(0, 0, -30).After(until) {
			continue
		}
		for _, s := range r.duty.cfg.Steps {
			at, err := r.at(p, s)
			if err != nil {
				return nil, err
			}
			if !at.After(from) || at.After(until) {
				continue
			}
			o := schedule.Occurrence{Job: job(p, s), Due: at, What: fmt.Sprintf("第%d期 %s", p.No, s.Label),
				Fire: func(ctx context.Context, tx *store.Tx, now time.Time) ([]bot.Notice, error) {
					return r.fire(ctx, tx, p, s, now)
				}}
			if s.Step.urges() {
				o.Until = p.Due
			}
			out = append(out, o)
		}
	}
	return out, nil
}

// at is the time of a step.
func (r *Reminders) at(p table.Period, s Step) (time.Time, error) {
	day := calendar.DateOf(p.Due)
	if s.Day != 0 {
		var err error
		if day, err = r.duty.cfg.Calendar.Add(day, s.Day); err != nil {
			return time.Time{}, fmt.Errorf("when to remind of period %d: %w", p.No, err)
		}
	}
	if s.Time == nil {
		return day.At(p.Due.In(calendar.Shanghai).Hour(), p.Due.In(calendar.Shanghai).Minute()), nil
	}
	at := day.At(s.Time.Hour, s.Time.Minute)
	if s.Step.urges() && !at.Before(p.Due) {
		at = p.Due.Add(-time.Hour)
	}
	return at, nil
}

// RemindView is what the reminders' templates are filled with.
type RemindView struct {
	View
	Units    []string  // that have not filed
	Names    []string  // of their filers, to be called in the group
	Reports  bool      // the reader's unit is a section that owes leads every week too
	Now      time.Time // as of when it is said
	OnTime   int
	LateList []string
	All      int
}

// fire says who is to hear what: nothing about units that have filed.
func (r *Reminders) fire(ctx context.Context, tx *store.Tx, p table.Period, s Step, now time.Time) ([]bot.Notice, error) {
	st, err := r.state(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	switch s.Step {
	case Eve:
		return r.eve(p, st, s.Group), nil
	case Day:
		return r.urge(p, st, s.Step, func(u bot.Unit) []bot.Person { return r.roster().Of(u.ID, bot.Filer) }), nil
	case Heads:
		return r.urge(p, st, s.Step, r.seniors), nil
	case Close:
		return r.office(p, st, now, "weekly.late_list"), nil
	case Draft:
		return r.office(p, st, now, "weekly.circular"), nil
	}
	return nil, nil
}

// standing is which units have filed for a period.
type standing struct {
	missing []bot.Unit
	late    []bot.Unit
	onTime  int
	all     int
}

func (r *Reminders) state(ctx context.Context, tx *store.Tx, p table.Period) (standing, error) {
	filings, err := tx.Filings().CurrentAll(ctx, r.duty.cfg.Table.ID, PeriodKey(p))
	if err != nil {
		return standing{}, fmt.Errorf("loading the filings of period %d: %w", p.No, err)
	}
	late := map[string]bool{}
	for _, f := range filings {
		late[f.Unit] = f.Late
	}
	var st standing
	for _, u := range r.roster().Reporting() {
		st.all++
		was, filed := late[u.ID]
		switch {
		case !filed:
			st.missing = append(st.missing, u)
		case was:
			st.late = append(st.late, u)
		default:
			st.onTime++
		}
	}
	return st, nil
}

func names(units []bot.Unit) []string {
	var out []string
	for _, u := range units {
		out = append(out, u.Name)
	}
	return out
}

func (r *Reminders) view(p table.Period, st standing) RemindView {
	return RemindView{View: r.duty.periodView(p), Units: names(st.missing), LateList: names(st.late), OnTime: st.onTime, All: st.all}
}

// eve posts the list of units that have not filed in the group, and calls their
// filers by name.
func (r *Reminders) eve(p table.Period, st standing, group string) []bot.Notice {
	if len(st.missing) == 0 {
		return nil
	}
	v := r.view(p, st)
	var mention []string
	for _, u := range st.missing {
		for _, f := range r.roster().Of(u.ID, bot.Filer) {
			mention = append(mention, f.Account)
			v.Names = append(v.Names, f.Name)
		}
	}
	return []bot.Notice{{To: bot.Recipient{Kind: bot.ToGroup, Account: group}, Template: "weekly.eve", Data: v,
		Mention: mention, Priority: bot.PriorityReminder, Expires: p.Due}}
}

// urge reminds the people of each unit that has not filed.
func (r *Reminders) urge(p table.Period, st standing, k StepKind, who func(bot.Unit) []bot.Person) []bot.Notice {
	var out []bot.Notice
	told := map[string]bool{}
	for _, u := range st.missing {
		for _, person := range who(u) {
			if told[person.Account+u.ID] {
				continue
			}
			told[person.Account+u.ID] = true
			v := r.view(p, st)
			v.Unit, v.UnitID, v.Section = u.Name, u.ID, u.Kind == bot.Section
			v.Mine = person.Unit == u.ID
			out = append(out, bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: person.Account},
				Template: "weekly." + string(k), Data: v, Item: item(p), Replaces: name + ":", Priority: bot.PriorityReminder,
				Wanted: name + ".unfiled:" + u.ID + ":" + key(p), Expires: p.Due})
		}
	}
	return out
}

// seniors are a unit's heads, and who stands in for its filers and heads.
func (r *Reminders) seniors(u bot.Unit) []bot.Person {
	out := r.roster().Of(u.ID, bot.Head)
	for _, p := range r.roster().Of(u.ID, bot.Filer, bot.Head) {
		deputy, ok := r.roster().Person(p.Deputy)
		if ok && !slices.ContainsFunc(out, func(q bot.Person) bool { return q.Account == deputy.Account }) {
			out = append(out, deputy)
		}
	}
	return out
}

// office tells the office, and nobody else, who is late.
func (r *Reminders) office(p table.Period, st standing, now time.Time, template string) []bot.Notice {
	v := r.view(p, st)
	v.Now = now
	var out []bot.Notice
	for _, person := range r.roster().WithRole(bot.Director, bot.Clerk) {
		out = append(out, bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: person.Account}, Template: template,
			Data: v, Item: item(p)})
	}
	return out
}

// wantedQuestions answers, before a reminder is sent, whether its unit still has
// not filed.
func wantedQuestions(d *Duty) map[string]func(context.Context, *store.Tx, string) (bool, error) {
	return map[string]func(context.Context, *store.Tx, string) (bool, error){
		"unfiled": func(ctx context.Context, tx *store.Tx, arg string) (bool, error) {
			g, err := d.targetOf(arg)
			if err != nil {
				return false, nil // the period is gone from the configuration
			}
			filed, err := tx.Filings().CurrentAll(ctx, d.cfg.Table.ID, PeriodKey(g.period))
			if err != nil {
				return false, fmt.Errorf("asking whether %s has filed: %w", g.unit, err)
			}
			return !slices.ContainsFunc(filed, func(f store.Filing) bool { return f.Unit == g.unit }), nil
		},
	}
}
