// Package yardstick is the least that a chat bot for WeCom can do: it verifies and
// opens a callback, does the database work of one step of a form, commits it
// durably, and answers in the response with the line it was sent. It reads no
// Chinese, checks nothing, knows nobody, sends nothing. What it answers in a second
// is what a machine, its database and Go allow; the desk is measured as a fraction
// of that.
//
// Whatever waits is committed together, so that one flush of the disk serves many
// people; each is answered only after that commit.
package yardstick

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"zhuanban/tools/bench/wecom"
)

// Prefix is what an answer says before it repeats the line.
const Prefix = "ok "

// Path is where the callback is, the same as the desk's.
const Path = "/wecom/callback"

// largest is a good deal more than a callback with a text of 2,048 bytes.
const largest = 64 << 10

// Handler is the bot.
func Handler(codec *wecom.Codec, store Store, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("POST "+Path, func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		q := r.URL.Query()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		nonce := q.Get("nonce")
		m, err := codec.Receive(q.Get("msg_signature"), q.Get("timestamp"), nonce, string(body))
		if err != nil {
			http.Error(w, "refused", http.StatusForbidden)
			return
		}
		switch err := store.Save(Step{ID: m.ID, User: m.From, Content: m.Content, At: now.Unix()}); {
		case errors.Is(err, ErrKnown): // delivered again: the answer is the same
		case err != nil:
			log.Error("keeping a step", "err", err)
			http.Error(w, "not kept", http.StatusInternalServerError)
			return
		}
		answer := codec.Answer(wecom.Text{From: m.To, To: m.From, Content: Prefix + m.Content}, nonce, now)
		w.Header().Set("Content-Type", "application/xml")
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = io.WriteString(w, answer) // to whom it cannot be said, it cannot be said
	})
	return mux
}
