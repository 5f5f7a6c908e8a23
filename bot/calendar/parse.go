package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// notice is what the State Council announced for one year.
type notice struct {
	off  []holiday
	work []Date
}

type holiday struct {
	name     string
	from, to Date
}

// Parse reads notices from JSON of this shape, one entry for each year:
//
//	{"2026": {"source": "where it was announced",
//	          "off":  [["元旦", "2026-01-01", "2026-01-03"]],
//	          "work": ["2026-01-04"]}}
//
// off holds name, first and last day of each holiday, work the weekends worked
// in exchange. Dates lie in the year of the entry or in the December before.
// A mistake is refused by naming year, entry and what would be right.
func Parse(data []byte) (*Calendar, error) {
	var raw map[string]struct {
		Source string     `json:"source"`
		Off    [][]string `json:"off"`
		Work   []string   `json:"work"`
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&raw); err != nil {
		return nil, fmt.Errorf("reading holidays: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading holidays: something follows the closing brace")
	}
	if len(raw) == 0 {
		return nil, errors.New(`reading holidays: no year in it; want {"2026": {"off": …, "work": …}}`)
	}
	years := make(map[int]notice, len(raw))
	for key, entry := range raw {
		year, err := strconv.Atoi(key)
		if err != nil || year < 1949 || year > 9999 {
			return nil, fmt.Errorf("reading holidays: %q is not a year like 2026", key)
		}
		n, err := parseNotice(year, entry.Off, entry.Work)
		if err != nil {
			return nil, fmt.Errorf("reading holidays of %d: %w", year, err)
		}
		years[year] = n
	}
	return newCalendar(years), nil
}

func parseNotice(year int, off [][]string, work []string) (notice, error) {
	var n notice
	if len(off) == 0 {
		return n, errors.New("off is empty; a year always has holidays")
	}
	for i, row := range off {
		h, err := parseHoliday(year, row)
		if err != nil {
			return n, fmt.Errorf("off[%d]: %w", i, err)
		}
		n.off = append(n.off, h)
	}
	for i, s := range work {
		d, err := parseDay(year, s)
		if err != nil {
			return n, fmt.Errorf("work[%d]: %w", i, err)
		}
		if h := slices.IndexFunc(n.off, func(h holiday) bool { return h.covers(d) }); h >= 0 {
			return n, fmt.Errorf("work[%d]: %s is also off for %s", i, d, n.off[h].name)
		}
		n.work = append(n.work, d)
	}
	return n, nil
}

func parseHoliday(year int, row []string) (holiday, error) {
	if len(row) != 3 || row[0] == "" {
		return holiday{}, fmt.Errorf(`found %q, want ["name", "first day", "last day"]`, row)
	}
	from, err := parseDay(year, row[1])
	if err != nil {
		return holiday{}, err
	}
	to, err := parseDay(year, row[2])
	if err != nil {
		return holiday{}, err
	}
	if days := from.DaysUntil(to); days < 0 || days > 30 {
		return holiday{}, fmt.Errorf("%s runs from %s to %s; want the first and the last day", row[0], from, to)
	}
	return holiday{row[0], from, to}, nil
}

func parseDay(year int, s string) (Date, error) {
	d, err := ParseDate(s)
	if err != nil {
		return d, err
	}
	if d.Year != year && !(d.Year == year-1 && d.Month == time.December) {
		return d, fmt.Errorf("%s lies neither in %d nor in the December before", d, year)
	}
	return d, nil
}

func (h holiday) covers(d Date) bool { return !d.Before(h.from) && !d.After(h.to) }
