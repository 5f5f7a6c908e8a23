package robot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot/internal/line"
	"zhuanban/bot/wecom/internal/seal"
)

// The limits of a callback: as those of the self-built app's, see package wecom.
const (
	largestBody  = 1 << 20
	answerWithin = 4500 * time.Millisecond
	askTime      = 500 * time.Millisecond
	// mostCarried is how much of a plain text fits an answer for certain: every
	// character of it could need a backslash.
	mostCarried = longestText / 2
)

// The refusals that only a robot's callback knows.
var (
	errOff      = &seal.Refusal{Status: http.StatusNotFound, Why: "the robot keeps a connection and is not called back"}
	errTooLarge = &seal.Refusal{Status: http.StatusRequestEntityTooLarge, Why: "body too large"}
	errCut      = &seal.Refusal{Status: http.StatusBadRequest, Why: "body cut short"}
)

// ServeHTTP answers the callback: GET proves to WeCom that we hold the keys, POST
// brings a message or an event.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var out []byte
	var err error
	q, bad := url.ParseQuery(r.URL.RawQuery)
	kind := "text/plain; charset=utf-8"
	switch {
	case !c.o.Webhook:
		err = errOff
	case bad != nil:
		err = seal.ErrMalformed
	case r.Method == http.MethodGet:
		// base64 has no blanks: one was a plus that somebody on the way has unescaped.
		out, err = c.open(q, []byte(strings.ReplaceAll(q.Get("echostr"), " ", "+")))
	case r.Method == http.MethodPost:
		kind = "application/json; charset=utf-8"
		out, err = c.take(w, r, q)
	default:
		w.Header().Set("Allow", "GET, POST")
		err = seal.ErrMethod
	}
	if err != nil {
		c.refusals.Answer(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(out)
}

// open checks signature and timestamp, and opens what was sealed.
func (c *Channel) open(q url.Values, sealed []byte) ([]byte, error) {
	if _, err := c.codec.Check(nil, q, sealed, c.o.Wall()); err != nil {
		return nil, err
	}
	message, _, err := c.codec.Open(nil, sealed)
	if err != nil {
		return nil, seal.ErrSealed
	}
	return message, nil
}

// take takes one message and returns the body of the acknowledgement, which may be
// empty.
func (c *Channel) take(w http.ResponseWriter, r *http.Request, q url.Values) ([]byte, error) {
	if r.ContentLength > largestBody {
		return nil, errTooLarge
	}
	body, err := line.Body(w, r, largestBody, 2*answerWithin)
	switch {
	case errors.Is(err, line.ErrTooLarge):
		return nil, errTooLarge
	case err != nil:
		return nil, errCut
	}
	var envelope struct {
		Encrypt string `json:"encrypt"`
	}
	if json.Unmarshal(body, &envelope) != nil || envelope.Encrypt == "" {
		return nil, seal.ErrMalformed
	}
	message, err := c.open(q, []byte(envelope.Encrypt))
	if err != nil {
		return nil, err
	}
	in, err := c.read(message)
	if err != nil {
		var refresh callback
		if json.Unmarshal(message, &refresh) == nil && refresh.Kind == "stream" {
			return nil, nil // our streams are over when they begin
		}
		return nil, seal.ErrMalformed
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	default:
		return nil, seal.ErrBusy
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), answerWithin)
	defer done()
	answer, err := c.reply(ctx, in)
	if err != nil || answer == nil {
		return nil, err
	}
	return c.seal(answer, q.Get("nonce"))
}

// reply does what a message or event wants and gives the answer that goes out with the
// acknowledgement; nil = none.
func (c *Channel) reply(ctx context.Context, in inbound) (any, error) {
	switch {
	case in.event == eventEnter:
		return plain(c.words.welcome), nil
	case in.event == eventTap && in.known:
		if _, err := c.o.Desk.Handle(ctx, in.message); err != nil {
			return nil, err
		}
		return c.chosen(ctx, in), nil
	case in.event != "":
		return nil, nil
	case !in.known:
		words, ok := c.unknownGroup(in.chat)
		if !ok {
			return nil, nil
		}
		return stream(rand.Text(), words), nil
	}
	c.urls.put(in.chat, in.url, c.o.Wall())
	if !in.says() {
		return stream(rand.Text(), c.words.unsupported), nil
	}
	m := in.message
	m.Carry, m.CarryCards = mostCarried, true
	answer, err := c.o.Desk.Handle(ctx, m)
	if err != nil {
		return nil, err
	}
	text := ""
	if answer.Carried && len(answer.Replies) > 0 {
		text = answer.Replies[0].Text
	}
	if in.unread {
		text = strings.TrimPrefix(text+"\n\n"+c.words.unsupported, "\n\n")
	}
	if text == "" {
		return nil, nil
	}
	return stream(rand.Text(), text), nil
}

// seal seals an answer. The nonce is the callback's.
func (c *Channel) seal(answer any, nonce string) ([]byte, error) {
	plain, err := encode(answer)
	if err != nil {
		return nil, err
	}
	var chance [seal.RandomSize]byte
	rand.Read(chance[:]) // never fails
	sealed := c.codec.Seal(nil, chance, plain)
	now := c.o.Wall().Unix()
	s, _ := c.codec.Sign(nil, strconv.FormatInt(now, 10), nonce, sealed)
	return encode(struct {
		Encrypt   string `json:"encrypt"`
		Signature string `json:"msgsignature"`
		Time      int64  `json:"timestamp"`
		Nonce     string `json:"nonce"`
	}{string(sealed), string(s[:]), now, nonce})
}
