package zh

// part reads 百分之三, 三分之一 and 三又二分之一. What six decimals cannot hold is About.
func (l *Line) part(i int) (quantity, outcome) {
	whole, denominator, j := Num(0), Num(0), i
	if m := multiplier(l.r[i]); m >= 100 && l.word(i+1, "分之") > 0 {
		denominator, j = FromInt(m), i+3
	} else {
		c, what := l.cardinal(i)
		if what == read && l.get(c.end) == '又' {
			whole = c.value
			c, what = l.cardinal(c.end + 1)
		}
		j = l.word(c.end, "分之")
		if what != read || j < 0 || c.spread != 0 || c.value == 0 {
			return quantity{}, nothing
		}
		denominator = c.value
	}
	if l.get(j) == '百' && !isNumeral(l.get(j+1)) { // 百分之百
		j++
		q := quantity{from: i, tail: j, end: j}
		q.Value, q.Unit, q.Percent, q.Span = One, "%", true, l.span(i, j)
		return q, read
	}
	c, what := l.cardinal(j)
	if what != read || c.spread != 0 {
		return quantity{end: max(c.end, j)}, refused
	}
	v, exact, ok := c.value.Div(denominator)
	if !ok {
		return quantity{end: c.end}, refused
	}
	q := quantity{from: i, tail: c.end, end: c.end, card: c}
	q.card.plain = false
	q.Value, q.Span = whole+v, l.span(i, c.end)
	if !exact {
		q.Bound = About
	}
	if denominator == 100*One {
		q.Percent, q.Unit = true, "%"
	}
	l.takeMoreAfter(&q)
	return q, read
}

// slashed reads a whole value like 1/2.
func (l *Line) slashed(from, to int) (Number, bool) {
	a, ok := l.arabic(from)
	if !ok || l.get(a.end) != '/' {
		return Number{}, false
	}
	b, ok := l.arabic(a.end + 1)
	if !ok || b.end != to || b.naught || a.naught {
		return Number{}, false
	}
	v, exact, ok := a.value.Div(b.value)
	if !ok || !exact {
		return Number{}, false
	}
	return Number{Span: l.span(from, to), Value: v}, true
}

// mayJoin says whether what stands at i may join two ends of a range.
func (l *Line) mayJoin(i int) bool {
	switch l.get(i) {
	case '-', '~', '—', '–', '〜', '～', '－', '到', '至', '、', '(', ' ', '\t':
		return true
	}
	return false
}

// rangeSign is where a word or sign ends that joins two ends of a range; i if none is there.
func (l *Line) rangeSign(i int) int {
	j := l.blanks(i)
	if l.get(j) == '(' {
		_, j = l.find(j, inclusive)
	}
	k := j
	for isDash(l.get(k)) && k < j+2 {
		k++
	}
	if r := l.get(j); k == j && (r == '到' || r == '至') {
		k++
	}
	if k == j {
		return i
	}
	return l.blanks(k)
}

func isDash(r rune) bool {
	switch r {
	case '-', '~', '—', '–', '〜', '～', '－':
		return true
	}
	return false
}

// rangeEnd reads the second end of a range whose first is low. It is refused
// where the two do not make a range (5-3, 三到五十, 3-502室): then neither end is a number.
func (l *Line) rangeEnd(low *quantity) (quantity, outcome) {
	j := l.rangeSign(low.end)
	if k, ok := l.listed(low); ok {
		j = k
	}
	if j == low.end || j >= len(l.r) || !isNumeral(l.r[j]) || low.Bound != Exact && low.Bound != Range {
		return quantity{}, nothing
	}
	word := l.in(l.backBlank(j)-1, "到至")
	if low.Bound == Range && !word {
		return quantity{}, nothing
	}
	dash := !word && l.get(low.end) != '、'
	high, what := l.quantity(j)
	if what != read || l.whenEnd(j) > j {
		if dash && what == refused {
			return high, refused
		}
		return quantity{}, nothing
	}
	if dash && (l.in(high.end, "-/") && isNumeral(l.get(high.end+1)) || l.in(low.from-1, "-/") && isDigit(l.get(low.from-2)) || high.Unit == "号" || l.in(high.end, "室栋幢楼")) {
		return high, refused
	}
	if low.Percent && low.Unit == "%" && high.Unit == "" && !high.Percent && !high.sign && l.r[low.tail-1] != '%' {
		high.scalePercent(100) // 百分之三十到五十
		high.Unit = "%"
	}
	if low.Unit != "" && high.Unit != "" && low.Unit != high.Unit || low.Percent && !high.Percent {
		return quantity{}, nothing
	}
	if dash && low.Unit == "" && high.Unit == "" && low.card.plain && high.card.plain && high.Value >= 50*low.Value && high.Value >= 100*One {
		return high, refused // 3-502 is a door
	}
	from, ok := lowEnd(low, &high)
	if !ok {
		return high, refused
	}
	if from >= high.Value {
		return high, refused
	}
	out := high
	out.from = low.from
	out.Value, out.Low, out.High, out.Bound = from, from, high.Value, Range
	if high.Bound == Range {
		out.High = high.High
	}
	if out.Unit == "" {
		out.Unit, out.UnitSpan = low.Unit, low.UnitSpan
	}
	for _, note := range [...]string{"(含)", "之间"} {
		if end := l.word(out.end, note); end > 0 {
			out.end = end
		}
	}
	out.Bare = false
	return out, read
}

