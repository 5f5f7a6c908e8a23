package wecomtest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The paths of people's calendars that are answered.
const (
	ScheduleAddPath    = "/cgi-bin/oa/schedule/add"
	ScheduleUpdatePath = "/cgi-bin/oa/schedule/update"
	ScheduleDelPath    = "/cgi-bin/oa/schedule/del"
	CalendarAddPath    = "/cgi-bin/oa/calendar/add"
)

// Entry is an entry in people's calendars.
type Entry struct {
	ID        string   `json:"schedule_id"`
	Admins    []string `json:"admins"`
	Organizer string   `json:"organizer"`
	Start     int64    `json:"start_time"`
	End       int64    `json:"end_time"`
	WholeDay  int      `json:"is_whole_day"`
	Attendees []struct {
		UserID string `json:"userid"`
	} `json:"attendees"`
	Summary     string `json:"summary"`
	Description string `json:"description"`
	Location    string `json:"location"`
	Calendar    string `json:"cal_id"`
	Reminders   struct {
		Remind   int   `json:"is_remind"`
		Before   int   `json:"remind_before_event_secs"`
		Repeat   int   `json:"is_repeat"`
		Type     int   `json:"repeat_type"`
		Until    int64 `json:"repeat_until"`
		Timezone int   `json:"timezone"`
	} `json:"reminders"`
}

// Entries lists the entries that there are, in the order in which they were made.
func (s *Server) Entries() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Entry(nil), s.entries...)
}

// calendars are the duties of people's calendars.
func (s *Server) calendars() map[string]duty {
	out := map[string]duty{}
	for path, f := range map[string]func(c Call) any{
		ScheduleAddPath: s.addEntry, ScheduleUpdatePath: s.updateEntry, ScheduleDelPath: s.delEntry, CalendarAddPath: s.addCalendar,
	} {
		out["POST "+path] = func(c Call) any {
			s.mu.Lock()
			defer s.mu.Unlock()
			if no, ok := s.admit(c.Token, s.o.Now()); !ok {
				return no
			}
			return f(c)
		}
	}
	return out
}

// entry reads and checks one; the code is 0 if it is taken.
func (s *Server) entry(c Call) (Entry, failure) {
	var in struct {
		Schedule Entry `json:"schedule"`
	}
	if !decode(c.Body, &in) {
		return Entry{}, fail(40058, "invalid json")
	}
	e := in.Schedule
	owners := e.Admins
	if s.o.OldSchedules {
		owners = nil
		if e.Organizer != "" {
			owners = []string{e.Organizer}
		}
	}
	switch {
	case len(owners) == 0 || len(owners) > 3:
		return e, fail(40058, "invalid Request Parameter: admins or organizer")
	case len(e.Attendees) > 1000 || utf8.RuneCountInString(e.Summary) > 128 || utf8.RuneCountInString(e.Description) > 1000:
		return e, fail(40058, "invalid Request Parameter: too long")
	case e.Start <= 0 || e.End < e.Start:
		return e, fail(40058, "invalid Request Parameter: time")
	case e.Reminders.Remind == 1 && !slices.Contains([]int{0, 300, 900, 3600, 86400}, e.Reminders.Before):
		return e, fail(40058, "invalid Request Parameter: remind_before_event_secs")
	}
	for _, a := range e.Attendees {
		owners = append(owners, a.UserID)
	}
	for _, u := range owners {
		if s.members != nil && !s.members[strings.ToLower(u)] {
			return e, fail(40003, "invalid userid") // a guess at the code; that the whole call fails is documented of meetings
		}
	}
	return e, failure{ErrMsg: "ok"}
}

func (s *Server) addEntry(c Call) any {
	e, no := s.entry(c)
	if no.ErrCode != 0 {
		return no
	}
	s.made++
	e.ID = "schedule-" + strconv.Itoa(s.made)
	s.entries = append(s.entries, e)
	return map[string]any{"errcode": 0, "errmsg": "ok", "schedule_id": e.ID}
}

func (s *Server) find(id string) int {
	return slices.IndexFunc(s.entries, func(e Entry) bool { return e.ID == id })
}

func (s *Server) updateEntry(c Call) any {
	e, no := s.entry(c)
	if no.ErrCode != 0 {
		return no
	}
	i := s.find(e.ID)
	if i < 0 {
		return fail(40058, "schedule_id not found")
	}
	s.entries[i] = e
	return map[string]any{"errcode": 0, "errmsg": "ok", "schedule_id": e.ID}
}

func (s *Server) delEntry(c Call) any {
	var in struct {
		ID string `json:"schedule_id"`
	}
	if !decode(c.Body, &in) {
		return fail(40058, "invalid json")
	}
	i := s.find(in.ID)
	if i < 0 {
		return fail(40058, "schedule_id not found")
	}
	s.entries = slices.Delete(s.entries, i, i+1)
	return failure{ErrMsg: "ok"}
}

func (s *Server) addCalendar(c Call) any {
	var in struct {
		Calendar struct {
			Summary string `json:"summary"`
			Color   string `json:"color"`
			Owner   string `json:"organizer"`
		} `json:"calendar"`
	}
	if !decode(c.Body, &in) || in.Calendar.Summary == "" || len(in.Calendar.Color) != 7 || in.Calendar.Color[0] != '#' {
		return fail(40058, "invalid Request Parameter")
	}
	if in.Calendar.Owner == "" {
		return fail(40058, "invalid Request Parameter: organizer")
	}
	s.made++
	return map[string]any{"errcode": 0, "errmsg": "ok", "cal_id": "calendar-" + strconv.Itoa(s.made)}
}
