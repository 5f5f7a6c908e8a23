package zh

import (
	"time"

	"zhuanban/bot/calendar"
)

// Grain is how finely a time was told.
type Grain string

// The grains, finest first.
const (
	Minute    Grain = "minute"
	Hour      Grain = "hour"
	PartOfDay Grain = "part" // 上午, 晚上
	Day       Grain = "day"
	Week      Grain = "week"
	TenDays   Grain = "tendays" // 上旬, 月底
	Month     Grain = "month"
	Quarter   Grain = "quarter"
	HalfYear  Grain = "halfyear"
	Year      Grain = "year"
)

// Prefer says which way a day without its year, month or week is looked for.
type Prefer int

// The preferences.
const (
	Past   Prefer = iota // reports: 周五 is the last one, today included
	Future               // deadlines and meetings: 周五 is the coming one, today included
)

// Edge is the side of a time that was meant.
type Edge string

// The edges.
const (
	At     Edge = ""       // then
	Before Edge = "before" // 周五前, 月底之前: until the end of To
	After  Edge = "after"  // 周五后
)

// When is a time or a period that was read, in Shanghai. It is closed: a
// moment has From equal to To, a day goes from midnight to its last second, and
// 5月-10月 ends on 31 October at 23:59:59.
type When struct {
	Span
	From, To time.Time
	Grain    Grain
	Edge     Edge
	Period   bool  // two ends were said: 1月15日到26日, 今年以来
	About    bool  // 3点左右, 晚上10点多
	Also     *When // the other time that the same words may well mean
}

// First is the day the reading begins on.
func (w When) First() calendar.Date { return calendar.DateOf(w.From) }

// Last is the day the reading ends on.
func (w When) Last() calendar.Date { return calendar.DateOf(w.To) }

// reader reads dates as said at now.
type reader struct {
	l      *Line
	now    time.Time
	today  calendar.Date
	prefer Prefer
	whole  bool          // the text is one value: 1/15 is a date
	base   calendar.Date // set for a period's second end: nothing lies before it
}

func newReader(l *Line, now time.Time, prefer Prefer) reader {
	now = now.In(calendar.Shanghai)
	return reader{l: l, now: now, today: calendar.DateOf(now), prefer: prefer}
}

// point is a time or one end of a period.
type point struct {
	end         int
	first, last calendar.Date
	grain       Grain
	edge        Edge
	about       bool
	period      bool
	clock       bool // from and to are set
	from, to    int  // minutes after first's midnight
	pm          bool // an hour after noon by its word
	moment      time.Time
	also        *point
}

// when is the point as a reading that began at rune i.
func (p point) when(l *Line, i int) When {
	w := When{Span: l.span(i, p.end), Grain: p.grain, Edge: p.edge, Period: p.period, About: p.about}
	switch {
	case !p.moment.IsZero():
		w.From, w.To = p.moment, p.moment
	case p.clock:
		w.From = p.first.At(0, p.from)
		if w.To = w.From; p.last != p.first || p.to != p.from {
			w.To = p.last.At(0, p.to)
		}
		if p.grain == PartOfDay {
			w.To = w.To.Add(-time.Second)
		}
	default:
		w.From, w.To = p.first.Time(), p.last.AddDays(1).Time().Add(-time.Second)
	}
	if p.also != nil {
		p.also.end, p.also.edge, p.also.about = p.end, p.edge, p.about
		other := p.also.when(l, i)
		w.Also = &other
	}
	return w
}

// period reads a time at i and, where one follows, the other end of a period.
func (r *reader) period(i int) (point, outcome) {
	p, what := r.point(i)
	if what != read {
		return p, what
	}
	if to, ok := r.second(p); ok {
		p = to
	}
	r.suffix(&p)
	return p, read
}

