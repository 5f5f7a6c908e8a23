package wecom

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"zhuanban/bot/wecom/internal/seal"
)

// The limits of a callback.
const (
	// largestBody is far above the largest callback, a text of 2048 characters
	// sealed, with room for what the platform may come to add.
	largestBody = 1 << 20
	// handling ends before WeCom gives up and sends the message again (5 s), so
	// that an answer is not lost on a connection nobody listens to any more.
	handling = 4500 * time.Millisecond
	// inFlight is how many messages are handled at once. Beyond, they would wait
	// longer than WeCom does; it sends them again.
	inFlight = 2048
	// reading is how long a sender may take over a body that fits a packet or two.
	reading = 10 * time.Second
)

// room is where one callback is read, opened and answered. Rooms are used again,
// except when a huge body has blown one up.
type room struct {
	body, plain, scratch, sealed []byte
	doc                          document
}

const largestRoom = 64 << 10

func (c *Channel) leave(r *room) {
	if cap(r.body) <= largestRoom {
		c.rooms.Put(r)
	}
}

// The refusals that only an app's callback knows.
var (
	errAgent    = &seal.Refusal{Status: http.StatusForbidden, Why: "for another app"}
	errTooLarge = &seal.Refusal{Status: http.StatusRequestEntityTooLarge, Why: "body too large"}
	errCut      = &seal.Refusal{Status: http.StatusBadRequest, Why: "body cut short"}
)

// ServeHTTP answers the callback: GET proves to WeCom that we hold the keys, POST
// brings a message.
func (c *Channel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	room := c.rooms.Get().(*room)
	defer c.leave(room)
	var answer []byte
	var err error
	kind := plainText
	switch r.Method {
	case http.MethodGet:
		answer, err = c.verify(room, r)
	case http.MethodPost:
		kind = xmlText
		answer, err = c.take(room, w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		err = seal.ErrMethod
	}
	if err != nil {
		c.refusals.Answer(w, r, err)
		return
	}
	w.Header()["Content-Type"] = kind
	w.Header()["X-Content-Type-Options"] = noSniff
	w.Write(answer)
}

// Shared by all answers; net/http only reads them.
var (
	plainText = []string{"text/plain; charset=utf-8"}
	xmlText   = []string{"text/xml; charset=utf-8"}
	noSniff   = []string{"nosniff"}
)

// verify answers the console's question whether the address is ours: the text that
// it has sealed, bare.
func (c *Channel) verify(room *room, r *http.Request) ([]byte, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, seal.ErrMalformed
	}
	// base64 has no blanks: one was a plus that somebody on the way has unescaped.
	sealed := []byte(strings.ReplaceAll(q.Get("echostr"), " ", "+"))
	if err := c.signed(room, q, sealed); err != nil {
		return nil, err
	}
	return c.opened(room, sealed)
}

// signed checks signature and timestamp.
func (c *Channel) signed(room *room, q url.Values, sealed []byte) (err error) {
	room.scratch, err = c.codec.Check(room.scratch, q, sealed, c.o.Wall())
	return err
}

func (c *Channel) opened(room *room, sealed []byte) (message []byte, err error) {
	message, room.plain, err = c.codec.Open(room.plain, sealed)
	if err != nil {
		return nil, seal.ErrSealed
	}
	return message, nil
}

// take hands one message in and returns the body of the acknowledgement, which
// may be empty.
func (c *Channel) take(room *room, w http.ResponseWriter, r *http.Request) ([]byte, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, seal.ErrMalformed
	}
	if err := c.read(room, w, r); err != nil {
		return nil, err
	}
	agent, err := c.opens(room, q)
	if err != nil {
		return nil, err
	}
	in, err := c.inbound(&room.doc, agent)
	switch {
	case err != nil:
		return nil, err
	case in.change != nil:
		return nil, c.tell(r.Context(), *in.change)
	case in.answer != "":
		return c.passive(room, in.from, in.answer), nil
	case in.message.ID == "":
		return nil, nil
	}
	return c.handle(r.Context(), room, in)
}

// opens reads the envelope in the room's body, checks it, and leaves what was in it
// in the room's document. It returns the app that the envelope names.
func (c *Channel) opens(room *room, q url.Values) (agent []byte, err error) {
	if err := parse(room.body, &room.doc); err != nil {
		return nil, seal.ErrMalformed
	}
	sealed, agent := room.doc.value[fEncrypt], room.doc.value[fAgentID]
	if err := c.signed(room, q, sealed); err != nil {
		return nil, err
	}
	message, err := c.opened(room, sealed)
	if err != nil {
		return nil, err
	}
	if err := parse(message, &room.doc); err != nil {
		return nil, seal.ErrMalformed
	}
	return agent, nil
}

// read reads the body into the room.
func (c *Channel) read(room *room, w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > largestBody {
		return errTooLarge
	}
	limit, cancel := context.WithTimeout(r.Context(), reading)
	defer cancel()
	deadline, _ := limit.Deadline()
	// A server that cannot set it has limits of its own.
	_ = http.NewResponseController(w).SetReadDeadline(deadline)
	b := room.body[:0]
	if b == nil {
		b = make([]byte, 0, 4<<10)
	}
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		room.body = b
		switch {
		case len(b) > largestBody:
			return errTooLarge
		case err == io.EOF:
			return nil
		case err != nil:
			return errCut
		}
	}
}

// handle gives the message to the desk. The connection may break meanwhile: what
// was heard is heard, and WeCom sends it again.
func (c *Channel) handle(ctx context.Context, room *room, in inbound) ([]byte, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	default:
		return nil, seal.ErrBusy
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handling)
	defer cancel()
	answer, err := c.o.Desk.Handle(ctx, in.message)
	if err != nil {
		return nil, err
	}
	if !answer.Carried || len(answer.Replies) == 0 {
		return nil, nil
	}
	text := answer.Replies[0].Text
	if len(answer.Replies) > 1 || len(text) > longestText {
		c.o.Log.ErrorContext(ctx, "an answer does not fit its acknowledgement and is cut", "id", in.message.ID, "replies", len(answer.Replies), "bytes", len(text))
	}
	return c.passive(room, in.from, text), nil
}
