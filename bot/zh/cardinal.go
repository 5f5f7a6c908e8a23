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
	if isDigit(r) {
		return s.takeArabic()
	}
	if mark(r)&numeral != 0 {
		return s.takeNumeral(r)
	}
	switch {
	case r == '另' && s.prev >= 100 && hanDigit(s.l.get(s.at+1)) > 0:
		return s.takeZero()
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

// takeNumeral takes one of 零 to 亿.
func (s *sum) takeNumeral(r rune) bool {
	switch {
	case hanDigit(r) > 0:
		return s.takeDigit(r, hanDigit(r))
	case hanDigit(r) == 0:
		return s.takeZero()
	case tens(r) > 0:
		return s.takeTens(tens(r))
	case multiplier(r) >= 10_000:
		return s.takeBig(multiplier(r))
	case multiplier(r) > 0:
		return s.takeSmall(r, multiplier(r))
	}
	return false
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
