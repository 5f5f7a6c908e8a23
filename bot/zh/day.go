package zh

import (
	"time"

	"zhuanban/bot/calendar"
)

// day reads a day, or a longer time by its name, at i.
func (r *reader) day(i int) (point, outcome) {
	l := r.l
	if i >= len(l.r) || mark(l.r[i])&dates == 0 {
		return point{end: i}, nothing
	}
	if p, what := r.festivalAt(0, i); what != nothing {
		return p, what
	}
	switch l.r[i] {
	case '元', '清', '春', '劳', '端', '中', '国', '节', '五', '十':
		if p, what := r.holidayAt(0, i); what != nothing {
			return p, what
		}
	}
	if isNumeral(l.r[i]) || l.r[i] == '半' {
		if l.get(i-1) == '逢' {
			return point{}, nothing
		}
		if p, what := r.ago(i); what != nothing {
			return p, what
		}
		if p, what := r.workdays(i); what != nothing {
			return p, what
		}
		if p, what := r.absolute(i); what != nothing {
			return p, what
		}
	}
	if end := l.word(i, "元月"); end > 0 {
		return r.inMonth(0, 1, end)
	}
	if p, what := r.lunarAt(0, i); what != nothing {
		return p, what
	}
	if l.get(i) == '每' {
		return r.repeated(i)
	}
	return r.named(i)
}

// named reads a day or a longer time by its name, asking only the readers whose
// names begin with the character at i.
func (r *reader) named(i int) (p point, what outcome) {
	switch r.l.get(i) {
	case '截', '不', '到', '目':
		return r.until(i)
	case '头':
		return r.window(i)
	case '季':
		return r.quarter(i)
	case '逢':
		return r.repeated(i)
	case '大', '刚', '方', '现', '此':
		if p, what = r.dayWord(i); what == nothing && r.l.get(i) == '大' {
			p, what = r.year(i)
		}
	case '来':
		p, what = r.year(i)
	case '今', '明', '前', '后', '昨':
		if p, what = r.bothDays(i); what != nothing {
			return p, what
		}
		if p, what = r.dayWord(i); what == nothing {
			if p, what = r.year(i); what == nothing {
				p, what = r.window(i)
			}
		}
	case '周', '星', '礼':
		if p, what = r.week(i); what == nothing && r.l.get(i) == '周' {
			p, what = r.withinName(i)
		}
	case '上', '下', '本', '当', '这':
		if end := r.l.word(i, "下班前"); end > 0 && !r.l.in(i-1, "上下") {
			return r.untilToday(end), read
		}
		if p, what = r.week(i); what != nothing {
			return p, what
		}
		if p, what = r.month(i); what != nothing {
			return p, what
		}
		if p, what = r.year(i); what != nothing {
			return p, what
		}
		if p, what = r.quarter(i); what == nothing && r.l.in(i, "上下") {
			p, what = r.nextWorkday(i)
		}
	case '中', '月', '次':
		if p, what = r.withinName(i); what != nothing && r.l.get(i) == '月' {
			return p, what
		}
		if p, what = r.month(i); what == nothing {
			p, what = r.year(i)
		}
	case '年':
		if p, what = r.withinName(i); what != nothing {
			return p, what
		}
		if p, what = r.newYearAround(i); what != nothing {
			return p, what
		}
		p, what = r.year(i)
	case '去':
		p, what = r.year(i)
	case '第':
		if p, what = r.quarter(i); what == nothing {
			p, what = r.weekNumber(i, 0, calendar.Date{})
		}
	case 'Q', 'q', '一', '二', '三', '四', '1', '2', '3', '4':
		p, what = r.quarter(i)
	case '近', '最', '过', '未', '接':
		if p, what = r.window(i); what == nothing && r.l.get(i) == '最' {
			p, what = r.until(i)
		}
		if what == nothing && r.l.get(i) == '过' {
			p, what = r.newYearAround(i)
		}
	}
	if what == nothing {
		p.end = i
	}
	return p, what
}

// repeated skips what repeats (每周五, 每月25日, 每天9点): no one day is meant.
func (r *reader) repeated(i int) (point, outcome) {
	l := r.l
	j := i + 2
	if l.get(i) == '逢' {
		if end, week := l.weekName(i + 1); week {
			return point{end: end + 1}, refused
		}
		if _, end, _ := l.number2(i + 1); end > i+1 {
			return point{end: end}, refused
		}
		return point{}, nothing
	}
	if end, week := l.weekName(i + 1); week {
		if _, ok := weekdayOf(l.get(end)); !ok && l.get(end) != '末' {
			return point{}, nothing
		}
		j = end + 1
	} else if !l.in(i+1, "天日晚早月年") {
		return point{}, nothing
	}
	return r.skipLunar(j)
}

func oneDay(d calendar.Date, end int) point {
	return point{end: end, first: d, last: d, grain: Day}
}

// dayWords are the words for days near today.
var dayWords = words("大前天 前天 昨天 昨日 今天 今日 明天 明日 后天 大后天 昨儿 今儿 明儿 前日 刚才 刚刚 方才 现在 此刻 今晚 昨晚 明晚 前晚 后晚 今早 明早 昨早 今晨 昨夜 今夜 明晨 前夜")

