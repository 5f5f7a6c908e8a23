package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot/calendar"
)

func date(t require.TestingT, s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	require.NoError(t, err)
	return d
}

func shipped(t require.TestingT) *calendar.Calendar {
	c, err := calendar.Default()
	require.NoError(t, err)
	return c
}

// Every Friday of 2024 to 2026 that falls in a holiday, and the workdays around it.
func TestFridaysOnHoliday(t *testing.T) {
	c := shipped(t)
	tests := []struct{ friday, holiday, prev, next string }{
		{"2024-02-16", "春节", "2024-02-09", "2024-02-18"},
		{"2024-04-05", "清明节", "2024-04-03", "2024-04-07"},
		{"2024-05-03", "劳动节", "2024-04-30", "2024-05-06"},
		{"2024-10-04", "国庆节", "2024-09-30", "2024-10-08"},
		{"2025-01-31", "春节", "2025-01-27", "2025-02-05"},
		{"2025-04-04", "清明节", "2025-04-03", "2025-04-07"},
		{"2025-05-02", "劳动节", "2025-04-30", "2025-05-06"},
		{"2025-10-03", "国庆节、中秋节", "2025-09-30", "2025-10-09"},
		{"2026-01-02", "元旦", "2025-12-31", "2026-01-04"},
		{"2026-02-20", "春节", "2026-02-14", "2026-02-24"},
		{"2026-05-01", "劳动节", "2026-04-30", "2026-05-06"},
		{"2026-06-19", "端午节", "2026-06-18", "2026-06-22"},
		{"2026-09-25", "中秋节", "2026-09-24", "2026-09-28"},
		{"2026-10-02", "国庆节", "2026-09-30", "2026-10-08"},
	}
	listed := map[calendar.Date]bool{}
	for _, tt := range tests {
		d := date(t, tt.friday)
		listed[d] = true
		require.Equal(t, time.Friday, d.Weekday(), tt.friday)
		name, ok := c.Holiday(d)
		require.True(t, ok, tt.friday)
		require.Equal(t, tt.holiday, name)
		for want, find := range map[string]func() (calendar.Date, error){
			tt.prev: func() (calendar.Date, error) { return c.Shift(d, calendar.PrevWorkday) },
			tt.next: func() (calendar.Date, error) { return c.Shift(d, calendar.NextWorkday) },
		} {
			got, err := find()
			require.NoError(t, err)
			require.Equal(t, want, got.String(), tt.friday)
		}
		stays, err := c.Shift(d, calendar.None)
		require.NoError(t, err)
		require.Equal(t, d, stays)
	}
	for d := date(t, "2024-01-05"); d.Year <= 2026; d = d.AddDays(7) {
		worked, err := c.Workday(d)
		require.NoError(t, err)
		require.Equal(t, !listed[d], worked, d.String())
	}
}

func TestWorkday(t *testing.T) {
	c := shipped(t)
	for s, want := range map[string]bool{
		"2024-01-19": true, "2024-01-20": false, "2024-01-21": false,
		"2024-02-04": true, // Sunday, made up
		"2024-02-09": true, // New Year's Eve was worked in 2024
		"2024-02-10": false, "2024-02-17": false, "2024-02-18": true,
		"2024-03-16": false, "2024-06-28": true, "2025-01-28": false,
		"2026-02-14": true, "2026-12-31": true, // 2027 is not loaded and not needed
	} {
		got, err := c.Workday(date(t, s))
		require.NoError(t, err)
		require.Equal(t, want, got, s)
	}
}

func TestMissingYear(t *testing.T) {
	c := shipped(t)
	last := date(t, "2026-12-31")
	for name, do := range map[string]func() error{
		"Workday":    func() error { _, err := c.Workday(date(t, "2027-01-01")); return err },
		"Next":       func() error { _, err := c.Next(last); return err },
		"OnOrAfter":  func() error { _, err := c.OnOrAfter(date(t, "2027-03-01")); return err },
		"Add":        func() error { _, err := c.Add(last, 3); return err },
		"Between":    func() error { _, err := c.Between(last, date(t, "2027-01-08")); return err },
		"OnOrBefore": func() error { _, err := c.Shift(date(t, "2027-01-02"), calendar.PrevWorkday); return err },
	} {
		var missing calendar.MissingYear
		require.ErrorAs(t, do(), &missing, name)
		require.Equal(t, 2027, missing.Year, name)
		require.ErrorContains(t, missing, "calendar.files")
	}
	_, err := c.Prev(date(t, "2024-01-01"))
	require.ErrorIs(t, err, calendar.MissingYear{Year: 2023})
}

func TestWithAddsAndReplaces(t *testing.T) {
	c := shipped(t)
	more, err := c.With([]byte(`{"2027": {"source": "trial", "off": [["元旦","2026-12-31","2027-01-02"]], "work": ["2027-01-03"]}}`))
	require.NoError(t, err)
	require.Equal(t, []int{2024, 2025, 2026, 2027}, more.Years())
	require.Equal(t, []int{2024, 2025, 2026}, c.Years(), "the calendar added to stays as it was")

	worked, err := more.Workday(date(t, "2026-12-31"))
	require.NoError(t, err)
	require.False(t, worked, "late December stands in the next year's notice")
	next, err := more.Next(date(t, "2026-12-30"))
	require.NoError(t, err)
	require.Equal(t, "2027-01-03", next.String())

	again, err := more.With([]byte(`{"2027": {"off": [["元旦","2027-01-01","2027-01-01"]]}}`))
	require.NoError(t, err)
	worked, err = again.Workday(date(t, "2026-12-31"))
	require.NoError(t, err)
	require.True(t, worked, "replacing a year takes back what it said of December")
}

