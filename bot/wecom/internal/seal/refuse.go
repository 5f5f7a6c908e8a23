package seal

import (
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Refusals answers callbacks that are not taken, with a bare status.
type Refusals struct {
	Log  *slog.Logger
	Wall func() time.Time
	Hide func(string) string // takes secrets out of a text
	Of   string              // whose callback it is, for the log: "" or " of the robot"

	warned atomic.Int64 // the minute of the last warning
}

// Answer answers a callback. An error that is no *Refusal is ours: the message was not
// handled, and is to come again.
func (r *Refusals) Answer(w http.ResponseWriter, req *http.Request, err error) {
	var no *Refusal
	if errors.As(err, &no) {
		r.Log.Log(req.Context(), r.urgency(), "a callback"+r.Of+" is refused", "why", no.Why)
	} else {
		no = &Refusal{Status: http.StatusInternalServerError}
		r.Log.ErrorContext(req.Context(), "a message"+r.Of+" was not handled", "err", r.Hide(err.Error()))
	}
	w.Header().Set("Connection", "close") // the rest of a body is not waited for
	w.WriteHeader(no.Status)
}

// urgency makes the first refusal of a minute a warning: a wrong token or a wrong
// clock shuts everybody out and has to be seen, and whoever knows the address must
// not be able to fill the log.
func (r *Refusals) urgency() slog.Level {
	now := r.Wall().Unix() / 60
	if r.warned.Swap(now) != now {
		return slog.LevelWarn
	}
	return slog.LevelDebug
}
