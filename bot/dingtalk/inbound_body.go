package dingtalk

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
)

// loose is a text that may come as a number or a truth as well, and as nothing where it
// is of a kind that nobody expects: one odd member is no reason to lose a message.
type loose string

// UnmarshalJSON never fails.
func (l *loose) UnmarshalJSON(b []byte) error {
	var s string
	switch {
	case b[0] == '"' && json.Unmarshal(b, &s) == nil:
		*l = loose(s)
	case b[0] == '{' || b[0] == '[' || b[0] == 'n':
		*l = ""
	default:
		*l = loose(b)
	}
	return nil
}

// object is something to be read as T; the zero value where it is none. DingTalk has
// objects that are texts with JSON in them.
type object[T any] struct {
	it    T
	there bool
}

// UnmarshalJSON never fails.
func (o *object[T]) UnmarshalJSON(b []byte) error {
	var text string
	if b[0] == '"' && json.Unmarshal(b, &text) == nil {
		b = bytes.TrimSpace([]byte(text))
	}
	if len(b) > 0 && b[0] == '{' {
		var it T
		if json.Unmarshal(b, &it) == nil {
			o.it, o.there = it, true
		}
	}
	return nil
}

// list is what is a list of T, without those that are none.
type list[T any] []T

// UnmarshalJSON never fails.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	*l = nil
	if json.Unmarshal(b, &raw) != nil {
		return nil
	}
	for _, one := range raw {
		var it T
		if json.Unmarshal(one, &it) == nil {
			*l = append(*l, it)
		}
	}
	return nil
}

