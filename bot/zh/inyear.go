package zh

import (
	"time"

	"zhuanban/bot/calendar"
)

// yearNumber reads a year and its 年: 2024年, 24年1月, 二〇二四年; end is i if there is none.
func (l *Line) yearNumber(i int) (year, end int) {
	j := i
	for j < i+5 && isDigit(l.get(j)) {
		year = year*10 + int(l.r[j]-'0')
		j++
	}
	if j == i {
		for j < i+5 && hanDigit(l.get(j)) >= 0 && l.get(j) != '两' {
			year = year*10 + int(hanDigit(l.r[j]))
			j++
		}
	}
	k := l.blanks(j)
	if l.get(k) != '年' || l.in(k+1, "级版款产") {
		return 0, i
	}
	switch j - i {
	case 4:
		if year >= 1900 && year < 2100 {
			return year, k + 1
		}
	case 2:
		if m, end, _ := l.number2(l.blanks(k + 1)); m >= 1 && m <= 12 && l.get(end) == '月' || isDigit(l.r[i]) && (l.in(k+1, "底初末") || year >= 20 && year < 40 && l.afterShortYear(k+1)) {
			return 2000 + year, k + 1
		}
	}
	return 0, i
}

// afterShortYear says whether what stands at i leaves no doubt that 24年 is a year.
func (l *Line) afterShortYear(i int) bool {
	_, end := l.quarterNumber(i)
	return end > i || l.word(i, "上半年") > 0 || l.word(i, "下半年") > 0 || l.word(i, "全年") > 0 || l.word(i, "春节") > 0 || l.word(i, "国庆") > 0 || l.word(i, "元旦") > 0
}

// inYear reads what follows 2024年 at j.
func (r *reader) inYear(year, j int) (point, outcome) {
	l := r.l
	k := l.blanks(j)
	if end := l.word(k, "元月"); end > 0 {
		return r.inMonth(year, 1, end)
	}
	if m, end, _ := l.number2(k); end > k && l.get(l.blanks(end)) == '月' && m >= 1 && m <= 12 {
		return r.inMonth(year, m, l.blanks(end)+1)
	}
	if m, end, _ := l.number2(k); end > k && m >= 1 && m <= 12 && l.rangeSign(end) > end {
		if n, last, _ := l.number2(l.rangeSign(end)); n > m && l.get(last) == '月' {
			return r.inMonth(year, m, end)
		}
	}
	if m, j, _ := l.number2(k); j > k && l.get(j) == '、' {
		if n, end, _ := l.number2(j + 1); end > j+1 && l.get(end) == '月' && m >= 1 && n <= 12 {
			p := wholeMonth(year, m, l.beyond(end+1, "份"))
			p.last, p.period = wholeMonth(year, n, 0).last, true
			if n != m+1 {
				return p, refused
			}
			return p, read
		}
	}
	if p, ok := r.partOfYear(year, k); ok {
		return p, read
	}
	if end := l.word(k, "同期"); end > 0 {
		return point{end: end}, refused // as long a time as some other
	}
	if p, what := r.namedInYear(year, k); what != nothing {
		return p, what
	}
	if l.get(j) == '度' {
		j++
	}
	return point{end: j, first: yearDay(year, 1, 1), last: yearDay(year, 12, 31), grain: Year}, read
}

// namedInYear reads a holiday, a lunar date or a week of that year at j.
func (r *reader) namedInYear(year, j int) (point, outcome) {
	if r.l.get(j) == '的' {
		j++
	}
	if p, what := r.holidayAt(year, j); what != nothing {
		return p, what
	}
	if p, what := r.festivalAt(year, j); what != nothing {
		return p, what
	}
	if p, what := r.lunarAt(year, j); what != nothing {
		return p, what
	}
	return r.weekNumber(j, year, calendar.Date{})
}

// inMonth reads what follows 1月 at j. A year of 0 was not said.
func (r *reader) inMonth(year, month, j int) (point, outcome) {
	l := r.l
	k := l.blanks(j)
	if day, end, digits := l.number2(k); end > k {
		sign := l.blanks(end)
		switch {
		case l.in(sign, "日号") && !(l.get(sign) == '号' && l.notDayNumber(sign+1)):
			return r.dated(year, month, day, sign+1)
		case l.in(end, "件户家个起人条次批元万箱%") || l.in(end, "时点:.,") && l.get(end) != ',':
		case digits > 0 && k == j && r.endsBareDay(end):
			return r.dated(year, month, day, end)
		case digits == 0 && k == j && day >= 10 && r.endsBareDay(end):
			return r.spokenDay(year, month, day, end)
		}
	}
	first := yearDay(r.yearFor(year, month), time.Month(month), 1)
	if p, ok := partOfMonth(l, first, j); ok {
		return p, read
	}
	if p, what := r.weekNumber(l.beyond(k, "份"), 0, first); what != nothing {
		return p, what
	}
	if l.get(j) == '份' {
		j++
	}
	y := r.yearFor(year, month)
	p := wholeMonth(y, month, j)
	if l.in(j, "度") {
		p.end++
	}
	return p, read
}

// spokenDay makes the day of 八月十五, which may be one of the lunar year as well.
func (r *reader) spokenDay(year, month, day, end int) (point, outcome) {
	p, what := r.dated(year, month, day, end)
	if what != read || day > 30 {
		return p, what
	}
	if q, what := r.lunarPoint(year, lunar{month: month, day: day, end: end}); what == read && q.first != p.first {
		q.also, p.also = nil, &q
	}
	return p, read
}

// endsBareDay says whether 1月15 may end at i without its 日.
func (r *reader) endsBareDay(i int) bool {
	l := r.l
	if !isHan(l.get(i)) && !isLetter(l.get(i)) {
		if k := l.rangeSign(i); k > i {
			_, end, _ := l.number2(k)
			return end > k && l.in(end, "日号月")
		}
		return true
	}
	return l.in(i, "前到至上下晚早凌起")
}

// dated makes the day with the year that was said or is most likely meant.
func (r *reader) dated(year, month, day, end int) (point, outcome) {
	if day < 1 || day > 31 || month < 1 || month > 12 {
		return point{end: end}, refused
	}
	if year != 0 {
		d, ok := calendar.NewDate(year, time.Month(month), day)
		if !ok {
			return point{end: end}, refused
		}
		return oneDay(d, end), read
	}
	y := r.yearFor(0, month, day)
	d, ok := calendar.NewDate(y, time.Month(month), day)
	if !ok {
		return point{end: end}, refused
	}
	return oneDay(d, end), read
}

// nearby is how far against the preference a date may lie and still be the one
// that was meant: two months.
const nearby = 60

// yearFor is the year that a month, or a day of it, without year falls in.
func (r *reader) yearFor(year, month int, day ...int) int {
	if year != 0 {
		return year
	}
	today := r.today
	if !r.base.IsZero() {
		y := r.base.Year
		if last := yearDay(y, time.Month(month), 1).MonthEnd(); last.Before(r.base) {
			y++
		}
		return y
	}
	d := yearDay(today.Year, time.Month(month), 1)
	last := d.MonthEnd()
	if len(day) > 0 {
		d = d.AddDays(day[0] - 1)
		last = d
	}
	switch {
	case r.prefer == Past && d.After(today):
		if today.DaysUntil(d) > nearby {
			return today.Year - 1
		}
	case r.prefer == Future && last.Before(today):
		if last.DaysUntil(today) > nearby {
			return today.Year + 1
		}
	}
	return today.Year
}
