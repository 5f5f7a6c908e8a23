// Package limits counts the time that the law allows for each step of a lead and its
// case: until which day, how much is left, and whether that is little or too late.
//
// A limit is data: what it is for, how many workdays, days or hours, by how much it
// may be extended, and the source. Table lists them; T1 to T19 are the numbers that
// the reference gives them.
//
// How it is counted (《市场监督管理行政处罚程序规定》, article 80 and 84): the day from
// which a limit runs is not counted; the last day is; where the last day is a rest day,
// the first workday after it takes its place; time for inspection, identification and
// the like, and time in which the lead is suspended, is not counted. The days of the
// rules for transfers to the police are counted strictly: as days of the calendar that
// no holiday moves, because article 85 of the law on penalties, by which short limits
// are workdays, speaks of that law's own words only.
//
// The package is pure: what is a workday it asks of a Calendar, and a year that the
// calendar does not know is an error, never a guess.
package limits

import (
	"slices"
	"time"

	"zhuanban/bot/calendar"
)

// Calendar says which days are worked; *calendar.Calendar is one.
type Calendar interface {
	Workday(d calendar.Date) (bool, error)
	OnOrAfter(d calendar.Date) (calendar.Date, error)
	Between(a, b calendar.Date) (int, error)
}

// Kind names a limit.
type Kind string

// Unit is what a limit is counted in.
type Unit string

// The units.
const (
	Workdays Unit = "workdays"
	Days     Unit = "days"   // of the calendar; a last day that is a rest day moves
	Strict   Unit = "strict" // of the calendar; nothing moves it
	Hours    Unit = "hours"
	Months   Unit = "months" // of the calendar, such as two years
)

// Limit is a line of the table.
type Limit struct {
	Kind Kind
	No   string // T1 … T19 of the reference; "" = the campaign's own rule
	N    int
	Unit Unit
	// Extend is by how much it may be extended, in the same unit; 0 = it may not.
	Extend int
	// Excludes says that inspection, identification and suspension do not count.
	Excludes bool
	Law      string
	Article  string
}

// The limits.
const (
	Check            Kind = "check"             // check a lead and decide whether to file a case
	TellInformant    Kind = "tell_informant"    // tell whoever has reported under their name
	Decide           Kind = "decide"            // decide a case
	Jurisdiction     Kind = "jurisdiction"      // agree on who is competent
	Designate        Kind = "designate"         // the superior names who is competent
	Assist           Kind = "assist"            // answer a request for assistance
	Preserve         Kind = "preserve"          // dispose of what was registered and preserved
	Seizure          Kind = "seizure"           // sealing and seizing
	Review           Kind = "review"            // legal review
	Hearing          Kind = "hearing"           // statements, and asking for a hearing
	Serve            Kind = "serve"             // serve the decision on who was absent
	CloseForm        Kind = "close_form"        // fill in the form that closes a case
	Publish          Kind = "publish"           // publish the penalty
	Retract          Kind = "retract"           // retract what was published wrongly
	PoliceDecide     Kind = "police_decide"     // the head decides whether to transfer a suspected crime
	PoliceSend       Kind = "police_send"       // the papers leave after that
	PoliceReview     Kind = "police_review"     // the police decide whether to file
	PoliceObject     Kind = "police_object"     // object to their not filing
	PoliceGoods      Kind = "police_goods"      // hand over goods after they have filed
	PlatformNotice   Kind = "platform_notice"   // a platform ends its measures after a counter-statement
	Prescribed       Kind = "prescribed"        // the offence is prescribed
	PrescribedHealth Kind = "prescribed_health" // likewise where life or health was harmed
	Accept           Kind = "accept"            // a unit accepts what it was given
	Supplement       Kind = "supplement"        // a reporter adds what is missing
	FirstCritical    Kind = "first_critical"    // first feedback, 特急
	FirstUrgent      Kind = "first_urgent"      // first feedback, 紧急
)

const (
	procedure = "市场监督管理行政处罚程序规定"
	transfers = "行政执法机关移送涉嫌犯罪案件的规定"
	penalties = "行政处罚法"
	campaign  = "专项行动"
)

