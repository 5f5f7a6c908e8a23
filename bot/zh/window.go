package zh

import (
	"time"

	"zhuanban/bot/calendar"
)

// window reads 近三天, 最近四周, 过去半年, 前两天, 未来一周, 接下来三天.
func (r *reader) window(i int) (point, outcome) {
	l := r.l
	if p, ok := r.leadingMonths(i); ok {
		return p, read
	}
	w, j := l.find(i, windows)
	if w == "" || w == "近" && l.in(i-1, "附最靠接将") || w == "前" && l.in(i-1, "之以目提从") {
		return point{}, nothing
	}
	if l.get(j) == '的' {
		j++
	}
	n, half, unit, end := l.duration(j)
	if unit == "小时" && end > j && !half && n > 0 && w != "前" {
		if w == "未来" || w == "今后" || w == "接下来" {
			n = -n
		}
		return r.hoursWithin(-60*n, end), read
	}
	if end == j || half && unit != "月" && unit != "年" || unit == "分钟" || unit == "小时" || unit == "刻" {
		return point{}, nothing
	}
	today := r.today
	p := point{end: end, grain: Day, period: true}
	switch w {
	case "前":
		if unit != "天" {
			return point{}, nothing
		}
		p.first, p.last = today.AddDays(-n), today.AddDays(-1)
	case "未来", "今后", "接下来":
		p.first, p.last = today.AddDays(1), shift(today, 1, n, half, unit)
	default:
		p.first, p.last = shift(today, -1, n, half, unit).AddDays(1), today
	}
	return p, read
}

// leadingMonths reads 前三季度, 前5个月 and 头两个月 at i: of this year, or of the last
// where this one has not so many behind it. 前两个月 may as well be the two just over.
func (r *reader) leadingMonths(i int) (point, bool) {
	l, today := r.l, r.today
	if !l.in(i, "前头") || l.in(i-1, "之以目提从") {
		return point{}, false
	}
	year := func(last int) int {
		switch {
		case r.prefer == Past && last > int(today.Month):
			return today.Year - 1
		case r.prefer == Future && last < int(today.Month):
			return today.Year + 1
		}
		return today.Year
	}
	if p, ok := l.firstQuarters(today.Year, i); ok {
		return l.firstQuarters(year(int(p.last.Month)), i)
	}
	n, j, _ := l.number2(i + 1)
	end := l.word(j, "个月")
	if n < 2 || n > 12 || end < 0 || l.in(end, "前后内") {
		return point{}, false
	}
	y := year(n)
	p := point{end: end, first: yearDay(y, 1, 1), last: yearDay(y, time.Month(n), 1).MonthEnd(), grain: Month, period: true}
	if l.get(i) == '前' && r.prefer == Past {
		over := p
		over.last = yearDay(today.Year, today.Month, 1).AddDays(-1)
		over.first = addMonths(yearDay(over.last.Year, over.last.Month, 1), 1-n)
		switch {
		case y < today.Year:
			return over, true // this year has not so many behind it
		case over.first != p.first:
			p.also = &over
		}
	}
	return p, true
}

var windows = words("近 最近 过去 前 未来 今后 接下来")

// duration reads 三天, 半小时, 两个半小时, 4周, 一个多月 (not read) at i.
func (l *Line) duration(i int) (n int, half bool, unit string, end int) {
	j := i
	if l.get(j) == '半' {
		half, j = true, j+1
	} else {
		if n, j, _ = l.number2(i); j == i {
			c, what := l.cardinal(i)
			v, whole := c.value.Int()
			if what != read || !whole || v > 3650 || c.spread != 0 || c.about || c.naught {
				return 0, false, "", i
			}
			n, j = int(v), c.end
		}
		j = l.blanks(j)
	}
	if l.get(j) == '个' {
		j++
		if l.get(j) == '半' && !half {
			half, j = true, j+1
		}
	} else if l.get(j) == '月' {
		return 0, false, "", i
	}
	u, end := l.find(j, spans)
	switch u {
	case "":
		return 0, false, "", i
	case "钟头":
		u = "小时"
	case "日":
		u = "天"
	case "星期", "礼拜":
		u = "周"
	case "刻钟":
		u = "刻"
	}
	return n, half, u, end
}

var spans = words("分钟 小时 钟头 天 日 周 星期 礼拜 月 年 刻钟")

// shift is d moved by n units, and by half a one more, forward or back as sign is 1 or -1.
func shift(d calendar.Date, sign, n int, half bool, unit string) calendar.Date {
	switch unit {
	case "天":
		return d.AddDays(sign * n)
	case "周":
		return d.AddDays(sign * 7 * n)
	case "月":
		d = addMonths(d, sign*n)
		if half {
			d = d.AddDays(sign * 15)
		}
	case "年":
		d = addMonths(d, sign*12*n)
		if half {
			d = addMonths(d, sign*6)
		}
	}
	return d
}

// addMonths moves d by n months; a day the month does not have becomes its last.
func addMonths(d calendar.Date, n int) calendar.Date {
	first := calendar.DateOf(time.Date(d.Year, d.Month+time.Month(n), 1, 12, 0, 0, 0, calendar.Shanghai))
	return first.AddDays(min(d.Day, first.MonthEnd().Day) - 1)
}

// ago reads 三天前, 半小时前, 两周后, 三日内 at i.
func (r *reader) ago(i int) (point, outcome) {
	l := r.l
	if isNumeral(l.get(i-1)) || l.in(i-1, ".第-/:") || isLetter(l.get(i-1)) {
		return point{}, nothing
	}
	n, half, unit, j := l.duration(i)
	if j == i {
		return point{}, nothing
	}
	side, end := l.find(j, sides)
	sign := 0
	switch side {
	case "之前", "以前", "前":
		sign = -1
	case "之后", "以后", "后":
		sign = 1
	case "之内", "以内", "内":
		sign = 2
	}
	if sign == 0 || l.get(j-1) == '日' && sign < 0 && isDigit(l.get(i)) || l.in(end, "期台任往列茅线") {
		return point{}, nothing
	}
	minutes := 0
	switch unit {
	case "分钟":
		minutes = 1
	case "刻":
		minutes = 15
	case "小时":
		minutes = 60
	}
	if minutes > 0 && sign == 2 && !half && r.prefer == Future {
		return r.hoursWithin(n*minutes, end), read
	}
	if minutes > 0 && sign != 2 {
		d := time.Duration(n*minutes) * time.Minute
		if half {
			d += time.Duration(minutes) * time.Minute / 2
		}
		at := r.now.Add(time.Duration(sign) * d).Truncate(time.Minute)
		return point{end: end, moment: at, grain: Minute, first: calendar.DateOf(at), last: calendar.DateOf(at)}, read
	}
	if minutes > 0 || half && unit != "月" && unit != "年" {
		return point{}, nothing
	}
	today := r.today
	if sign == 2 {
		if r.prefer == Past {
			return point{}, nothing
		}
		return point{end: end, first: today, last: shift(today, 1, n, half, unit), grain: Day, period: true}, read
	}
	return oneDay(shift(today, sign, n, half, unit), end), read
}
