package wecom

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
)

func meeting() Entry {
	start := time.Date(2024, 1, 22, 9, 0, 0, 0, shanghai)
	return Entry{Admins: []string{"cleo", "dora"}, Attendees: []string{"ann", "ben"}, Start: start, End: start.Add(time.Hour),
		Summary: "会商", Description: "第一次会商", Location: "三楼会议室", Remind: 10 * time.Minute, Repeat: Workdays, Until: start.AddDate(0, 1, 0)}
}

func staffed(t *testing.T, bend ...func(*wecomtest.Options, *Options)) *world {
	w := newWorld(t, bend...)
	w.server.SetDirectory(wecomtest.Directory{Departments: []wecomtest.Department{{ID: 1}}, Parties: []int64{1}, People: []wecomtest.Person{
		{UserID: "ann", Departments: []int64{1}}, {UserID: "ben", Departments: []int64{1}},
		{UserID: "cleo", Departments: []int64{1}}, {UserID: "dora", Departments: []int64{1}}}})
	return w
}

func TestAnEntryIsMadeChangedAndTakenOut(t *testing.T) {
	w := staffed(t)
	id, without, err := w.channel.AddEntry(t.Context(), meeting())
	require.NoError(t, err)
	require.Empty(t, without)
	got := w.server.Entries()
	require.Len(t, got, 1)
	e := got[0]
	require.Equal(t, id, e.ID)
	require.Equal(t, []string{"cleo", "dora"}, e.Admins)
	require.Empty(t, e.Organizer)
	require.Len(t, e.Attendees, 2)
	require.Equal(t, int64(3600), e.End-e.Start)
	require.Equal(t, 1, e.Reminders.Remind)
	require.Equal(t, 900, e.Reminders.Before, "the next longer one that there is")
	require.Equal(t, 1, e.Reminders.Repeat)
	require.Equal(t, 7, e.Reminders.Type)
	require.Equal(t, 8, e.Reminders.Timezone)
	m := meeting()
	m.Attendees, m.Remind, m.Repeat = nil, -1, Once
	_, err = w.channel.UpdateEntry(t.Context(), id, m)
	require.NoError(t, err)
	e = w.server.Entries()[0]
	require.Empty(t, e.Attendees, "an update is written over")
	require.Zero(t, e.Reminders.Remind)
	require.Zero(t, e.Reminders.Repeat)
	require.NoError(t, w.channel.DeleteEntry(t.Context(), id))
	require.Empty(t, w.server.Entries())
}

func TestTheOlderFormIsTriedWhereTheNewerIsRefused(t *testing.T) {
	for form, calls := range map[ScheduleSwitch]int{"": 2, ScheduleAuto: 2, ScheduleOrganizer: 1} {
		w := staffed(t, func(theirs *wecomtest.Options, o *Options) { theirs.OldSchedules, o.Features.Schedule = true, form })
		_, _, err := w.channel.AddEntry(t.Context(), meeting())
		require.NoError(t, err, form)
		require.Equal(t, "cleo", w.server.Entries()[0].Organizer)
		require.Empty(t, w.server.Entries()[0].Admins)
		require.Equal(t, calls, w.server.Calls(wecomtest.ScheduleAddPath))
	}
	w := staffed(t, func(theirs *wecomtest.Options, o *Options) {
		theirs.OldSchedules, o.Features.Schedule = true, ScheduleOn
	})
	_, _, err := w.channel.AddEntry(t.Context(), meeting())
	require.EqualValues(t, 40058, CodeOf(err), "forced: a refusal is told")
	w = staffed(t, func(_ *wecomtest.Options, o *Options) { o.Features.Schedule = ScheduleOff })
	_, _, err = w.channel.AddEntry(t.Context(), meeting())
	require.ErrorIs(t, err, ErrNoSchedule)
	require.ErrorIs(t, w.channel.DeleteEntry(t.Context(), "x"), ErrNoSchedule)
	require.Zero(t, w.server.Calls(wecomtest.ScheduleAddPath))
}

func TestWhoIsUnknownIsLeftOutOfAnEntry(t *testing.T) {
	w := staffed(t)
	m := meeting()
	m.Attendees = []string{"ann", "ghost", "ben"}
	_, without, err := w.channel.AddEntry(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, []string{"ghost"}, without)
	require.Len(t, w.server.Entries()[0].Attendees, 2)
	m.Admins = []string{"ghost"}
	_, _, err = w.channel.AddEntry(t.Context(), m)
	require.EqualValues(t, 40003, CodeOf(err), "an administrator cannot be left out")
}

func TestAnEntryKeepsTheLimits(t *testing.T) {
	w := staffed(t)
	m := meeting()
	m.Summary, m.Description = strings.Repeat("会", 129), strings.Repeat("商", 1001)
	_, _, err := w.channel.AddEntry(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, 128, utf8.RuneCountInString(w.server.Entries()[0].Summary))
	require.Equal(t, 1000, utf8.RuneCountInString(w.server.Entries()[0].Description))
	for name, bend := range map[string]func(*Entry){
		"nobody":          func(e *Entry) { e.Admins = nil },
		"four":            func(e *Entry) { e.Admins = []string{"a", "b", "c", "d"} },
		"no account":      func(e *Entry) { e.Admins = []string{"a b"} },
		"too many":        func(e *Entry) { e.Attendees = make([]string, 1001) },
		"an odd attendee": func(e *Entry) { e.Attendees = []string{"a&b"} },
		"everybody":       func(e *Entry) { e.Attendees = []string{"@all"} },
		"backwards":       func(e *Entry) { e.End = e.Start.Add(-1) },
		"every fortnight": func(e *Entry) { e.Repeat = 5 },
	} {
		m := meeting()
		bend(&m)
		_, _, err := w.channel.AddEntry(t.Context(), m)
		require.Error(t, err, name)
	}
	require.Equal(t, 1, w.server.Calls(wecomtest.ScheduleAddPath), "none of these has left")
}

func TestACalendarIsMade(t *testing.T) {
	w := staffed(t)
	id, err := w.channel.AddCalendar(t.Context(), "cleo", "专项行动", "#1E6FFF", "")
	require.NoError(t, err)
	require.NotEmpty(t, id)
	_, err = w.channel.AddCalendar(t.Context(), "cleo", "专项行动", "blue", "")
	require.EqualValues(t, 40058, CodeOf(err))
}
