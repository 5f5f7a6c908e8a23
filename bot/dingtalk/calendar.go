package dingtalk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
)

// Event is an entry in the calendar of its organiser and of those who are to come. All
// people are named by their unionIds.
type Event struct {
	Token       string // names the request: made twice with the same one, it is there once
	Organiser   string
	Attendees   []string
	Summary     string
	Description string
	Begin, End  time.Time
	Place       string        // "" = none
	Remind      time.Duration // before it begins; 0 = as the organiser has it
}

type entryBody struct {
	Summary     string          `json:"summary"`
	Description string          `json:"description,omitempty"`
	Start       eventTime       `json:"start"`
	End         eventTime       `json:"end"`
	AllDay      bool            `json:"isAllDay"`
	Attendees   []eventAttendee `json:"attendees,omitempty"`
	Location    *eventPlace     `json:"location,omitempty"`
	Reminders   []eventReminder `json:"reminders,omitempty"`
}

type eventTime struct {
	At   string `json:"dateTime"`
	Zone string `json:"timeZone"`
}

type eventAttendee struct {
	ID       string `json:"id"`
	Optional bool   `json:"isOptional"`
}

type eventPlace struct {
	Name string `json:"displayName"`
}

type eventReminder struct {
	Method  string `json:"method"`
	Minutes int    `json:"minutes"`
}

func (e Event) body() entryBody {
	at := func(t time.Time) eventTime {
		return eventTime{t.In(calendar.Shanghai).Format(time.RFC3339), "Asia/Shanghai"}
	}
	out := entryBody{Summary: e.Summary, Description: e.Description, Start: at(e.Begin), End: at(e.End)}
	for _, a := range e.Attendees {
		out.Attendees = append(out.Attendees, eventAttendee{ID: a})
	}
	if e.Place != "" {
		out.Location = &eventPlace{e.Place}
	}
	if e.Remind > 0 {
		out.Reminders = []eventReminder{{"dingtalk", int(e.Remind.Minutes())}}
	}
	return out
}

func eventsPath(union string) string {
	return "/v1.0/calendar/users/" + url.PathEscape(union) + "/calendars/primary/events"
}

// AddEvent makes an entry and gives its id.
func (c *Channel) AddEvent(ctx context.Context, e Event) (id string, err error) {
	if err := e.check(); err != nil {
		return "", err
	}
	var said struct {
		ID string `json:"id"`
	}
	path := eventsPath(e.Organiser)
	err = c.dating(ctx, func() error {
		r := request{method: http.MethodPost, base: c.o.APIBase, path: path, in: e.body()}
		if e.Token != "" {
			r.header = withHeader(nil, "x-client-token", e.Token)
		}
		return c.apiWith(ctx, r, &said)
	})
	if err == nil && said.ID == "" {
		err = c.failure(late, request{path: callName(path)}, errors.New("an answer without an id"))
	}
	return said.ID, err
}

func (e Event) check() error {
	if err := wanted("Organiser", e.Organiser, "Summary", e.Summary); err != nil {
		return refuse(bot.BadContent, err.Error())
	}
	if !e.End.After(e.Begin) {
		return refuse(bot.BadContent, "an event that ends before it begins")
	}
	return nil
}

// ChangeEvent makes an entry what it is now.
func (c *Channel) ChangeEvent(ctx context.Context, id string, e Event) error {
	if err := e.check(); err != nil {
		return err
	}
	return c.dating(ctx, func() error {
		return c.api(ctx, http.MethodPut, eventsPath(e.Organiser)+"/"+url.PathEscape(id), nil, e.body(), nil)
	})
}

// DropEvent takes an entry away.
func (c *Channel) DropEvent(ctx context.Context, organiser, id string) error {
	return c.dating(ctx, func() error {
		return c.api(ctx, http.MethodDelete, eventsPath(organiser)+"/"+url.PathEscape(id), nil, nil, nil)
	})
}

func (c *Channel) dating(ctx context.Context, do func() error) error {
	return c.switched(ctx, c.o.Features.Calendar, "calendar", do)
}
