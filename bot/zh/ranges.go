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
	from := low.Value
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
		return high, refused // 三到五十
	default:
		scaled, ok := from.Times(c.scale)
		if !ok {
			return high, refused
		}
		from = scaled
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

// stands says whether what was read may stand as a number where it stands.
func (l *Line) stands(q *quantity) bool {
	c, next := q.card, l.get(q.end)
	n := c.end - q.from
	switch {
	case q.Unit == "号", q.Unit == "元" && l.in(q.end, "店购"):
		return false // a door, a shop
	case q.Unit == "角" && l.in(q.end, "星形大"):
		return false
	case isDigit(l.r[q.from]) && l.get(q.from-1) == '.' && !isDigit(l.get(q.from-2)):
		return false // .5
	}
	if c.plain {
		switch {
		case q.Unit == "" && l.in(c.end, "月日"), q.Unit == "日" && !l.in(q.end, "内以"), q.Unit == "月":
			return false
		case q.Unit == "年" && n == 4 && c.value >= 1900*One && c.value < 2100*One:
			return false
		case c.naught && n > 1:
			return false // 0031
		case l.in(c.end, " ,") && l.get(c.end+1) == '0' && l.digitsAt(c.end+1) == 3:
			return false // 10 000
		case l.get(c.end) == ':' && isDigit(l.get(c.end+1)), l.get(q.from-1) == ':' && isDigit(l.get(q.from-2)):
			return false
		case q.Unit == "" && l.get(c.end) == '、' && l.datedAfter(c.end+1):
			return false // 3、4月
		case l.get(c.end) == '/' && isDigit(l.get(c.end+1)), l.get(q.from-1) == '/' && isDigit(l.get(q.from-2)):
			return false // 1/3
		case q.Unit == "" && isLetter(l.get(c.end)):
			return false // 24K
		case q.Unit == "" && (l.in(c.end, "楼室星级线环代甲码") || l.word(c.end, "单元") > 0 || l.word(c.end, "年级") > 0 || l.word(c.end, "年代") > 0 || l.word(c.end, "件套") > 0 || l.word(c.end, "开头") > 0 || l.word(c.end, "国道") > 0 || l.word(c.end, "省道") > 0 || l.word(c.end, "县道") > 0 || l.word(c.end, "房间") < 0 && l.get(c.end) == '房' && n >= 3):
			return false
		case l.get(q.from-1) == '+' && isDigit(l.get(q.from-2)):
			return false // K12+300
		case q.Unit == "" && n >= 3 && n <= 4 && (l.in(q.from-1, "栋幢座") || l.after(q.from, "单元") >= 0):
			return false // B栋302

		case q.Unit == "年" && n == 2 && c.value >= 20*One && c.value < 30*One && !l.in(q.end, "前内以来"):
			return false // 23年 is a year or a time
		case l.get(c.end) == '点' && isDigit(l.get(c.end+1)) || l.get(c.end) == '时' && q.Unit == "":
			return false
		}
		return !((q.Unit == "" || q.Unit == "号") && l.labelled(q.from))
	}
	if isDigit(l.r[q.from]) {
		return true
	}
	if q.Unit == "" && (l.get(q.from-1) == '月' && isNumeral(l.get(q.from-2)) || l.get(c.end) == '、' && l.datedAfter(c.end+1)) {
		return false // 三月三
	}
	if q.Unit == "月" || q.Unit == "日" && n <= 3 && !l.in(q.end, "内以") || q.Unit == "" && l.in(c.end, "月日") {
		return false
	}
	if l.r[q.from] == '一' && l.in(q.from-1, oneAfter) && n == 1 || n == 1 && l.in(q.from-1, digitAfter) && !(l.get(q.from-1) == '期' || l.get(q.from-1) == '无') {
		return false
	}
	if n == 1 && isFormal(l.r[q.from]) && (q.Unit == "家" || q.Unit == "号" || q.Unit == "" && isHan(l.get(q.from-1))) {
		return false
	}
	if j := l.rangeSign(c.end); (n == 1 || c.spread != 0) && j > c.end && isNumeral(l.get(j)) {
		return true // 三到五
	}
	if l.get(c.end) == '、' && n == 1 && q.Unit == "" {
		if _, ok := l.listed(q); ok {
			return true
		}
	}
	if l.r[q.from] == '两' && n == 1 && q.Unit == "" && isNumeral(l.get(q.from-1)) {
		return false
	}
	pair := c.spread != 0 && n == 2 && !c.few
	if q.Unit == "" && (n == 1 || pair || l.word(q.from, "十一") == c.end) {
		return q.Bound == About && !pair || !pair && !isHan(next) && !isDigit(next) && !isLetter(next) && (n > 1 || !isHan(l.get(q.from-1)) || !l.in(q.from-1, digitAfter+oneAfter))
	}
	return true
}

// datedAfter says whether a day or month by number stands at i.
func (l *Line) datedAfter(i int) bool {
	_, end, _ := l.number2(i)
	return end > i && l.in(end, "月日号")
}

// beforeColon is i without a colon, 是, 为 or blank before it.
func (l *Line) beforeColon(i int) int {
	for l.in(i-1, ": 是为") {
		i--
	}
	return i
}
