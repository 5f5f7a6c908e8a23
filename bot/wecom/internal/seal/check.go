package seal

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Window is how far a callback's timestamp may be from our clock, either way. WeCom
// promises that a nonce does not come twice within two hours, and its retries may carry
// the timestamp of the first attempt; a server's clock that is wrong by minutes must
// not silence the bot. What is replayed within the window is known by its message id.
const Window = 2 * time.Hour

// Refusal is a callback that is not taken: its HTTP status is all that the sender
// learns, why is for the log.
type Refusal struct {
	Status int
	Why    string
}

// Error is why.
func (r *Refusal) Error() string { return r.Why }

// Why a callback is not taken, of an app or of a robot.
var (
	ErrSignature = &Refusal{http.StatusForbidden, "wrong signature"}
	ErrWindow    = &Refusal{http.StatusForbidden, "timestamp too far from our clock"}
	ErrSealed    = &Refusal{http.StatusBadRequest, "cannot be opened"}
	ErrMalformed = &Refusal{http.StatusBadRequest, "malformed"}
	ErrBusy      = &Refusal{http.StatusServiceUnavailable, "too many messages at once"}
	ErrMethod    = &Refusal{http.StatusMethodNotAllowed, "neither GET nor POST"}
)

// Check says whether what was sealed has the signature in the callback's query, of a
// time within the window around now: nil, ErrSignature, ErrMalformed or ErrWindow.
// scratch may be nil; it is returned grown.
func (c *Codec) Check(scratch []byte, q url.Values, sealed []byte, now time.Time) (into []byte, err error) {
	timestamp := q.Get("timestamp")
	s, scratch := c.Sign(scratch, timestamp, q.Get("nonce"), sealed)
	if !s.Genuine(q.Get("msg_signature")) {
		return scratch, ErrSignature
	}
	// Digits only: the signature is over parts that are joined without a mark between
	// them, so that whoever moves one into another must not find a second way to write it.
	seconds, err := strconv.ParseUint(timestamp, 10, 62)
	if err != nil || timestamp[0] == '0' {
		return scratch, ErrMalformed
	}
	if now.Sub(time.Unix(int64(seconds), 0)).Abs() > Window {
		return scratch, ErrWindow
	}
	return scratch, nil
}
