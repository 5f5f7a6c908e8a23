package threshold_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/calendar"
	th "zhuanban/handlers/lead/threshold"
)

const wan = 10000 * 100

func on(t *testing.T, s string) calendar.Date {
	t.Helper()
	if s == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(s)
	require.NoError(t, err)
	return d
}

// TestFiguresOfReference goes through the table of 2.6: just at the figure, just below
// it, at four fifths and just below those, in both versions.
func TestFiguresOfReference(t *testing.T) {
	tests := []struct {
		crime      th.Crime
		measure    th.Measure
		old, now   int64 // usual; 0 = none
		oldA, nowA int64 // with several, or again
	}{
		{th.FakeMark, th.Turnover, 5 * wan, 5 * wan, 3 * wan, 3 * wan},
		{th.FakeMark, th.Income, 3 * wan, 3 * wan, 2 * wan, 2 * wan},
		{th.FakeService, th.Income, 0, 5 * wan, 0, 3 * wan},
		{th.SellFake, th.Sales, 5 * wan, 5 * wan, 5 * wan, 3 * wan},
		{th.SellFake, th.Income, 0, 3 * wan, 0, 2 * wan},
		{th.SellFake, th.Unsold, 0, 15 * wan, 0, 9 * wan},
		{th.FakeLabels, th.Labels, 20000, 10000, 10000, 5000},
		{th.FakeLabels, th.Turnover, 5 * wan, 3 * wan, 3 * wan, 2 * wan},
		{th.FakeLabels, th.Income, 3 * wan, 2 * wan, 2 * wan, 1 * wan},
		{th.FakePatent, th.Turnover, 20 * wan, 20 * wan, 10 * wan, 10 * wan},
		{th.FakePatent, th.Income, 10 * wan, 10 * wan, 5 * wan, 5 * wan},
		{th.FakePatent, th.Loss, 50 * wan, 30 * wan, 50 * wan, 30 * wan},
		{th.TradeSecret, th.Loss, 30 * wan, 30 * wan, 30 * wan, 10 * wan},
		{th.TradeSecret, th.Income, 30 * wan, 30 * wan, 30 * wan, 10 * wan},
		{th.Shoddy, th.Sales, 5 * wan, 5 * wan, 5 * wan, 5 * wan},
		{th.Shoddy, th.Unsold, 15 * wan, 15 * wan, 15 * wan, 15 * wan},
		{th.FalseAd, th.Income, 10 * wan, 10 * wan, 10 * wan, 10 * wan},
		{th.FalseAdFood, th.Income, 3 * wan, 3 * wan, 3 * wan, 3 * wan},
	}
	require.Len(t, th.Lines(), len(tests))
	level := func(c th.Crime, m th.Measure, is int64, several bool) th.Level {
		hints := th.Hints(th.Facts{Crimes: []th.Crime{c}, Amounts: map[th.Measure]int64{m: is}, Several: several})
		if len(hints) == 0 {
			return ""
		}
		return hints[0].Level
	}
	lowest := func(a, b int64) int64 {
		if a == 0 {
			return b
		}
		return min(a, b)
	}
	for _, tt := range tests {
		for several, n := range map[bool]int64{false: lowest(tt.old, tt.now), true: lowest(tt.oldA, tt.nowA)} {
			require.Equal(t, th.Red, level(tt.crime, tt.measure, n, several), "%s %s at %d", tt.crime, tt.measure, n)
			require.Equal(t, th.Yellow, level(tt.crime, tt.measure, n-1, several), "%s %s below %d", tt.crime, tt.measure, n)
			require.Equal(t, th.Yellow, level(tt.crime, tt.measure, n*8/10, several))
			require.Empty(t, level(tt.crime, tt.measure, n*8/10-1, several))
		}
		hint := th.Hints(th.Facts{Crimes: []th.Crime{tt.crime}, Amounts: map[th.Measure]int64{tt.measure: 100 * wan}})[0]
		require.Equal(t, map[th.Version]int64{th.Old: tt.old, th.Current: tt.now}, hint.Figure, "both versions, side by side")
		for v, n := range hint.Figure {
			require.Equal(t, n > 0, hint.Article[v] != "", "%s %s %s has an article where it has a figure", tt.crime, tt.measure, v)
			require.NotEmpty(t, hint.Source[v])
		}
	}
}

