package wecom

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/name"
)

// Entries in people's calendars (日程, oa/schedule). The app has to be listed by an
// administrator under 应用管理 → 日程 → 可调用接口的应用; an app sees its own entries only.
// No duty makes entries yet: these calls are for the meetings of a later one.
const (
	scheduleAddPath    = "/cgi-bin/oa/schedule/add"
	scheduleUpdatePath = "/cgi-bin/oa/schedule/update"
	scheduleDelPath    = "/cgi-bin/oa/schedule/del"
	calendarAddPath    = "/cgi-bin/oa/calendar/add"
)

// The limits of an entry. WeCom's pages count characters.
const (
	mostAdmins         = 3
	mostAttendees      = 1000
	longestSummary     = 128
	longestDescription = 1000
)

// Entry is an entry in people's calendars.
type Entry struct {
	Admins      []string // one to three accounts that may change it; the first alone in the older form
	Attendees   []string // a thousand at most; those whom WeCom does not know are left out
	Start, End  time.Time
	WholeDay    bool
	Summary     string // the title; cut after 128 characters
	Description string // cut after 1000
	Location    string // cut after 128
	Calendar    string // id of a calendar that the app has made; "" = each person's own
	// Remind is how long before the start people hear of it; negative = they do not. It
	// becomes the next longer one that WeCom has: 0, 5 or 15 minutes, an hour, a day.
	Remind time.Duration
	Repeat Repeat
	Until  time.Time // of the repetition; zero = for ever
}

// Repeat is how often an entry comes again, in WeCom's numbers plus one.
type Repeat int

// The repetitions.
const (
	Once Repeat = iota
	Daily
	Weekly
	Monthly
	Yearly   Repeat = 6
	Workdays Repeat = 8
)

var (
	repeats = []Repeat{Once, Daily, Weekly, Monthly, Yearly, Workdays}
	befores = []time.Duration{0, 5 * time.Minute, 15 * time.Minute, time.Hour, 24 * time.Hour}
)

// ErrNoSchedule says that this deployment has no calendars, or none for this program.
var ErrNoSchedule = errors.New("wecom: calendar entries are switched off (wecom.features.schedule)")

// AddEntry makes an entry and returns its id, and the attendees that were left out
// because WeCom does not know them. A call of unknown fate (bot.Unknown) may have made
// one: WeCom cannot be asked.
func (c *Channel) AddEntry(ctx context.Context, e Entry) (id string, without []string, err error) {
	return c.entry(ctx, scheduleAddPath, "", e)
}

// UpdateEntry writes an entry over: what is not in e is gone. It returns whom it left out.
func (c *Channel) UpdateEntry(ctx context.Context, id string, e Entry) (without []string, err error) {
	if id == "" {
		return nil, refuse(bot.BadContent, "an entry without its id")
	}
	_, without, err = c.entry(ctx, scheduleUpdatePath, id, e)
	return without, err
}

// DeleteEntry takes an entry out of everybody's calendar.
func (c *Channel) DeleteEntry(ctx context.Context, id string) error {
	if c.o.Features.Schedule.Off() {
		return ErrNoSchedule
	}
	_, err := c.api(ctx, http.MethodPost, scheduleDelPath, nil, compact(map[string]string{"schedule_id": id}), nil)
	return err
}

// AddCalendar makes a calendar for entries and returns its id. color is such as
// "#1E6FFF".
func (c *Channel) AddCalendar(ctx context.Context, organizer, summary, color, description string) (id string, err error) {
	if c.o.Features.Schedule.Off() {
		return "", ErrNoSchedule
	}
	if !name.Account(organizer) || summary == "" {
		return "", refuse(bot.BadContent, "a calendar without its owner or its name")
	}
	var r struct {
		ID string `json:"cal_id"`
	}
	body := compact(map[string]any{"calendar": map[string]any{"organizer": organizer, "readonly": 1,
		"summary": shorten(summary, longestSummary), "color": color, "description": shorten(description, longestDescription)}, "agentid": c.agent})
	_, err = c.api(ctx, http.MethodPost, calendarAddPath, nil, body, &r)
	return r.ID, err
}

// entryRequest is an entry as WeCom reads it.
type entryRequest struct {
	Schedule entryBody `json:"schedule"`
	AgentID  int       `json:"agentid"`
}

type entryBody struct {
	ID          string     `json:"schedule_id,omitempty"`
	Admins      []string   `json:"admins,omitempty"`
	Organizer   string     `json:"organizer,omitempty"`
	Start       int64      `json:"start_time"`
	End         int64      `json:"end_time"`
	WholeDay    int        `json:"is_whole_day,omitempty"`
	Attendees   []attendee `json:"attendees,omitempty"`
	Summary     string     `json:"summary,omitempty"`
	Description string     `json:"description,omitempty"`
	Location    string     `json:"location,omitempty"`
	Calendar    string     `json:"cal_id,omitempty"`
	Reminders   reminders  `json:"reminders"`
}

