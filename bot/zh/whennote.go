package zh

// dayMinutes are the minutes of a day.
const dayMinutes = 24 * 60

// nearestHour moves an hour of no day to where it was meant: at 15:00, 9点 of a
// meeting is in the evening, and 半夜两点 of a report was this morning.
func (r *reader) nearestHour(c clock) clock {
	if !r.base.IsZero() {
		return c
	}
	now := r.now.Hour()*60 + r.now.Minute()
	switch {
	case r.prefer == Past && c.from > dayMinutes:
		c.from, c.to = c.from-dayMinutes, c.to-dayMinutes
	case r.prefer == Future && c.also > now && c.from < now:
		c.from, c.to, c.also = c.also, c.also, c.from
	}
	return c
}

// dateNote takes the (23日) after 下周二; false if that is another day.
func (r *reader) dateNote(p point) (end int, ok bool) {
	if r.l.get(p.end) != '(' {
		return p.end, true
	}
	inner := *r
	inner.base = p.first
	q, what := inner.absolute(p.end + 1)
	if what != read || q.grain != Day || r.l.get(q.end) != ')' {
		return p.end, true
	}
	return q.end + 1, q.first == p.first
}

// weekdayNote takes the (周一) after a date; false if the date is another day of the week.
func (r *reader) weekdayNote(p point) (end int, ok bool) {
	l := r.l
	j := l.blanks(p.end)
	bracket := l.get(j) == '('
	if bracket {
		j++
	}
	k, name := l.weekName(j)
	if k == j {
		return p.end, true
	}
	day, ok := weekdayOf(l.get(k))
	if !ok || !bracket && isHan(l.get(k+1)) && !l.in(k+1, "上下中晚早凌到至前的") {
		return p.end, true
	}
	k++
	if bracket {
		if l.get(k) != ')' {
			return p.end, true
		}
		k++
	}
	return k, name && int(p.first.Weekday()+6)%7 == day
}