// Table is all limits. Verified sources are those that the reference marks [V]; of T2 the
// article is that of the rules in force in 2024.
func Table() []Limit {
	return []Limit{
		{Kind: Check, No: "T1", N: 15, Unit: Workdays, Extend: 15, Excludes: true, Law: procedure, Article: "第18条"},
		{Kind: TellInformant, No: "T2", N: 5, Unit: Workdays, Law: "市场监督管理投诉举报处理暂行办法", Article: "第31条"},
		{Kind: Decide, No: "T3", N: 90, Unit: Days, Extend: 30, Excludes: true, Law: procedure, Article: "第64条"},
		{Kind: Jurisdiction, No: "T4", N: 7, Unit: Workdays, Law: procedure, Article: "第13条"},
		{Kind: Designate, No: "T4", N: 7, Unit: Workdays, Law: procedure, Article: "第16条"},
		{Kind: Assist, No: "T5", N: 15, Unit: Workdays, Law: procedure, Article: "第45条"},
		{Kind: Preserve, No: "T6", N: 7, Unit: Workdays, Law: procedure, Article: "第35条"},
		{Kind: Seizure, No: "T7", N: 30, Unit: Days, Extend: 30, Excludes: true, Law: procedure, Article: "第38条"},
		{Kind: Review, No: "T8", N: 10, Unit: Workdays, Law: procedure, Article: "第55条"},
		{Kind: Hearing, No: "T9", N: 5, Unit: Workdays, Law: procedure, Article: "第57条"},
		{Kind: Serve, No: "T10", N: 7, Unit: Workdays, Law: procedure, Article: "第81条"},
		{Kind: CloseForm, No: "T11", N: 15, Unit: Workdays, Law: procedure, Article: "第77条"},
		{Kind: Publish, No: "T12", N: 20, Unit: Workdays, Law: "市场监督管理行政处罚信息公示规定", Article: "第9条"},
		{Kind: Retract, No: "T13", N: 3, Unit: Workdays, Law: procedure, Article: "第63条"},
		{Kind: PoliceDecide, No: "T14", N: 3, Unit: Strict, Law: transfers, Article: "第5条"},
		{Kind: PoliceSend, No: "T14", N: 24, Unit: Hours, Law: transfers, Article: "第5条"},
		{Kind: PoliceReview, No: "T15", N: 3, Unit: Strict, Law: transfers, Article: "第8条"},
		{Kind: PoliceObject, No: "T16", N: 3, Unit: Strict, Law: transfers, Article: "第9条"},
		{Kind: PoliceGoods, No: "T17", N: 3, Unit: Strict, Law: transfers, Article: "第12条"},
		{Kind: PlatformNotice, No: "T18", N: 15, Unit: Days, Law: "电子商务法", Article: "第43条"},
		{Kind: Prescribed, No: "T19", N: 24, Unit: Months, Law: penalties, Article: "第36条"},
		{Kind: PrescribedHealth, No: "T19", N: 60, Unit: Months, Law: penalties, Article: "第36条"},
		{Kind: Accept, N: 1, Unit: Workdays, Law: campaign},
		{Kind: Supplement, N: 2, Unit: Workdays, Law: campaign},
		{Kind: FirstCritical, N: 24, Unit: Hours, Law: campaign},
		{Kind: FirstUrgent, N: 3, Unit: Workdays, Law: campaign},
	}
}

// Of gives the limit of a kind; ok is false if there is none.
func Of(k Kind) (l Limit, ok bool) {
	all := Table()
	i := slices.IndexFunc(all, func(l Limit) bool { return l.Kind == k })
	if i < 0 {
		return Limit{}, false
	}
	return all[i], true
}

// Span is days that do not count, from the first to the last of them. A zero Until is
// open: the days go on.
type Span struct{ From, Until calendar.Date }

// holds says whether a day is in the span.
func (s Span) holds(d calendar.Date) bool {
	return !d.Before(s.From) && (s.Until.IsZero() || !d.After(s.Until))
}

