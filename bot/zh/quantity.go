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
	if q, ok := l.half(i); ok {
		return q, read
	}
	if q, ok := l.bareHundred(i); ok {
		return q, read
	}
	c, what := l.cardinal(i)
	if what != read {
		return quantity{end: c.end}, what
	}
	if multiplier(l.get(i-1)) > 0 || l.in(i-1, "廿卅") || l.get(i-1) == '儿' && multiplier(l.get(i-2)) > 0 {
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

// takeMoreAfter takes the 多 of 三百多户, the 来 of 二十来个 and the 把 of 万把块.
func (l *Line) takeMoreAfter(q *quantity) {
	next, round := q.tail+1, q.Value >= 10*One && q.Value%(10*One) == 0
	if !round {
		return
	}
	switch l.get(q.tail) {
	case '几', '好':
		l.takeFewAfter(q)
		return
	case '多':
		round = !l.in(next, "少")
	case '余':
		round = !l.in(next, "额下杭姚干")
	case '来':
		_, unit := l.unit(next)
		round = unit > next || next == len(l.r)
	default:
		return
	}
	if round {
		q.Bound, q.tail, q.end = stronger(q.Bound, About), next, next
	}
}

// takeFewAfter takes the 几 of 三百几 and 三十好几.
func (l *Line) takeFewAfter(q *quantity) {
	end := q.tail + 1
	if l.get(q.tail) == '好' {
		end++
	}
	if l.get(end-1) != '几' || isNumeral(l.get(end)) && multiplier(l.get(end)) != 10 || l.get(end) == '乎' {
		return
	}
	if multiplier(l.get(end)) == 10 { // 三百几十
		end++
	}
	q.Bound, q.tail, q.end, q.card.plain = About, end, end, false
}

// takeUnit takes the counting word, with the 半 of 两箱半 and the 多 of 3个多月.
func (l *Line) takeUnit(q *quantity) {
	j := l.blanks(q.tail)
	l.partedBig(q, j)
	if next := l.get(q.tail + 1); l.get(q.tail) == '两' && multiplier(next) == 0 && !l.counted(q.tail+1) {
		q.set(l, "两", q.tail, q.tail+1) // a weight
		return
	}
	w, from, end := l.unitWord(q.tail)
	if end <= q.tail {
		return
	}
	switch w {
	case "%":
		q.scalePercent(100)
	case "‰":
		q.scalePercent(1000)
	case "成":
		if !l.in(end, "新") && (q.card.plain || q.Value > 10*One) {
			return
		}
		l.takeTenths(q, from, end)
		return
	case "折":
		l.takeDiscount(q, from, end)
		return
	}
	if l.get(from) == '个' && end == from+1 {
		more := l.get(end)
		if unit, unitFrom, unitEnd := l.unitWord(end + 1); (more == '多' || more == '半') && unitEnd > end+1 && unitFrom == end+1 {
			switch {
			case more == '多':
				q.Bound = stronger(q.Bound, About)
			case q.Bound == Exact:
				q.Value += One / 2
			}
			q.set(l, unit, unitFrom, unitEnd)
			if q.Unit == "月" {
				q.Unit = "个月"
			}
			return
		}
	}
	if l.get(end) == '半' && !isHan(l.get(end+1)) && !isDigit(l.get(end+1)) && q.Bound == Exact {
		q.Value += One / 2
		q.set(l, w, from, end)
		q.end = end + 1
		return
	}
	q.set(l, w, from, end)
}

// takeTenths takes 成, of which 半 and a digit behind it count parts: 两成半, 三成五.
func (l *Line) takeTenths(q *quantity, from, end int) {
	q.set(l, "成", from, end)
	d := hanDigit(l.get(end))
	switch {
	case q.Bound != Exact:
	case l.get(end) == '半' && !isHan(l.get(end+1)):
		q.Value, q.end = q.Value+One/2, end+1
	case d > 0 && l.get(end) != '两' && !isNumeral(l.get(end+1)) && !l.counted(end+1):
		q.Value, q.end = q.Value+Num(d)*One/10, end+1
	}
	q.scalePercent(10)
}

// takeDiscount takes 折: 八五折 and 85折 are both eight and a half.
func (l *Line) takeDiscount(q *quantity, from, end int) {
	q.set(l, "折", from, end)
	if q.Value > 10*One && q.Value < 100*One && q.Bound == Exact {
		q.Value /= 10
	}
}

// partedBig takes the 万 of 3 万元 and 1.2 万, which a blank parts from its digits.
func (l *Line) partedBig(q *quantity, j int) {
	m, after := multiplier(l.get(j)), l.get(j+1)
	if j == q.tail || m < 10_000 || !q.card.plain || isNumeral(after) || isHan(after) && !l.in(j+1, "元多余以左上") && !l.counted(j+1) {
		return
	}
	v, ok := q.Value.Times(m)
	if !ok {
		return
	}
	q.card.coef, q.card.scale, q.card.plain = q.Value, m, false
	q.Value, q.tail, q.end = v, j+1, j+1
	l.takeMoreAfter(q)
}

func (q *quantity) set(l *Line, w string, from, end int) {
	q.Unit, q.UnitSpan, q.end = w, l.span(from, end), end
}

func (q *quantity) scalePercent(by Num) {
	q.Percent = true
	q.Value, q.Low, q.High = q.Value/by, q.Low/by, q.High/by
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
