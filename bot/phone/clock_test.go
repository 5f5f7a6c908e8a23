package phone

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFridayAt(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2024, 1, day, hour, minute, 0, 0, shanghai) }
	for _, c := range []struct {
		name      string
		now, want time.Time
	}{
		{"a Wednesday", at(17, 9, 30), at(19, 15, 0)},
		{"Friday before three", at(19, 14, 59), at(19, 15, 0)},
		{"Friday at three", at(19, 15, 0), at(26, 15, 0)},
		{"a Saturday", at(20, 0, 0), at(26, 15, 0)},
		{"over the month's end", at(31, 8, 0), time.Date(2024, 2, 2, 15, 0, 0, 0, shanghai)},
	} {
		require.Equal(t, c.want, fridayAt(c.now), c.name)
	}
}

func TestStepsOfTheClock(t *testing.T) {
	for name, c := range map[string]struct {
		to     string
		status int
		want   string // the time after it, or the fault
		sent   int64
	}{
		"to the next reminder": {"next", 200, "2024-01-19T15:00:00+08:00", 4},
		"to Friday":            {"friday", 200, "2024-01-19T15:00:00+08:00", 4},
		"to a time before it":  {"2024-01-18T08:00", 200, "2024-01-18T08:00:00+08:00", 0},
		"back":                 {"2024-01-16T08:00", 409, "past", 0},
		"too far":              {"2034-01-16T08:00", 400, "too_far", 0},
		"to nonsense":          {"tomorrow", 400, "bad_time", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			rec := w.request("POST", "/phone/clock", map[string]string{"to": c.to})
			require.Equal(t, c.status, rec.Code, rec.Body)
			if c.status != http.StatusOK {
				require.Equal(t, c.want, decode[map[string]string](t, rec)["error"])
				return
			}
			got := decode[clockState](t, rec)
			require.Equal(t, c.want, got.Now)
			require.Equal(t, c.sent, got.Sent)
		})
	}
}

func TestTheClockSaysWhatComesNext(t *testing.T) {
	w := newWorld(t)
	got := decode[clockState](t, w.request("GET", "/phone/clock", nil))
	require.Equal(t, clockState{Now: "2024-01-17T09:30:00+08:00", Friday: "2024-01-19T15:00:00+08:00",
		Next: &reminder{At: "2024-01-19T15:00:00+08:00", What: "周报提醒"}}, got)
	require.Equal(t, http.StatusOK, w.request("POST", "/phone/clock", map[string]string{"to": "next"}).Code)
	rec := w.request("POST", "/phone/clock", map[string]string{"to": "next"})
	require.Equal(t, "no_reminder", decode[map[string]string](t, rec)["error"])
}

func TestOneStepAtATime(t *testing.T) {
	w := newWorld(t)
	w.phone.advancing.Lock()
	rec := w.request("POST", "/phone/clock", map[string]string{"to": "next"})
	w.phone.advancing.Unlock()
	require.Equal(t, "clock_busy", decode[map[string]string](t, rec)["error"])
}

func TestAStepOfTheClockIsToldToEveryPage(t *testing.T) {
	w := newWorld(t)
	e := w.listen("as=hutou.filer", "")
	e.next("clock")
	w.request("POST", "/phone/clock", map[string]string{"to": "2024-01-18T08:00"})
	require.JSONEq(t, `{"now":"2024-01-18T08:00:00+08:00"}`, e.next("clock").data)
}
