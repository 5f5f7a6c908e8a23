package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/phone"
)

// yearOff is a year of the holidays file, read by this test itself.
type yearOff struct {
	Off  [][3]string `json:"off"`
	Work []string    `json:"work"`
}

// oracle tells workdays by the State Council's notice, without the calendar that is
// under test.
type oracle struct {
	off, work map[string]bool
}

func newOracle(t *testing.T) oracle {
	t.Helper()
	data, err := os.ReadFile("bot/calendar/holidays.json")
	require.NoError(t, err)
	var years map[string]yearOff
	require.NoError(t, json.Unmarshal(data, &years))
	o := oracle{map[string]bool{}, map[string]bool{}}
	for _, h := range years["2024"].Off {
		for d := day(t, h[1]); !d.After(day(t, h[2])); d = d.AddDate(0, 0, 1) {
			o.off[d.Format(time.DateOnly)] = true
		}
	}
	for _, d := range years["2024"].Work {
		o.work[d] = true
	}
	return o
}

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation(time.DateOnly, s, calendar.Shanghai)
	require.NoError(t, err)
	return d
}

func (o oracle) works(d time.Time) bool {
	s := d.Format(time.DateOnly)
	weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	return o.work[s] || !weekend && !o.off[s]
}

// step goes day by day, at least one, to the next workday in a direction.
func (o oracle) step(d time.Time, by int) time.Time {
	for d = d.AddDate(0, 0, by); !o.works(d); d = d.AddDate(0, 0, by) {
	}
	return d
}

func at(d time.Time, hour, minute int) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, calendar.Shanghai)
}

// heard is what one step of a Friday said to whom.
type heard struct {
	at time.Time
	to []string
}

// TestTwentyFiveFridays walks the clock over the whole campaign. In every period
// some units file before the first reminder, some after the eve, some late; the
// test counts out by itself who should have heard what, and when.
func TestTwentyFiveFridays(t *testing.T) {
	t.Parallel()
	d := shippedDesk(t, databases[0].url(t), edit{"clock_start: 2024-01-11T09:00", "clock_start: 2024-01-08T08:00"})
	o := newOracle(t)
	units := d.cfg.roster.Reporting()
	require.Len(t, units, 20)
	got := map[string]heard{}
	walk := func(to time.Time) {
		fired, err := d.advance(t.Context(), to)
		require.NoError(t, err)
		for _, f := range fired {
			if !strings.HasPrefix(f.Job, "weekly:") {
				continue
			}
			require.NotContains(t, got, f.Job, "each once")
			h := heard{at: f.Due}
			for _, n := range f.Notices {
				h.to = append(append(h.to, n.To.Account), n.Mention...)
			}
			got[f.Job] = h
		}
	}
	want := map[string]heard{}
	shifted, eveBefore := 0, time.Time{}
	for no, friday := 1, day(t, "2024-01-12"); !friday.After(day(t, "2024-06-28")); no, friday = no+1, friday.AddDate(0, 0, 7) {
		due := friday
		if !o.works(friday) {
			due = o.step(friday, +1)
			shifted++
		}
		eve, after := o.step(due, -1), o.step(due, +1)
		early, onTheDay, late := units[no%20], units[(no+7)%20], units[(no+13)%20]
		thursday := at(friday.AddDate(0, 0, -1), 8, 0) // nobody can file before the last day that the figures are about
		walk(thursday)
		zeroReport(t, d, early.ID)
		walk(at(due, 9, 0))
		zeroReport(t, d, onTheDay.ID)
		walk(at(due, 18, 0))
		zeroReport(t, d, late.ID)
		walk(at(due, 23, 0))

		spared := []string{early.ID}
		if at(eve, 10, 0).Before(thursday) { // before a long holiday
			spared = nil
			eveBefore = eve
		}
		job := func(kind string) string { return "weekly:" + friday.Format("20060102") + ":" + kind }
		office := []string{"office.director", "office.clerk"}
		want[job("eve")] = heard{at(eve, 10, 0), append([]string{"专班工作群"}, accounts(units, "filer", spared...)...)}
		want[job("day")] = heard{at(due, 9, 30), accounts(units, "filer", early.ID, onTheDay.ID)}
		want[job("heads")] = heard{at(due, 15, 0), accounts(units, "head", early.ID, onTheDay.ID)}
		want[job("close")] = heard{at(due, 17, 30), office}
		want[job("draft")] = heard{at(after, 9, 0), office}
	}
	walk(shanghai(t, "2024-07-05T09:00"))
	require.Equal(t, day(t, "2024-04-30"), eveBefore, "the last of the long holidays is May's")
	require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)))
	for job, w := range want {
		require.True(t, w.at.Equal(got[job].at), "%s at %s, not %s", job, got[job].at, w.at)
		require.Equal(t, w.to, got[job].to, job)
	}
	require.Equal(t, 3, shifted)
	require.Len(t, d.cfg.periods, 25)
}

// accounts are the accounts of one role in all units but some.
func accounts(units []bot.Unit, role string, but ...string) []string {
	var out []string
	for _, u := range units {
		if !slices.Contains(but, u.ID) {
			out = append(out, u.ID+"."+role)
		}
	}
	return out
}

// zeroReport files a unit's zero report now, with two messages.
func zeroReport(t *testing.T, d *desk, unit string) {
	t.Helper()
	for _, text := range []string{"零报告", "提交"} {
		m := bot.Message{Platform: phone.Name, Sender: unit + ".filer", ID: fmt.Sprint("z", d.store.NewID()), Text: text, At: d.clock.Now()}
		replies, err := d.phone.Say(t.Context(), m, "")
		require.NoError(t, err)
		if text == "提交" {
			require.Contains(t, replies[0].Text, "已报送")
		}
	}
	_, err := d.courier.Flush(t.Context())
	require.NoError(t, err)
}

// TestAReminderThatHasLostItsReasonIsNotSent: who files between the queueing and
// the sending hears nothing.
func TestAReminderThatHasLostItsReasonIsNotSent(t *testing.T) {
	t.Parallel()
	d := shippedDesk(t, databases[0].url(t))
	_, err := d.advance(t.Context(), shanghai(t, "2024-01-19T09:00"))
	require.NoError(t, err)
	fired, err := d.runner.RunDue(t.Context(), shanghai(t, "2024-01-19T09:30"), nil)
	require.NoError(t, err)
	require.Len(t, fired, 1)
	zeroReport(t, d, "kuidou")
	told, err := d.notices(t.Context(), "o:weekly:20240119:day:"+fmt.Sprint(fired[0].Due.Unix()), "")
	require.NoError(t, err)
	require.Len(t, told, 19)
	require.False(t, slices.ContainsFunc(told, func(s shown) bool { return s.To == "kuidou.filer" }))
}

// TestRemindPreview: the dry run names who, when and why, and stores nothing.
func TestRemindPreview(t *testing.T) {
	env := environment(t, databases[0].url(t))
	for range 2 {
		got := command(t, env, "", "remind", "--from", "2024-02-09T00:00", "--until", "2024-02-19T23:00", "--json")
		require.Zero(t, got.code, got.errs)
		var out struct{ Notices []dated }
		require.NoError(t, json.Unmarshal([]byte(got.out), &out))
		days := map[string]int{}
		for _, n := range out.Notices {
			days[n.At+" "+n.Job]++
		}
		require.Equal(t, 20, days["2024-02-18T09:30:00+08:00 weekly:20240216:day"], "the Friday in the Spring Festival moves to the Sunday that is worked")
		require.Zero(t, days["2024-02-16T09:30:00+08:00 weekly:20240216:day"])
	}
}
