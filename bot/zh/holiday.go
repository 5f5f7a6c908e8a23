package zh

import (
	"strings"
	"time"

	"zhuanban/bot/calendar"
)

// Workdays knows the holidays and the days that are worked. The year's calendar
// is one; see [Line.With]. An error means that it does not know the year.
type Workdays interface {
	// Holiday is the name of the holiday that d belongs to.
	Holiday(d calendar.Date) (name string, ok bool)
	// Next is the first workday after d, Prev the last before it.
	Next(d calendar.Date) (calendar.Date, error)
	Prev(d calendar.Date) (calendar.Date, error)
	// Add is the n-th workday after d, or before it where n is negative.
	Add(d calendar.Date, n int) (calendar.Date, error)
}

// With lets the dates of the line ask days for holidays and workdays: 国庆期间,
// 节后第二天, 3个工作日内. Without it those are not read. Call it before reading.
func (l *Line) With(days Workdays) *Line {
	l.days = days
	return l
}

// holidayNames are what holidays are called, any (节) among them.
var holidayNames = words("元旦节 元旦 春节 清明节 清明 五一劳动节 五一国际劳动节 劳动节 五一节 五一 端午节 端午 中秋节 中秋 国庆节 国庆 十一国庆 十一国庆节 十一 节")

// announced is the word that the calendar's name of a holiday has in it; any
// will do for a mere 节.
var announced = map[string]string{
	"元旦": "元旦", "元旦节": "元旦", "春节": "春节", "清明": "清明", "清明节": "清明", "端午": "端午", "端午节": "端午", "中秋": "中秋", "中秋节": "中秋",
	"五一": "劳动", "五一节": "劳动", "劳动节": "劳动", "五一劳动节": "劳动", "五一国际劳动节": "劳动", "国庆": "国庆", "国庆节": "国庆", "十一": "国庆", "十一国庆": "国庆", "十一国庆节": "国庆", "节": "",
}

// holiday is one stretch of days off.
type holiday struct{ first, last calendar.Date }

// holidayAt reads a holiday by its name and what is said of it at i, in that
// year or, if year is 0, where the preference looks for it. A name alone is the
// name of a road or a cake until something else says that it is a time.
func (r *reader) holidayAt(year, i int) (point, outcome) {
	l := r.l
	name, j := l.find(i, holidayNames)
	if name == "" || l.day31(i, name) {
		return point{}, nothing
	}
	if name == "节" && l.in(i-1, "环细季情关音章枝礼骨调时气末使竹名佳过小个三两双每几春秋午明动庆旦夕一二四五六七八九十0123456789") {
		return point{}, nothing
	}
	if w, end := l.find(j, holidayNames); w != "" && w != "节" { // 元旦春节期间
		s := stay{reader: r, name: w, at: end, end: end}
		s.parse()
		return point{end: max(s.end, end)}, refused
	}
	s := stay{reader: r, year: year, name: name, from: i, at: j}
	if !s.parse() {
		if name == "节" || name == "五一" || name == "十一" {
			return point{}, nothing
		}
		return point{end: j}, refused // so that 端午前夕 is no 午前
	}
	if l.days == nil || s.part == unclear {
		return point{end: s.end}, refused
	}
	return s.resolve()
}

// day31 says whether the name at i is a number or a word for something else.
func (l *Line) day31(i int, name string) bool {
	if name != "五一" && name != "十一" {
		return false
	}
	return isNumeral(l.get(i-1)) || l.in(i-1, "第月周期初星拜") || l.get(i-1) == '双'
}

const (
	allOfIt    part = iota // 期间
	before                 // 节前
	after                  // 节后
	nthOf                  // 第一天 of it
	lastOf                 // 最后一天 of it
	nthBefore              // 节前第三天, 节前最后一个工作日
	nthAfter               // 节后第二天, 节后首个工作日
	alone                  // the name and nothing else
	sinceBegin             // 以来
	unclear                // 节后一周内: not read
)

