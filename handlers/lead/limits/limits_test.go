package limits_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead/limits"
)

func days(t require.TestingT) *calendar.Calendar {
	c, err := calendar.Default()
	require.NoError(t, err)
	return c
}

func date(t require.TestingT, s string) calendar.Date {
	if s == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(s)
	require.NoError(t, err)
	return d
}

func at(t require.TestingT, s string) time.Time {
	got, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Shanghai)
	require.NoError(t, err)
	return got
}

// TestTheTableIsThatOfTheReference: every number of 2.5, with its days and its source.
func TestTheTableIsThatOfTheReference(t *testing.T) {
	want := []struct {
		kind   limits.Kind
		no     string
		n      int
		unit   limits.Unit
		extend int
	}{
		{limits.Check, "T1", 15, limits.Workdays, 15}, {limits.TellInformant, "T2", 5, limits.Workdays, 0},
		{limits.Decide, "T3", 90, limits.Days, 30}, {limits.Jurisdiction, "T4", 7, limits.Workdays, 0},
		{limits.Designate, "T4", 7, limits.Workdays, 0}, {limits.Assist, "T5", 15, limits.Workdays, 0},
		{limits.Preserve, "T6", 7, limits.Workdays, 0}, {limits.Seizure, "T7", 30, limits.Days, 30},
		{limits.Review, "T8", 10, limits.Workdays, 0}, {limits.Hearing, "T9", 5, limits.Workdays, 0},
		{limits.Serve, "T10", 7, limits.Workdays, 0}, {limits.CloseForm, "T11", 15, limits.Workdays, 0},
		{limits.Publish, "T12", 20, limits.Workdays, 0}, {limits.Retract, "T13", 3, limits.Workdays, 0},
		{limits.PoliceDecide, "T14", 3, limits.Strict, 0}, {limits.PoliceSend, "T14", 24, limits.Hours, 0},
		{limits.PoliceReview, "T15", 3, limits.Strict, 0}, {limits.PoliceObject, "T16", 3, limits.Strict, 0},
		{limits.PoliceGoods, "T17", 3, limits.Strict, 0}, {limits.PlatformNotice, "T18", 15, limits.Days, 0},
		{limits.Prescribed, "T19", 24, limits.Months, 0}, {limits.PrescribedHealth, "T19", 60, limits.Months, 0},
		{limits.Accept, "", 1, limits.Workdays, 0}, {limits.Supplement, "", 2, limits.Workdays, 0},
		{limits.FirstCritical, "", 24, limits.Hours, 0}, {limits.FirstUrgent, "", 3, limits.Workdays, 0},
	}
	require.Len(t, limits.Table(), len(want))
	for _, w := range want {
		l, ok := limits.Of(w.kind)
		require.True(t, ok, w.kind)
		require.Equal(t, w, struct {
			kind   limits.Kind
			no     string
			n      int
			unit   limits.Unit
			extend int
		}{l.Kind, l.No, l.N, l.Unit, l.Extend})
		require.NotEmpty(t, l.Law, w.kind)
		require.Equal(t, w.no != "", l.Article != "", w.kind)
	}
	_, ok := limits.Of("no such")
	require.False(t, ok)
}