// TestTheVersionIsThatOfTheDayOfConduct: 26 April 2025 is the first day of the new one.
func TestTheVersionIsThatOfTheDayOfConduct(t *testing.T) {
	for day, want := range map[string]th.Version{"2024-01-15": th.Old, "2025-04-25": th.Old, "2025-04-26": th.Current, "2026-11-01": th.Current} {
		hints := th.Hints(th.Facts{On: on(t, day), Crimes: []th.Crime{th.FakeLabels}, Amounts: map[th.Measure]int64{th.Labels: 12000}})
		require.Len(t, hints, 1)
		require.Equal(t, want, hints[0].In, day)
		require.Equal(t, want, hints[0].Cited(), day)
		require.Equal(t, th.Red, hints[0].Level, "reached in either version is red: the handler decides which holds")
	}
}

// TestAFigureThatTheVersionDoesNotKnowIsCitedFromTheOther.
func TestAFigureThatTheVersionDoesNotKnowIsCitedFromTheOther(t *testing.T) {
	hints := th.Hints(th.Facts{On: on(t, "2024-01-15"), Crimes: []th.Crime{th.SellFake}, Amounts: map[th.Measure]int64{th.Unsold: 16 * wan}})
	require.Len(t, hints, 1)
	require.Equal(t, th.Old, hints[0].In)
	require.Equal(t, th.Current, hints[0].Cited())
}

// TestAPenaltyWithinTwoYearsIsAtLeastYellow, and lowers the figures.
func TestAPenaltyWithinTwoYearsIsAtLeastYellow(t *testing.T) {
	f := th.Facts{Crimes: []th.Crime{th.FakeMark}, Amounts: map[th.Measure]int64{th.Turnover: 100}, Before: true}
	require.Equal(t, th.Yellow, th.Hints(f)[0].Level)
	f.Amounts[th.Turnover] = 3 * wan
	require.Equal(t, th.Red, th.Hints(f)[0].Level)
}

// TestWhatWasSoldCountsWithWhatWasNot.
func TestWhatWasSoldCountsWithWhatWasNot(t *testing.T) {
	amounts := map[th.Measure]int64{th.Sales: 3 * wan, th.Unsold: 6 * wan}
	for _, h := range th.Hints(th.Facts{Crimes: []th.Crime{th.Shoddy}, Amounts: amounts}) {
		if h.Measure == th.Unsold {
			require.Equal(t, int64(15*wan), h.Is, "sold three times and what was not")
			require.Equal(t, th.Red, h.Level)
		}
	}
	amounts[th.Unsold] = 12 * wan
	hints := th.Hints(th.Facts{Crimes: []th.Crime{th.SellFake}, Amounts: amounts})
	require.Equal(t, th.Unsold, hints[0].Measure)
	require.Equal(t, int64(15*wan), hints[0].Is, "both together")
}

// TestNothingIsSaidOfWhatIsNotThere: no amount, no crime, no hint; the nearest is first.
func TestNothingIsSaidOfWhatIsNotThere(t *testing.T) {
	require.Empty(t, th.Hints(th.Facts{}))
	require.Empty(t, th.Hints(th.Facts{Crimes: []th.Crime{th.FakeMark}}))
	require.Empty(t, th.Hints(th.Facts{Amounts: map[th.Measure]int64{th.Turnover: 90 * wan}}))
	hints := th.Hints(th.Facts{Crimes: []th.Crime{th.FakeMark, th.FakePatent}, Amounts: map[th.Measure]int64{th.Turnover: 17 * wan}})
	require.Len(t, hints, 2)
	require.Equal(t, []th.Level{th.Red, th.Yellow}, []th.Level{hints[0].Level, hints[1].Level})
}