// resolve finds the holiday and the part of it that was said.
func (s *stay) resolve() (point, outcome) {
	h, other, ok := s.find()
	if !ok {
		return point{end: s.end}, refused
	}
	p, ok := s.of(h)
	if !ok {
		return point{end: s.end}, refused
	}
	if other != nil {
		if q, ok := s.of(*other); ok {
			p.also = &q
		}
	}
	return p, read
}

// of is the part of the holiday h.
func (s *stay) of(h holiday) (p point, ok bool) {
	p = point{end: s.end, first: h.first, last: h.last, grain: Day, period: h.first != h.last}
	var err error
	day := h.first
	switch s.part {
	case allOfIt, alone, sinceBegin:
		return p, true
	case before:
		p = oneDay(h.first.AddDays(-1), s.end)
		p.edge = Before
		return p, true
	case after:
		p = oneDay(h.last, s.end)
		p.edge = After
		return p, true
	case nthOf:
		day = h.first.AddDays(s.n - 1)
		if day.After(h.last) {
			return p, false
		}
	case lastOf:
		day = h.last
	case nthBefore:
		if day = h.first.AddDays(-s.n); s.workdays {
			day, err = s.l.days.Add(h.first, -s.n)
		}
	case nthAfter:
		if day = h.last.AddDays(s.n); s.workdays {
			day, err = s.l.days.Add(h.last, s.n)
		}
	}
	return oneDay(day, s.end), err == nil
}

// find is the holiday that was meant. Of an unnamed one (节后) another as near
// is given too.
func (s *stay) find() (h holiday, other *holiday, ok bool) {
	key := announced[s.name]
	if s.year != 0 {
		h, ok = s.seek(key, yearDay(s.year, time.January, 1), 1, 365)
		return h, nil, ok
	}
	if !s.base.IsZero() {
		h, ok = s.seek(key, s.base, 1, 366)
		return h, nil, ok
	}
	last, had := s.seek(key, s.today, -1, 400)
	from := s.today.AddDays(1)
	if had && !last.last.Before(s.today) {
		from = last.last.AddDays(1)
	}
	next, comes := s.seek(key, from, 1, 400)
	ago, ahead := last.last.DaysUntil(s.today), s.today.DaysUntil(next.first)
	back := had && (s.prefer == Past || ago <= 0)
	if back && s.prefer == Future && (s.part == before || s.part == nthBefore) {
		back = false // it has begun: 节前 is before the next
	}
	afterwards := s.part == after || s.part == nthAfter && !last.last.AddDays(s.n).Before(s.today)
	switch {
	case !had && s.prefer == Past && ahead > nearby:
		return h, nil, false
	case !had || !comes:
		return pick(back, last, next), nil, had && back || comes && !back
	case back && ago > nearby && ahead <= nearby:
		return next, nil, true
	case s.name == "节" && back && ahead <= asNear && ago > 0:
		return last, &next, true
	case s.name == "节" && !back && ago <= asNear && afterwards:
		return last, &next, true
	}
	return pick(back, last, next), nil, true
}

// asNear is how many days make one of two holidays as near as the other.
const asNear = 15

func pick(back bool, last, next holiday) holiday {
	if back {
		return last
	}
	return next
}

// seek goes from d, by steps of one day, to the next day of a holiday whose
// name has key in it, and gives all of that holiday.
func (s *stay) seek(key string, d calendar.Date, step, days int) (holiday, bool) {
	for range days {
		if name, ok := s.l.days.Holiday(d); ok && strings.Contains(name, key) {
			return s.around(d, name), true
		}
		d = d.AddDays(step)
	}
	return holiday{}, false
}

// around is the holiday that d belongs to.
func (s *stay) around(d calendar.Date, name string) holiday {
	h := holiday{d, d}
	same := func(d calendar.Date) bool {
		other, ok := s.l.days.Holiday(d)
		return ok && other == name
	}
	for same(h.first.AddDays(-1)) {
		h.first = h.first.AddDays(-1)
	}
	for same(h.last.AddDays(1)) {
		h.last = h.last.AddDays(1)
	}
	return h
}