type attendee struct {
	UserID string `json:"userid"`
}

type reminders struct {
	Remind   int   `json:"is_remind"`
	Before   int   `json:"remind_before_event_secs"`
	Repeat   int   `json:"is_repeat"`
	Type     int   `json:"repeat_type,omitempty"`
	Until    int64 `json:"repeat_until,omitempty"`
	Timezone int   `json:"timezone"`
}

// entry makes or overwrites one: in the older form if the newer is refused and
// nothing says which one is right, without the unknown attendees if there are any.
func (c *Channel) entry(ctx context.Context, path, id string, e Entry) (string, []string, error) {
	form := c.o.Features.Schedule
	if form.Off() {
		return "", nil, ErrNoSchedule
	}
	if err := e.check(); err != nil {
		return "", nil, err
	}
	r, err := c.putEntry(ctx, path, id, e, form == ScheduleOrganizer)
	old := form == ScheduleOrganizer
	if (form == ScheduleAuto || form == "") && (CodeOf(err) == 40058 || CodeOf(err) == 40035) {
		r, err = c.putEntry(ctx, path, id, e, true)
		old = true
	}
	if !strange(err) || len(e.Attendees) == 0 {
		return r, nil, err
	}
	without, second := c.unknown(ctx, e.Attendees)
	if second != nil || len(without) == 0 {
		return r, nil, err
	}
	e.Attendees = slices.DeleteFunc(slices.Clone(e.Attendees), func(a string) bool { return slices.Contains(without, a) })
	r, err = c.putEntry(ctx, path, id, e, old)
	return r, without, err
}

// strange says that WeCom does not know somebody who is named.
func strange(err error) bool {
	code := CodeOf(err)
	return hidden(code) || code == noneValid
}

// unknown finds whom of these WeCom does not know.
func (c *Channel) unknown(ctx context.Context, accounts []string) (out []string, err error) {
	for _, a := range accounts {
		m, found, err := c.Member(ctx, a)
		if err != nil {
			return nil, err
		}
		if !found || !m.Active {
			out = append(out, a)
		}
	}
	return out, nil
}

func (c *Channel) putEntry(ctx context.Context, path, id string, e Entry, organizer bool) (string, error) {
	var r struct {
		ID string `json:"schedule_id"`
	}
	_, err := c.api(ctx, http.MethodPost, path, nil, compact(entryRequest{e.body(id, organizer), c.agent}), &r)
	if err == nil && r.ID == "" {
		r.ID = id
	}
	return r.ID, err
}

func (e Entry) body(id string, organizer bool) entryBody {
	b := entryBody{ID: id, Admins: e.Admins, Start: e.Start.Unix(), End: e.End.Unix(), Summary: shorten(e.Summary, longestSummary),
		Description: shorten(e.Description, longestDescription), Location: shorten(e.Location, longestSummary), Calendar: e.Calendar,
		Reminders: reminders{Timezone: 8}}
	if organizer {
		b.Admins, b.Organizer = nil, e.Admins[0]
	}
	if e.WholeDay {
		b.WholeDay = 1
	}
	for _, a := range e.Attendees {
		b.Attendees = append(b.Attendees, attendee{a})
	}
	if e.Remind >= 0 {
		i, _ := slices.BinarySearch(befores, e.Remind)
		b.Reminders.Remind, b.Reminders.Before = 1, int(befores[min(i, len(befores)-1)]/time.Second)
	}
	if e.Repeat != Once {
		b.Reminders.Repeat, b.Reminders.Type = 1, int(e.Repeat)-1
		if !e.Until.IsZero() {
			b.Reminders.Until = e.Until.Unix()
		}
	}
	return b
}

// check refuses what WeCom would refuse.
func (e Entry) check() error {
	bad := func(a string) bool { return !name.Account(a) }
	switch {
	case len(e.Admins) < 1 || len(e.Admins) > mostAdmins || slices.ContainsFunc(e.Admins, bad):
		return refuse(bot.BadContent, "an entry has one to three administrators")
	case len(e.Attendees) > mostAttendees || slices.ContainsFunc(e.Attendees, bad):
		return refuse(bot.BadContent, "an entry has a thousand attendees at most, all of them accounts")
	case e.Start.Unix() <= 0 || e.End.Before(e.Start):
		return refuse(bot.BadContent, "an entry ends before it begins")
	case !slices.Contains(repeats, e.Repeat):
		return refuse(bot.BadContent, "an entry that is repeated in a way that WeCom does not know")
	}
	return nil
}
