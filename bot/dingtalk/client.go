package dingtalk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"

	"zhuanban/bot"
	"zhuanban/bot/internal/secret"
)

// request is one call of DingTalk's.
type request struct {
	method string
	base   string
	path   string
	query  url.Values
	header http.Header
	in     any // becomes JSON; nil = no body
	// body is sent in place of in, of this type and size.
	body io.Reader
	kind string
	size int64
	old  bool // of the old family: its answers have an errcode
	// patient says that it may take as long as its context.
	patient bool
	// name is what errors call it; "" = the path.
	name string
	hide []string // of this call, what no error may show
}

func (r request) called() string {
	if r.name != "" {
		return r.name
	}
	return r.path
}

// ask makes one request and reads the answer into out, which may be nil. An error is a
// *bot.SendError, with an *APIError in it where DingTalk has said something.
func (c *Channel) ask(ctx context.Context, r request, out any) error {
	var begun atomic.Bool // bytes may have left
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { begun.Store(true) }})
	req, err := r.made(ctx)
	if err != nil {
		return c.failure(verdict{fate: bot.NotSent}, r, err)
	}
	client := c.out.client
	if r.patient {
		client = c.patient()
	}
	res, err := client.Do(req)
	if err != nil {
		return c.failure(broken(ctx, begun.Load()), r, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, largestAnswer))
	if err != nil {
		return c.failure(broken(ctx, true), r, fmt.Errorf("reading the answer: %w", err))
	}
	return c.understand(r, res, text, out)
}

// made is the request as it leaves.
func (r request) made(ctx context.Context) (*http.Request, error) {
	address, body := r.base+r.path, r.body
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	if r.in != nil {
		body = bytes.NewReader(compact(r.in))
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return nil, err
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	switch {
	case r.body != nil:
		req.ContentLength = r.size
		req.Header.Set("Content-Type", r.kind)
	case r.in != nil:
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	req.Header.Set("Accept", "application/json") // without it some answer in XML
	return req, nil
}

// understand judges an answer and reads it into out.
func (c *Channel) understand(r request, res *http.Response, text []byte, out any) error {
	if html(res, text) {
		return c.failure(judgePage(res.StatusCode), r, fmt.Errorf("a page in place of an answer, with HTTP status %d", res.StatusCode))
	}
	var fields fields
	switch err := json.Unmarshal(text, &fields); {
	case (err != nil || fields == nil) && !r.old && out == nil && r.method != http.MethodPost && res.StatusCode/100 == 2:
		return nil // some calls that change have nothing to say
	case err != nil || fields == nil:
		return c.failure(judgeStatus(res.StatusCode), r, fmt.Errorf("HTTP status %d and an answer that is not DingTalk's: %d bytes of %q",
			res.StatusCode, len(text), res.Header.Get("Content-Type")))
	}
	if fields.punished() {
		return c.failure(punished, r, errors.New("DingTalk turns this address away: too many calls in a short time"))
	}
	said := fields.said(r.old)
	said.Path, said.Message = r.called(), secret.Line(c.hide(r)(said.Message))
	switch {
	case said.Code != "":
		v := judge(said.Code, res.StatusCode, r.old)
		said.means = v
		return &bot.SendError{Fate: v.fate, Reason: v.reason, Wait: v.wait, Everybody: v.everybody, Err: said}
	case res.StatusCode/100 != 2 || r.old && !fields.has("errcode"):
		return c.failure(judgeStatus(res.StatusCode), r, fmt.Errorf("HTTP status %d without a code", res.StatusCode))
	case out == nil:
		return nil
	}
	if err := readAnswer(text, out); err != nil {
		return c.failure(verdict{fate: bot.Unknown, reason: bot.PlatformAway, wait: soon}, r, errors.New("an answer that cannot be read"))
	}
	return nil
}

// html says whether an answer is a page for people.
func html(res *http.Response, text []byte) bool {
	return strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") && !json.Valid(text) ||
		bytes.HasPrefix(bytes.TrimSpace(text), []byte("<"))
}

// broken judges a request without an answer: it is certain that nothing was sent only if
// not a byte has left.
func broken(ctx context.Context, begun bool) verdict {
	v := verdict{fate: bot.NotSent, reason: bot.PlatformAway}
	if begun {
		v.fate = bot.Unknown
	}
	if !errors.Is(ctx.Err(), context.Canceled) { // not our own hurry
		v.wait, v.everybody = soon, !begun
	}
	return v
}

// failure is a verdict with its reason for the operator, who sees no secret.
func (c *Channel) failure(v verdict, r request, err error) *bot.SendError {
	return &bot.SendError{Fate: v.fate, Reason: v.reason, Wait: v.wait, Everybody: v.everybody,
		Err: secret.Error(r.called(), err, c.hide(r))}
}

// hide takes every secret out of a text, whoever put it there.
func (c *Channel) hide(r request) func(string) string {
	return func(s string) string {
		secrets := append([]string{c.o.ClientSecret}, r.hide...)
		for _, tokens := range [][2]string{c.out.tokens.Secrets(), c.out.older.Secrets()} {
			secrets = append(secrets, tokens[0], tokens[1])
		}
		return secret.Hide(s, secrets...)
	}
}

// patient is the client for bytes that take their time. How long is the context's.
func (c *Channel) patient() *http.Client {
	patient := *c.out.client
	patient.Timeout = 0
	return &patient
}

// compact is JSON with its signs as they are. v is of strings, numbers and what is made of
// them, which always encode.
func compact(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n")
}

// refuse is what is not even tried.
func refuse(reason bot.Reason, why string) error {
	return &bot.SendError{Fate: bot.Refused, Reason: reason, Err: errors.New(why)}
}