// stands says whether time stands still on a day and has no end yet.
func stands(spans []Span, d calendar.Date) bool {
	return slices.ContainsFunc(spans, func(s Span) bool { return s.Until.IsZero() && !d.Before(s.From) })
}

// Clock is a limit that runs: from when, extended by how much, without which days.
type Clock struct {
	Limit
	Start time.Time
	More  int // units it was extended by
	Spans []Span
}

// Due is the moment at which the limit is over: the first one after its last day, or of
// hours the hour itself. still says that it stands still and has no end now.
func (c Clock) Due(cal Calendar) (due time.Time, still bool, err error) {
	if c.Unit == Hours {
		return c.Start.Add(time.Duration(c.N+c.More) * time.Hour), false, nil
	}
	last, still, err := c.Last(cal)
	if err != nil || still {
		return time.Time{}, still, err
	}
	return last.AddDays(1).Time(), false, nil
}

// Last is the last day of a limit that is counted in days.
func (c Clock) Last(cal Calendar) (last calendar.Date, still bool, err error) {
	d := calendar.DateOf(c.Start)
	if c.Unit == Months {
		t := d.Time().AddDate(0, c.N+c.More, 0)
		return calendar.DateOf(t), false, nil
	}
	var spans []Span
	if c.Excludes {
		spans = c.Spans
	}
	for left := c.N + c.More; left > 0; {
		d = d.AddDays(1)
		if stands(spans, d) {
			return calendar.Date{}, true, nil
		}
		if slices.ContainsFunc(spans, func(s Span) bool { return s.holds(d) }) {
			continue
		}
		if c.Unit == Workdays {
			worked, err := cal.Workday(d)
			if err != nil {
				return calendar.Date{}, false, err
			}
			if !worked {
				continue
			}
		}
		left--
	}
	if c.Unit == Days {
		d, err = cal.OnOrAfter(d)
	}
	return d, false, err
}

// Level is how near the end is.
type Level string

// The levels.
const (
	Green  Level = "green"
	Yellow Level = "yellow" // three workdays are left, or fewer; of hours less than a day
	Red    Level = "red"    // it is over
)

// WarnAt is how many workdays before the end a warning comes (reference, 3.3).
const WarnAt = 3

// Standing is how a limit stands at a moment.
type Standing struct {
	Level Level
	Still bool      // it stands still
	Due   time.Time // the moment after; see Clock.Due
	// Left is how many workdays are left, today's included in none: on the last day it is
	// 0. Of what is over it is how many workdays ago that was, at least 1.
	Left  int
	Days  int // likewise in days of the calendar
	Hours int // of limits in hours: how many are left, or have passed since
}

// At says how the clock stands at a moment.
func (c Clock) At(cal Calendar, now time.Time) (Standing, error) {
	due, still, err := c.Due(cal)
	if err != nil || still {
		return Standing{Level: Green, Still: still}, err
	}
	return c.Stand(cal, due, now)
}

// warnAt is how many workdays before the end a warning comes. A limit of three workdays
// or fewer would begin with one: of it the warning comes a day later, but of a transfer's
// three days at once.
func (l Limit) warnAt() int {
	if l.Unit == Workdays && l.N > 0 && l.N <= WarnAt {
		return l.N - 1
	}
	return WarnAt
}

// Stand says how a limit that ends at due stands at a moment.
func (l Limit) Stand(cal Calendar, due, now time.Time) (Standing, error) {
	s := Standing{Level: Green, Due: due}
	over := !now.Before(due)
	if l.Unit == Hours {
		left := due.Sub(now)
		s.Hours = int(left.Abs() / time.Hour)
		switch {
		case over:
			s.Level = Red
		case left < 24*time.Hour:
			s.Level = Yellow
		}
		return s, nil
	}
	today, last := calendar.DateOf(now), calendar.DateOf(due.Add(-time.Second))
	s.Days = today.DaysUntil(last)
	n, err := cal.Between(today, last)
	if err != nil {
		return s, err
	}
	switch {
	case over:
		s.Level, s.Left, s.Days = Red, max(1, -n), -s.Days
	case n <= l.warnAt():
		s.Level, s.Left = Yellow, n
	default:
		s.Left = n
	}
	return s, nil
}