func TestLaterNoticeHolds(t *testing.T) {
	c, err := calendar.Parse([]byte(`{
		"2026": {"off": [["元旦","2026-01-01","2026-01-03"],["年末","2026-12-31","2026-12-31"]], "work": ["2026-12-26"]},
		"2027": {"off": [["元旦","2026-12-26","2027-01-03"]], "work": []}}`))
	require.NoError(t, err)
	worked, err := c.Workday(date(t, "2026-12-26"))
	require.NoError(t, err)
	require.False(t, worked)
	name, _ := c.Holiday(date(t, "2026-12-31"))
	require.Equal(t, "元旦", name)
}

func TestParseRefuses(t *testing.T) {
	for data, want := range map[string]string{
		`{`:  "reading holidays",
		`{}`: "no year",
		`{"2026": {"off": [["元旦","2026-01-01","2026-01-03"]]}} x`: "follows the closing brace",
		`{"26": {"off": []}}`:                                                           `"26" is not a year`,
		`{"2026": {"of": []}}`:                                                          `unknown field "of"`,
		`{"2026": {"work": []}}`:                                                        "off is empty",
		`{"2026": {"off": [["元旦","2026-01-01"]]}}`:                                      "off[0]",
		`{"2026": {"off": [["元旦","2026-02-30","2026-03-01"]]}}`:                         `"2026-02-30" is not a date`,
		`{"2026": {"off": [["元旦","2026-01-01","1月3日"]]}}`:                               `"1月3日" is not a date`,
		`{"2026": {"off": [["元旦","2026-01-03","2026-01-01"]]}}`:                         "want the first and the last day",
		`{"2026": {"off": [["元旦","2025-01-01","2025-01-03"]]}}`:                         "neither in 2026",
		`{"2026": {"off": [["元旦","2026-01-01","2026-01-03"]], "work": ["2026-01-02"]}}`: "also off for 元旦",
		`{"2026": {"off": [["元旦","2026-01-01","2026-01-03"]], "work": ["x"]}}`:          "work[0]",
	} {
		_, err := calendar.Parse([]byte(data))
		require.ErrorContains(t, err, want, data)
	}
}

func TestUnknownShift(t *testing.T) {
	_, err := shipped(t).Shift(date(t, "2024-02-16"), "later")
	require.ErrorContains(t, err, "next_workday")
}

// anyDay draws a day well inside the shipped years.
func anyDay() *rapid.Generator[calendar.Date] {
	return rapid.Custom(func(t *rapid.T) calendar.Date {
		return date(t, "2024-02-01").AddDays(rapid.IntRange(0, 1000).Draw(t, "day"))
	})
}

func TestWorkdayProperties(t *testing.T) {
	c := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDay().Draw(t, "a"), anyDay().Draw(t, "b")

		next, err := c.Next(a)
		require.NoError(t, err)
		require.True(t, next.After(a))
		worked, err := c.Workday(next)
		require.NoError(t, err)
		require.True(t, worked)

		back, err := c.Prev(next)
		require.NoError(t, err)
		before, err := c.OnOrBefore(a)
		require.NoError(t, err)
		require.Equal(t, before, back, "nothing is worked between a and the next workday")

		n, err := c.Between(a, b)
		require.NoError(t, err)
		if worked, _ := c.Workday(b); worked {
			got, err := c.Add(a, n)
			require.NoError(t, err)
			require.Equal(t, b, got, "Add(a, Between(a, b)) is b")
		}
	})
}

func TestDateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := date(t, "1949-10-01").AddDays(rapid.IntRange(0, 60000).Draw(t, "a"))
		n := rapid.IntRange(-2000, 2000).Draw(t, "n")
		b := a.AddDays(n)
		require.Equal(t, n, a.DaysUntil(b))
		require.Equal(t, n < 0, b.Before(a))
		require.Equal(t, n > 0, b.After(a))
		require.Equal(t, n == 0, b.Equal(a))
		require.Equal(t, a, calendar.DateOf(a.At(23, 59)))
		require.Equal(t, a, date(t, a.String()))
		require.Equal(t, time.Monday, a.Monday().Weekday())
		require.Contains(t, []int{0, 1, 2, 3, 4, 5, 6}, a.Monday().DaysUntil(a))
		require.Equal(t, 1, a.MonthEnd().AddDays(1).Day)
		require.Equal(t, a.Month, a.MonthEnd().Month)

		text, err := json.Marshal(a)
		require.NoError(t, err)
		var back calendar.Date
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, a, back)
	})
}

func TestDateWords(t *testing.T) {
	d := date(t, "2024-01-19")
	require.Equal(t, "1月19日", d.Chinese())
	require.Equal(t, "1月19日(周五)", d.ChineseLong())
	require.Equal(t, "2024-01-19 00:00:00 +0800 CST", d.Time().String())
	require.Equal(t, d, calendar.DateOf(time.Date(2024, 1, 18, 16, 0, 0, 0, time.UTC)), "16:00 UTC is the next day in Shanghai")

	var zero calendar.Date
	require.True(t, zero.IsZero())
	require.Empty(t, zero.String()+zero.Chinese()+zero.ChineseLong())
	require.NoError(t, zero.UnmarshalText(nil))
	require.Error(t, zero.UnmarshalText([]byte("2024-1-9")))

	_, ok := calendar.NewDate(2024, time.February, 29)
	require.True(t, ok)
	for _, day := range []int{0, 30, -1} {
		_, ok = calendar.NewDate(2023, time.February, day)
		require.False(t, ok, day)
	}
}
