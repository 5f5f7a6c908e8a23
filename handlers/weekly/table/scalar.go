package table

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot/calendar"
	"zhuanban/bot/zh"
)

// Limit is a limit written as a decimal number, held in millionths; 0 = none.
type Limit int64

// UnmarshalText reads a decimal number of at most six decimals.
func (l *Limit) UnmarshalText(text []byte) error {
	n, err := decimal(string(text))
	if err != nil || n <= 0 {
		return errors.New("a number above 0 with at most six decimals")
	}
	*l = Limit(n)
	return nil
}

// MarshalText writes it as it is read.
func (l Limit) MarshalText() ([]byte, error) { return []byte(zh.Num(l).String()), nil }

// decimal reads digits with at most six decimals.
func decimal(s string) (zh.Num, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole) == 0 || len(whole) > 12 || len(fraction) > 6 {
		return 0, fmt.Errorf("%q is no number of at most twelve digits and six decimals", s)
	}
	digits := whole + fraction + strings.Repeat("0", 6-len(fraction))
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", s)
	}
	return zh.Num(n), nil
}

// Clock is a time of day, "17:30".
type Clock struct{ Hour, Minute int }

// UnmarshalText reads "17:30".
func (c *Clock) UnmarshalText(text []byte) error {
	at, err := time.Parse("15:04", string(text))
	if err != nil {
		return errors.New(`a time of day such as "17:30"`)
	}
	c.Hour, c.Minute = at.Hour(), at.Minute()
	return nil
}

// MarshalText writes it as it is read.
func (c Clock) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d", c.Hour, c.Minute), nil
}

// Moment is a day and time in Shanghai, "2024-02-19 12:00".
type Moment struct{ time.Time }

// UnmarshalText reads "2024-02-19 12:00" or "2024-02-19T12:00".
func (m *Moment) UnmarshalText(text []byte) error {
	at, err := time.ParseInLocation("2006-01-02 15:04", strings.Replace(string(text), "T", " ", 1), calendar.Shanghai)
	if err != nil {
		return errors.New(`a day and time such as "2024-02-19 12:00"`)
	}
	m.Time = at
	return nil
}

// DayRef is a day seen from the week in which a report is due: 上周五, 本周四. It is
// the number of days from that week's Monday.
type DayRef int

const weekdays = "一二三四五六日"

// UnmarshalText reads 上周 or 本周 and a weekday.
func (d *DayRef) UnmarshalText(text []byte) error {
	s, week := string(text), 0
	rest, ok := strings.CutPrefix(s, "本周")
	if !ok {
		rest, ok = strings.CutPrefix(s, "上周")
		week = -7
	}
	i := strings.Index(weekdays, rest)
	if !ok || i < 0 || len(rest) != len("一") {
		return errors.New("上周 or 本周 and a weekday, such as 上周五")
	}
	*d = DayRef(week + i/len("一"))
	return nil
}

// MarshalText writes it as it is read.
func (d DayRef) MarshalText() ([]byte, error) {
	week, day := "本周", int(d)
	if day < 0 {
		week, day = "上周", day+7
	}
	if day < 0 || day > 6 {
		return nil, fmt.Errorf("table: day %d is in neither week", int(d))
	}
	return []byte(week + string([]rune(weekdays)[day])), nil
}

// PeriodRef names a period by its number or by the day it is nominally due.
type PeriodRef struct {
	No      int
	Nominal calendar.Date
}

// UnmarshalText reads "6" or "2024-02-16".
func (r *PeriodRef) UnmarshalText(text []byte) error {
	no, err := strconv.Atoi(string(text))
	if err == nil && no > 0 {
		r.No = no
		return nil
	}
	if r.Nominal, err = calendar.ParseDate(string(text)); err != nil {
		return errors.New("a period's number, or the day it is due, such as 2024-02-16")
	}
	return nil
}
