package zh

// cardinal is a number word as it stands in the line, without its unit.
type cardinal struct {
	end    int
	value  Num
	spread Num  // how much higher it may be: 三四百 is 300 and a spread of 100
	few    bool // ends in 几: the value is the round number below it
	about  bool // 多, 余 or 来 stands inside: 三百多万
	plain  bool // Arabic digits only, without 万 and the like
	naught bool // Arabic with a leading zero, like 0031
	string bool // digit by digit: 二〇二四
	places int  // decimals after the point
	coef   Num  // with scale: the value is coef times scale
	scale  int64
}

// outcome is what came of trying to read something.
type outcome int

const (
	nothing outcome = iota // nothing of the kind begins here
	refused                // it looks like one up to end, and must not be read
	read
)

// sum builds the value of a cardinal token by token.
type sum struct {
	l       *Line
	from    int
	at      int
	total   Num   // what 万 and 亿 closed
	section Num   // what 十 百 千 closed since
	cur     Num   // the digits not yet multiplied
	has     bool  // there is a cur
	literal bool  // cur stands for itself: 1万2000
	spread  Num   // of cur
	last    int64 // the smallest of 十 百 千 used in this section
	big     int64 // the smallest of 万 亿 used
	prev    int64 // the multiplier just read; 0 after a digit or 零
	arabic  bool
	few     bool
	about   bool
	bad     bool
	out     cardinal
}

// cardinal reads the number word at i: Arabic digits with separators and
// decimals, Chinese numerals everyday (两万五 is 25000, 一百零五, 十二三) and
// formal (贰拾叁万), and both mixed (1.2万, 1万2, 3k, 20多万). A word that
// starts as one and goes wrong (三七, 1万25) is refused as a whole.
func (l *Line) cardinal(i int) (cardinal, outcome) {
	if end := l.digitString(i); end > i {
		return l.positional(i, end)
	}
	s := sum{l: l, from: i, at: i, last: 10_000, big: 1 << 62}
	for s.at < len(l.r) && !s.bad && s.step() {
	}
	if s.at == i {
		return cardinal{end: i}, nothing
	}
	s.finish()
	if s.bad {
		for s.at < len(l.r) && isNumeral(l.r[s.at]) {
			s.at++
		}
		return cardinal{end: s.at}, refused
	}
	return s.out, read
}

// step takes one token; false means that the word ended before it.
func (s *sum) step() bool {
	r := s.l.r[s.at]
	switch {
	case isDigit(r):
		return s.takeArabic()
	case hanDigit(r) > 0:
		return s.takeDigit(r, hanDigit(r))
	case hanDigit(r) == 0 || r == '另' && s.prev >= 100 && hanDigit(s.l.get(s.at+1)) > 0:
		return s.takeZero()
	case tens(r) > 0:
		return s.takeTens(tens(r))
	case multiplier(r) >= 10_000:
		return s.takeBig(multiplier(r))
	case multiplier(r) > 0:
		return s.takeSmall(r, multiplier(r))
	case r == '几':
		return s.takeFew()
	case r == '多' || r == '余' || r == '来':
		return s.takeMore()
	case r == '点' || r == '.':
		return s.takePoint(r)
	case r|0x20 == 'w' || r|0x20 == 'k':
		return s.takeLetter(r | 0x20)
	}
	return false
}

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

// finish adds up. A digit left over after 百 or more counts one place lower:
// 一千二 is 1200.
func (s *sum) finish() {
	if s.bad {
		return
	}
	if s.has && !s.literal && s.prev >= 10 {
		s.cur = s.times(s.cur, s.prev/10)
		s.spread = s.times(s.spread, s.prev/10)
	}
	if s.has && (s.section != 0 || s.total != 0) {
		s.out.scale = 0
	}
	s.out.value = s.add(s.add(s.total, s.section), s.cur)
	s.out.end, s.out.spread, s.out.few, s.out.about = s.at, s.spread, s.few, s.about
	s.out.plain = s.arabic && s.total == 0 && s.section == 0
	if s.few {
		s.out.value -= s.spread / 8
	}
}

func (s *sum) times(n Num, k int64) Num {
	v, ok := n.Times(k)
	s.bad = s.bad || !ok
	return v
}

func (s *sum) add(a, b Num) Num {
	v, ok := a.Plus(b)
	s.bad = s.bad || !ok
	return v
}
