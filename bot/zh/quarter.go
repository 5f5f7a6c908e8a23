package zh

import (
	"time"
)

// firstQuarters reads 前三季度 at i, of that year.
func (l *Line) firstQuarters(year, i int) (point, bool) {
	if !l.in(i, "前头") {
		return point{}, false
	}
	n, j, _ := l.number2(i + 1)
	if l.get(j) == '个' {
		j++
	}
	if end := l.word(j, "季度"); end > 0 && n >= 2 && n <= 4 {
		p := quarterOf(year, n, end)
		p.first, p.period = yearDay(year, 1, 1), true
		return p, true
	}
	return point{}, false
}

// partOfQuarter takes the 末 or 初 behind a quarter: its last or first month.
func (l *Line) partOfQuarter(p point) point {
	switch {
	case l.in(p.end, "末底"):
		return wholeMonth(p.last.Year, int(p.last.Month), p.end+1)
	case l.get(p.end) == '初':
		return wholeMonth(p.first.Year, int(p.first.Month), p.end+1)
	}
	return p
}

// quarterNumber reads 一季度, 第2季度, Q3 at i; end is i if there is none.
func (l *Line) quarterNumber(i int) (q, end int) {
	j := i
	if l.in(j, "Qq") && l.in(j+1, "1234") && !isLetter(l.get(j-1)) && !isDigit(l.get(j+2)) && !isLetter(l.get(j+2)) {
		return int(l.r[j+1] - '0'), j + 2
	}
	if l.get(j) == '第' {
		j++
	}
	n, j, _ := l.number2(j)
	if n < 1 || n > 4 || l.word(j, "季度") < 0 {
		return 0, i
	}
	return n, j + 2
}

func quarterOf(year, q, end int) point {
	first := yearDay(year, time.Month(3*q-2), 1)
	last := yearDay(year, time.Month(3*q), 1).MonthEnd()
	return point{end: end, first: first, last: last, grain: Quarter}
}

// quarter reads 一季度, 本季度, 上个季度, Q1.
func (r *reader) quarter(i int) (point, outcome) {
	l := r.l
	today := r.today
	this := (int(today.Month) + 2) / 3
	if l.in(i, "季") { // 季末, 季度末
		if end := l.beyond(l.beyond(i, "季"), "度"); l.in(end, "末底初") && !isHan(l.get(i-1)) && (!isHan(l.get(end+1)) || l.in(end+1, "前之以报结")) {
			return l.partOfQuarter(quarterOf(today.Year, this, end)), read
		}
		return point{}, nothing
	}
	if q, end := l.quarterNumber(i); end > i && !isNumeral(l.get(i-1)) {
		year := today.Year
		if r.base.IsZero() && r.prefer == Past && q > this {
			year--
		} else if r.base.IsZero() && r.prefer == Future && q < this {
			year++
		}
		return l.partOfQuarter(quarterOf(year, q, end)), read
	}
	offset, j, said := l.near(i)
	end := l.word(j, "季度")
	if end < 0 && l.get(j) == '季' && (!isHan(l.get(j+1)) || l.in(j+1, "末底初共查检立")) {
		end = j + 1
	}
	if said && end > 0 {
		n := today.Year*4 + this - 1 + offset
		return l.partOfQuarter(quarterOf(n/4, n%4+1, end)), read
	}
	return point{}, nothing
}