// lowEnd is the lower end of a range whose first number borrows the 万 or the percent
// of its second; ok is false where the two make no range.
func lowEnd(low, high *quantity) (from Num, ok bool) {
	from = low.Value
	if high.Percent && !low.Percent {
		switch high.Unit {
		case "成":
			from /= 10
		case "‰":
			from /= 1000
		default:
			from /= 100
		}
	}
	switch c := high.card; {
	case c.scale == 0 || c.spread != 0 || !small(low.card) || low.Unit != "" || low.Value >= c.coef:
	case c.scale == 10:
		return 0, false // 三到五十
	default:
		scaled, ok := from.Times(c.scale)
		if !ok {
			return 0, false
		}
		from = scaled
	}
	return from, true
}

// listed is where the second of two neighbours begins that 、 joins into a range:
// the 四 of 三、四万元 and the 4 of 3、4户. A list's own number, as in "1、2户", is none.
func (l *Line) listed(low *quantity) (high int, ok bool) {
	i := low.end
	if l.get(i) != '、' || low.Unit != "" || low.Bound != Exact || i != low.from+1 {
		return i, false
	}
	a, b := l.small(low.from), l.small(i+1)
	if a < 1 || b != a+1 || isDigit(l.r[low.from]) != isDigit(l.get(i+1)) || l.lineStart(low.from) && a == 1 || l.in(low.from-1, "第、") {
		return i, false
	}
	end := i + 2
	if multiplier(l.get(end)) > 0 {
		for multiplier(l.get(end)) > 0 {
			end++
		}
		return i + 1, true
	}
	return i + 1, l.counted(end) && !isNumeral(l.get(end))
}

// small is the digit at i in either script, or -1.
func (l *Line) small(i int) int64 {
	if r := l.get(i); isDigit(r) {
		return int64(r - '0')
	}
	if l.get(i) == '两' {
		return -1
	}
	return hanDigit(l.get(i))
}

// takeUpper takes the upper end of 10万以上50万以下 and 5000元以上、不满1万元,
// which are one range. Where the two ends count different things, or the second
// is not above the first, they stay two.
func (l *Line) takeUpper(low *quantity) {
	if low.Bound != AtLeast || l.after(low.end, "以上") < 0 {
		return
	}
	j := low.end
	if l.in(j, ",、") {
		j++
	}
	before, k := l.find(j, upTo)
	if k >= len(l.r) || !isNumeral(l.r[k]) || isDigit(l.get(j-1)) {
		return
	}
	high, what := l.quantity(k)
	if what != read || high.Bound != Exact || high.Percent != low.Percent || high.Value <= low.Value {
		return
	}
	l.takeJiao(&high)
	after, end := l.boundAfter(high.end)
	if before == "" && after != AtMost || low.Unit != "" && high.Unit != low.Unit {
		return
	}
	if after == AtMost {
		high.end = end
	}
	from := low.Value
	low.Low, low.High, low.Bound, low.end = from, high.Value, Range, high.end
	low.Unit, low.UnitSpan = high.Unit, high.UnitSpan
	low.Span.To = int(l.at[low.end])
}

var upTo = words("不满 不足 不到 不超过 未满 低于 少于 小于 至多 最多")

// inclusive are notes behind the end of a range.
var inclusive = words("(含) (不含) (含本数)")

// small says whether a range's first end may borrow the 万 of its second: 3-5万.
func small(c cardinal) bool { return c.scale == 0 && c.value > 0 }

func (l *Line) backBlank(i int) int {
	for l.get(i-1) == ' ' {
		i--
	}
	return i
}
