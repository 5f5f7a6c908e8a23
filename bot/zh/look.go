package zh

import (
	"time"

	"zhuanban/bot/calendar"
)

// Dates reads the dates, times and periods of a text from left to right, as
// said at now:
//
//   - 2024年1月15日, 2024-01-15, 1月15日, 15号, 二〇二四年一月, 1.17前
//
//   - 昨天, 大前天, 上周五, 这周二, 下下周一, 周五, 三天前, 半小时前, 刚才, 近三天
//
//   - 下午三点半, 15:30, 3点一刻, with a day or alone; 昨晚, 明早8点
//
//   - 上周, 本旬, 上旬, 月底, 年初, 上个月, 一季度, 上半年, 今年以来
//
//   - 1月15日到26日, 5月-10月, 周一至周五, 9点到11点
//
//   - 第三周, 1月第2周, 2024年第12周; a week belongs to the month of its Thursday
//
//   - 农历八月十五, 腊月廿三, 除夕, 大年初一 of the years 2000 to 2050
//
//   - with a calendar ([Line.With]): 国庆期间, 春节前, 节后第二天, 节前最后一个工作日,
//     3个工作日内, 下一个工作日
//
// Weeks begin on Monday; 下周三 is the Wednesday of the next week. A date
// without its year is looked for the way prefer says, except that one less
// than two months the other way is nearer the mark. What may as well mean
// another time says so in Also: 三点, 八月十五 of the lunar year, 第三周 of the
// year. Not read: days that do not exist (2月30日), a date whose weekday in
// brackets is another, what repeats (每周五, 每月25日), holidays without a calendar
// or of a year that it does not know, and 节后一周内, which begins who knows when.
func Dates(text string, now time.Time, prefer Prefer) []When { return Read(text, now).Dates(prefer) }

// Dates is what the function [Dates] reads.
func (l *Line) Dates(prefer Prefer) []When {
	var all []seen
	if prefer == Past {
		all = l.lookBack()
	} else {
		all = l.look(newReader(l, l.now, prefer), nil, nil)
	}
	var found []When
	for i := range all {
		if all[i].what == read {
			found = append(found, all[i].when(l, all[i].at))
		}
	}
	return found
}

// seen is a date found in a line, or what only looks like one.
type seen struct {
	point
	at   int
	what outcome
}

// lookBack finds the dates that were meant looking back, once.
func (l *Line) lookBack() []seen {
	if !l.looked {
		r := reader{l: l, now: someDay.At(12, 0), today: someDay}
		if !l.now.IsZero() {
			r = newReader(l, l.now, Past)
		}
		l.past, l.looked = l.look(r, &l.tried, l.dates[:0]), true
	}
	return l.past
}

// look finds the dates of the line, and what must not be read as one. It notes
// in tried where it looked.
func (l *Line) look(r reader, tried *bitmap, found []seen) []seen {
	if l.has&dates == 0 {
		return found
	}
	for i := l.next(0); i < len(l.r); i = l.next(i) {
		m := mark(l.r[i])
		if m&(dates|coded) == 0 {
			i++
			continue
		}
		first := m&digit != 0 || l.r[i]|0x20 == 'q'
		if !first {
			if m&coded != 0 {
				if end := l.code(i); end > i {
					i = end
					continue
				}
				l.plain.add(i)
			}
		}
		p, what := point{end: i}, nothing
		if l.mayBegin(i) {
			p, what = r.period(i)
		}
		if tried != nil && m&dates != 0 {
			tried.add(i)
		}
		if what != nothing && p.end > i {
			found = append(found, seen{p, i, what})
		} else if first {
			if p.end = l.code(i); p.end == i {
				l.plain.add(i)
			}
		}
		i = max(p.end, i+1)
	}
	return found
}

// ParseDate reads a whole value that is one date, time or period and nothing else.
func ParseDate(whole string, now time.Time, prefer Prefer) (When, bool) {
	return Read(whole, now).Date(prefer)
}

// Date is what [ParseDate] reads.
func (l *Line) Date(prefer Prefer) (When, bool) {
	from, to := l.trimmed()
	if from == to {
		return When{}, false
	}
	r := newReader(l, l.now, prefer)
	r.whole = true
	p, what := r.period(from)
	if what != read || p.end != to {
		return When{}, false
	}
	return p.when(l, from), true
}

// whenEnd is where a date or time at i ends, whatever it says; i if none is there.
func (l *Line) whenEnd(i int) int {
	if mark(l.r[i])&dates == 0 {
		return i
	}
	all := l.lookBack()
	if l.tried.has(i) {
		for n := range all { // they are few
			if all[n].at >= i {
				if all[n].at == i {
					return all[n].end
				}
				break
			}
		}
		return i
	}
	if !l.mayBegin(i) {
		return i
	}
	r := reader{l: l, now: someDay.At(12, 0), today: someDay}
	p, what := r.period(i)
	if what == nothing {
		return i
	}
	return p.end
}

// someDay stands for today where only the extent of a date matters.
var someDay = calendar.Date{Year: 2024, Month: time.January, Day: 31}
