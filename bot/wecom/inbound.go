package wecom

import (
	"math"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/name"
	"zhuanban/bot/wecom/internal/seal"
)

// inbound is what a callback comes to: a message for the desk, an answer given on
// the spot, or neither.
type inbound struct {
	from    string // as WeCom wrote it
	message bot.Message
	answer  string
	change  *bot.MemberChange // of the directory
}

// inbound reads an opened message. agent is the app that its envelope names. Every
// value is copied: the document's bytes are used again.
func (c *Channel) inbound(d *document, agent []byte) (inbound, error) {
	if change, ok := contact(d); ok && string(d.value[fToUserName]) == c.o.CorpID {
		return inbound{change: &change}, nil
	}
	inner := d.value[fAgentID]
	for _, named := range [...][]byte{agent, inner} {
		if len(named) > 0 && string(named) != c.o.AgentID {
			return inbound{}, errAgent
		}
	}
	event := string(d.value[fMsgType]) == "event"
	if event && !hears(d) {
		return inbound{}, nil
	}
	if string(d.value[fToUserName]) != c.o.CorpID {
		return inbound{}, seal.ErrMalformed
	}
	at, ok := moment(d)
	if !ok || !name.Account(d.value[fFromUserName]) {
		return inbound{}, seal.ErrMalformed
	}
	in := inbound{from: string(d.value[fFromUserName])}
	m := bot.Message{Platform: Name, ID: string(d.value[fMsgID]), Sender: strings.ToLower(in.from),
		At: at.In(c.o.Wall().Location()), Carry: c.carries(), CarryCards: c.carriesCards()}
	kind := string(d.value[fMsgType])
	switch {
	case event:
		m.ID = eventID(d)
		if !c.event(d, &m) {
			return inbound{}, nil
		}
	case kind == "link":
		if m.Text = link(d); m.Text == "" {
			return inbound{}, seal.ErrMalformed
		}
	case kind == "text":
		m.Text = value(d, fContent)
	case kind == "location":
		if m.Location = location(d); m.Location == nil {
			return inbound{}, seal.ErrMalformed
		}
	case kind == "":
		return inbound{}, seal.ErrMalformed
	default: // image, voice, video, file, and what may come
		if m.Attachments = enclosed(d); m.Attachments == nil {
			in.answer = c.unsupported
			return in, nil
		}
	}
	if m.ID == "" || len(agent) == 0 && len(inner) == 0 {
		return inbound{}, seal.ErrMalformed
	}
	in.message = m
	return in, nil
}

// moment is when something was said or happened; ok is false if no clock could show it.
func moment(d *document) (at time.Time, ok bool) {
	const last = 1 << 33 // in the year 2242; what keeps times has its bounds
	seconds, err := strconv.ParseInt(string(d.value[fCreateTime]), 10, 64)
	return time.Unix(seconds, 0), err == nil && seconds > 0 && seconds < last
}

// eventID names an event, which has no id of its own, as WeCom says that it is to
// be told from others: by who and when. What and which make it safe against two
// clicks in one second.
func eventID(d *document) string {
	parts := make([]string, 0, 5)
	for _, f := range [...]field{fFromUserName, fCreateTime, fEvent, fEventKey, fTaskID} {
		parts = append(parts, value(d, f))
	}
	return strings.Join(parts, ":")
}

// location is a place that a member sent; nil if it is none on this planet.
func location(d *document) *bot.Location {
	lat, err1 := strconv.ParseFloat(string(d.value[fLocationX]), 64)
	lng, err2 := strconv.ParseFloat(string(d.value[fLocationY]), 64)
	if err1 != nil || err2 != nil || !(math.Abs(lat) <= 90) || !(math.Abs(lng) <= 180) {
		return nil
	}
	return &bot.Location{Lat: lat, Lng: lng, Label: value(d, fLabel)}
}

// value copies a value out of the document, with a mark in place of bytes that are
// no characters.
func value(d *document, f field) string {
	return strings.ToValidUTF8(string(d.value[f]), "\uFFFD")
}

// carries is how much of an answer the acknowledgement takes.
func (c *Channel) carries() int {
	if c.o.Active {
		return 0
	}
	return longestText
}
