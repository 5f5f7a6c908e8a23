package templates

import (
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"
	_ "time/tzdata" // a bare machine may have no zone files
	"unicode"
	"unicode/utf8"
)

// shanghai is the zone that people read times in.
var shanghai = mustZone("Asia/Shanghai")

func mustZone(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zone files are linked in
	}
	return l
}

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

var funcs = template.FuncMap{
	"title":   func(s string) string { return string(titleMark) + oneLine(s) + "\n" },
	"button":  button,
	"day":     Day,
	"dayweek": func(t time.Time) string { return Day(t) + "（" + weekdays[t.In(shanghai).Weekday()] + "）" },
	"days":    Days,
	"clock":   func(t time.Time) string { return t.In(shanghai).Format("15:04") },
	"moment":  Moment,
	"oneline": oneLine,
	"join":    func(sep string, list []string) string { return strings.Join(list, sep) },
	"brief":   Brief,
	"add":     func(a, b int) int { return a + b },
	"left":    Left,
}

func button(label, format string, args ...any) string {
	tap := format
	if len(args) > 0 {
		tap = fmt.Sprintf(format, args...)
	}
	return string(buttonMark) + oneLine(label) + string(fieldMark) + tap + string(buttonMark)
}

// Day is a date without its year: 1月19日.
func Day(t time.Time) string {
	_, month, day := t.In(shanghai).Date()
	return strconv.Itoa(int(month)) + "月" + strconv.Itoa(day) + "日"
}

// Days is a span of days, or the one day: 1月12日—1月18日.
func Days(from, to time.Time) string {
	if Day(from) == Day(to) {
		return Day(from)
	}
	return Day(from) + "—" + Day(to)
}

// Moment is a date and time: 1月19日 17:30.
func Moment(t time.Time) string { return Day(t) + " " + t.In(shanghai).Format("15:04") }

// Left is a span of time as people say it: 2天3小时, 40分钟.
func Left(d time.Duration) string {
	d = d.Round(time.Minute)
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d天%d小时", days, hours)
	case days > 0:
		return fmt.Sprintf("%d天", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d小时%d分钟", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d小时", hours)
	}
	return fmt.Sprintf("%d分钟", minutes)
}

// Brief cuts a text to n characters and says so with an ellipsis.
func Brief(n int, s string) string {
	s = oneLine(s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

func oneLine(s string) string {
	space := true // a space here would have to go
	for _, r := range s {
		if !unicode.IsSpace(r) {
			space = false
			continue
		}
		if space || r != ' ' {
			return strings.Join(strings.Fields(s), " ")
		}
		space = true
	}
	return strings.TrimSuffix(s, " ") // as nearly everything that is said already is
}
