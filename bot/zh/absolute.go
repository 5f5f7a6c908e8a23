package zh

import (
	"time"

	"zhuanban/bot/calendar"
)

// absolute reads dates with numbers in them at i: 2024年1月15日, 2024-01-15,
// 1月15日, 15号, 1月, 二〇二四年.
func (r *reader) absolute(i int) (point, outcome) {
	l := r.l
	if prev := l.get(i - 1); isNumeral(prev) || isLetter(prev) || l.in(i-1, ".-/_第#:") && !(prev == ':' && !isDigit(l.get(i-2))) {
		if prev != '-' || r.base.IsZero() {
			return point{}, nothing
		}
	}
	if l.get(i-1) == '月' && isNumeral(l.get(i-2)) {
		return point{}, nothing // the rest of 13月1日
	}
	if p, what := r.isoDate(i); what != nothing {
		return p, what
	}
	if y, j := l.yearNumber(i); j > i {
		return r.inYear(y, j)
	}
	if n, ok := l.spokenPair(i); ok { // 七八月份
		p := wholeMonth(r.yearFor(0, n), n, l.beyond(i+3, "份"))
		p.last, p.period = yearDay(p.last.Year, time.Month(n+1), 1).MonthEnd(), true
		return p, read
	}
	n, j, digits := l.number2(i)
	if j == i {
		return point{}, nothing
	}
	if l.after(i, "每月") >= 0 {
		return point{end: j}, refused
	}
	unit := l.blanks(j)
	if unit > j && !isDigit(l.get(j-1)) {
		unit = j
	}
	switch l.get(unit) {
	case '月':
		if n < 1 || n > 12 || l.in(unit+1, "饼子租薪均嫂亮球") || l.get(i) == '两' || digits == 0 && l.in(unit+1, "花天瓜") {
			return point{}, nothing
		}
		return r.inMonth(0, n, unit+1)
	case '日', '号':
		return r.dayOfMonth(n, i, unit+1, digits)
	}
	if digits > 0 && (l.get(j) == '.' || l.get(j) == '/') {
		return r.dotted(n, j)
	}
	return r.borrowed(i, n, j, digits)
}

// borrowed reads a number whose month or day only the next one says: 15-26日, 1、2月.
func (r *reader) borrowed(i, n, j, digits int) (point, outcome) {
	l := r.l
	if from, m, end := r.neighbour(i, n, j, "月日号"); from > 0 {
		p, what := r.listed(i, n, m, end)
		if what == read && m == n+1 {
			p.end, p.period = end+1, true
			if l.get(end) == '月' {
				p.last = yearDay(p.last.Year, time.Month(m), 1).MonthEnd()
				p.end = l.beyond(p.end, "份")
			} else {
				p.last = p.first.AddDays(1)
			}
			return p, read
		}
		p.end = j
		return p, what
	}
	// 15-26日, 5-10月: the first end borrows the unit of the second.
	if k := l.rangeSign(j); k > j {
		if m, end, _ := l.number2(k); end > k && m > n {
			switch l.get(end) {
			case '月':
				if m <= 12 && n >= 1 {
					return r.inMonth(0, n, j)
				}
			case '日', '号':
				if m <= 31 && (l.get(end) == '日' || !l.notDayNumber(end+1) && !l.addressBefore(i)) {
					return r.dayOfMonth(n, i, j, digits)
				}
			}
		}
	}
	return point{}, nothing
}

// isoDate reads 2024-01-15, 2024/1/15, 2024.1.15, 20240115 and 2024-01.
func (r *reader) isoDate(i int) (point, outcome) {
	l := r.l
	n, j := 0, i
	for j < i+9 && isDigit(l.get(j)) {
		n = n*10 + int(l.r[j]-'0')
		j++
	}
	if j-i == 8 && n >= 1900_00_00 && n < 2100_00_00 && !isLetter(l.get(j)) && !l.counted(j) && !l.labelled(i) {
		if d, ok := calendar.NewDate(n/10000, time.Month(n/100%100), n%100); ok {
			return oneDay(d, j), read
		}
	}
	sep := l.get(j)
	if j-i != 4 || n < 1900 || n >= 2100 || sep != '-' && sep != '/' && sep != '.' {
		return point{}, nothing
	}
	m, k, digits := l.number2(j + 1)
	if digits == 0 || m < 1 || m > 12 {
		return point{}, nothing
	}
	if l.get(k) != sep || !isDigit(l.get(k+1)) {
		if digits == 2 && sep == '-' && !isLetter(l.get(k)) && l.get(k) != '-' || sep != '.' && r.whole {
			return wholeMonth(n, m, k), read
		}
		return point{}, nothing
	}
	d, end, digits := l.number2(k + 1)
	date, ok := calendar.NewDate(n, time.Month(m), d)
	if digits == 0 || isDigit(l.get(end)) || l.get(end) == sep && isDigit(l.get(end+1)) && sep != '-' {
		return point{}, nothing
	}
	if !ok {
		return point{end: end}, refused
	}
	if l.in(end, "日号") {
		end++
	}
	if (l.get(end) == 'T' || l.get(end) == 't') && isDigit(l.get(end+1)) {
		end++
	}
	return oneDay(date, end), read
}

