package zh

import (
	"time"

	"zhuanban/bot/calendar"
)

// firstLunarYear is the year of the first entry of lunarYears.
const firstLunarYear = 2000

// lunarYears describe the lunar years 2000 to 2050: how many days after 1 January
// they begin (bits 17 and up), which month is followed by a leap month (bits 13
// to 16, 0 for none), and which of the months in order have 30 days (bit 0 is the
// first). Computed from the moments of the new moons and the solar terms in
// Beijing; no new moon of these years lies nearer to midnight than two minutes,
// while the computation is good to seconds. The test knows each New Year's Day.
var lunarYears = [...]uint32{
	0x460693, 0x2e952b, 0x54052b, 0x3e0a5b, 0x2a555a, 0x4e056a, 0x38fb55, 0x600ba4, 0x4a0b49, 0x32ba93, // 2000
	0x580a95, 0x42052d, 0x2c8aad, 0x500ab5, 0x3d35aa, 0x6205d2, 0x4c0da5, 0x36dd4a, 0x5c0d4a, 0x460c95, // 2010
	0x30952e, 0x540556, 0x3e0ab5, 0x2a55b2, 0x5006d2, 0x38cea5, 0x5e0725, 0x48064b, 0x32ac97, 0x560cab, // 2020
	0x42055a, 0x2c6ad6, 0x520b69, 0x3d7752, 0x620b52, 0x4c0b25, 0x36da4b, 0x5a0a4b, 0x4404ab, 0x2ea55b, // 2030
	0x5405ad, 0x3e0b6a, 0x2a5b52, 0x500d92, 0x3afd25, 0x5e0d25, 0x480a55, 0x32b4ad, 0x5804b6, 0x4005b5, // 2040
	0x2c6daa, // 2050
}

// lunarDay is the day of a lunar date; ok is false where that month has no such
// day or the year is not known. A day of 0 is the last of the month.
func lunarDay(year, month int, leap bool, day int) (d calendar.Date, ok bool) {
	if year < firstLunarYear || year >= firstLunarYear+len(lunarYears) {
		return d, false
	}
	y := lunarYears[year-firstLunarYear]
	leapMonth := int(y >> 13 & 15)
	index := month - 1
	if leapMonth > 0 && (month > leapMonth || leap) {
		index++
	}
	if leap && month != leapMonth {
		return d, false
	}
	d = yearDay(year, time.January, 1).AddDays(int(y >> 17))
	length := func(i int) int { return 29 + int(y>>i&1) }
	for i := range index {
		d = d.AddDays(length(i))
	}
	if day == 0 {
		day = length(index)
	}
	return d.AddDays(day - 1), day <= length(index)
}

// lunarWords begin a lunar date and need nothing after them, or a month or a
// day after them.
var lunarWords = words("农历 阴历 旧历 正月 腊月 冬月 闰 除夕 大年三十 年三十 大年初一 大年初二 大年初三 大年初四 大年初五 大年初六 大年初七 元宵节 元宵夜")

// lunar is a lunar date as it was said.
type lunar struct {
	month, day int // a day of 0 is the last
	leap       bool
	end        int
}

// lunarAt reads 农历八月十五, 正月初一, 除夕, 大年初三 at i as a day of that lunar
// year or, if year is 0, of the one the preference wants. A lunar month without
// its day is refused, and so is a year that is not in the table.
func (r *reader) lunarAt(year, i int) (point, outcome) {
	l := r.l
	w, j := l.find(i, lunarWords)
	if w == "" || w == "闰" && l.lunarMonth(i+1) == 0 || w == "元宵节" && l.in(j, "目") {
		return point{}, nothing
	}
	var d lunar
	ok := true
	switch w {
	case "除夕", "大年三十", "年三十":
		d = lunar{month: 12, end: j}
	case "元宵节", "元宵夜":
		d = lunar{month: 1, day: 15, end: j}
	case "农历", "阴历", "旧历":
		if y, end := l.yearNumber(j); end > j {
			year, j = y, end
		}
		d, ok = l.lunarMonthDay(j)
	case "正月", "腊月", "冬月", "闰":
		d, ok = l.lunarMonthDay(i)
	default:
		d = lunar{month: 1, day: int(hanDigit(l.r[j-1])), end: j}
	}
	if !ok {
		return r.skipLunar(j)
	}
	if l.in(d.end, "日号") {
		d.end++
	}
	return r.lunarPoint(year, d)
}

