package dingtalktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"time"
)

// The topics of callbacks.
const (
	TopicRobot = "/v1.0/im/bot/messages/get"
	TopicCard  = "/v1.0/card/instances/callback"
)

// Frame is what the gateway sends. A test may bend any part of it.
type Frame struct {
	Type    string
	Headers map[string]any
	Data    any    // a string, as at DingTalk, or anything else
	Under   string // the name of Headers; "" = headers
}

// sending is a frame that was sent.
type sending struct {
	at    time.Time
	link  string
	topic string
}

// ID is the frame's messageId.
func (f Frame) ID() string { return fmt.Sprint(f.Headers["messageId"]) }

// Topic is what it is about.
func (f Frame) Topic() string { return fmt.Sprint(f.Headers["topic"]) }

// With is the frame with one header more, or another one.
func (f Frame) With(header string, value any) Frame {
	f.Headers = maps.Clone(f.Headers)
	f.Headers[header] = value
	return f
}

// Without is the frame without one of its headers.
func (f Frame) Without(header string) Frame {
	f.Headers = maps.Clone(f.Headers)
	delete(f.Headers, header)
	return f
}

func (f Frame) encode() []byte {
	under := f.Under
	if under == "" {
		under = "headers"
	}
	b, err := json.Marshal(map[string]any{"specVersion": "1.0", "type": f.Type, under: f.Headers, "data": f.Data})
	if err != nil {
		panic(err) // what a test has put there
	}
	return b
}

func newID(n int) string { return fmt.Sprintf("212ca9d7_974_1898c159aa6_%x", 0x1783b+n) }

// frame makes a frame with a new id.
func (g *Gateway) frame(kind, topic, data string) Frame {
	g.mu.Lock()
	g.ids++
	id := newID(g.ids)
	g.mu.Unlock()
	return Frame{Type: kind, Data: data, Headers: map[string]any{"appId": "1305d5f5", "connectionId": "2f9c95bd", "contentType": "application/json",
		"messageId": id, "time": strconv.FormatInt(g.o.Now().UnixMilli(), 10), "topic": topic}}
}

// Robot is a frame with a message to the robot.
func (g *Gateway) Robot(m Message) Frame {
	return g.frame("CALLBACK", TopicRobot, string(m.Body(g.o.Now())))
}

// Card is a frame with a tap on a card.
func (g *Gateway) Card(t Tap) Frame { return g.frame("CALLBACK", TopicCard, string(t.Body())) }

// Event is a frame with an event; data is JSON.
func (g *Gateway) Event(kind, data string) Frame {
	f := g.frame("EVENT", "*", data)
	f = f.With("eventId", "event-"+f.ID()).With("eventType", kind).With("eventCorpId", Corp)
	return f.With("eventBornTime", strconv.FormatInt(g.o.Now().UnixMilli(), 10)).With("eventUnifiedAppId", "app")
}

// Again is the frame under a new id, as DingTalk may deliver it once more.
func (g *Gateway) Again(f Frame) Frame {
	return f.With("messageId", g.frame(f.Type, f.Topic(), "").ID())
}

// Push sends a frame over one of the connections, at random.
func (g *Gateway) Push(f Frame) error {
	l, err := g.one()
	if err != nil {
		return err
	}
	return l.Push(f)
}

// Say sends what somebody says to the robot.
func (g *Gateway) Say(m Message) (Frame, error) {
	f := g.Robot(m)
	return f, g.Push(f)
}
