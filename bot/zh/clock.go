package zh

import "zhuanban/bot/calendar"

// clock is a time of day that was read.
type clock struct {
	end      int
	from, to int // minutes after midnight
	grain    Grain
	bare     bool // neither 上午 nor 下午 was said
	pm       bool
	also     int // another hour the same words may mean, in minutes; 0 for none
}

// on is the time of day on day d.
func (c clock) on(d calendar.Date) point {
	p := point{end: c.end, first: d, last: d, grain: c.grain, clock: true, from: c.from, to: c.to, pm: c.pm}
	if c.also != 0 {
		other := p
		other.from, other.to = c.also, c.also
		p.also = &other
	}
	return p
}

// partsOfDay are the names of the parts of a day with their hours.
var partsOfDay = words("凌晨 清晨 清早 大清早 一大早 早上 早晨 上午 午前 中午 正午 午间 下午 午后 傍晚 一早 晚上 晚间 夜里 夜间 半夜 深夜 午夜 早 晚 夜")

func hoursOf(part string) (from, to int) {
	switch part {
	case "凌晨":
		return 0, 6
	case "清晨", "清早", "大清早", "一大早", "一早", "早上", "早晨", "早":
		return 6, 9
	case "上午", "午前":
		return 8, 12
	case "中午", "正午", "午间":
		return 11, 13
	case "下午", "午后":
		return 12, 18
	case "傍晚":
		return 17, 19
	case "半夜", "深夜", "午夜":
		return 22, 24
	}
	return 18, 24
}

// clockPart reads a time of day at i: 下午三点半, 15:30, 晚上. dated says that a
// day stands before it, so that weaker signs will do.
func (r *reader) clockPart(i int, dated bool) (clock, bool) {
	l := r.l
	part, end := l.find(i, partsOfDay)
	if part == "" {
		if !dated && (isNumeral(l.get(i-1)) || isLetter(l.get(i-1)) || l.in(i-1, "第.:-/有几分刻")) {
			return clock{}, false
		}
		return r.hour(i, -1, dated)
	}
	from, to := hoursOf(part)
	if c, ok := r.hour(l.blanks(end), from*60, true); ok {
		return c, true
	}
	if _, j, _ := l.number2(l.blanks(end)); j > l.blanks(end) && l.in(j, "点时:") {
		return clock{}, false // 上午3点
	}
	single := len(part) == len("早")
	if single && !(dated && !isHan(l.get(end))) || part == "半夜" && !dated || part == "午间" && !dated {
		return clock{}, false
	}
	if l.in(end, "好茶餐班饭宴市") && l.word(end, "市场") < 0 || !dated && l.in(i-1, "大整每") {
		return clock{}, false
	}
	return clock{end: end, from: from * 60, to: to * 60, grain: PartOfDay, pm: from >= 12}, true
}

// hour reads 三点半, 3点20分 or 15:30 at i. part is the first minute of the part
// of day that was said, or -1.
func (r *reader) hour(i, part int, dated bool) (clock, bool) {
	l := r.l
	short, i := l.minutesShort(i)
	h, j, digits := l.number2(i)
	if j == i || h > 24 {
		return clock{}, false
	}
	c := clock{grain: Hour, bare: part < 0}
	minute := 0
	switch sign := l.get(j); {
	case sign == ':' && digits > 0:
		m, end, n := l.number2(j + 1)
		if n != 2 || m > 59 || isDigit(l.get(end)) || h == 24 && m > 0 {
			return clock{}, false
		}
		minute, j, c.grain = m, end, Minute
		if s, end, n := l.number2(j + 1); l.get(j) == ':' && n == 2 && s <= 59 {
			j = end
		} else if l.get(j) == ':' {
			return clock{}, false
		}
	case sign == '点' || sign == '时' && (dated || part >= 0 || l.minutesFollow(j+1)) && !l.in(j+1, "段间候代长限期常效装尚"):
		if l.notOClock(i, j+1, digits, dated || part >= 0) {
			return clock{}, false
		}
		var end int
		minute, end, c.grain = l.minutes(j + 1)
		j = end
		if n, k := l.minutesShort(j); k > j && minute == 0 && short == 0 { // 三点差五分
			short, j = n, k
		}
	default:
		return clock{}, false
	}
	at, also, ok := placeHour(h, part, digits)
	if !ok {
		return clock{}, false
	}
	if short > 0 {
		if minute > 0 || at == 0 {
			return clock{}, false
		}
		minute, c.grain = -short, Minute
	}
	c.from, c.pm = at*60+minute, at >= 12
	c.to, c.end = c.from, j
	if also >= 0 {
		c.also = also*60 + minute
	}
	if h == 24 && minute > 0 {
		return clock{}, false
	}
	return c, true
}