// millis is the time that Unix milliseconds name; zero where they name none.
func (l loose) millis() time.Time {
	n, err := strconv.ParseInt(strings.TrimSpace(string(l)), 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(strings.TrimSpace(string(l)), 64)
		if err != nil || !(f >= 0 && f < 1e15) {
			return time.Time{}
		}
		n = int64(f)
	}
	if n <= 0 || n >= 1e15 {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// body is a message to the robot as DingTalk writes it, in a frame or as a callback.
type body struct {
	ID           loose           `json:"msgId"`
	Kind         loose           `json:"msgtype"`
	Conversation loose           `json:"conversationId"`
	Talk         loose           `json:"conversationType"`  // "1" in private, "2" in a group
	Title        loose           `json:"conversationTitle"` // of a group
	User         loose           `json:"senderStaffId"`     // userId; "" outside the organisation, or before the app is published
	Nick         loose           `json:"senderNick"`        // what they call themselves; proves nothing
	UserCorp     loose           `json:"senderCorpId"`
	RobotCorp    loose           `json:"chatbotCorpId"`
	Hook         loose           `json:"sessionWebhook"`
	HookEnds     loose           `json:"sessionWebhookExpiredTime"`
	At           loose           `json:"createAt"`
	Code         loose           `json:"code"` // 20001 = the organisation's quota is spent
	ErrorCode    loose           `json:"errorCode"`
	Text         object[content] `json:"text"`
	Content      object[content] `json:"content"`
}

// content is what a message holds, by its kind.
type content struct {
	Content     loose           `json:"content"` // of text
	Text        loose           `json:"text"`    // of text, in a quotation
	Replied     object[replied] `json:"repliedMsg"`
	Rich        list[piece]     `json:"richText"`
	Download    loose           `json:"downloadCode"`
	Picture     loose           `json:"pictureDownloadCode"`
	Recognition loose           `json:"recognition"`
	Name        loose           `json:"fileName"`
}

// piece is a part of a rich text: words or a picture.
type piece struct {
	Kind     loose `json:"type"`
	KindToo  loose `json:"msgType"` // in a quotation
	Text     loose `json:"text"`
	Content  loose `json:"content"` // in a quotation
	Download loose `json:"downloadCode"`
	Picture  loose `json:"pictureDownloadCode"`
}

// replied is the message that is quoted.
type replied struct {
	Kind    loose           `json:"msgType"`
	Content json.RawMessage `json:"content"` // as that of a message
}

// read gives what is quoted.
func (r replied) read() (w words) {
	var c object[content]
	if len(r.Content) == 0 || json.Unmarshal(r.Content, &c) != nil || !c.there {
		return w
	}
	if r.Kind == "" {
		r.Kind = kindText
	}
	return c.it.read(string(r.Kind))
}

// The kinds of messages, and what a quotation is where nothing else is known.
const (
	kindText    = "text"
	kindRich    = "richText"
	kindPicture = "picture"
	kindAudio   = "audio"
	kindVideo   = "video"
	kindFile    = "file"
)

// quotaSpent is the code of a message whose content DingTalk keeps, because the
// organisation has had more messages than its edition allows.
const quotaSpent = "20001"

var errBroken = errors.New("not a message of DingTalk")

// readBody reads a message. It must at least be an object that names its kind or its
// sender.
func readBody(b []byte) (body, error) {
	var m body
	if json.Unmarshal(b, &m) != nil || m.Kind == "" && m.User == "" && m.Conversation == "" {
		return body{}, errBroken
	}
	return m, nil
}

// words are what a message says.
type words struct {
	text   string
	voice  bool // text is a transcript
	files  []bot.Attachment
	unread bool // something came that is not taken
	empty  bool // nothing came of what its kind promises
}

// read gives what the message says. What somebody only quotes, without a word of their
// own, is what they say.
func (m body) read() words {
	kind, held := string(m.Kind), m.Content
	if kind == "" {
		kind = kindText
	}
	if kind == kindText && m.Text.there {
		held = m.Text
	}
	w := held.it.read(kind)
	if w.empty = w.empty || !held.there && !w.unread; w.empty {
		w.unread = false
	}
	if kind == kindText && w.text == "" && held.it.Replied.there {
		if q := held.it.Replied.it.read(); q.text != "" || len(q.files) > 0 {
			return q
		}
	}
	return w
}

// read gives what a content of this kind says.
func (c content) read(kind string) (w words) {
	switch kind {
	case kindText:
		w.text = string(c.Content)
		if w.text == "" {
			w.text = string(c.Text)
		}
	case kindRich:
		w.rich(c.Rich)
	case kindPicture:
		w.file(bot.Photo, c.Download, c.Picture, "")
	case kindAudio:
		if w.text, w.voice = string(c.Recognition), c.Recognition != ""; !w.voice {
			w.file(bot.Voice, c.Download, "", "")
		}
	case kindVideo:
		w.file(bot.Video, c.Download, "", "")
	case kindFile:
		w.file(bot.File, c.Download, "", base(string(c.Name)))
	default: // unknownMsgType, chatRecord, interactiveCard, and what may come
		w.unread = true
	}
	w.text = strings.TrimSpace(w.text) // a mention that was taken off leaves a blank
	return w
}

// base is a file's name without folders, of whichever system it comes from.
func base(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// rich reads words and pictures in their order. Words that a picture parts are lines of
// their own.
func (w *words) rich(pieces []piece) {
	var text strings.Builder
	parted := false
	for _, p := range pieces {
		said := p.Text
		if said == "" {
			said = p.Content
		}
		switch {
		case p.Download != "" || p.Picture != "":
			w.file(bot.Photo, p.Download, p.Picture, "")
			parted = text.Len() > 0
		case said != "":
			if parted && !strings.HasSuffix(text.String(), "\n") && !strings.HasPrefix(string(said), "\n") {
				text.WriteByte('\n')
			}
			text.WriteString(string(said))
			parted = false
		}
	}
	w.text = text.String()
	w.empty = w.text == "" && len(w.files) == 0
}

// longestRef is far above a downloadCode's few hundred bytes.
const longestRef = 2048

// codeRef begins the Ref of an attachment: what follows is the downloadCode for which
// DingTalk gives out the bytes.
const codeRef = "code:"

// file adds a file that came along, by its downloadCode.
func (w *words) file(kind bot.AttachmentKind, code, other loose, name string) {
	if code == "" {
		code = other
	}
	if code == "" || len(code) > longestRef {
		w.empty = true
		return
	}
	w.files = append(w.files, bot.Attachment{Kind: kind, Name: name, Ref: codeRef + string(code)})
}
