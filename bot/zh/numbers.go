package zh

import "slices"

// Number is a quantity that was read.
type Number struct {
	Span            // all that belongs to it: 约, the digits, the unit, 左右
	Value    Num    // the value; of a range the lower end, of 十几 the 十
	Bound    Bound  // exactly that, or about, at least, at most, a range
	Low      Num    // with Range: from
	High     Num    // with Range: up to and with
	Unit     string // the counting word as typed (folded), "" if there is none
	UnitSpan Span   // where the unit stands
	Percent  bool   // said as a percentage: 3% and 百分之三 are the value 0.03
	Bare     bool   // Arabic digits and nothing else: no 万, no unit
}

// Approx says whether anything but exactly this value may be meant.
func (n Number) Approx() bool { return n.Bound != Exact }

// Numbers reads the quantities of a text from left to right. 万元 is taken
// apart: 1.5万元 is 15000 with the unit 元.
//
// Not quantities and therefore skipped: dates and times, phones, identity
// numbers, links and other codes, anything with letters (5G, AX-2024-0031),
// document numbers, numbers of a list (1、), ordinals (第三; see [Ordinals]), words
// like 一律 and 三无, and what has no one value (几十, 三七, 数百). A single Chinese
// digit counts only with a unit or standing alone.
func Numbers(text string) []Number { return newLine(text).Numbers() }

// Numbers is what the function [Numbers] reads.
func (l *Line) Numbers() []Number {
	amounts := l.quantities()
	if len(amounts) == 0 {
		return nil
	}
	found := make([]Number, len(amounts))
	for i := range amounts {
		found[i] = amounts[i].Number
	}
	return found
}

// quantities finds what both numbers and amounts of money are made of, once.
func (l *Line) quantities() []quantity {
	if l.measured {
		return l.amounts
	}
	l.measured = true
	if l.has&(numeral|half) == 0 {
		return nil
	}
	if l.has&dates != 0 {
		l.lookBack() // it tells where no code begins
	}
	l.amounts = l.room[:0]
	for i := l.next(0); i < len(l.r); i = l.next(i) {
		if mark(l.r[i])&opens == 0 {
			i++
			continue
		}
		if end := l.skip(i); end > i {
			i = end
			continue
		}
		q, what := l.number(i)
		switch what {
		case read:
			l.amounts = append(l.amounts, q)
			i, l.floor = q.end, q.end
		case refused:
			i = max(q.end, i+1)
		default:
			i++
		}
	}
	return l.amounts
}

// ParseNumber reads a whole value that is one number and nothing else, as
// typed into one field. Here 零, 1/2 and -5 are read too.
func ParseNumber(whole string) (Number, bool) {
	l := newLine(whole)
	from, to := l.trimmed()
	if from == to {
		return Number{}, false
	}
	if n, ok := l.slashed(from, to); ok {
		return n, true
	}
	if l.in(from, "-负") && from+1 < to && isNumeral(l.r[from+1]) {
		q, what := l.quantity(from + 1)
		if what != read || q.end != to {
			return Number{}, false
		}
		q.Value, q.Low, q.High, q.Bare = -q.Value, -q.High, -q.Low, false
		q.Span = l.span(from, to)
		return q.Number, true
	}
	i := from
	for i < to && !isNumeral(l.r[i]) && l.r[i] != '半' {
		i++
	}
	if i == to {
		return Number{}, false
	}
	if a, ok := l.arabic(i); a.end < to || !ok || a.naught { // not digits and nothing else
		if l.skip(i) > i {
			return Number{}, false
		}
	} else if _, end := l.phone(i); end > i {
		return Number{}, false
	}
	q, what := l.number(i)
	if what != read || q.end != to || q.Span.From != int(l.at[from]) {
		return Number{}, false
	}
	return q.Number, true
}

// Ordinals reads 第三, 第12 and the like, which count no quantity.
func Ordinals(text string) []Number { return newLine(text).Ordinals() }

