package wecom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/cut"
)

// longestText is how many bytes of a text WeCom shows; it cuts off the rest.
const longestText = 2048

// The duplicate check. Within duplicate_check_interval seconds WeCom does not show a
// request again whose JSON it has seen. That is what makes a retry safe, and it
// would swallow 「已报送」 said twice in half an hour. So the request tells parcels
// apart by two things that nobody sees: a field of our own with the parcel's id, which
// is part of the JSON, and, should only the documented fields count, the interval
// itself, made from the id too, between what WeCom takes by default and four hours,
// the most it allows. (By the interval alone two help texts in ten thousand of one
// person met, and one was lost.)
const (
	shortestCheck = 1800
	checks        = 14400 - shortestCheck + 1 // 12601, a prime: ids that have a pattern spread all the same
	// pieceStep keeps the pieces of one long text apart, which may be alike too.
	pieceStep = 4201
)

// message is what one call of message/send says: one of these is set.
type message struct {
	Text     *text         `json:"text,omitempty"`
	Image    *mediaRef     `json:"image,omitempty"`
	Voice    *mediaRef     `json:"voice,omitempty"`
	Video    *videoRef     `json:"video,omitempty"`
	File     *mediaRef     `json:"file,omitempty"`
	Markdown *text         `json:"markdown,omitempty"`
	TextCard *TextCard     `json:"textcard,omitempty"`
	News     *articles     `json:"news,omitempty"`
	Card     *templateCard `json:"template_card,omitempty"`

	wide *text // for a group only
}

type text struct {
	Content string `json:"content"`
}

// kind is WeCom's msgtype of a message.
func (m message) kind() string {
	switch {
	case m.Image != nil:
		return asImage
	case m.Voice != nil:
		return asVoice
	case m.Video != nil:
		return asVideo
	case m.File != nil:
		return asFile
	case m.Markdown != nil:
		return "markdown"
	case m.TextCard != nil:
		return "textcard"
	case m.News != nil:
		return "news"
	case m.Card != nil:
		return "template_card"
	}
	return "text"
}

// compose puts a reply into messages, one after the other. An error is a
// *bot.SendError: WeCom would not take it.
func compose(p bot.Parcel) ([]message, error) {
	switch p.Reply.Kind {
	case bot.TextReply, bot.CardReply:
		return texts(p.Reply.Text)
	case bot.ImageReply, bot.FileReply:
		return uploadedMessage(p)
	}
	return nil, refuse(bot.BadContent, "a reply of kind "+string(p.Reply.Kind))
}

// texts is a text in as many messages as it needs.
func texts(s string) ([]message, error) {
	if strings.TrimSpace(s) == "" {
		return nil, refuse(bot.BadContent, "an empty text")
	}
	var out []message
	for _, part := range cut.Pieces(s, longestText) {
		out = append(out, message{Text: &text{part}})
	}
	return out, nil
}

// refuse is a parcel that is not even tried.
func refuse(reason bot.Reason, why string) error {
	return &bot.SendError{Fate: bot.Refused, Reason: reason, Err: errors.New(why)}
}

// request is the body of message/send. The order of its fields is part of what the
// duplicate check compares: add new ones at the end.
type request struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	AgentID int    `json:"agentid"`
	message
	Check    int    `json:"enable_duplicate_check,omitempty"`
	Interval int64  `json:"duplicate_check_interval,omitempty"`
	Parcel   string `json:"parcel,omitempty"` // ours: WeCom does not read it
}

// encode writes a request, the same bytes for the same parcel and piece.
func (c *Channel) encode(id int64, piece int, to []string, m message) []byte {
	if m.Card != nil && m.Card.tasked {
		card := *m.Card
		card.TaskID = taskID(id, piece)
		m.Card = &card
	}
	r := request{ToUser: strings.Join(to, "|"), MsgType: m.kind(), AgentID: c.agent, message: m}
	if !c.o.Features.DuplicateCheck.Off() {
		interval := shortestCheck + (uint64(id)+uint64(piece)*pieceStep)%checks
		r.Check, r.Interval, r.Parcel = 1, int64(interval), fmt.Sprintf("%d.%d", id, piece)
	}
	return compact(r)
}

// compact is JSON as WeCom likes it: some of its calls do not take \u003c. v is of
// strings, numbers and what is made of them, which always encode.
func compact(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n")
}
