package phone

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// clockState is what the page's clock panel shows.
type clockState struct {
	Now    string    `json:"now"`
	Friday string    `json:"friday"` // the Friday 15:00 to come
	Next   *reminder `json:"next,omitempty"`
	Sent   int64     `json:"sent"` // by this step
}

type reminder struct {
	At   string `json:"at"`
	What string `json:"what"`
}

// maxStep keeps a slip of the pen from running the schedule for years.
const maxStep = 400 * 24 * time.Hour

// fridayAt is the next Friday 15:00 after now, the hour at which figures are due
// in the first campaign.
func fridayAt(now time.Time) time.Time {
	days := (int(time.Friday) - int(now.Weekday()) + 7) % 7
	at := time.Date(now.Year(), now.Month(), now.Day()+days, 15, 0, 0, 0, now.Location())
	if !at.After(now) {
		at = at.AddDate(0, 0, 7)
	}
	return at
}

func (p *Phone) serveClock(w http.ResponseWriter, r *http.Request) {
	if p.o.Clock == nil {
		p.fail(w, r, &fault{status: http.StatusNotFound, code: "real_clock"})
		return
	}
	p.answerClock(w, r, 0)
}

func (p *Phone) answerClock(w http.ResponseWriter, r *http.Request, sent int64) {
	now := p.o.Clock.Now()
	at, what, ok, err := p.o.Clock.Next(r.Context())
	if err != nil {
		p.fail(w, r, fmt.Errorf("find the next reminder: %w", err))
		return
	}
	s := clockState{Now: p.wallTime(now), Friday: p.wallTime(fridayAt(now)), Sent: sent}
	if ok {
		s.Next = &reminder{At: p.wallTime(at), What: what}
	}
	writeJSON(w, http.StatusOK, s)
}

// takeClock steps the clock: to "next", "friday" or a wall time.
func (p *Phone) takeClock(w http.ResponseWriter, r *http.Request) {
	if p.o.Clock == nil {
		p.fail(w, r, &fault{status: http.StatusNotFound, code: "real_clock"})
		return
	}
	var in struct {
		To string `json:"to"`
	}
	if err := readJSON(w, r, &in); err != nil {
		p.fail(w, r, err)
		return
	}
	if !p.advancing.TryLock() {
		p.fail(w, r, &fault{status: http.StatusConflict, code: "clock_busy"})
		return
	}
	defer p.advancing.Unlock()
	to, err := p.target(r.Context(), in.To)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	before := p.sent.Load()
	if err := p.o.Clock.AdvanceTo(r.Context(), to); err != nil {
		p.fail(w, r, fmt.Errorf("advance the clock to %s: %w", to, err))
		return
	}
	p.hub.wake()
	p.answerClock(w, r, p.sent.Load()-before)
}

func (p *Phone) target(ctx context.Context, to string) (time.Time, error) {
	now := p.o.Clock.Now()
	switch to {
	case "friday":
		return fridayAt(now), nil
	case "next":
		at, _, ok, err := p.o.Clock.Next(ctx)
		if err != nil {
			return time.Time{}, fmt.Errorf("find the next reminder: %w", err)
		}
		if !ok {
			return time.Time{}, &fault{status: http.StatusConflict, code: "no_reminder"}
		}
		return at, nil
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", to, now.Location())
	if err != nil {
		return time.Time{}, &fault{status: http.StatusBadRequest, code: "bad_time", err: err}
	}
	if at.Before(now) {
		return time.Time{}, &fault{status: http.StatusConflict, code: "past"}
	}
	if at.Sub(now) > maxStep {
		return time.Time{}, &fault{status: http.StatusBadRequest, code: "too_far"}
	}
	return at, nil
}
