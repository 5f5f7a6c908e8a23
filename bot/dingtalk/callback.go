package dingtalk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/internal/line"
)

// The limits of a callback of HTTP mode.
const (
	largestBody = 64 << 10 // far above a text; files come as codes
	// answerWithin is how long a message may take to become durable: an answer after that
	// may be heard by nobody, and DingTalk sends it again.
	answerWithin = 4500 * time.Millisecond
	// inFlight is how many callbacks are handled at once; beyond that DingTalk has to send
	// again.
	inFlight = 1024
)

// refusal is why a callback is not taken, by the status of HTTP.
type refusal struct {
	status int
	why    string
}

func (r *refusal) Error() string { return r.why }

var (
	errOff       = &refusal{http.StatusNotFound, "Stream mode: nothing is called back"}
	errMethod    = &refusal{http.StatusMethodNotAllowed, "not POST"}
	errUnsigned  = &refusal{http.StatusUnauthorized, "the signature or its time is wrong: dingtalk.client_secret, or this machine's clock"}
	errReplayed  = &refusal{http.StatusUnauthorized, "the signature belongs to another message"}
	errTooLarge  = &refusal{http.StatusRequestEntityTooLarge, "the body is too large"}
	errCut       = &refusal{http.StatusBadRequest, "the body is cut short"}
	errMalformed = &refusal{http.StatusBadRequest, "the body is no message; if the console encrypts what is called back, turn that off"}
	errBusy      = &refusal{http.StatusServiceUnavailable, "too many messages at once"}
)

var _ http.Handler = (*Channel)(nil)

// ServeHTTP takes the messages of HTTP mode, and the taps on cards. It says 200 when a message is durable.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := c.calls(w, r); err != nil {
		c.refuse(w, r, err)
		return
	}
	if r.Header.Get(cardSignature) != "" {
		c.serveTap(w, r)
		return
	}
	in, err := c.accept(w, r)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	say, err := c.take(r.Context(), in)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush() // DingTalk is not kept waiting for what we say
	c.tell(r.Context(), in.hook, say)
}

// take does with a message what has to be done before it is acknowledged.
func (c *Channel) take(ctx context.Context, in inbound) (say string, err error) {
	select {
	case c.in.slots <- struct{}{}:
		defer func() { <-c.in.slots }()
	default:
		return "", errBusy
	}
	defer func() {
		if p := recover(); p != nil {
			c.o.Log.ErrorContext(ctx, "handling a message panicked", "at", string(debug.Stack()))
			err = errors.New("handling a message panicked")
		}
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	return c.receive(ctx, in, func(ctx context.Context, m bot.Message) error {
		_, err := c.o.Desk.Handle(ctx, m)
		return err
	})
}

// calls says whether anything is called back here.
func (c *Channel) calls(w http.ResponseWriter, r *http.Request) error {
	switch {
	case c.o.Mode != HTTP:
		return errOff
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		return errMethod
	}
	return nil
}

// accept proves that a callback is genuine and reads it.
func (c *Channel) accept(w http.ResponseWriter, r *http.Request) (in inbound, err error) {
	stamp := r.Header.Get("timestamp")
	at, err := signed(sign(c.o.ClientSecret, stamp), stamp, r.Header.Get("sign"), c.o.Wall())
	if err != nil {
		return in, err
	}
	b, err := readAll(w, r)
	if err != nil {
		return in, err
	}
	if in, err = c.read(b, ""); err != nil {
		return in, errMalformed
	}
	if !c.in.replays.first(r.Context(), at, stamp, b, c.o.Wall()) {
		return in, errReplayed
	}
	return in, nil
}

// readAll reads a body that is not larger than it may be, nor slower.
func readAll(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	b, err := line.Body(w, r, largestBody, 2*answerWithin)
	switch {
	case errors.Is(err, line.ErrTooLarge):
		return nil, errTooLarge
	case err != nil:
		return nil, errCut
	}
	return b, nil
}

// refuse says no. The first refusal of a minute is a warning: a wrong secret or a wrong
// clock shuts everybody out and has to be seen, and whoever knows the address must not be
// able to fill the log.
func (c *Channel) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var no *refusal
	if !errors.As(err, &no) {
		no = &refusal{status: http.StatusInternalServerError}
		c.o.Log.ErrorContext(r.Context(), "a message was not handled, and has to be sent again", "err", c.shown(err))
	} else {
		level := slog.LevelDebug
		if now := c.o.Wall().Unix() / 60; c.in.warned.Swap(now) != now {
			level = slog.LevelWarn
		}
		c.o.Log.Log(r.Context(), level, "a callback is refused", "why", no.why)
	}
	w.Header().Set("Connection", "close") // the rest of a body is not waited for
	w.WriteHeader(no.status)
}
