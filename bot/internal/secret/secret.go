// Package secret keeps secrets out of the words that end in logs, errors and the
// office's messages.
package secret

import (
	"context"
	"errors"
	"net/url"
	"strings"
)

// Hide takes secrets out of a text, whoever put them there, also as they stand in
// addresses.
func Hide(s string, secrets ...string) string {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		s = strings.ReplaceAll(s, secret, "***")
		s = strings.ReplaceAll(s, url.QueryEscape(secret), "***")
	}
	return s
}

// Error is an error of a request as it may be shown: what was being done, and why it
// failed, in one line, without the request's address, which may have a secret in it. hide
// takes out what else must not be seen. Only the context's errors can be found in it.
func Error(doing string, err error, hide func(string) string) error {
	out := &shown{}
	for _, is := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, is) {
			out.is = is
		}
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	out.text = Line(hide(doing + ": " + err.Error()))
	return out
}

type shown struct {
	text string
	is   error
}

func (e *shown) Error() string { return e.text }

// Unwrap gives the context's error, if it was one.
func (e *shown) Unwrap() error { return e.is }

// Line keeps what a platform says within a line of a log.
func Line(s string) string {
	const most = 400
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "")
}
