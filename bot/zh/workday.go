package zh

import "zhuanban/bot/calendar"

// workdays reads 3个工作日内, 两个工作日后, 5个工作日前 at i, if someone knows the
// workdays.
func (r *reader) workdays(i int) (point, outcome) {
	l := r.l
	if l.days == nil || isNumeral(l.get(i-1)) || l.in(i-1, ".第-/:") || isLetter(l.get(i-1)) {
		return point{}, nothing
	}
	n, j, _ := l.number2(i)
	if j == i || n < 1 {
		return point{}, nothing
	}
	if j = l.blanks(j); l.get(j) == '个' {
		j++
	}
	if j = l.word(j, "工作日"); j < 0 {
		return point{}, nothing
	}
	w, end := l.find(j, sides)
	if w == "" || l.in(end, "期台任往列茅线") {
		return point{}, nothing
	}
	within := false
	switch w {
	case "之前", "以前", "前":
		n = -n
	case "之内", "以内", "内":
		within = true
	}
	if within && r.prefer == Past {
		return point{}, nothing
	}
	day, err := l.days.Add(r.today, n)
	if err != nil {
		return point{end: end}, refused
	}
	if within {
		return point{end: end, first: r.today, last: day, grain: Day, period: true}, read
	}
	return oneDay(day, end), read
}

var sides = words("之前 以前 前 之后 以后 后 之内 以内 内")

// nextWorkday reads 下一个工作日 and 上个工作日 at i.
func (r *reader) nextWorkday(i int) (point, outcome) {
	l := r.l
	j := i + 1
	if l.get(j) == '一' {
		j++
	}
	if l.get(j) == '个' {
		j++
	}
	end := l.word(j, "工作日")
	if end < 0 || l.in(i-1, "上下") {
		return point{}, nothing
	}
	if l.days == nil {
		return point{end: end}, refused
	}
	move := l.days.Next
	if l.get(i) == '上' {
		move = l.days.Prev
	}
	day, err := move(r.today)
	if err != nil {
		return point{end: end}, refused
	}
	return oneDay(day, end), read
}

// weekNumber reads 第三周 and 第12周 at i, of that year or of the month that
// begins on month, if they were said. A week belongs to the year and month that
// its Thursday is in, as in ISO 8601. Without either, up to five it is the
// week of this month, and as well that of the year.
func (r *reader) weekNumber(i, year int, month calendar.Date) (point, outcome) {
	l := r.l
	if l.get(i) != '第' {
		return point{}, nothing
	}
	n, j, _ := l.number2(i + 1)
	if j == i+1 || n < 1 || n > 53 {
		return point{}, nothing
	}
	if l.get(j) == '个' {
		j++
	}
	if year == 0 && month.IsZero() && isHan(l.get(i-1)) && !l.in(i-1, "在于到至从和") {
		return point{}, nothing // 开工第一周
	}
	end, ok := l.weekName(j)
	if _, day := weekdayOf(l.get(end)); !ok || day || l.in(end, "边围年转长刊期到某密全遭岁末") {
		return point{}, nothing
	}
	if k, another := l.weekName(l.beyond(end, "的")); another {
		if _, day := weekdayOf(l.get(k)); day {
			return point{end: k + 1}, refused // 第2周周三
		}
	}
	said := year != 0 || !month.IsZero()
	if year == 0 {
		year = r.today.Year
	}
	ofYear := nthWeek(yearDay(year, 1, 1), n, end)
	if thursday := ofYear.first.AddDays(3); thursday.Year != year {
		return point{end: end}, refused
	}
	if said && month.IsZero() || !said && n > 5 {
		return ofYear, read
	}
	if month.IsZero() {
		month = yearDay(r.today.Year, r.today.Month, 1)
	}
	p := nthWeek(month, n, end)
	thursday := p.first.AddDays(3)
	inMonth := thursday.Month == month.Month && thursday.Year == month.Year
	switch {
	case !said && inMonth && r.prefer == Future && p.last.Before(r.today):
		return point{end: end}, refused
	case !inMonth && said:
		return point{end: end}, refused
	case !inMonth:
		return ofYear, read
	case !said && ofYear.first != p.first:
		p.also = &ofYear
	}
	return p, read
}

// nthWeek is the n-th of the weeks whose Thursdays come on that day or after it.
func nthWeek(first calendar.Date, n, end int) point {
	thursday := first.Monday().AddDays(3)
	if thursday.Before(first) {
		thursday = thursday.AddDays(7)
	}
	thursday = thursday.AddDays(7 * (n - 1))
	return point{end: end, first: thursday.AddDays(-3), last: thursday.AddDays(3), grain: Week}
}
