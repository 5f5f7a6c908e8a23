package zh

// quantity is one end of a number: digits and unit, without what bounds them.
type quantity struct {
	Number
	card       cardinal
	from, tail int  // the digits, without unit
	sign       bool // ¥ or 人民币 stands before
	end        int  // all of it
}

// number reads the number at i with the words around it that bound it, and
// both ends of a range.
func (l *Line) number(i int) (quantity, outcome) {
	if l.r[i] == '负' || l.get(i-1) == '-' && !l.dashMeansMinus(i-1) && l.lineStart(i-1) {
		return l.negative(i)
	}
	q, what := l.quantity(i)
	if what != read {
		return q, what
	}
	l.takeJiao(&q)
	if l.mayJoin(q.end) {
		if to, what := l.rangeEnd(&q); what != nothing {
			if what == refused {
				return to, refused
			}
			q = to
		}
	}
	l.dress(&q, i)
	l.takeUpper(&q)
	return q, read
}

// dress adds to the quantity that begins at i what the words around it say of
// it: 约, 至少, a minus; 左右, 以上.
func (l *Line) dress(q *quantity, i int) {
	from := l.yuanSign(i)
	q.sign = from < i
	if before, start := l.boundBefore(from); before != Exact {
		from = start
		q.Bound = stronger(q.Bound, before)
	}
	if l.dashMeansMinus(i - 1) {
		q.Value, q.Low, q.High = -q.Value, -q.High, -q.Low
		from = i - 1
	}
	if after, end := l.boundAfter(q.end); after != Exact {
		q.Bound = stronger(q.Bound, after)
		q.end = end
		if w, from, unitEnd := l.unitWord(end); q.Unit == "" && l.get(end-1) == '+' && from == end && unitEnd > end {
			q.set(l, w, from, unitEnd) // 100+件
		}
	}
	q.Bare = q.Bare && q.Bound == Exact
	q.Span = l.span(from, q.end)
}

// stronger keeps a range a range and a limit a limit.
func stronger(have, said Bound) Bound {
	if have == Range || have == AtLeast || have == AtMost {
		return have
	}
	return said
}

// dashMeansMinus says whether the rune at i is a minus: only after a colon, a
// bracket, or a word of comparing. Elsewhere it parts words or heads a list.
func (l *Line) dashMeansMinus(i int) bool {
	return l.get(i) == '-' && l.in(i-1, ":(比为是")
}

func (l *Line) lineStart(i int) bool { return i == 0 || l.get(i-1) == '\n' }

func (l *Line) negative(i int) (quantity, outcome) {
	j := i
	if l.r[i] == '负' {
		j++
	}
	q, what := quantity{end: j}, nothing
	if j < len(l.r) {
		q, what = l.quantity(j)
	}
	if what != read {
		return q, what
	}
	if l.r[i] != '负' {
		return q, refused // "-5户" at the head of a line: a list or a minus
	}
	q.Value, q.Low, q.High = -q.Value, -q.High, -q.Low
	q.Bare = false
	q.Span = l.span(i, q.end)
	return q, read
}

// quantity reads digits and unit at i.
func (l *Line) quantity(i int) (quantity, outcome) {
	if l.has&fraction != 0 {
		if q, what := l.part(i); what != nothing {
			return q, what
		}
	}
	if l.r[i] == '半' || l.get(i+1) == '半' {
		if q, ok := l.half(i); ok {
			return q, read
		}
	}
	if multiplier(l.r[i]) >= 100 {
		if q, ok := l.bareHundred(i); ok {
			return q, read
		}
	}
	c, what := l.cardinal(i)
	if what != read {
		return quantity{end: c.end}, what
	}
	if prev := l.get(i - 1); multiplier(prev) > 0 || prev == '廿' || prev == '卅' || prev == '儿' && multiplier(l.get(i-2)) > 0 {
		return quantity{end: c.end}, refused // 百八十, 万儿八千, 廿五
	}
	q := quantity{card: c, from: i, tail: c.end, end: c.end}
	q.Value = c.value
	q.setSpread(c)
	l.takeMoreAfter(&q)
	l.takeUnit(&q)
	if !l.stands(&q) {
		for c.plain && l.in(q.end, "-/") && isDigit(l.get(q.end+1)) {
			q.end = l.digitRun(q.end + 1) // the rest of GB 7718-2011
		}
		return q, refused
	}
	q.Bare = c.plain && q.Unit == "" && q.Bound == Exact && !c.naught
	q.Span = l.span(i, q.end)
	return q, read
}

func (q *quantity) setSpread(c cardinal) {
	switch {
	case c.few:
		q.Bound, q.Low, q.High = Range, c.value+c.spread/8, c.value+c.spread/8*9
	case c.spread != 0:
		q.Bound, q.Low, q.High = Range, c.value, c.value+c.spread
	case c.about:
		q.Bound = About
	}
}

// half reads 半 before a unit, and 一半.
func (l *Line) half(i int) (quantity, bool) {
	q := quantity{from: i, tail: i + 1, end: i + 1}
	q.Value = One / 2
	if l.word(i, "一半") > 0 {
		q.tail, q.end = i+2, i+2
		q.Span = l.span(i, q.end)
		return q, true
	}
	if l.r[i] != '半' || isNumeral(l.get(i-1)) {
		return q, false
	}
	w, from, end := l.unitWord(i + 1)
	if from != i+1 || end == i+1 || l.in(i+1, "路成面点票头口部场路空级公") {
		return q, false
	}
	q.set(l, w, from, end)
	q.Span = l.span(i, q.end)
	return q, true
}

// boundedAfter says whether 以上 or the like stands at i.
func (l *Line) boundedAfter(i int) bool {
	b, _ := l.boundAfter(i)
	return b != Exact
}

// bareHundred reads 近百, 上千, 过万 and 万把: 百 without a digit.
func (l *Line) bareHundred(i int) (quantity, bool) {
	m := multiplier(l.r[i])
	if m < 100 {
		return quantity{}, false
	}
	j, value := i+1, FromInt(m)
	if next := multiplier(l.get(j)); m < 10_000 && next >= 10_000 {
		value, _ = value.Times(next)
		j++
	}
	q := quantity{from: i, tail: j, end: j}
	q.Value = value
	b, from := l.boundBefore(i)
	switch {
	case l.in(j, "把余多来") && l.counted(j+1) && !l.in(i-1, "几数好成上") && !isNumeral(l.get(i-1)):
		q.Bound, q.tail, q.end = About, j+1, j+1
	case b != Exact && !l.in(from-1, "成"):
		q.Bound = b
	case l.in(j, "元块") && l.boundedAfter(j+1) && !l.in(i-1, "几数好"):
	default:
		return q, false
	}
	l.takeUnit(&q)
	q.Span = l.span(i, q.end)
	return q, true
}