// second reads what follows 到 after p.
func (r *reader) second(p point) (point, bool) {
	l := r.l
	from := p.end
	if l.word(from, "起至") > 0 || l.word(from, "起到") > 0 || l.word(from, "起-") > 0 {
		from++
	} else if end := l.word(from, "开始"); end > 0 && l.in(end, "到至") {
		from = end
	}
	j := l.rangeSign(from)
	if j == p.end || j == from || j >= len(l.r) || !p.moment.IsZero() {
		return p, false
	}
	after := *r
	after.base, after.prefer = p.first, Future
	var q point
	var what outcome
	if c, ok := after.clockPart(j, p.clock); ok && p.clock {
		q = point{end: c.end, first: p.last, last: p.last, grain: c.grain, clock: true, from: c.from, to: c.to}
		if p.pm && c.bare && c.from < 12*60 {
			q.from, q.to = q.from+12*60, q.to+12*60
		}
		what = read
	} else {
		q, what = after.point(j)
	}
	if what != read || !q.moment.IsZero() || q.last.Before(p.first) || q.clock != p.clock || q.clock && q.first == p.first && q.to <= p.from {
		return p, false
	}
	out := p
	out.end, out.last, out.to, out.grain, out.period = q.end, q.last, q.to, q.grain, true
	if p.also != nil && !p.clock {
		shifted := *p.also
		shifted.last, shifted.period = shifted.first.AddDays(p.first.DaysUntil(q.last)), true
		out.also = &shifted
	} else {
		out.also = nil
	}
	return out, true
}

// suffix takes 以来, 前 and 后 after a time.
func (r *reader) suffix(p *point) {
	if p.edge != At { // 春节前
		return
	}
	l := r.l
	j := l.blanks(p.end)
	if _, end := l.find(j, sinceWords); end > j && !p.clock && p.moment.IsZero() && p.first.Compare(r.today) <= 0 {
		p.end, p.last, p.period, p.also = end, r.today, true, nil
		return
	}
	if !p.moment.IsZero() {
		return
	}
	if w, end := l.find(p.end, aboutWords); w != "" && (p.clock || w == "左右" || w == "前后") {
		p.end, p.about = end, true
		return
	}
	if w, end := l.find(j, beforeWords); w != "" && !l.in(end, "后往来期述台") {
		p.end, p.edge = end, Before
		return
	}
	if w, end := l.find(j, stopWords); w != "" && (w != "止" || !isHan(l.get(end))) {
		p.end, p.edge = end, Before
		return
	}
	if w, end := l.find(j, afterWords); w != "" && !l.in(end, "续期来台面勤") {
		p.end, p.edge = end, After
	}
}

// Words behind a time.
var (
	sinceWords  = words("份以来 以来 至今 到现在 到今天 到目前为止 到目前 迄今")
	aboutWords  = words("左右 前后 许 多")
	beforeWords = words("下班以前 下班之前 下班前 之前 以前 前")
	stopWords   = words("为止 截止 止")
	afterWords  = words("之后 以后 后")
)

// point reads a day or a period by its name, with the hour behind it, or an
// hour alone.
func (r *reader) point(i int) (point, outcome) {
	p, what := r.day(i)
	switch what {
	case refused:
		return p, refused
	case nothing:
		c, ok := r.clockPart(i, false)
		if !ok {
			if part, end := r.l.find(i, partsOfDay); len(part) > len("早") {
				_, end, _ = r.l.number2(r.l.blanks(end))
				return point{end: end}, refused
			}
			return point{end: i}, nothing
		}
		day := r.today
		if !r.base.IsZero() {
			day = r.base
		}
		return r.nearestHour(c).on(day), read
	}
	if p.grain != Day || p.first != p.last || p.edge != At || !p.moment.IsZero() {
		return p, read
	}
	if end, ok := r.dateNote(p); !ok {
		return point{end: end}, refused
	} else if end > p.end {
		p.end = end
	}
	if end, ok := r.weekdayNote(p); !ok {
		return point{end: end}, refused
	} else if end > p.end {
		p.end = end
	}
	j := r.l.blanks(p.end)
	if r.l.get(j) == '的' {
		j++
	}
	if p.clock { // 昨晚, 明早
		return r.nightHour(p, j), read
	}
	c, ok := r.clockPart(j, true)
	if !ok {
		return p, read
	}
	q := c.on(p.first)
	switch {
	case p.also != nil:
		other := c.on(p.also.first)
		q.also = &other
	case c.from > dayMinutes: // 昨天半夜两点
		other := q
		other.from, other.to = q.from-dayMinutes, q.to-dayMinutes
		q.also = &other
	}
	return q, read
}

// nightHour is 昨晚 or 明早 with the hour that may stand at j: 昨晚半夜两点.
func (r *reader) nightHour(p point, j int) point {
	if part, end := r.l.find(j, partsOfDay); part != "" {
		j = r.l.blanks(end)
	}
	if c, ok := r.hour(j, p.from, true); ok {
		q := c.on(p.first)
		q.also = nil
		return q
	}
	p.grain = PartOfDay
	return p
}
