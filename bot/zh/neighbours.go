package zh

// bothDays reads two days said in one breath at i: 明后天, 今明两天, 昨今两天.
func (r *reader) bothDays(i int) (point, outcome) {
	l := r.l
	a, okA := dayOffset(l.get(i))
	b, okB := dayOffset(l.get(i + 1))
	if !okA || !okB || b != a+1 {
		return point{}, nothing
	}
	j := i + 2
	switch {
	case l.word(j, "两天") > 0 || l.word(j, "两日") > 0 || l.word(j, "2天") > 0:
		j += 2
	case l.in(j, "天日"):
		j++
	default:
		return point{}, nothing
	}
	return point{end: j, first: r.today.AddDays(a), last: r.today.AddDays(b), grain: Day, period: true}, read
}

// dayOffset is how far the day that begins with r lies from today.
func dayOffset(r rune) (offset int, ok bool) {
	switch r {
	case '前':
		return -2, true
	case '昨':
		return -1, true
	case '今':
		return 0, true
	case '明':
		return 1, true
	case '后':
		return 2, true
	}
	return 0, false
}

// neighbour is where the second of two numbers begins that 、 joins and one unit
// ends: the 2 of 1、2月; 0 if they are not that. A list's first number is none.
func (r *reader) neighbour(i, n, j int, units string) (from, m, end int) {
	l := r.l
	if l.get(j) != '、' || l.lineStart(i) && n == 1 && !r.whole || l.get(i-1) == '、' {
		return 0, 0, 0
	}
	m, end, _ = l.number2(j + 1)
	if end == j+1 || m <= n || !l.in(end, units) || isDigit(l.r[i]) != isDigit(l.r[j+1]) {
		return 0, 0, 0
	}
	return j + 1, m, end
}

// listed is the first of two neighbours as a month or a day by the unit at end.
func (r *reader) listed(i, n, m, end int) (point, outcome) {
	l := r.l
	if l.get(end) == '月' {
		if n < 1 || m > 12 {
			return point{}, nothing
		}
		return wholeMonth(r.yearFor(0, n), n, end), read
	}
	if m > 31 || l.get(end) == '号' && (l.notDayNumber(end+1) || l.addressBefore(i)) {
		return point{}, nothing
	}
	return r.dayOfMonth(n, i, end, 1)
}

// spokenPair is the first of the two neighbours that two digits at i name, as in
// 七八月份 and 三四号; ok is false if they are not that.
func (l *Line) spokenPair(i int) (n int, ok bool) {
	a, b := hanDigit(l.get(i)), hanDigit(l.get(i+1))
	if a < 1 || b != a+1 || l.get(i) == '两' || l.get(i+1) == '两' || isNumeral(l.get(i-1)) {
		return 0, false
	}
	return int(a), l.get(i+2) == '月' && !l.in(i+3, "饼")
}
