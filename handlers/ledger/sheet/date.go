package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"zhuanban/bot/calendar"
	"zhuanban/bot/zh"
)

var numeric = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]\d{1,2}[::]\d{1,2}.*)?$`)

// The days that a spreadsheet counts from 1900, between 2000 and 2100.
const firstSerial, lastSerial = 36526, 73415

// Date reads a cell as a day: what a spreadsheet counts, 2024-03-05, 2024/3/5, 2024.3.5,
// 20240305, 2024年3月5日, or as people write it, as of now.
func (t Table) Date(text string, now time.Time) (calendar.Date, bool) {
	text = zh.Fold(text)
	if m := numeric.FindStringSubmatch(text); m != nil {
		return date(m[1], m[2], m[3])
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		if len(text) == 8 && !strings.Contains(text, ".") {
			return date(text[:4], text[4:6], text[6:])
		}
		if n < firstSerial-1462 || n > lastSerial {
			return calendar.Date{}, false
		}
		at, err := excelize.ExcelDateToTime(n, t.base)
		if err != nil {
			return calendar.Date{}, false
		}
		return calendar.NewDate(at.Year(), at.Month(), at.Day())
	}
	w, ok := zh.ParseDate(text, now, zh.Past)
	if !ok || w.First() != w.Last() {
		return calendar.Date{}, false
	}
	return w.First(), true
}

func date(year, month, day string) (calendar.Date, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	return calendar.NewDate(y, time.Month(m), d)
}
