package calendar

import (
	"cmp"
	"fmt"
	"time"
	_ "time/tzdata" // bare machines have no zone files
)

// Shanghai is the zone in which everybody here lives.
var Shanghai = mustLoad("Asia/Shanghai")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // impossible: time/tzdata is linked in
	}
	return loc
}

// Date is a day of the civil calendar. The zero Date is no day. Dates are
// comparable with == and usable as map keys.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate is the day with that year, month and day; ok is false where the
// calendar has no such day, like 30 February.
func NewDate(year int, month time.Month, day int) (d Date, ok bool) {
	d = Date{year, month, day}
	return d, year >= 1 && year <= 9999 && dateIn(d.noon()) == d
}

// ParseDate reads "2024-01-19".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date like 2024-01-19", s)
	}
	return dateIn(t), nil
}

// DateOf is the day that t falls on in Shanghai.
func DateOf(t time.Time) Date { return dateIn(t.In(Shanghai)) }

func dateIn(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// noon stands for the day in arithmetic that must not meet a change of clocks.
func (d Date) noon() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC)
}

// String is "2024-01-19"; the zero Date is "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Chinese is "1月19日".
func (d Date) Chinese() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d月%d日", int(d.Month), d.Day)
}

// ChineseLong is "1月19日(周五)".
func (d Date) ChineseLong() string {
	if d.IsZero() {
		return ""
	}
	return d.Chinese() + "(" + ChineseWeekday(d.Weekday()) + ")"
}

// ChineseWeekday is "周一" … "周日".
func ChineseWeekday(w time.Weekday) string {
	names := [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
	return names[w]
}

// Time is the day's midnight in Shanghai.
func (d Date) Time() time.Time { return d.At(0, 0) }

// At is that hour and minute of the day in Shanghai.
func (d Date) At(hour, minute int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, hour, minute, 0, 0, Shanghai)
}

// AddDays is the day n days later, or earlier where n is negative.
func (d Date) AddDays(n int) Date { return dateIn(d.noon().AddDate(0, 0, n)) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.noon().Weekday() }

// Monday is the first day of the week that d is in; weeks begin on Monday.
func (d Date) Monday() Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

// MonthEnd is the last day of the month that d is in.
func (d Date) MonthEnd() Date {
	return dateIn(time.Date(d.Year, d.Month+1, 0, 12, 0, 0, 0, time.UTC))
}

// Compare is -1, 0 or +1 as d is before, the same as, or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before says whether d is before e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After says whether d is after e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Equal says whether d and e are the same day.
func (d Date) Equal(e Date) bool { return d == e }

// DaysUntil is how many days e lies after d; negative where e is before.
func (d Date) DaysUntil(e Date) int {
	return int(e.noon().Sub(d.noon()) / (24 * time.Hour))
}

// IsZero says whether d is no day at all.
func (d Date) IsZero() bool { return d == Date{} }

// MarshalText writes the day as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote; empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	read, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = read
	return nil
}
