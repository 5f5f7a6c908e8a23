package robot

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/name"
)

// content is what a message or a quotation may hold, by its msgtype.
type content struct {
	Kind  string    `json:"msgtype"`
	Text  said      `json:"text"`
	Voice said      `json:"voice"` // the transcript
	Image enclosure `json:"image"`
	File  enclosure `json:"file"`
	Video enclosure `json:"video"`
	Mixed struct {
		Items []content `json:"msg_item"`
	} `json:"mixed"`
}

type said struct {
	Content string `json:"content"`
}

// callback is a message or an event as WeCom writes it, over the connection and in a
// callback alike.
type callback struct {
	content
	MsgID    string   `json:"msgid"`
	ChatID   string   `json:"chatid"` // of a group
	ChatType string   `json:"chattype"`
	From     who      `json:"from"`
	Time     int64    `json:"create_time"`
	URL      string   `json:"response_url"`
	Quote    *content `json:"quote"`
	Event    event    `json:"event"`
}

type who struct {
	UserID string `json:"userid"`
}

// event is what happened. A card's tap is nested in the platform's documents and flat
// in the types of its own client.
type event struct {
	Type string `json:"eventtype"`
	tap
	Card tap `json:"template_card_event"`
}

type tap struct {
	Key  string `json:"event_key"`
	Task string `json:"task_id"`
}

// The events that mean something here.
const (
	eventEnter    = "enter_chat"
	eventTap      = "template_card_event"
	eventFeedback = "feedback_event"
	eventKicked   = "disconnected_event"
)

// latest is in the year 2242: what keeps times has its bounds.
const latest = 1 << 33

// inbound is what came, read.
type inbound struct {
	message bot.Message
	event   string // "" = a message
	from    string // as WeCom wrote it
	chat    string // where it was said: the sender, or the group's chat id
	group   bool
	known   bool // not said in a group that is not configured
	came    time.Time
	unread  bool   // something came that is not taken
	task    string // of the card that was tapped
	url     string // where it may be answered once
}

var errBroken = errors.New("not a message of WeCom")

// read reads a message or an event.
func (c *Channel) read(b []byte) (inbound, error) {
	var cb callback
	if json.Unmarshal(b, &cb) != nil || cb.Kind == "" {
		return inbound{}, errBroken
	}
	in := inbound{came: c.o.Wall(), from: cb.From.UserID, chat: cb.From.UserID, group: cb.ChatType == "group", known: true, url: cb.URL}
	m := bot.Message{Platform: Name, ID: cb.MsgID, Sender: strings.ToLower(in.from), At: in.came}
	if cb.Time > 0 && cb.Time < latest {
		m.At = time.Unix(cb.Time, 0).In(in.came.Location())
	}
	if cb.Kind == "event" {
		if in.event = cb.Event.Type; in.event == "" {
			return inbound{}, errBroken
		}
		m.Tap, in.task = cb.Event.Card.Key, cb.Event.Card.Task
		if m.Tap == "" {
			m.Tap, in.task = cb.Event.Key, cb.Event.Task
		}
		if m.ID == "" {
			m.ID = eventID(cb, m.Tap, in.task)
		}
	}
	if in.event == eventKicked {
		return in, nil // it comes from nobody
	}
	if in.group {
		in.chat = cb.ChatID
		m.Group, in.known = c.groups[cb.ChatID], c.groups[cb.ChatID] != ""
	}
	if !name.Account(in.from) || in.chat == "" || m.ID == "" {
		return inbound{}, errBroken
	}
	if in.event == "" {
		in.words(&m, cb)
	}
	in.message = m
	return in, nil
}

// words reads what was said. What somebody only quotes, without a word of their own, is
// what they say.
func (in *inbound) words(m *bot.Message, cb callback) {
	m.Voice = cb.Kind == "voice"
	text, files := cb.content.read()
	if in.group {
		text = unmentioned(text)
	}
	if strings.TrimSpace(text) == "" && len(files) == 0 && cb.Quote != nil {
		text, files = cb.Quote.read()
	}
	m.Text = text
	for _, f := range files {
		if a, ok := f.attachment(in.came); ok {
			m.Attachments = append(m.Attachments, a)
		} else {
			in.unread = true
		}
	}
}

// says whether there is something for the desk.
func (in *inbound) says() bool {
	return in.message.Text != "" || len(in.message.Attachments) > 0 || !in.unread
}

// read gives the words and the files of a message.
func (c content) read() (text string, files []file) {
	switch c.Kind {
	case "text":
		return c.Text.Content, nil
	case "voice":
		return c.Voice.Content, nil
	case "image":
		return "", []file{{bot.Photo, c.Image}}
	case "file":
		return "", []file{{bot.File, c.File}}
	case "video":
		return "", []file{{bot.Video, c.Video}}
	case "mixed":
		var lines []string
		for _, item := range c.Mixed.Items {
			if item.Kind == "mixed" {
				continue // the platform nests none
			}
			t, f := item.read()
			files = append(files, f...)
			if t != "" {
				lines = append(lines, t)
			}
		}
		return strings.Join(lines, "\n"), files
	}
	return "", []file{{}} // what may come
}

// unmentioned takes the mention at the beginning off: 「@专班 谁没报」. Its end is a
// blank, or the thin one that clients put there.
func unmentioned(text string) string {
	rest := strings.TrimLeftFunc(text, unicode.IsSpace)
	if !strings.HasPrefix(rest, "@") {
		return text
	}
	i := strings.IndexFunc(rest, unicode.IsSpace)
	if i < 0 {
		return ""
	}
	return strings.TrimLeftFunc(rest[i:], unicode.IsSpace)
}

// eventID names an event that has no id of its own, by who, when and what.
func eventID(cb callback, key, task string) string {
	return strings.Join([]string{cb.From.UserID, strconv.FormatInt(cb.Time, 10), cb.Event.Type, key, task}, ":")
}
