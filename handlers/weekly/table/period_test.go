package table

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot/calendar"
)

func day(t require.TestingT, s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	require.NoError(t, err)
	return d
}

func moment(t require.TestingT, s string) time.Time {
	var m Moment
	require.NoError(t, m.UnmarshalText([]byte(s)))
	return m.Time
}

func holidays(t require.TestingT) *calendar.Calendar {
	cal, err := calendar.Default()
	require.NoError(t, err)
	return cal
}

func periods(t require.TestingT, table *Table) []Period {
	all, err := table.Periods(holidays(t))
	require.NoError(t, err)
	return all
}

// The campaign has 25 Fridays; three of them are holidays.
func TestPeriodsOf2024(t *testing.T) {
	all := periods(t, shipped(t))
	require.Len(t, all, 25)
	shifted := map[string]string{}
	for i, p := range all {
		require.Equal(t, i+1, p.No)
		require.Equal(t, time.Friday, p.Nominal.Weekday())
		require.Equal(t, time.Thursday, p.To.Weekday())
		require.Equal(t, "17:30", p.Due.Format("15:04"))
		require.Empty(t, p.Moved)
		if due := calendar.DateOf(p.Due); due != p.Nominal {
			shifted[p.Nominal.String()] = due.String()
		}
		if i > 0 {
			require.Equal(t, all[i-1].To.AddDays(1), p.From, "no day is lost, none counted twice")
		}
	}
	require.Equal(t, map[string]string{"2024-02-16": "2024-02-18", "2024-04-05": "2024-04-07", "2024-05-03": "2024-05-06"}, shifted)
	require.Equal(t, Period{No: 1, Nominal: day(t, "2024-01-12"), From: day(t, "2024-01-11"), To: day(t, "2024-01-11"),
		Due: moment(t, "2024-01-12 17:30")}, all[0], "the first begins with the campaign")
	require.Equal(t, Period{No: 2, Nominal: day(t, "2024-01-19"), From: day(t, "2024-01-12"), To: day(t, "2024-01-18"),
		Due: moment(t, "2024-01-19 17:30")}, all[1])
	require.Equal(t, day(t, "2024-06-28"), all[24].Nominal)
}

func TestOverridesMoveADeadline(t *testing.T) {
	table, err := parseWith(t, "overrides: []",
		`overrides: [{period: 6, due: "2024-02-19 12:00", reason: 春节}, {period: 2024-04-05, due: 2024-04-08T09:00, reason: 清明}]`)
	require.NoError(t, err)
	all := periods(t, table)
	require.Equal(t, moment(t, "2024-02-19 12:00"), all[5].Due)
	require.Equal(t, "春节", all[5].Moved)
	require.Equal(t, day(t, "2024-02-16"), all[5].Nominal)
	require.Equal(t, moment(t, "2024-04-08 09:00"), all[12].Due)
	require.Equal(t, "清明", all[12].Moved)
}

func TestPeriodsNeedTheYearsHolidays(t *testing.T) {
	table := shipped(t)
	table.Campaign.Start, table.Campaign.End = day(t, "2031-01-01"), day(t, "2031-02-01")
	_, err := table.Periods(holidays(t))
	require.ErrorContains(t, err, "when period 1 (2031-01-03) is due: no holidays known for 2031")
}

func TestCurrent(t *testing.T) {
	all := periods(t, shipped(t))
	for now, nominal := range map[string]string{
		"2023-12-01 09:00": "2024-01-12", // before the first: the first
		"2024-01-12 09:00": "2024-01-12",
		"2024-01-17 23:59": "2024-01-12", // late reports of the first are still collected
		"2024-01-18 00:00": "2024-01-19", // its last day begins
		"2024-01-19 17:31": "2024-01-19",
		"2024-02-17 12:00": "2024-02-16", // due only on the 18th
		"2024-02-21 23:59": "2024-02-16",
		"2024-02-22 00:00": "2024-02-23",
		"2025-01-01 00:00": "2024-06-28", // after the last: the last
	} {
		require.Equal(t, nominal, Current(all, moment(t, now)).Nominal.String(), now)
	}
	require.Zero(t, Current(nil, moment(t, "2024-01-18 00:00")))
}

func TestFindingPeriods(t *testing.T) {
	all := periods(t, shipped(t))
	p, ok := ByNo(all, 6)
	require.True(t, ok)
	require.Equal(t, day(t, "2024-02-16"), p.Nominal)
	_, ok = ByNo(all, 26)
	require.False(t, ok)
	p, ok = ByNominal(all, day(t, "2024-02-16"))
	require.True(t, ok)
	require.Equal(t, 6, p.No)
	_, ok = ByNominal(all, day(t, "2024-02-18"))
	require.False(t, ok)
}

// Whatever the campaign's dates, its periods follow each other without gap or
// overlap, and time never goes back to an earlier one.
func TestPeriodsFollowEachOther(t *testing.T) {
	table := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		campaign := *table
		campaign.Campaign.Start = day(t, "2024-01-01").AddDays(rapid.IntRange(0, 300).Draw(t, "start"))
		campaign.Campaign.End = campaign.Campaign.Start.AddDays(rapid.IntRange(0, 300).Draw(t, "days"))
		campaign.Due.Weekday = rapid.IntRange(4, 7).Draw(t, "weekday")
		all := periods(t, &campaign)
		for i, p := range all {
			require.False(t, p.From.Before(campaign.Campaign.Start))
			require.False(t, p.To.Before(p.From))
			require.Equal(t, p, Current(all, p.Nominal.At(12, 0)))
			if i > 0 {
				require.Equal(t, all[i-1].To.AddDays(1), p.From)
			}
		}
	})
}
