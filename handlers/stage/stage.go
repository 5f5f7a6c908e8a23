// Package stage is the duty of the campaign's fixed dates: stage summaries and the
// final report. It reminds of them; collecting the texts is a later duty.
//
// A fixed date stays what it is, workday or not; only the reminders before it are
// counted in workdays, and on a day off the last one comes on the workday before.
package stage

import (
	"context"
	"fmt"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/schedule"
	"zhuanban/handlers/weekly/table"
	"zhuanban/store"
)

// Date is one fixed date of the campaign.
type Date struct {
	Key   string        `yaml:"key" required:"true"`
	Label string        `yaml:"label" required:"true"` // 第一次阶段小结
	Due   calendar.Date `yaml:"due" required:"true"`
}

// Step is one reminder of such a date.
type Step struct {
	Day   int         `yaml:"day"` // workdays before (negative), counted from the date or the workday before it
	Time  table.Clock `yaml:"time" required:"true"`
	Group string      `yaml:"group"` // the group that hears it; "" = the office
}

// Duty reminds of the fixed dates and answers when the next one is.
type Duty struct {
	dates []Date
	steps []Step
	cal   *calendar.Calendar
	staff func() *bot.Roster // as it is now
}

// New makes the duty. r gives the roster that is in force.
func New(dates []Date, steps []Step, cal *calendar.Calendar, r func() *bot.Roster) *Duty {
	return &Duty{dates, steps, cal, r}
}

const name = "stage"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{Name: name, Commands: []bot.Command{
		{Words: []string{"阶段小结", "小结", "总结", "小结什么时候交", "时间节点"}, Do: d.when},
	}}
}

// View is a date as the templates show it.
type View struct {
	Label string
	Due   time.Time
	Days  int // days until then
	Off   bool
}

// when answers which dates are still to come.
func (d *Duty) when(_ context.Context, t *bot.Turn, _ string) error {
	today := calendar.DateOf(t.Now)
	var next []View
	for _, s := range d.dates {
		if !s.Due.Before(today) {
			v, err := d.view(s, today)
			if err != nil {
				return err
			}
			next = append(next, v)
		}
	}
	t.Say("stage.dates", next)
	return nil
}

func (d *Duty) view(s Date, today calendar.Date) (View, error) {
	work, err := d.cal.Workday(s.Due)
	if err != nil {
		return View{}, fmt.Errorf("the date of %s: %w", s.Key, err)
	}
	return View{Label: s.Label, Due: s.Due.Time(), Days: today.DaysUntil(s.Due), Off: !work}, nil
}

// job names an occurrence's job: "stage:first:-1:专班工作群".
func job(s Date, st Step) string { return fmt.Sprintf("%s:%s:%d:%s", name, s.Key, st.Day, st.Group) }

// Due lists the reminders' times.
func (d *Duty) Due(from, until time.Time) ([]schedule.Occurrence, error) {
	var out []schedule.Occurrence
	for _, s := range d.dates {
		for _, st := range d.steps {
			day, err := d.cal.OnOrBefore(s.Due)
			if err == nil && st.Day != 0 {
				day, err = d.cal.Add(day, st.Day)
			}
			if err != nil {
				return nil, fmt.Errorf("when to remind of %s: %w", s.Key, err)
			}
			at := day.At(st.Time.Hour, st.Time.Minute)
			if at.After(from) && !at.After(until) {
				out = append(out, schedule.Occurrence{Job: job(s, st), Due: at, Until: s.Due.At(23, 59), What: s.Label,
					Fire: func(_ context.Context, _ *store.Tx, now time.Time) ([]bot.Notice, error) { return d.fire(s, st, now) }})
			}
		}
	}
	return out, nil
}

// fire says who is to hear of a date.
func (d *Duty) fire(s Date, st Step, now time.Time) ([]bot.Notice, error) {
	v, err := d.view(s, calendar.DateOf(now))
	if err != nil {
		return nil, err
	}
	n := bot.Notice{Template: "stage.reminder", Data: v, Priority: bot.PriorityReminder, Expires: s.Due.At(23, 59)}
	if st.Group != "" {
		n.To = bot.Recipient{Kind: bot.ToGroup, Account: st.Group}
		return []bot.Notice{n}, nil
	}
	var out []bot.Notice
	for _, p := range d.staff().WithRole(bot.Director, bot.Clerk) {
		n.To = bot.Recipient{Kind: bot.ToPerson, Account: p.Account}
		out = append(out, n)
	}
	return out, nil
}