// TestLastDays counts limits across the holidays of 2024 to 2026, their make-up days
// included. The days were counted by hand on the printed calendar.
func TestLastDays(t *testing.T) {
	tests := []struct {
		name  string
		kind  limits.Kind
		start string
		more  int
		spans []string // from, until, …
		want  string   // "" = it stands still
	}{
		{"fifteen plain workdays", limits.Check, "2024-03-04 10:00", 0, nil, "2024-03-25"},
		{"late at night is still the same day", limits.Check, "2024-03-04 23:59", 0, nil, "2024-03-25"},
		{"found on a Saturday", limits.Check, "2024-03-02 10:00", 0, nil, "2024-03-22"},
		{"over the Spring Festival of 2024, with 4 and 18 February worked", limits.Check, "2024-01-29 09:00", 0, nil, "2024-02-22"},
		{"one day before the festival", limits.Accept, "2024-02-09 16:00", 0, nil, "2024-02-18"},
		{"two workdays over Qingming 2024, a Sunday worked", limits.Supplement, "2024-04-03 11:00", 0, nil, "2024-04-08"},
		{"over Labour Day 2024, 28 April and 11 May worked", limits.Check, "2024-04-24 09:00", 0, nil, "2024-05-16"},
		{"over National Day 2024, 29 September and 12 October worked", limits.Check, "2024-09-23 09:00", 0, nil, "2024-10-17"},
		{"over the Spring Festival of 2025, 26 January and 8 February worked", limits.Check, "2025-01-20 09:00", 0, nil, "2025-02-14"},
		{"over the Spring Festival of 2026, 14 and 28 February worked", limits.Check, "2026-02-09 09:00", 0, nil, "2026-03-06"},
		{"over the New Year 2025/2026, a Sunday worked", limits.FirstUrgent, "2025-12-30 09:00", 0, nil, "2026-01-05"},
		{"extended by fifteen", limits.Check, "2024-01-15 09:00", 15, nil, "2024-02-29"},
		{"ten days of inspection do not count", limits.Check, "2024-03-04 10:00", 0, []string{"2024-03-11", "2024-03-20"}, "2024-04-07"},
		{"overlapping spans are taken out once", limits.Check, "2024-03-04 10:00", 0,
			[]string{"2024-03-11", "2024-03-15", "2024-03-13", "2024-03-20"}, "2024-04-07"},
		{"a suspension without an end", limits.Check, "2024-03-04 10:00", 0, []string{"2024-03-11", ""}, ""},
		{"a suspension that begins after the last day", limits.Check, "2024-03-04 10:00", 0, []string{"2024-04-11", ""}, "2024-03-25"},
		{"what allows no exclusion counts through", limits.Accept, "2024-03-04 10:00", 0, []string{"2024-03-05", ""}, "2024-03-05"},
		{"ninety days", limits.Decide, "2024-01-15 10:00", 0, nil, "2024-04-15"}, // 14 April is a Sunday
		{"ninety days and thirty", limits.Decide, "2024-01-15 10:00", 30, nil, "2024-05-14"},
		{"ninety days ending in a holiday", limits.Decide, "2024-02-02 10:00", 0, nil, "2024-05-06"},
		{"ninety days without twenty of inspection", limits.Decide, "2024-01-15 10:00", 0, []string{"2024-02-01", "2024-02-20"}, "2024-05-06"},
		{"three strict days go through a holiday", limits.PoliceDecide, "2024-02-08 10:00", 0, nil, "2024-02-11"},
		{"two years", limits.Prescribed, "2024-02-29 10:00", 0, nil, "2026-03-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, _ := limits.Of(tt.kind)
			c := limits.Clock{Limit: l, Start: at(t, tt.start), More: tt.more}
			for i := 0; i < len(tt.spans); i += 2 {
				c.Spans = append(c.Spans, limits.Span{From: date(t, tt.spans[i]), Until: date(t, tt.spans[i+1])})
			}
			last, still, err := c.Last(days(t))
			require.NoError(t, err)
			require.Equal(t, tt.want == "", still)
			require.Equal(t, tt.want, last.String())
			due, still, err := c.Due(days(t))
			require.NoError(t, err)
			require.Equal(t, tt.want == "", still)
			if !still {
				require.True(t, last.AddDays(1).Time().Equal(due), "it is over when its last day is")
			}
		})
	}
}

// TestHoursAreHours: those of a transfer run day and night.
func TestHoursAreHours(t *testing.T) {
	l, _ := limits.Of(limits.PoliceSend)
	c := limits.Clock{Limit: l, Start: at(t, "2024-02-09 17:30")}
	due, _, err := c.Due(days(t))
	require.NoError(t, err)
	require.True(t, at(t, "2024-02-10 17:30").Equal(due))
	for now, want := range map[string]limits.Standing{
		"2024-02-09 17:30": {Level: limits.Green, Hours: 24},
		"2024-02-09 18:30": {Level: limits.Yellow, Hours: 23},
		"2024-02-10 17:29": {Level: limits.Yellow, Hours: 0},
		"2024-02-10 17:30": {Level: limits.Red, Hours: 0},
		"2024-02-11 19:00": {Level: limits.Red, Hours: 25},
	} {
		got, err := c.At(days(t), at(t, now))
		require.NoError(t, err)
		want.Due = due
		require.Equal(t, want, got, now)
	}
}

