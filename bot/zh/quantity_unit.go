package zh

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