// dayWord reads 昨天, 大后天, 今晚, 刚才.
func (r *reader) dayWord(i int) (point, outcome) {
	l := r.l
	w, end := l.find(i, dayWords)
	if w == "" {
		return point{}, nothing
	}
	first, second := l.r[i], l.r[i+1]
	offset := 0
	switch first {
	case '大':
		if second == '前' {
			return oneDay(r.today.AddDays(-3), end), read
		}
		return oneDay(r.today.AddDays(3), end), read
	case '刚', '方', '现', '此':
		if w == "刚刚" && l.in(end, "好") {
			return point{}, nothing
		}
		return point{end: end, moment: r.now.Truncate(time.Minute), grain: Minute, first: r.today, last: r.today}, read
	case '昨':
		offset = -1
	case '明':
		offset = 1
	case '前':
		offset = -2
	case '后':
		offset = 2
	}
	p := oneDay(r.today.AddDays(offset), end)
	switch second {
	case '晚', '夜', '早', '晨':
		if l.in(end, "上间里晨") && second != '晨' {
			p.end++
		}
		from, to := hoursOf("晚")
		if second == '早' || second == '晨' {
			from, to = hoursOf("早")
		}
		p.clock, p.from, p.to = true, from*60, to*60
		p.pm = from >= 12
	}
	return p, read
}

// weekName is where 周, 星期 or 礼拜 at i ends; full says that one stands there.
func (l *Line) weekName(i int) (end int, full bool) {
	for _, name := range [...]string{"周", "星期", "礼拜"} {
		if end := l.word(i, name); end > 0 {
			return end, true
		}
	}
	return i, false
}

// weekdayOf is the day of the week named by 一 to 日, Monday being 0.
func weekdayOf(r rune) (day int, ok bool) {
	switch r {
	case '一', '1':
		return 0, true
	case '二', '2':
		return 1, true
	case '三', '3':
		return 2, true
	case '四', '4':
		return 3, true
	case '五', '5':
		return 4, true
	case '六', '6':
		return 5, true
	case '日', '天', '7':
		return 6, true
	}
	return 0, false
}

// near reads 上, 下, 本, 这 before a week, month or quarter, and the 个 after.
func (l *Line) near(i int) (offset, end int, said bool) {
	j := i
	for l.in(j, "上下") && l.get(j) == l.get(i) && j < i+3 {
		if l.get(i) == '上' {
			offset--
		} else {
			offset++
		}
		j++
	}
	if j == i && l.in(i, "本这当") {
		j++
	}
	if j == i {
		return 0, i, false
	}
	if l.get(j) == '一' && l.in(j+1, "周个季") && offset != 0 {
		j++
	}
	if l.get(j) == '个' {
		j++
	}
	return offset, j, true
}

// week reads 周五, 上周五, 下下周一, 本周, 上个星期, 这周末.
func (r *reader) week(i int) (point, outcome) {
	l := r.l
	offset, j, said := l.near(i)
	k, full := l.weekName(j)
	if !full || !said && (isNumeral(l.get(i-1)) || l.in(i-1, "第每个一")) || l.get(j) == '周' && l.in(k, "边围年转长刊期到某密全遭知岁") {
		return point{}, nothing
	}
	monday := r.today.Monday().AddDays(7 * offset)
	if !said && !r.base.IsZero() {
		monday = r.base.Monday() // 上周一到周五
	}
	day, ok := weekdayOf(l.get(k))
	switch {
	case l.get(k) == '末':
		p := point{end: k + 1, first: monday.AddDays(5), last: monday.AddDays(6), grain: Day}
		if !said {
			p.first = r.toward(monday.AddDays(5), 7)
			p.last = p.first.AddDays(1)
		}
		return p, read
	case l.in(k, "初") && said:
		return point{end: k + 1, first: monday, last: monday.AddDays(1), grain: Day}, read
	case ok && isDigit(l.get(k)) && (isDigit(l.get(k+1)) || l.get(k+1) == '.'):
		ok = false
	case ok && (l.word(k, "一起") > 0 || l.word(k, "日报") > 0 && !said):
		return point{end: k + 1}, refused
	case ok && (l.trap(k) > k || l.in(k+1, "件户家起宗") || isNumeral(l.get(k+1)) && multiplier(l.get(k+1)) > 0):
		ok = false // 本周三件 are three, this week
	}
	if ok && day == 5 && l.in(k+1, "日天") && !isHan(l.get(k+2)) { // 周六日
		p := oneDay(monday.AddDays(day), k+2)
		if !said {
			p.first = r.toward(p.first, 7)
		}
		p.last, p.period = p.first.AddDays(1), true
		return p, read
	}
	if ok && l.in(k, "一二三四五六") && l.in(k+1, "一二三四五六日") && !l.counted(k+2) {
		return point{end: k + 2}, refused // 周一三五
	}
	if ok && said {
		return oneDay(monday.AddDays(day), k+1), read
	}
	if ok {
		return oneDay(r.toward(monday.AddDays(day), 7), k+1), read
	}
	if said {
		return point{end: k, first: monday, last: monday.AddDays(6), grain: Week}, read
	}
	return point{}, nothing
}

// toward moves d by steps of days until it lies where the preference wants it.
func (r *reader) toward(d calendar.Date, step int) calendar.Date {
	edge := r.today
	if !r.base.IsZero() {
		edge = r.base
	}
	for r.prefer == Past && r.base.IsZero() && d.After(edge) {
		d = d.AddDays(-step)
	}
	for (r.prefer == Future || !r.base.IsZero()) && d.Before(edge) {
		d = d.AddDays(step)
	}
	return d
}
