package zh

import "time"

// untilWords stand before the day up to which something is counted or due.
var untilWords = words("截至到 截止到 截至 截止 最迟在 最迟于 最迟 最晚在 最晚 不晚于 不迟于 到 目前为止 目前止")

// until reads 截至1月15日, 最迟周五, 到目前为止 and 目前为止 at i: all up to the end of
// that time; since when is not said.
func (r *reader) until(i int) (point, outcome) {
	l := r.l
	w, j := l.find(i, untilWords)
	switch w {
	case "":
		return point{}, nothing
	case "目前为止", "目前止":
		return r.untilToday(j), read
	}
	if l.get(j) == ':' {
		j++
	}
	if end := l.nowWord(j); end > j {
		if stop := l.stopWord(end); stop > end || w != "到" {
			return r.untilToday(stop), read
		}
		return point{}, nothing
	}
	if again, _ := l.find(j, untilWords); again != "" {
		return point{}, nothing
	}
	p, what := r.point(j)
	if what != read {
		return point{}, nothing
	}
	end := l.stopWord(p.end)
	if w == "到" && end == p.end {
		return point{}, nothing
	}
	if p.edge != At && p.edge != Before {
		return point{}, nothing
	}
	if next := l.blanks(end); next == end {
		if word, k := l.find(end, beforeWords); word != "" && !l.in(k, "后往来期述台") {
			end = k // 最迟周五前
		}
	}
	p.end, p.edge = end, Before
	if p.also != nil {
		p.also.edge = Before
	}
	return p, read
}

// untilToday is all time up to today.
func (r *reader) untilToday(end int) point {
	p := oneDay(r.today, end)
	p.edge = Before
	return p
}

// nowWord is where 目前, 现在 or the like ends; i if none stands there.
func (l *Line) nowWord(i int) int {
	for _, w := range [...]string{"目前", "现在", "当前", "如今", "眼下", "此刻", "今"} {
		if end := l.word(i, w); end > 0 && !(w == "今" && l.in(end, "天日年晚早晨夜明后年")) {
			return end
		}
	}
	return i
}

// stopWord is where 为止 or 止 at i ends; i if neither stands there.
func (l *Line) stopWord(i int) int {
	for _, w := range [...]string{"为止", "止"} {
		if end := l.word(i, w); end > 0 {
			return end
		}
	}
	return i
}

// withinName reads 年内, 本月内 and 周内 at i: from today to the end of it.
func (r *reader) withinName(i int) (point, outcome) {
	l := r.l
	if l.get(i+1) != '内' || isNumeral(l.get(i-1)) || isHan(l.get(i-1)) && l.in(i-1, "个今本每去当前同某星期") || r.prefer == Past {
		return point{}, nothing
	}
	p := point{end: i + 2, first: r.today, grain: Day, period: true}
	switch l.get(i) {
	case '年':
		p.last = yearDay(r.today.Year, time.December, 31)
	case '月':
		p.last = r.today.MonthEnd()
	case '周':
		p.last = r.today.Monday().AddDays(6)
	}
	return p, read
}

// hoursWithin is the period from now on, or up to now, that takes so many minutes.
func (r *reader) hoursWithin(minutes, end int) point {
	from, to := r.now.Truncate(time.Minute), r.now.Truncate(time.Minute).Add(time.Duration(minutes)*time.Minute)
	if minutes < 0 {
		from, to = to, from
	}
	p := point{end: end, grain: Minute, period: true, clock: true}
	p.first, p.from = dayAndMinute(from)
	p.last, p.to = dayAndMinute(to)
	return p
}
