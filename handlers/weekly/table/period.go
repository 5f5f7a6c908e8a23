package table

import (
	"fmt"
	"slices"
	"time"

	"zhuanban/bot/calendar"
)

// Period is one round of reports.
type Period struct {
	No       int           // from 1
	Nominal  calendar.Date // the day it would be due without holidays: its name
	From, To calendar.Date // the days it is about, both included
	Due      time.Time     // when it is due, holidays and overrides applied
	Moved    string        // why Due is not as usual: an override's reason
}

// Periods lists the periods of the campaign: those due within it that have at
// least one day of it. The error is the calendar's, for a year without holidays.
func (t *Table) Periods(cal *calendar.Calendar) ([]Period, error) {
	periods := t.spans()
	for i := range periods {
		p := &periods[i]
		day, err := cal.Shift(p.Nominal, t.Due.Shift)
		if err != nil {
			return nil, fmt.Errorf("when period %d (%s) is due: %w", p.No, p.Nominal, err)
		}
		p.Due = day.At(t.Due.Time.Hour, t.Due.Time.Minute)
		for _, o := range t.Overrides {
			if o.Period.names(*p) {
				p.Due, p.Moved = o.Due.Time, o.Reason
			}
		}
	}
	return periods, nil
}

// spans lists the periods without when they are due.
func (t *Table) spans() []Period {
	var out []Period
	monday := t.Campaign.Start.Monday()
	for ; ; monday = monday.AddDays(7) {
		p := Period{No: len(out) + 1, Nominal: monday.AddDays(t.Due.Weekday - 1),
			From: monday.AddDays(int(t.Period.From)), To: monday.AddDays(int(t.Period.To))}
		switch {
		case p.Nominal.After(t.Campaign.End):
			return out
		case p.To.Before(t.Campaign.Start) || p.Nominal.Before(t.Campaign.Start):
			continue
		case p.From.Before(t.Campaign.Start):
			p.From = t.Campaign.Start
		}
		out = append(out, p)
	}
}

func (r PeriodRef) names(p Period) bool {
	return r.No == p.No || !r.Nominal.IsZero() && r.Nominal == p.Nominal
}

// Current is the period being collected at now: from the beginning of the last
// day it is about until the next one's begins. Before the first it is the first,
// after the last the last. The zero Period if there are none.
func Current(periods []Period, now time.Time) Period {
	var current Period
	for i, p := range periods {
		if i == 0 || !now.Before(p.To.Time()) {
			current = p
		}
	}
	return current
}

// ByNo finds a period by its number.
func ByNo(periods []Period, no int) (Period, bool) {
	return find(periods, func(p Period) bool { return p.No == no })
}

// ByNominal finds a period by the day it would be due without holidays.
func ByNominal(periods []Period, day calendar.Date) (Period, bool) {
	return find(periods, func(p Period) bool { return p.Nominal == day })
}

func find(periods []Period, is func(Period) bool) (Period, bool) {
	i := slices.IndexFunc(periods, is)
	if i < 0 {
		return Period{}, false
	}
	return periods[i], true
}
