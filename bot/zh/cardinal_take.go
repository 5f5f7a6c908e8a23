package zh

func (s *sum) takeArabic() bool {
	a, ok := s.l.arabic(s.at)
	if s.has || !ok || s.few {
		s.at, s.bad = a.end, true
		return false
	}
	next := multiplier(s.l.get(a.end))
	if s.prev != 0 && next == 0 {
		room, _ := One.Times(s.prev)
		switch {
		case a.places > 0 || a.value >= room || a.naught && a.digits > 1 && pow10(a.digits) != s.prev:
			s.bad = true
			return false
		case a.digits > 1 && pow10(a.digits) != s.prev && a.digits < 3:
			s.bad = true
			return false
		}
		s.literal = a.digits > 1
	}
	if s.at == s.from {
		s.out.naught, s.out.places = a.naught, a.places
	}
	s.cur, s.has, s.arabic, s.prev = a.value, true, true, prevIf(s.literal, s.prev)
	s.at = a.end
	return true
}

func prevIf(literal bool, prev int64) int64 {
	if literal {
		return 0
	}
	return prev
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

func (s *sum) takeDigit(r rune, d int64) bool {
	v := FromInt(d)
	if s.has {
		first, _ := s.cur.Int()
		adjacent := d == first+1 || first == 3 && d == 5
		if s.arabic && d == 1 && s.l.counted(s.at+1) {
			return false // 350一双
		}
		if !adjacent && s.prev >= 100 && s.spread == 0 && s.l.counted(s.at+1) {
			return false // 三百五一条
		}
		if s.at == s.from+1 && s.l.get(s.at+1) == '折' && r != '两' {
			s.cur = s.add(s.times(s.cur, 10), v)
			s.literal = true
			s.at++
			return false
		}
		if s.arabic && s.at > s.from && isDigit(s.l.r[s.at-1]) || !adjacent || s.spread != 0 || r == '两' && first != 1 {
			if r == '两' && s.at > s.from {
				return false // a weight: 二两
			}
			s.bad = true
			return false
		}
		s.spread = v - s.cur
		s.at++
		return true
	}
	if s.spread != 0 && !s.has {
		s.bad = true // 三四百五
		return false
	}
	if r == '两' && s.prev == 10 {
		return false // a weight: 十两
	}
	s.cur, s.has = v, true
	s.at++
	return true
}

// takeZero takes a 零 that fills a gap (一百零五) or stands alone. The 零 of
// 一百零件 or 五百零售户 does neither.
func (s *sum) takeZero() bool {
	next := s.l.get(s.at + 1)
	if s.at == s.from {
		if d := hanDigit(next); d >= 0 || multiplier(next) > 0 {
			s.bad = true
			return false
		}
		s.cur, s.has = 0, true
		s.at++
		return true
	}
	if s.has {
		s.bad = true // 二零: a string of two says too little
		return false
	}
	if !(isDigit(next) || hanDigit(next) >= 0 || next == '十' || next == '拾') {
		return false
	}
	s.prev = 0
	s.at++
	return true
}

// takeTens takes 廿, 卅 or 卌, with which a number begins or which follow 百.
func (s *sum) takeTens(value int64) bool {
	if s.has || s.prev > 0 && s.prev < 100 || s.at == s.from && s.l.in(s.at-1, "月日年") {
		s.bad = true
		return false
	}
	s.section = s.add(s.section, FromInt(value))
	s.out.scale, s.last, s.prev = 0, 10, 10
	s.at++
	return true
}

func (s *sum) takeSmall(r rune, m int64) bool {
	if r == '千' && s.l.in(s.at+1, "克米瓦卡") || r == '百' && s.l.word(s.at+1, "分点") > 0 {
		return false
	}
	if !s.has {
		if m > 10 && s.prev > 0 && s.prev < 10_000 {
			s.bad = true // 三十百
			return false
		}
		if m != 10 || s.prev == 10 || r == '拾' && s.at == s.from && !isFormal(s.l.get(s.at+1)) && multiplier(s.l.get(s.at+1)) == 0 && !s.l.in(s.at+1, "元圆") {
			return false
		}
		s.cur = One // 十五, 一百十五
	}
	if m >= s.last {
		s.bad = true // 三十百
		return false
	}
	if s.total == 0 && s.section == 0 {
		s.out.coef, s.out.scale = s.cur, m
	} else {
		s.out.scale = 0
	}
	s.section = s.add(s.section, s.times(s.cur, m))
	s.spread = s.times(s.spread, m)
	s.cur, s.has, s.last, s.prev = 0, false, m, m
	s.at++
	return true
}

func (s *sum) takeBig(m int64) bool {
	if !s.has && s.section == 0 && (s.total == 0 || m <= s.big) {
		return false
	}
	value := s.add(s.section, s.cur)
	if s.total == 0 {
		s.out.coef, s.out.scale = value, m
	} else {
		s.out.scale = 0
	}
	switch {
	case m < s.big && s.total == 0:
		s.total = s.times(value, m)
	case m < s.big:
		s.total = s.add(s.total, s.times(value, m))
	case s.big == 10_000 && m > s.big: // 一万二千亿
		s.total = s.times(s.add(s.total, value), m)
	default:
		s.bad = true
		return false
	}
	s.spread = s.times(s.spread, m)
	s.section, s.cur, s.has, s.last, s.big, s.prev = 0, 0, false, 10_000, m, m
	s.at++
	return true
}

// takeFew takes the 几 of 十几, 二十几 and 20几.
func (s *sum) takeFew() bool {
	if s.has && s.arabic && s.at > s.from && s.cur >= 10*One && s.cur < 100*One && s.cur%(10*One) == 0 && s.spread == 0 && s.section == 0 && s.total == 0 && s.l.get(s.at+1) != '乎' {
		s.cur, s.spread, s.few, s.literal = s.cur+One, 8*One, true, true
		s.at++
		return true
	}
	if s.has || s.prev != 10 || s.spread != 0 {
		return false
	}
	s.cur, s.has, s.spread, s.few = One, true, 8*One, true
	s.at++
	return true
}

// takeMore takes the 多 inside 三百多万; one at the end is left to the caller.
func (s *sum) takeMore() bool {
	m := multiplier(s.l.get(s.at + 1))
	if s.at == s.from || m < 100 || s.has && !s.arabic {
		return false
	}
	s.about = true
	s.at++
	return true
}

// takePoint takes the decimals of 三点五; those of 3.5 are read with the digits.
func (s *sum) takePoint(r rune) bool {
	if r == '.' || !s.has || s.section != 0 && s.prev != 10 || s.spread != 0 || s.out.places > 0 {
		return false
	}
	j, value, unit := s.at+1, Num(0), One
	for ; ; j++ {
		d := hanDigit(s.l.get(j))
		if s.arabic && isDigit(s.l.get(j)) {
			d = int64(s.l.get(j) - '0')
		}
		if d < 0 || s.l.get(j) == '两' || unit < 10 {
			break
		}
		unit /= 10
		value += unit * Num(d)
	}
	next := s.l.get(j)
	if j == s.at+1 || s.l.in(j, "十百刻半钟点时") || next == '分' && s.l.get(j+1) != '之' {
		return false
	}
	if s.arabic && multiplier(next) < 10_000 && next != '%' {
		return false // 3点5: more likely a time
	}
	s.cur = s.add(s.cur, value)
	s.out.places = j - s.at - 1
	s.literal = true
	s.at = j
	return true
}

// takeLetter takes the k of 3k and the w of 1.2w.
func (s *sum) takeLetter(r rune) bool {
	next := s.l.get(s.at + 1)
	if r == 'w' && s.cur >= 100*One && !s.l.in(s.at+1, "+元块多余左粉人") && !s.l.counted(s.at+1) {
		s.bad = true // 1500W: watts, or 万
		return false
	}
	odd := s.l.oddAfterLetter(s.at+1) && s.out.places == 0
	if !s.has || !s.arabic || s.total != 0 || s.section != 0 || isLetter(next) || isDigit(next) && !odd || s.out.naught {
		return false
	}
	if s.l.in(s.at+1, "金电高超画屏") {
		return false // 24K金, 4K电视
	}
	m := int64(1000)
	if r == 'w' {
		m = 10_000
	}
	s.out.coef, s.out.scale = s.cur, m
	s.total = s.times(s.cur, m)
	s.cur, s.has, s.literal, s.prev = 0, false, true, 0
	s.at++
	if odd { // 2w5
		s.total = s.add(s.total, FromInt(int64(next-'0')*m/10))
		s.out.scale = 0
		s.at++
	}
	return false
}

// oddAfterLetter says whether the digit at i is the 5 of 2w5: one and no more.
func (l *Line) oddAfterLetter(i int) bool {
	next := l.get(i + 1)
	return isDigit(l.get(i)) && !isDigit(next) && !isLetter(next) && next != '.' && next != '-' && next != '/'
}
