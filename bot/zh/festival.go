package zh

import (
	"time"

	"zhuanban/bot/calendar"
)

// festival is a day of the year that has a name and is no day off.
type festival struct {
	month time.Month
	day   int
	lunar bool
	bare  bool // the name alone is a time; otherwise 前, 后 or 当天 must follow
}

// festivals are those that the work turns on. The name of a sale or of a
// number (618, 3·15) is a campaign's or a quantity's until 前, 后 or 当天 follows.
var festivals = map[string]festival{
	"情人节": {month: 2, day: 14, bare: true}, "妇女节": {month: 3, day: 8, bare: true}, "三八节": {month: 3, day: 8, bare: true}, "三八妇女节": {month: 3, day: 8, bare: true}, "植树节": {month: 3, day: 12, bare: true},
	"消费者权益日": {month: 3, day: 15, bare: true}, "3·15": {month: 3, day: 15}, "3.15": {month: 3, day: 15}, "315": {month: 3, day: 15}, "三一五": {month: 3, day: 15},
	"六一": {month: 6, day: 1}, "六一儿童节": {month: 6, day: 1, bare: true}, "儿童节": {month: 6, day: 1, bare: true}, "618": {month: 6, day: 18}, "6·18": {month: 6, day: 18}, "6.18": {month: 6, day: 18},
	"七一": {month: 7, day: 1}, "八一": {month: 8, day: 1}, "教师节": {month: 9, day: 10, bare: true}, "双十一": {month: 11, day: 11}, "双11": {month: 11, day: 11}, "双十二": {month: 12, day: 12}, "双12": {month: 12, day: 12},
	"平安夜": {month: 12, day: 24, bare: true}, "圣诞节": {month: 12, day: 25, bare: true}, "圣诞": {month: 12, day: 25},
	"七夕": {month: 7, day: 7, lunar: true}, "七夕节": {month: 7, day: 7, lunar: true, bare: true}, "重阳节": {month: 9, day: 9, lunar: true, bare: true}, "重阳": {month: 9, day: 9, lunar: true}, "腊八": {month: 12, day: 8, lunar: true}, "腊八节": {month: 12, day: 8, lunar: true, bare: true}, "中元节": {month: 7, day: 15, lunar: true, bare: true},
}

var festivalNames = words("情人节 妇女节 三八节 三八妇女节 植树节 消费者权益日 3·15 3.15 315 三一五 六一 六一儿童节 儿童节 618 6·18 6.18 七一 八一 教师节 双十一 双11 双十二 双12 平安夜 圣诞节 圣诞 七夕 七夕节 重阳节 重阳 腊八 腊八节 中元节")

// festivalAt reads a festival at i, in that year or, if year is 0, where the
// preference looks for it.
func (r *reader) festivalAt(year, i int) (point, outcome) {
	l := r.l
	name, j := l.find(i, festivalNames)
	if name == "" || isDigit(l.get(i)) && (isDigit(l.get(i-1)) || l.in(i-1, ".-/·") || isDigit(l.get(j))) || isNumeral(l.get(i)) && isNumeral(l.get(i-1)) {
		return point{}, nothing
	}
	day := false
	for _, w := range [...]string{"当天", "那天", "当日", "这天"} {
		if end := l.word(j, w); end > 0 {
			j, day = end, true
			break
		}
	}
	f := festivals[name]
	side, k := l.find(j, beforeWords)
	if side == "" {
		side, k = l.find(j, afterWords)
	}
	edged := side != "" && !l.in(k, "后往来期述台续面勤")
	if !f.bare && !day && !edged {
		return point{}, nothing
	}
	if l.word(j, "期间") > 0 || l.in(j, "快礼活晚特促大档") {
		return point{}, nothing
	}
	if f.lunar {
		return r.lunarPoint(year, lunar{month: int(f.month), day: f.day, end: j})
	}
	return r.dated(year, int(f.month), f.day, j)
}

// newYearAround reads 过年前, 过年期间, 年前 and 年后 at i, which are said of 春节. The
// year's other end is never called so: of the last days of December people say 年底.
func (r *reader) newYearAround(i int) (point, outcome) {
	l := r.l
	if end := l.word(i, "过年"); end > 0 {
		return r.springFestival(i, end)
	}
	if l.get(i) != '年' || !l.in(i+1, "前后") || l.in(i+2, "往来期述台续面勤夕") {
		return point{}, nothing
	}
	if prev := l.get(i - 1); isNumeral(prev) || isLetter(prev) || isHan(prev) && !l.in(i-1, "在于请须要是到等") {
		return point{}, nothing
	}
	return r.springFestival(i, i+1)
}

// springFestival is what stands at j, behind another name of 春节 that begins at i.
func (r *reader) springFestival(i, j int) (point, outcome) {
	s := stay{reader: r, name: "春节", from: i, at: j}
	if !s.parse() || s.part == alone {
		return point{}, nothing
	}
	if r.l.days == nil || s.part == unclear {
		return point{end: s.end}, refused
	}
	return s.resolve()
}

// dayAndMinute is the day of t and its minute.
func dayAndMinute(t time.Time) (calendar.Date, int) {
	t = t.In(calendar.Shanghai)
	return calendar.DateOf(t), t.Hour()*60 + t.Minute()
}
