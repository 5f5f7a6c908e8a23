package zh

// stay is what a text says of a holiday: which, and which part of it.
type stay struct {
	*reader
	year     int
	name     string
	from, at int
	end      int
	part     part
	n        int // the number of 第二天
	workdays bool
}

// part is a piece of a holiday or of the days around it.
type part int

// parse reads what follows the name; false if it says nothing of time.
func (s *stay) parse() bool {
	l := s.l
	j := s.at
	for _, word := range [...]string{"小长假", "长假", "黄金周", "假期", "放假", "假日", "节日"} {
		if end := l.word(j, word); end > 0 {
			s.part, s.end = allOfIt, end
			j = end
			break
		}
	}
	if end := l.word(j, "期间"); end > 0 {
		s.part, s.end = allOfIt, end
		return true
	}
	if s.name == "节" && l.word(s.at, "日") > 0 { // 节日期间, but not 节日市场
		end := l.word(s.at, "日期间")
		s.part, s.end = allOfIt, end
		return end > 0
	}
	switch {
	case l.in(j, "前后") && !l.in(j+1, "后往来期述台续面勤夕") || l.word(j, "之前") > 0 || l.word(j, "之后") > 0 || l.word(j, "以前") > 0 || l.word(j, "以后") > 0:
		return s.parseSide(j)
	case l.word(j, "以来") > 0 || l.word(j, "至今") > 0:
		s.part, s.end = sinceBegin, j
		return s.name != "节"
	case s.end > 0:
		return s.parseDay(j) || true
	case s.parseDay(j):
		return s.name != "节"
	case s.name == "节", (s.name == "五一" || s.name == "十一") && s.year == 0:
		return false
	}
	s.part, s.end = alone, j
	k := l.blanks(j)
	return !isHan(l.get(k)) && !isLetter(l.get(k)) && !isDigit(l.get(k)) || l.in(j, "到至")
}

// parseSide reads 前, 后, 后第二天, 前最后一个工作日 at j.
func (s *stay) parseSide(j int) bool {
	l := s.l
	if l.in(j, "之以") {
		j++
	}
	s.part = before
	if l.get(j) == '后' {
		s.part = after
	}
	j++
	s.end = j
	k := j
	if l.get(k) == '的' {
		k++
	}
	if end := l.word(k, "上班"); end > 0 && s.part == after { // 节后上班第一天
		if s.parseDayAfterWork(end) {
			return true
		}
	}
	last := l.word(k, "最后")
	n, end := 0, 0
	switch {
	case last > 0 && l.get(last) == '一':
		n, end = 1, last+1
	case l.get(k) == '首':
		n, end = 1, k+1
	case l.get(k) == '第':
		n, end, _ = l.number2(k + 1)
	case l.get(k) == '一' && l.in(k+1, "天日"):
		n, end = 1, k+1
	}
	if n < 1 {
		s.vague(k)
		return true
	}
	if l.get(end) == '个' {
		end++
	}
	unit := 0
	if e := l.word(end, "工作日"); e > 0 {
		s.workdays, unit = true, e
	} else if l.in(end, "天日") {
		unit = end + 1
	}
	if unit == 0 {
		s.vague(k)
		return true
	}
	if (last > 0) != (s.part == before) && !(last < 0 && s.part == before && l.get(k) == '一') {
		s.part, s.end = unclear, unit // 节后最后一天 and 节前第三天 say too little
		return true
	}
	s.n, s.end = n, unit
	if s.part == before {
		s.part = nthBefore
	} else {
		s.part = nthAfter
	}
	return true
}

// parseDayAfterWork reads 第一天 and 首日 behind 节后上班 at j, which is a workday.
func (s *stay) parseDayAfterWork(j int) bool {
	l := s.l
	n, end := 0, j
	switch {
	case l.word(j, "首日") > 0:
		n, end = 1, j+2
	case l.word(j, "头一天") > 0:
		n, end = 1, j+3
	case l.get(j) == '第':
		if n, end, _ = l.number2(j + 1); l.get(end) == '天' {
			end++
		} else {
			n = 0
		}
	}
	if n < 1 {
		return false
	}
	s.part, s.n, s.workdays, s.end = nthAfter, n, true, end
	return true
}

// vague takes a length of time at k, as in 节后一周内: which day that is, nobody
// can say for sure.
func (s *stay) vague(k int) {
	if _, _, _, end := s.l.duration(k); end > k {
		s.part, s.end = unclear, end
		if s.l.in(end, "内前后") {
			s.end++
		}
	}
}

// parseDay reads 第一天, 首日, 最后一天 at j.
func (s *stay) parseDay(j int) bool {
	l := s.l
	if l.get(j) == '的' {
		j++
	}
	if end := l.word(j, "首日"); end > 0 {
		s.part, s.n, s.end = nthOf, 1, end
		return true
	}
	if end := l.word(j, "最后一天"); end > 0 {
		s.part, s.end = lastOf, end
		return true
	}
	if l.get(j) == '第' {
		if n, end, _ := l.number2(j + 1); n >= 1 && l.get(end) == '天' {
			s.part, s.n, s.end = nthOf, n, end+1
			return true
		}
	}
	return false
}
