package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// The types of frames.
const (
	System   = "SYSTEM"
	Event    = "EVENT"
	Callback = "CALLBACK"
)

// The topics of system frames that mean something; others are ignored.
const (
	topicPing       = "ping"
	topicDisconnect = "disconnect"
)

// Frame is what DingTalk sends over a connection.
type Frame struct {
	Type    string // in capitals
	Data    string // JSON
	headers map[string]string
}

// Header is a header's value; case does not matter, and "" is what is not there.
func (f Frame) Header(name string) string { return f.headers[strings.ToLower(name)] }

// Topic is what the frame is about. For events it says nothing: see eventType.
func (f Frame) Topic() string { return f.Header("topic") }

// ID names the frame in its acknowledgement.
func (f Frame) ID() string { return f.Header("messageId") }

var errNoFrame = errors.New("not a frame")

// Decode reads a frame as DingTalk writes it and as its documents have it: headers whose
// values are numbers, "header" for "headers", data that is no string. Nothing is
// required but that it is an object.
func Decode(b []byte) (Frame, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) // a mark of some encoders
	var raw struct {
		Type    json.RawMessage            `json:"type"`
		Headers map[string]json.RawMessage `json:"headers"`
		Header  map[string]json.RawMessage `json:"header"`
		Data    json.RawMessage            `json:"data"`
	}
	if json.Unmarshal(b, &raw) != nil {
		// One member of a kind that nobody expects is no reason to lose the others.
		var members map[string]json.RawMessage
		if json.Unmarshal(b, &members) != nil || members == nil {
			return Frame{}, errNoFrame
		}
		raw.Type, raw.Data = members["type"], members["data"]
		_ = json.Unmarshal(members["headers"], &raw.Headers)
		_ = json.Unmarshal(members["header"], &raw.Header)
	}
	f := Frame{Type: strings.ToUpper(plain(raw.Type)), Data: plain(raw.Data), headers: map[string]string{}}
	for _, from := range []map[string]json.RawMessage{raw.Header, raw.Headers} {
		for name, value := range from {
			if v := plain(value); v != "" {
				f.headers[strings.ToLower(name)] = v
			}
		}
	}
	if f.Type == "" {
		f.Type = f.guessed()
	}
	if f.Type == "" && len(f.headers) == 0 {
		return Frame{}, errNoFrame
	}
	return f, nil
}

// guessed is the type of a frame that does not say it.
func (f Frame) guessed() string {
	switch topic := strings.ToLower(f.Topic()); {
	case strings.HasPrefix(topic, "/"):
		return Callback
	case topic == topicPing || topic == topicDisconnect:
		return System
	case f.Header("eventType") != "":
		return Event
	}
	return ""
}

// plain is the text of a JSON string, and of anything else as it is written.
func plain(raw json.RawMessage) string {
	var s string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case raw[0] == '"' && json.Unmarshal(raw, &s) == nil:
		return s
	}
	return string(raw)
}

// Answer is how a frame is acknowledged.
type Answer struct {
	Code int    // 0 = 200
	Data string // JSON; "" = {"response":null}
}

// The codes of acknowledgements.
const (
	codeOK      = 200
	codeUnknown = 404 // nobody here is interested in the topic
	codeFailed  = 500
)

// Failed acknowledges that it was not taken.
func Failed() Answer { return Answer{Code: codeFailed} }

// Unknown acknowledges what nobody asked for.
func Unknown() Answer { return Answer{Code: codeUnknown} }

const nothing = `{"response":null}`

// acknowledgement is a frame that answers another.
type acknowledgement struct {
	Code    int               `json:"code"`
	Headers map[string]string `json:"headers"`
	Message string            `json:"message"`
	Data    string            `json:"data"`
}

// encode writes the acknowledgement of the frame with this id.
func (a Answer) encode(id string) []byte {
	out := acknowledgement{a.Code, map[string]string{"contentType": "application/json", "messageId": id}, "OK", a.Data}
	switch a.Code {
	case 0, codeOK:
		out.Code = codeOK
	case codeUnknown:
		out.Message = "not handled"
	default:
		out.Message = "failed"
	}
	if out.Data == "" {
		out.Data = nothing
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(out) // strings and a number
	return bytes.TrimRight(b.Bytes(), "\n")
}
