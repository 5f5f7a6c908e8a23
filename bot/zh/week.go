package zh

import (
	"zhuanban/bot/calendar"
)

// weekName is where 周, 星期 or 礼拜 at i ends; full says that one stands there.
func (l *Line) weekName(i int) (end int, full bool) {
	for _, name := range [...]string{"周", "星期", "礼拜"} {
		if end := l.word(i, name); end > 0 {
			return end, true
		}
	}
	return i, false
}

// weekdayOf is the day of the week named by 一 to 日, Monday being 0.
func weekdayOf(r rune) (day int, ok bool) {
	switch r {
	case '一', '1':
		return 0, true
	case '二', '2':
		return 1, true
	case '三', '3':
		return 2, true
	case '四', '4':
		return 3, true
	case '五', '5':
		return 4, true
	case '六', '6':
		return 5, true
	case '日', '天', '7':
		return 6, true
	}
	return 0, false
}

// near reads 上, 下, 本, 这 before a week, month or quarter, and the 个 after.
func (l *Line) near(i int) (offset, end int, said bool) {
	j := i
	for l.in(j, "上下") && l.get(j) == l.get(i) && j < i+3 {
		if l.get(i) == '上' {
			offset--
		} else {
			offset++
		}
		j++
	}
	if j == i && l.in(i, "本这当") {
		j++
	}
	if j == i {
		return 0, i, false
	}
	if l.get(j) == '一' && l.in(j+1, "周个季") && offset != 0 {
		j++
	}
	if l.get(j) == '个' {
		j++
	}
	return offset, j, true
}

// week reads 周五, 上周五, 下下周一, 本周, 上个星期, 这周末.
func (r *reader) week(i int) (point, outcome) {
	l := r.l
	offset, j, said := l.near(i)
	k, full := l.weekName(j)
	if !full || !said && (isNumeral(l.get(i-1)) || l.in(i-1, "第每个一")) || l.get(j) == '周' && l.in(k, "边围年转长刊期到某密全遭知岁") {
		return point{}, nothing
	}
	monday := r.today.Monday().AddDays(7 * offset)
	if !said && !r.base.IsZero() {
		monday = r.base.Monday() // 上周一到周五
	}
	day, ok := weekdayOf(l.get(k))
	switch {
	case l.get(k) == '末':
		p := point{end: k + 1, first: monday.AddDays(5), last: monday.AddDays(6), grain: Day}
		if !said {
			p.first = r.toward(monday.AddDays(5), 7)
			p.last = p.first.AddDays(1)
		}
		return p, read
	case l.in(k, "初") && said:
		return point{end: k + 1, first: monday, last: monday.AddDays(1), grain: Day}, read
	case ok && isDigit(l.get(k)) && (isDigit(l.get(k+1)) || l.get(k+1) == '.'):
		ok = false
	case ok && (l.word(k, "一起") > 0 || l.word(k, "日报") > 0 && !said):
		return point{end: k + 1}, refused
	case ok && (l.trap(k) > k || l.in(k+1, "件户家起宗") || isNumeral(l.get(k+1)) && multiplier(l.get(k+1)) > 0):
		ok = false // 本周三件 are three, this week
	case ok && !said && l.get(k) == '六' && l.get(k+1) == '福':
		ok = false // 周六福, a jeweller
	}
	if ok && day == 5 && l.in(k+1, "日天") && !isHan(l.get(k+2)) { // 周六日
		p := oneDay(monday.AddDays(day), k+2)
		if !said {
			p.first = r.toward(p.first, 7)
		}
		p.last, p.period = p.first.AddDays(1), true
		return p, read
	}
	if ok && l.in(k, "一二三四五六") && l.in(k+1, "一二三四五六日") && !l.counted(k+2) {
		return point{end: k + 2}, refused // 周一三五
	}
	if ok && said {
		return oneDay(monday.AddDays(day), k+1), read
	}
	if ok {
		return oneDay(r.toward(monday.AddDays(day), 7), k+1), read
	}
	if said {
		return point{end: k, first: monday, last: monday.AddDays(6), grain: Week}, read
	}
	return point{}, nothing
}

// toward moves d by steps of days until it lies where the preference wants it.
func (r *reader) toward(d calendar.Date, step int) calendar.Date {
	edge := r.today
	if !r.base.IsZero() {
		edge = r.base
	}
	for r.prefer == Past && r.base.IsZero() && d.After(edge) {
		d = d.AddDays(-step)
	}
	for (r.prefer == Future || !r.base.IsZero()) && d.Before(edge) {
		d = d.AddDays(step)
	}
	return d
}