// skipLunar passes by what belongs to a lunar date that cannot be read.
func (r *reader) skipLunar(j int) (point, outcome) {
	l := r.l
	for isNumeral(l.get(j)) || l.in(j, "年月日号初闰廿") {
		j++
	}
	if c, ok := r.clockPart(j, true); ok {
		j = c.end
	}
	return point{end: j}, refused
}

// lunarMonth is the number of the lunar month at i, 0 if none is there.
func (l *Line) lunarMonth(i int) int {
	d, _ := l.lunarMonthDay(i)
	return d.month
}

// lunarMonthDay reads 八月十五, 闰四月初一, 腊月廿三, 8月15 at i.
func (l *Line) lunarMonthDay(i int) (d lunar, ok bool) {
	j := i
	if l.get(j) == '闰' {
		d.leap, j = true, j+1
	}
	switch l.get(j) {
	case '正':
		d.month, j = 1, j+1
	case '冬':
		d.month, j = 11, j+1
	case '腊':
		d.month, j = 12, j+1
	default:
		d.month, j, _ = l.number2(j)
	}
	if d.month < 1 || d.month > 12 || l.get(j) != '月' {
		return lunar{}, false
	}
	j++
	switch l.get(j) {
	case '初':
		d.day, d.end = int(max(hanDigit(l.get(j+1)), 0)), j+2
		if l.get(j+1) == '十' {
			d.day = 10
		}
		ok = d.day > 0
	case '廿':
		d.day, d.end = 20, j+1
		if n := hanDigit(l.get(d.end)); n > 0 {
			d.day, d.end = d.day+int(n), d.end+1
		}
		ok = true
	default:
		d.day, d.end, _ = l.number2(j)
		ok = d.end > j && d.day >= 1 && d.day <= 30 && !l.counted(d.end) || l.in(d.end, "日号") && d.end > j
	}
	return d, ok
}

// lunarPoint is the day of a lunar date in the year that was said or meant. The
// last months of a lunar year lie in January or later of the next, so that 今年除夕
// may mean either.
func (r *reader) lunarPoint(year int, d lunar) (point, outcome) {
	none := point{end: d.end}
	if year != 0 {
		day, ok := lunarDay(year, d.month, d.leap, d.day)
		if !ok {
			return none, refused
		}
		p := oneDay(day, d.end)
		if earlier, ok := lunarDay(year-1, d.month, d.leap, d.day); ok && day.Year != year && earlier.Year == year {
			other := oneDay(earlier, d.end)
			p.also = &other
		}
		return p, read
	}
	base := r.today
	if !r.base.IsZero() {
		base = r.base
	}
	var last, next calendar.Date
	for y := base.Year - 2; y <= base.Year+2; y++ {
		day, ok := lunarDay(y, d.month, d.leap, d.day)
		switch {
		case !ok:
		case day.Before(base):
			last = day
		case next.IsZero():
			next = day
		}
	}
	ago, ahead := 1000, 1000
	if !last.IsZero() {
		ago = last.DaysUntil(base)
	}
	if !next.IsZero() {
		ahead = base.DaysUntil(next)
	}
	back := r.prefer == Past && r.base.IsZero() && ahead > 0
	switch {
	case back && ago > nearby && ahead <= nearby:
		back = false
	case !back && r.base.IsZero() && ahead > nearby && ago <= nearby:
		back = true
	}
	switch {
	case back && !last.IsZero():
		return oneDay(last, d.end), read
	case !back && !next.IsZero():
		return oneDay(next, d.end), read
	}
	return none, refused
}
