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

// firstQuarters reads 前三季度 at i, of that year.
func (l *Line) firstQuarters(year, i int) (point, bool) {
	if !l.in(i, "前头") {
		return point{}, false
	}
	n, j, _ := l.number2(i + 1)
	if l.get(j) == '个' {
		j++
	}
	if end := l.word(j, "季度"); end > 0 && n >= 2 && n <= 4 {
		p := quarterOf(year, n, end)
		p.first, p.period = yearDay(year, 1, 1), true
		return p, true
	}
	return point{}, false
}

// partOfQuarter takes the 末 or 初 behind a quarter: its last or first month.
func (l *Line) partOfQuarter(p point) point {
	switch {
	case l.in(p.end, "末底"):
		return wholeMonth(p.last.Year, int(p.last.Month), p.end+1)
	case l.get(p.end) == '初':
		return wholeMonth(p.first.Year, int(p.first.Month), p.end+1)
	}
	return p
}

// quarterNumber reads 一季度, 第2季度, Q3 at i; end is i if there is none.
func (l *Line) quarterNumber(i int) (q, end int) {
	j := i
	if l.in(j, "Qq") && l.in(j+1, "1234") && !isLetter(l.get(j-1)) && !isDigit(l.get(j+2)) && !isLetter(l.get(j+2)) {
		return int(l.r[j+1] - '0'), j + 2
	}
	if l.get(j) == '第' {
		j++
	}
	n, j, _ := l.number2(j)
	if n < 1 || n > 4 || l.word(j, "季度") < 0 {
		return 0, i
	}
	return n, j + 2
}

func quarterOf(year, q, end int) point {
	first := yearDay(year, time.Month(3*q-2), 1)
	last := yearDay(year, time.Month(3*q), 1).MonthEnd()
	return point{end: end, first: first, last: last, grain: Quarter}
}

// quarter reads 一季度, 本季度, 上个季度, Q1.
func (r *reader) quarter(i int) (point, outcome) {
	l := r.l
	today := r.today
	this := (int(today.Month) + 2) / 3
	if l.in(i, "季") { // 季末, 季度末
		if end := l.beyond(l.beyond(i, "季"), "度"); l.in(end, "末底初") && !isHan(l.get(i-1)) && (!isHan(l.get(end+1)) || l.in(end+1, "前之以报结")) {
			return l.partOfQuarter(quarterOf(today.Year, this, end)), read
		}
		return point{}, nothing
	}
	if q, end := l.quarterNumber(i); end > i && !isNumeral(l.get(i-1)) {
		year := today.Year
		if r.base.IsZero() && r.prefer == Past && q > this {
			year--
		} else if r.base.IsZero() && r.prefer == Future && q < this {
			year++
		}
		return l.partOfQuarter(quarterOf(year, q, end)), read
	}
	offset, j, said := l.near(i)
	end := l.word(j, "季度")
	if end < 0 && l.get(j) == '季' && (!isHan(l.get(j+1)) || l.in(j+1, "末底初共查检立")) {
		end = j + 1
	}
	if said && end > 0 {
		n := today.Year*4 + this - 1 + offset
		return l.partOfQuarter(quarterOf(n/4, n%4+1, end)), read
	}
	return point{}, nothing
}

// window reads 近三天, 最近四周, 过去半年, 前两天, 未来一周, 接下来三天.
func (r *reader) window(i int) (point, outcome) {
	l := r.l
	if p, ok := r.leadingMonths(i); ok {
		return p, read
	}
	w, j := l.find(i, windows)
	if w == "" || w == "近" && l.in(i-1, "附最靠接将") || w == "前" && l.in(i-1, "之以目提从") {
		return point{}, nothing
	}
	if l.get(j) == '的' {
		j++
	}
	n, half, unit, end := l.duration(j)
	if unit == "小时" && end > j && !half && n > 0 && w != "前" {
		if w == "未来" || w == "今后" || w == "接下来" {
			n = -n
		}
		return r.hoursWithin(-60*n, end), read
	}
	if end == j || half && unit != "月" && unit != "年" || unit == "分钟" || unit == "小时" || unit == "刻" {
		return point{}, nothing
	}
	today := r.today
	p := point{end: end, grain: Day, period: true}
	switch w {
	case "前":
		if unit != "天" {
			return point{}, nothing
		}
		p.first, p.last = today.AddDays(-n), today.AddDays(-1)
	case "未来", "今后", "接下来":
		p.first, p.last = today.AddDays(1), shift(today, 1, n, half, unit)
	default:
		p.first, p.last = shift(today, -1, n, half, unit).AddDays(1), today
	}
	return p, read
}

