package zh

import (
	"time"

	"zhuanban/bot/calendar"
)

// month reads 本月, 上个月15日, 月底, 下旬, 本月中旬.
func (r *reader) month(i int) (point, outcome) {
	l := r.l
	today := r.today
	this := yearDay(today.Year, today.Month, 1)
	if p, ok := partOfMonth(l, this, i); ok && !l.in(i-1, "今明去本个") && l.get(i) != '月' && l.get(i) != '份' {
		return p, read // 上旬, 下旬
	}
	if l.in(i, "上下") && l.word(i+1, "半月") > 0 {
		p := point{end: i + 3, first: this, last: this.AddDays(14), grain: TenDays}
		if l.get(i) == '下' {
			p.first, p.last = this.AddDays(15), this.MonthEnd()
		}
		return p, read
	}
	if l.word(i, "本旬") > 0 {
		p := tenDays(this, (min(today.Day, 30)-1)/10)
		p.end = i + 2
		return p, read
	}
	if l.get(i) == '月' && l.in(i+1, "底初末中") && !isNumeral(l.get(i-1)) && !l.in(i-1, "个每") && l.word(i, "月中旬") < 0 {
		if p, ok := partOfMonth(l, this, i+1); ok {
			return p, read
		}
	}
	offset, j, said := l.near(i)
	if l.word(i, "次月") > 0 {
		offset, j, said = 1, i+1, true
	}
	if !said || l.get(j) != '月' || l.in(j+1, "饼亮") {
		return point{}, nothing
	}
	first := calendar.DateOf(time.Date(today.Year, today.Month+time.Month(offset), 1, 12, 0, 0, 0, calendar.Shanghai))
	if day, end, _ := l.number2(j + 1); end > j+1 && l.in(end, "日号") {
		d, ok := calendar.NewDate(first.Year, first.Month, day)
		if !ok {
			return point{end: end + 1}, refused
		}
		return oneDay(d, end+1), read
	}
	if day, end, _ := l.number2(j + 1); end > j+1 && day >= 1 && day <= 31 && l.in(end, "前到至") && !l.in(end+1, "后往来") { // 本月25前
		if d, ok := calendar.NewDate(first.Year, first.Month, day); ok {
			return oneDay(d, end), read
		}
	}
	if p, ok := partOfMonth(l, first, j+1); ok {
		return p, read
	}
	if p, what := r.weekNumber(l.beyond(j+1, "份"), 0, first); what != nothing {
		return p, what
	}
	if end := l.word(j+1, "同期"); end > 0 {
		return point{end: end}, refused
	}
	end := j + 1
	if l.in(end, "份度") {
		end++
	}
	return point{end: end, first: first, last: first.MonthEnd(), grain: Month}, read
}

// partOfMonth reads 底, 初, 中 or a 旬 at i, of the month that begins on first.
func partOfMonth(l *Line, first calendar.Date, i int) (point, bool) {
	j := i
	if l.get(j) == '份' {
		j++
	}
	part, parts, end := -1, 1, j+1
	switch {
	case l.word(j, "中下旬") > 0:
		part, parts, end = 1, 2, j+3
	case l.word(j, "上中旬") > 0 || l.word(j, "中上旬") > 0:
		part, parts, end = 0, 2, j+3
	case l.word(j, "上旬") > 0:
		part, end = 0, j+2
	case l.word(j, "中旬") > 0:
		part, end = 1, j+2
	case l.word(j, "下旬") > 0:
		part, end = 2, j+2
	case l.get(j) == '初':
		part = 0
	case l.get(j) == '中' && !isHan(l.get(j+1)):
		part = 1
	case l.get(j) == '底' || l.get(j) == '末':
		part = 2
	default:
		return point{}, false
	}
	p := tenDays(first, part)
	p.last, p.end = tenDays(first, part+parts-1).last, end
	return p, true
}

// tenDays is the first, second or last third (旬) of the month that begins on first.
func tenDays(first calendar.Date, part int) point {
	p := point{first: first.AddDays(10 * part), last: first.AddDays(10*part + 9), grain: TenDays}
	if part == 2 {
		p.last = first.MonthEnd()
	}
	return p
}

// year reads 今年, 去年12月, 明年1月15日, 年底, 今年上半年.
func (r *reader) year(i int) (point, outcome) {
	l := r.l
	today := r.today
	if l.get(i) == '年' && l.in(i+1, "底初末终") && !isNumeral(l.get(i-1)) && !l.in(i-1, "今明去前后本每当全大新") && !isNumeral(l.get(i+2)) {
		if p, ok := r.partOfYear(today.Year, i+1); ok {
			return p, read
		}
	}
	if p, ok := r.partOfYear(today.Year, i); ok && l.in(i, "上下") {
		return p, read
	}
	offset, known := yearOffset(l.get(i))
	if end := l.word(i, "大前年"); end > 0 {
		return r.inYear(today.Year-3, end)
	}
	if end := l.word(i, "大后年"); end > 0 {
		return r.inYear(today.Year+3, end)
	}
	for w, offset := range [...]string{"上年", "上一年", "来年", "下一年"} {
		if end := l.word(i, offset); end > 0 && !l.in(end, "半级轻") {
			return r.inYear(today.Year-1+w/2*2, end)
		}
	}
	if !known || l.get(i+1) != '年' && !(l.in(i+1, "底") && l.in(i, "去")) || l.in(i+2, "轻级龄") {
		return point{}, nothing
	}
	if l.get(i+1) == '底' {
		p, ok := r.partOfYear(today.Year+offset, i+1)
		if ok {
			return p, read
		}
	}
	j := i + 2
	if l.word(j, "年底") > 0 || l.word(j, "年初") > 0 || l.word(j, "年末") > 0 {
		j++
	}
	return r.inYear(today.Year+offset, j)
}

// yearOffset is how far the year named 今年, 去年 and so on lies from this one.
func yearOffset(r rune) (offset int, known bool) {
	switch r {
	case '今', '本', '当':
		return 0, true
	case '去':
		return -1, true
	case '前':
		return -2, true
	case '明':
		return 1, true
	case '后':
		return 2, true
	}
	return 0, false
}

// partOfYear reads 底, 初, 上半年 or a quarter at i, of that year.
func (r *reader) partOfYear(year, i int) (point, bool) {
	l := r.l
	switch {
	case l.in(i, "底末终"):
		return wholeMonth(year, 12, i+1), true
	case l.get(i) == '初':
		return wholeMonth(year, 1, i+1), true
	case l.word(i, "上半年") > 0:
		return point{end: i + 3, first: yearDay(year, 1, 1), last: yearDay(year, 6, 30), grain: HalfYear}, true
	case l.word(i, "下半年") > 0:
		return point{end: i + 3, first: yearDay(year, 7, 1), last: yearDay(year, 12, 31), grain: HalfYear}, true
	}
	if p, ok := l.firstQuarters(year, i); ok {
		return p, true
	}
	if q, end := l.quarterNumber(i); end > i {
		return l.partOfQuarter(quarterOf(year, q, end)), true
	}
	return point{}, false
}
