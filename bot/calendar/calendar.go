package calendar

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"time"
)

//go:embed holidays.json
var shipped []byte

// Calendar says of each day whether it is worked. Make one with [Default] or [Parse].
type Calendar struct {
	years map[int]notice
	off   map[Date]string   // the holiday's name
	work  map[Date]struct{} // weekends worked in exchange
}

// MissingYear is the error for a day of a year whose notice is not loaded.
type MissingYear struct{ Year int }

// Error says which year is missing and what to do about it.
func (e MissingYear) Error() string {
	return fmt.Sprintf("no holidays known for %d: load the State Council's notice of that year"+
		" as a file named in the configuration key calendar.files", e.Year)
}

// Default is the calendar shipped with the program.
func Default() (*Calendar, error) { return Parse(shipped) }

// newCalendar lays the notices over each other in order of year, so that where
// two speak of the same day the later notice holds.
func newCalendar(years map[int]notice) *Calendar {
	c := &Calendar{years: years, off: map[Date]string{}, work: map[Date]struct{}{}}
	for _, year := range slices.Sorted(maps.Keys(years)) {
		n := years[year]
		for _, h := range n.off {
			for d := h.from; !d.After(h.to); d = d.AddDays(1) {
				c.off[d] = h.name
				delete(c.work, d)
			}
		}
		for _, d := range n.work {
			c.work[d] = struct{}{}
			delete(c.off, d)
		}
	}
	return c
}

// With is the calendar with the years of more added; a year known already is replaced.
func (c *Calendar) With(more []byte) (*Calendar, error) {
	added, err := Parse(more)
	if err != nil {
		return nil, err
	}
	years := maps.Clone(c.years)
	maps.Copy(years, added.years)
	return newCalendar(years), nil
}

// Years lists the years whose notice is loaded, in order.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// Workday says whether d is worked: a make-up day is, a holiday is not, and
// else Monday to Friday are. The last days of December may stand in the next
// year's notice, which is used if it is there.
func (c *Calendar) Workday(d Date) (bool, error) {
	if _, ok := c.years[d.Year]; !ok {
		return false, MissingYear{d.Year}
	}
	if _, ok := c.work[d]; ok {
		return true, nil
	}
	if _, ok := c.off[d]; ok {
		return false, nil
	}
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday, nil
}

// Holiday is the name of the holiday that d belongs to. Ordinary weekends are none.
func (c *Calendar) Holiday(d Date) (name string, ok bool) {
	name, ok = c.off[d]
	return name, ok
}

// Next is the first workday after d.
func (c *Calendar) Next(d Date) (Date, error) { return c.seek(d.AddDays(1), 1) }

// Prev is the last workday before d.
func (c *Calendar) Prev(d Date) (Date, error) { return c.seek(d.AddDays(-1), -1) }

// OnOrAfter is d if it is worked, else the first workday after it.
func (c *Calendar) OnOrAfter(d Date) (Date, error) { return c.seek(d, 1) }

// OnOrBefore is d if it is worked, else the last workday before it.
func (c *Calendar) OnOrBefore(d Date) (Date, error) { return c.seek(d, -1) }

// seek goes day by day from d until one is worked. It ends, for past the
// years that are loaded lies an error.
func (c *Calendar) seek(d Date, step int) (Date, error) {
	for ; ; d = d.AddDays(step) {
		worked, err := c.Workday(d)
		if err != nil {
			return Date{}, err
		}
		if worked {
			return d, nil
		}
	}
}

// Add is the n-th workday after d, or before it where n is negative. Zero
// workdays after d is d, worked or not.
func (c *Calendar) Add(d Date, n int) (Date, error) {
	move := c.Next
	if n < 0 {
		move, n = c.Prev, -n
	}
	for range n {
		var err error
		if d, err = move(d); err != nil {
			return Date{}, err
		}
	}
	return d, nil
}

// Between is how many workdays one has from a to b: those after a up to and
// with b. Where b is before a it is negative, those from b up to but without a.
// So for a workday b, Add(a, Between(a, b)) is b.
func (c *Calendar) Between(a, b Date) (int, error) {
	from, to, sign := a.AddDays(1), b, 1
	if b.Before(a) {
		from, to, sign = b, a.AddDays(-1), -1
	}
	n := 0
	for d := from; !d.After(to); d = d.AddDays(1) {
		worked, err := c.Workday(d)
		if err != nil {
			return 0, err
		}
		if worked {
			n += sign
		}
	}
	return n, nil
}

// Shift is what becomes of a deadline that falls on a day that is not worked.
type Shift string

// The shifts. An empty Shift is None.
const (
	None        Shift = "none"         // stays where it is
	PrevWorkday Shift = "prev_workday" // moves to the last workday before
	NextWorkday Shift = "next_workday" // moves to the first workday after
)

// Shift is the deadline d moved as s says. A day that is worked stays.
func (c *Calendar) Shift(d Date, s Shift) (Date, error) {
	switch s {
	case None, "":
		return d, nil
	case PrevWorkday:
		return c.OnOrBefore(d)
	case NextWorkday:
		return c.OnOrAfter(d)
	}
	return Date{}, fmt.Errorf("unknown shift %q: use %s, %s or %s", s, None, PrevWorkday, NextWorkday)
}