// leadingMonths reads 前三季度, 前5个月 and 头两个月 at i: of this year, or of the last
// where this one has not so many behind it. 前两个月 may as well be the two just over.
func (r *reader) leadingMonths(i int) (point, bool) {
	l, today := r.l, r.today
	if !l.in(i, "前头") || l.in(i-1, "之以目提从") {
		return point{}, false
	}
	year := func(last int) int {
		switch {
		case r.prefer == Past && last > int(today.Month):
			return today.Year - 1
		case r.prefer == Future && last < int(today.Month):
			return today.Year + 1
		}
		return today.Year
	}
	if p, ok := l.firstQuarters(today.Year, i); ok {
		return l.firstQuarters(year(int(p.last.Month)), i)
	}
	n, j, _ := l.number2(i + 1)
	end := l.word(j, "个月")
	if n < 2 || n > 12 || end < 0 || l.in(end, "前后内") {
		return point{}, false
	}
	y := year(n)
	p := point{end: end, first: yearDay(y, 1, 1), last: yearDay(y, time.Month(n), 1).MonthEnd(), grain: Month, period: true}
	if l.get(i) == '前' && r.prefer == Past {
		over := p
		over.last = yearDay(today.Year, today.Month, 1).AddDays(-1)
		over.first = addMonths(yearDay(over.last.Year, over.last.Month, 1), 1-n)
		switch {
		case y < today.Year:
			return over, true // this year has not so many behind it
		case over.first != p.first:
			p.also = &over
		}
	}
	return p, true
}

var windows = words("近 最近 过去 前 未来 今后 接下来")

// duration reads 三天, 半小时, 两个半小时, 4周, 一个多月 (not read) at i.
func (l *Line) duration(i int) (n int, half bool, unit string, end int) {
	j := i
	if l.get(j) == '半' {
		half, j = true, j+1
	} else {
		if n, j, _ = l.number2(i); j == i {
			c, what := l.cardinal(i)
			v, whole := c.value.Int()
			if what != read || !whole || v > 3650 || c.spread != 0 || c.about || c.naught {
				return 0, false, "", i
			}
			n, j = int(v), c.end
		}
		j = l.blanks(j)
	}
	if l.get(j) == '个' {
		j++
		if l.get(j) == '半' && !half {
			half, j = true, j+1
		}
	} else if l.get(j) == '月' {
		return 0, false, "", i
	}
	u, end := l.find(j, spans)
	switch u {
	case "":
		return 0, false, "", i
	case "钟头":
		u = "小时"
	case "日":
		u = "天"
	case "星期", "礼拜":
		u = "周"
	case "刻钟":
		u = "刻"
	}
	return n, half, u, end
}

var spans = words("分钟 小时 钟头 天 日 周 星期 礼拜 月 年 刻钟")

// shift is d moved by n units, and by half a one more, forward or back as sign is 1 or -1.
func shift(d calendar.Date, sign, n int, half bool, unit string) calendar.Date {
	switch unit {
	case "天":
		return d.AddDays(sign * n)
	case "周":
		return d.AddDays(sign * 7 * n)
	case "月":
		d = addMonths(d, sign*n)
		if half {
			d = d.AddDays(sign * 15)
		}
	case "年":
		d = addMonths(d, sign*12*n)
		if half {
			d = addMonths(d, sign*6)
		}
	}
	return d
}

// addMonths moves d by n months; a day the month does not have becomes its last.
func addMonths(d calendar.Date, n int) calendar.Date {
	first := calendar.DateOf(time.Date(d.Year, d.Month+time.Month(n), 1, 12, 0, 0, 0, calendar.Shanghai))
	return first.AddDays(min(d.Day, first.MonthEnd().Day) - 1)
}

// ago reads 三天前, 半小时前, 两周后, 三日内 at i.
func (r *reader) ago(i int) (point, outcome) {
	l := r.l
	if isNumeral(l.get(i-1)) || l.in(i-1, ".第-/:") || isLetter(l.get(i-1)) {
		return point{}, nothing
	}
	n, half, unit, j := l.duration(i)
	if j == i {
		return point{}, nothing
	}
	side, end := l.find(j, sides)
	sign := 0
	switch side {
	case "之前", "以前", "前":
		sign = -1
	case "之后", "以后", "后":
		sign = 1
	case "之内", "以内", "内":
		sign = 2
	}
	if sign == 0 || l.get(j-1) == '日' && sign < 0 && isDigit(l.get(i)) || l.in(end, "期台任往列茅线") {
		return point{}, nothing
	}
	minutes := 0
	switch unit {
	case "分钟":
		minutes = 1
	case "刻":
		minutes = 15
	case "小时":
		minutes = 60
	}
	if minutes > 0 && sign == 2 && !half && r.prefer == Future {
		return r.hoursWithin(n*minutes, end), read
	}
	if minutes > 0 && sign != 2 {
		d := time.Duration(n*minutes) * time.Minute
		if half {
			d += time.Duration(minutes) * time.Minute / 2
		}
		at := r.now.Add(time.Duration(sign) * d).Truncate(time.Minute)
		return point{end: end, moment: at, grain: Minute, first: calendar.DateOf(at), last: calendar.DateOf(at)}, read
	}
	if minutes > 0 || half && unit != "月" && unit != "年" {
		return point{}, nothing
	}
	today := r.today
	if sign == 2 {
		if r.prefer == Past {
			return point{}, nothing
		}
		return point{end: end, first: today, last: shift(today, 1, n, half, unit), grain: Day, period: true}, read
	}
	return oneDay(shift(today, sign, n, half, unit), end), read
}