// labelled says whether a word stands before i that makes digits a code: 批号.
func (l *Line) labelled(i int) bool {
	from := l.beforeColon(i)
	word, _ := l.findBefore(from, codeBefore)
	return word != ""
}

// counted says whether a unit stands at i.
func (l *Line) counted(i int) bool {
	_, end := l.unit(i)
	return end > i
}

// dotted reads 1.17 and 1/17 where the text leaves no doubt that it is a day.
func (r *reader) dotted(month, j int) (point, outcome) {
	l := r.l
	day, end, digits := l.number2(j + 1)
	if digits == 0 || month < 1 || month > 12 || day < 1 || day > 31 {
		return point{}, nothing
	}
	next := l.blanks(end)
	sure := r.whole && (end == len(l.r) || l.rangeSign(end) > end) || !r.base.IsZero() && l.in(j, "./") ||
		l.in(next, "日号前") || l.word(next, "之前") > 0 || l.word(next, "以前") > 0 || l.in(next, "上下") && l.get(next+1) == '午' || l.word(next, "(周") > 0
	if k := l.rangeSign(end); !sure && k > end { // 1.15-1.26
		_, a, n := l.number2(k)
		_, b, m := l.number2(a + 1)
		sure = n > 0 && m > 0 && l.get(a) == l.get(j) && !l.in(b, "万元%亿.")
	}
	if !sure {
		return point{}, nothing
	}
	if l.in(end, "日号") {
		end++
	}
	return r.dated(0, month, day, end)
}

// dayOfMonth reads 15日 or 15号, which end at end, as a day near today.
func (r *reader) dayOfMonth(n, from, end, digits int) (point, outcome) {
	l := r.l
	if n < 1 || n > 31 || l.get(end-1) == '号' && (l.notDayNumber(end) || l.addressBefore(from)) || l.get(end-1) == '日' && l.in(end, "内均游用常") {
		return point{}, nothing
	}
	if l.get(from) == '两' || digits == 0 && l.get(end-1) == '日' && l.in(end, "之") {
		return point{}, nothing
	}
	base, step := r.today, -1
	if r.prefer == Future {
		step = 1
	}
	if !r.base.IsZero() {
		base, step = r.base, 1
	}
	first := yearDay(base.Year, base.Month, 1)
	for range 4 {
		d, ok := calendar.NewDate(first.Year, first.Month, n)
		if ok && (step < 0 && !d.After(base) || step > 0 && !d.Before(base)) {
			return oneDay(d, end), read
		}
		if step > 0 {
			first = first.MonthEnd().AddDays(1)
		} else {
			last := first.AddDays(-1)
			first = yearDay(last.Year, last.Month, 1)
		}
	}
	return point{end: end}, refused
}

// notDayNumber says whether 号 before i numbers something else: 3号楼, 12号店.
func (l *Line) notDayNumber(i int) bool {
	return numberedThings.has(l.get(i))
}

// numberedThings begin what has a number and is no day; addressEnds end what a house's
// number follows.
var (
	numberedThings = runesOf("楼店铺摊仓库房门院车线文令案商公码召牌棚厂幢栋室柜令机桌地单元档口电样")
	addressEnds    = runesOf("路街巷弄村区里道组厝段园庄第镇乡厦城厂场坊店编初终字罚处执告函办令监规排座栋幢楼层号")
)

// addressBefore says whether a road, a village or the like ends at i.
func (l *Line) addressBefore(i int) bool {
	return addressEnds.has(l.get(i - 1))
}

func yearDay(year int, month time.Month, day int) calendar.Date {
	return calendar.Date{Year: year, Month: month, Day: day}
}

func wholeMonth(year, month, end int) point {
	first := yearDay(year, time.Month(month), 1)
	return point{end: end, first: first, last: first.MonthEnd(), grain: Month}
}