// TestYellowAtThreeWorkdaysRedAfter: a limit that ends with 25 March 2024, a Monday.
func TestYellowAtThreeWorkdaysRedAfter(t *testing.T) {
	l, _ := limits.Of(limits.Check)
	c := limits.Clock{Limit: l, Start: at(t, "2024-03-04 10:00")}
	for now, want := range map[string]struct {
		level limits.Level
		left  int
	}{
		"2024-03-19 09:00": {limits.Green, 4},
		"2024-03-20 09:00": {limits.Yellow, 3},
		"2024-03-23 09:00": {limits.Yellow, 1}, // a Saturday
		"2024-03-25 23:59": {limits.Yellow, 0},
		"2024-03-26 00:00": {limits.Red, 1},
		"2024-03-27 00:00": {limits.Red, 2},
	} {
		got, err := c.At(days(t), at(t, now))
		require.NoError(t, err)
		require.Equal(t, want.level, got.Level, now)
		require.Equal(t, want.left, got.Left, now)
	}
	accept, _ := limits.Of(limits.Accept)
	got, err := limits.Clock{Limit: accept, Start: at(t, "2024-03-04 10:00")}.At(days(t), at(t, "2024-03-04 10:00"))
	require.NoError(t, err)
	require.Equal(t, limits.Green, got.Level, "a limit of one workday does not begin with a warning")
	police, _ := limits.Of(limits.PoliceDecide)
	got, err = limits.Clock{Limit: police, Start: at(t, "2024-03-04 10:00")}.At(days(t), at(t, "2024-03-04 10:00"))
	require.NoError(t, err)
	require.Equal(t, limits.Standing{Level: limits.Yellow, Due: at(t, "2024-03-08 00:00"), Left: 3, Days: 3}, got)
	c.Spans = []limits.Span{{From: date(t, "2024-03-11")}}
	got, err = c.At(days(t), at(t, "2024-06-03 09:00"))
	require.NoError(t, err)
	require.Equal(t, limits.Standing{Level: limits.Green, Still: true}, got, "what stands still is never late")
}

// TestAMissingYearIsToldPlainly and not guessed.
func TestAMissingYearIsToldPlainly(t *testing.T) {
	for _, k := range []limits.Kind{limits.Check, limits.Decide} {
		l, _ := limits.Of(k)
		_, err := limits.Clock{Limit: l, Start: at(t, "2026-12-22 10:00")}.At(days(t), at(t, "2026-12-23 10:00"))
		var missing calendar.MissingYear
		require.ErrorAs(t, err, &missing, k)
		require.Equal(t, 2027, missing.Year)
	}
	l, _ := limits.Of(limits.PoliceDecide)
	last, _, err := limits.Clock{Limit: l, Start: at(t, "2026-12-30 10:00")}.Last(days(t))
	require.NoError(t, err, "strict days ask no calendar")
	require.Equal(t, "2027-01-02", last.String())
}

// TestCountingProperties: a later start never ends earlier; neither an extension nor a
// span makes a limit shorter; and the last day of one counted in workdays is worked.
func TestCountingProperties(t *testing.T) {
	cal := days(t)
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]limits.Kind{limits.Check, limits.Decide, limits.Accept, limits.Assist}).Draw(t, "kind")
		l, _ := limits.Of(kind)
		start := date(t, "2024-01-02").AddDays(rapid.IntRange(0, 700).Draw(t, "day")).At(10, 0)
		from := calendar.DateOf(start).AddDays(rapid.IntRange(-5, 40).Draw(t, "from"))
		span := limits.Span{From: from, Until: from.AddDays(rapid.IntRange(0, 20).Draw(t, "long"))}
		last := func(c limits.Clock) calendar.Date {
			d, still, err := c.Last(cal)
			require.NoError(t, err)
			require.False(t, still)
			return d
		}
		plain := last(limits.Clock{Limit: l, Start: start})
		require.False(t, last(limits.Clock{Limit: l, Start: start.AddDate(0, 0, 1)}).Before(plain))
		require.False(t, last(limits.Clock{Limit: l, Start: start, More: 5}).Before(plain), "the days of a holiday may swallow five")
		with := last(limits.Clock{Limit: l, Start: start, Spans: []limits.Span{span}})
		require.False(t, with.Before(plain))
		if !l.Excludes {
			require.Equal(t, plain, with)
		}
		if l.Unit == limits.Workdays {
			worked, err := cal.Workday(plain)
			require.NoError(t, err)
			require.True(t, worked)
		}
	})
}
