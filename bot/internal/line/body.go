package line

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// ErrTooLarge says that a body is larger than it may be. It was not read to its end.
var ErrTooLarge = errors.New("the body is too large")

// Body reads the body of a request that is no larger than most bytes and does not take
// longer than within. ErrTooLarge, or the reason for which it was cut short.
func Body(w http.ResponseWriter, r *http.Request, most int64, within time.Duration) ([]byte, error) {
	limit, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	deadline, _ := limit.Deadline()
	_ = http.NewResponseController(w).SetReadDeadline(deadline) // a server that cannot has limits of its own
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, ErrTooLarge
	}
	return b, err
}
