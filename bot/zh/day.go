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
		p, what = r.nearNamed(i)
	case '中', '月', '次':
		if p, what = r.withinName(i); what != nothing && r.l.get(i) == '月' {
			return p, what
		}
		if p, what = r.month(i); what == nothing {
			p, what = r.year(i)
		}
	case '年':
		p, what = r.yearNamed(i)
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

// nearNamed reads what begins with 上, 下, 本 and the like.
func (r *reader) nearNamed(i int) (p point, what outcome) {
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
	return p, what
}

// yearNamed reads what begins with 年: 年内, 年前, 年底.
func (r *reader) yearNamed(i int) (p point, what outcome) {
	if p, what = r.withinName(i); what != nothing {
		return p, what
	}
	if p, what = r.newYearAround(i); what != nothing {
		return p, what
	}
	return r.year(i)
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