// Ordinals is what the function [Ordinals] reads.
func (l *Line) Ordinals() []Number {
	var found []Number
	for i := 0; i < len(l.r); i++ {
		if l.r[i] != '第' {
			continue
		}
		c, what := l.cardinal(i + 1)
		if what != read || c.spread != 0 || c.about {
			continue
		}
		n := Number{Value: c.value}
		from, end := l.unit(c.end)
		if end > c.end && from == c.end {
			n.UnitSpan = l.span(from, end)
			n.Unit = string(l.r[from:end])
		} else {
			end = c.end
		}
		n.Span = l.span(i, end)
		found = append(found, n)
		i = end - 1
	}
	return found
}

// zeros are the ways to say that there is nothing to report.
var zeros = []string{"无", "没有", "没", "零", "〇", "0", "○", "暂无", "均无", "都无", "都没有", "全无", "为零", "为0", "零报告", "均为零", "均为0", "都是0", "都是零", "全为零", "全是0", "全是零", "没", "没得", "未发生", "未发现", "o", "O", "无数据", "无情况", "本周无", "本期无", "none", "nil"}

// Zero says whether a whole value means none at all: 无, 没有, 0, 零报告.
func Zero(text string) bool {
	l := newLine(text)
	from, to := l.trimmed()
	word := string(l.r[from:to])
	return slices.Contains(zeros, word)
}

// skip is where something ends that begins at i and is no quantity though it
// has digits in it; i if there is nothing of the kind.
func (l *Line) skip(i int) int {
	if end := l.trap(i); end > i {
		return end
	}
	if mark(l.r[i])&coded != 0 && !l.plain.has(i) {
		if end := l.code(i); end > i {
			return end
		}
	}
	if end := l.whenEnd(i); end > i {
		return end
	}
	if end := l.enumerator(i); end > i {
		return end
	}
	if end := l.spacedEnumerator(i); end > i {
		return end
	}
	if l.r[i] == '第' {
		if c, _ := l.cardinal(i + 1); c.end > i+1 {
			return c.end
		}
	}
	if r := l.r[i]; (r == '几' || r == '数') && multiplier(l.get(i+1)) > 0 {
		for i++; multiplier(l.get(i)) > 0; i++ {
		}
		return i
	}
	return i
}

// enumerator is where the number of a list's item ends: the 1、 of "1、检查32户".
func (l *Line) enumerator(i int) int {
	if mark(l.r[i])&numeral == 0 {
		return i
	}
	j := i
	for r := l.r[i]; j < i+3 && (isDigit(r) || hanDigit(r) > 0 || r == '十'); r = l.get(j) {
		j++
	}
	if next := l.get(j); next != '、' && next != '.' && next != ')' || j == i {
		return i
	}
	if i > 0 && !l.in(i-1, " \n\t;。;(（、，,") {
		return i
	}
	if l.get(i-1) == '、' || isNumeral(l.get(j+1)) && l.get(j) != ')' {
		return i
	}
	if l.get(i-1) == ',' && l.get(j) != '.' {
		return i
	}
	return j + 1
}

// spacedEnumerator is where the number of a list's item ends that only a blank
// parts from the item: "1 检查32户\n2 立案3件". Such a list begins with 1 at the
// head of the text, counts up, and has a quantity in each item; elsewhere a
// number before a blank is a number.
func (l *Line) spacedEnumerator(i int) int {
	if i > 0 && l.item == 0 || !isDigit(l.r[i]) || i > 0 && !l.in(i-1, " \t\n") {
		return i
	}
	n, j, _ := l.number2(i)
	text := l.blanks(j)
	if j == i || n != l.item+1 || text == j || !isHan(l.get(text)) || isNumeral(l.get(text)) || l.counted(j) || l.floor < l.itemAt {
		return i
	}
	next := text
	for next < len(l.r) && !isDigit(l.r[next]) {
		next++
	}
	if next == len(l.r) || l.in(next-1, " \t\n") {
		return i
	}
	l.item, l.itemAt = n, text
	return text
}