// placeHour finds the hour of the day that h means with the part of day said.
// Without one, 8点 is in the morning and 3点 in the afternoon, and the other is
// named as well; 08 and 15 are clear.
func placeHour(h, part, digits int) (at, also int, ok bool) {
	switch {
	case part < 0 && (h > 12 || h == 0 || digits == 2 && h < 10):
		return h, -1, true
	case part < 0 && h <= 6:
		return h + 12, h, true
	case part < 0 && h == 12:
		return 12, -1, true
	case part < 0:
		return h, h + 12, true
	case h == 12 && part >= 18*60:
		return 24, -1, true // 晚上12点
	case h == 12 && part == 0, h == 24 && part == 0:
		return 0, -1, true
	case part == 8*60 && h < 5:
		return 0, 0, false // 上午3点
	case part < 11*60 && h > 12 && !(part >= 18*60):
		return 0, 0, false // 上午15点
	case part >= 11*60 && h < 12 && (part < 18*60 || h >= 5):
		if part == 11*60 && h > 10 || part == 11*60 && h > 3 {
			return h, -1, true
		}
		return h + 12, -1, true
	case part >= 18*60 && h < 5:
		return h + 24, -1, true // 晚上1点 is after midnight
	}
	return h, -1, true
}

// number2 reads a number of one or two digits, or Chinese up to 九十九, at i.
// digits is how many Arabic digits it has.
func (l *Line) number2(i int) (n, end, digits int) {
	j := i
	for isDigit(l.get(j)) {
		n = n*10 + int(l.r[j]-'0')
		if j++; j-i > 2 {
			return 0, i, 0
		}
	}
	if j > i {
		return n, j, j - i
	}
	// 零, 〇 and a digit; then tens; a 点 ends it, so cardinal is no help
	if l.in(i, "零〇") && hanDigit(l.get(i+1)) > 0 && l.get(i+1) != '两' {
		return int(hanDigit(l.get(i + 1))), i + 2, 0
	}
	tens := 0
	if d := hanDigit(l.get(j)); d >= 0 {
		n = int(d)
		j++
	}
	if l.get(j) == '十' {
		tens, j = max(n, 1), j+1
		if j == i+2 && n == 0 {
			return 0, i, 0
		}
		n = 0
		if d := hanDigit(l.get(j)); d > 0 && l.get(j) != '两' {
			n = int(d)
			j++
		}
	}
	if j == i || isNumeral(l.get(j)) {
		return 0, i, 0
	}
	return tens*10 + n, j, 0
}

// minutesShort reads 差五分 and 差一刻 at i, which an hour lacks; 0 and i if neither is there.
func (l *Line) minutesShort(i int) (minutes, end int) {
	if l.get(i) != '差' {
		return 0, i
	}
	m, j, _ := l.number2(i + 1)
	switch {
	case j == i+1:
	case l.get(j) == '分' && m > 0 && m < 60 && l.get(j+1) != '之':
		end = j + 1
		if l.get(end) == '钟' {
			end++
		}
		return m, end
	case l.get(j) == '刻' && m == 1:
		return 15, j + 1
	}
	return 0, i
}

// minutesFollow says whether minutes or 整 follow at i.
func (l *Line) minutesFollow(i int) bool {
	m, end, _ := l.number2(i)
	return end > i && m < 60 && l.get(end) == '分' || l.in(i, "整半许")
}

// notOClock says whether the 点 before i ends no hour: 一点问题, 3点建议, 两点要求.
func (l *Line) notOClock(from, i, digits int, sure bool) bool {
	if pointWords.has(l.get(i)) || l.in(i, "击赞播评位数多") && !(l.get(i) == '多' && (sure || !isHan(l.get(i+1)))) || l.word(i, "五万") > 0 {
		return true
	}
	if sure || digits > 0 {
		return l.in(i, "儿") || digits > 0 && !sure && l.word(i, "以上") > 0
	}
	next := l.get(i)
	if l.get(from) == '零' && i-from == 2 && (!isHan(next) || l.in(i, "前后至到左")) {
		return false
	}
	if l.get(from) == '一' && i-from == 2 || l.get(from) == '零' {
		_, end, _ := l.number2(i)
		return !(l.in(i, "半整钟") || end > i && l.get(end) == '分')
	}
	d := hanDigit(next)
	return d >= 0 && l.get(i+1) != '十' && next != '零' && l.get(i+1) != '刻' && l.get(i+1) != '分' // 三点五
}

// minutes reads what follows 点: nothing, 半, 一刻, 20分, 05, 整, 左右.
func (l *Line) minutes(i int) (minute, end int, grain Grain) {
	switch {
	case l.get(i) == '半':
		return 30, i + 1, Minute
	case l.word(i, "一刻") > 0:
		return 15, i + 2, Minute
	case l.word(i, "三刻") > 0:
		return 45, i + 2, Minute
	case l.in(i, "整钟") || l.get(i) == '许':
		end = i + 1
		if l.word(i, "钟整") > 0 {
			end++
		}
		return 0, end, Hour
	}
	j := i
	if l.get(j) == '过' {
		j++
	}
	m, end, digits := l.number2(j)
	switch {
	case end == j || m > 59:
		return 0, i, Hour
	case l.get(end) == '分' && !l.in(end+1, "之局别钟"):
		return m, end + 1, Minute
	case digits == 2 || digits == 0 && (m >= 10 || end-j == 2):
		if _, unitEnd := l.unit(end); unitEnd > end && unitEnd-end > 0 && isHan(l.get(end)) {
			return 0, i, Hour // 3点20户
		}
		return m, end, Minute
	}
	return 0, i, Hour
}

// pointWords are the runes behind 点 that make another word of it: 三点建议.
var pointWords = runesOf("建意要说情理思问措注做内希体想解")
