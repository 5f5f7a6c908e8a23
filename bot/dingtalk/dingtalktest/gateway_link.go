package dingtalktest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/coder/websocket"
)

// writing is how long one frame may take into the socket.
const writing = 5 * time.Second

// Link is one connection of the app.
type Link struct {
	ID   string
	g    *Gateway
	ws   *websocket.Conn
	conn net.Conn // below ws
	gone chan struct{}

	leaving bool // disconnect was said
}

// Ack is how a frame was acknowledged.
type Ack struct {
	ID      string // of the frame; "" = it did not say
	Code    int
	Message string
	Data    string
	Kind    string // contentType
	Link    string // over which connection
	After   time.Duration
}

// read reads acknowledgements until the connection ends.
func (l *Link) read() {
	defer func() {
		_ = l.ws.CloseNow()
		l.g.note(func() { l.g.links = slices.DeleteFunc(l.g.links, func(o *Link) bool { return o == l }) })
		close(l.gone)
	}()
	for {
		_, b, err := l.ws.Read(context.Background())
		if err != nil {
			return
		}
		var raw struct {
			Code    int
			Message string
			Headers struct {
				ID   string `json:"messageId"`
				Kind string `json:"contentType"`
			}
			Data json.RawMessage
		}
		if json.Unmarshal(b, &raw) != nil {
			l.g.note(func() { l.g.count.Stray++ })
			continue
		}
		ack := Ack{ID: raw.Headers.ID, Code: raw.Code, Message: raw.Message, Kind: raw.Headers.Kind, Link: l.ID}
		if json.Unmarshal(raw.Data, &ack.Data) != nil {
			ack.Data = string(raw.Data)
		}
		l.g.acknowledged(ack)
	}
}

func (g *Gateway) acknowledged(a Ack) {
	g.note(func() {
		s, ok := g.sent[a.ID]
		if !ok || s.link != a.Link {
			g.count.Stray++
			return
		}
		a.After = time.Since(s.at)
		if len(g.acks[a.ID]) == 0 && s.topic == TopicCard && a.After > g.o.CardWithin {
			g.count.LateCards++
		}
		g.acks[a.ID] = append(g.acks[a.ID], a)
	})
}

// Push sends a frame over this connection, also if it is on its way out.
func (l *Link) Push(f Frame) error {
	l.g.note(func() { l.g.sent[f.ID()] = sending{time.Now(), l.ID, f.Topic()} })
	return l.write(f.encode())
}

func (l *Link) write(b []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), writing)
	defer cancel()
	return l.ws.Write(ctx, websocket.MessageText, b)
}

// Raw sends anything as a frame.
func (l *Link) Raw(text string) error { return l.write([]byte(text)) }

// Ping says ping, as DingTalk's frames do, and gives the frame's id.
func (l *Link) Ping(opaque string) (id string, err error) {
	f := l.g.frame("SYSTEM", "ping", fmt.Sprintf(`{"opaque":%q}`, opaque))
	return f.ID(), l.Push(f)
}

// Disconnect says that the connection is to be replaced. Nothing more is said over it,
// unless a test does, and it is closed after the time that the options say.
func (l *Link) Disconnect() error {
	l.g.note(func() { l.leaving = true })
	err := l.write([]byte(`{"specVersion":"1.0","type":"SYSTEM","headers":{"topic":"disconnect","contentType":"application/json"},"data":"{\"reason\":\"connection is expired\"}"}`))
	l.g.serving.Go(func() {
		late := time.NewTimer(l.g.o.Linger)
		defer late.Stop()
		select {
		case <-late.C:
			l.Drop()
		case <-l.gone:
		}
	})
	return err
}

// Drop closes the connection's TCP without a word of WebSocket's.
func (l *Link) Drop() { _ = l.conn.Close() }

// Reset resets the connection's TCP.
func (l *Link) Reset() {
	if tcp, ok := l.conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	l.Drop()
}

// Gone is closed when the connection is over.
func (l *Link) Gone() <-chan struct{} { return l.gone }

// pinged hears a ping of WebSocket and says whether it is answered.
func (g *Gateway) pinged(context.Context, []byte) bool {
	swallow := false
	g.note(func() { g.count.Pings++; swallow = g.pongs })
	return !swallow
}

// tapped keeps the connection below the one of WebSocket.
type tapped struct {
	http.ResponseWriter
	conn net.Conn
}

// Hijack gives the connection, and keeps it.
func (t *tapped) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	t.conn = conn
	return conn, rw, err
}
