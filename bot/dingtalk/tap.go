package dingtalk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/internal/stream"
)

// cardWait is how long the answer to a tap waits for the desk: DingTalk waits two seconds
// and tells the person that the card has failed, and the way there and back takes its time.
const cardWait = 800 * time.Millisecond

// cardKept answers a tap without changing the card, whatever the desk says: the card is
// changed afterwards (bot.CardDone). Without ByKey what it shows would be taken away.
const cardKept = `{"response":{"cardUpdateOptions":{"updateCardDataByKey":true,"updatePrivateDataByKey":true},"cardData":{"cardParamMap":{}},"userPrivateData":{"cardParamMap":{}}}}`

// cardBody is what DingTalk says of a tap on a card.
type cardBody struct {
	Card     loose               `json:"outTrackId"`
	User     loose               `json:"userId"`
	UserKind loose               `json:"userIdType"` // 1 = userId, 2 = unionId
	Corp     loose               `json:"corpId"`     // whose userId it is
	Space    loose               `json:"spaceId"`    // the conversation
	Content  object[cardContent] `json:"content"`
	Value    object[cardContent] `json:"value"` // where HTTP callbacks have it
}

// private is what was done on the card.
func (t cardBody) private() cardPrivate {
	if t.Content.it.Private.there {
		return t.Content.it.Private.it
	}
	return t.Value.it.Private.it
}

type cardContent struct {
	Private object[cardPrivate] `json:"cardPrivateData"`
}

type cardPrivate struct {
	Actions list[loose]                        `json:"actionIds"`
	Params  object[map[string]json.RawMessage] `json:"params"`
}

// The parameters of a card of ours that mean something.
const (
	paramTap    = "tap"    // what the button stands for; "" = see below
	paramAction = "action" // the same, as templates of others have it
	paramForm   = "form"   // what was filled in
)

// readTap reads a tap. id names it where the frame's cannot: the same tap may come again
// under another.
func (c *Channel) readTap(b []byte, at time.Time) (bot.Message, error) {
	var t cardBody
	if json.Unmarshal(b, &t) != nil || t.Card == "" || t.User == "" || t.UserKind == "2" ||
		len(t.Card) > longestName || len(t.User) > longestName {
		return bot.Message{}, errBroken
	}
	if ours, _ := c.in.corp.Load().(string); ours != "" && t.Corp != "" && string(t.Corp) != ours {
		return bot.Message{}, errBroken // another organisation's userId may be somebody else's here
	}
	private := t.private()
	m := bot.Message{Platform: Name, Sender: c.o.People.Account(string(t.User)), Card: string(t.Card)}
	m.Tap = private.tap()
	if m.Tap == "" {
		return bot.Message{}, errBroken
	}
	m.Chosen = choices(private.Params.it[paramForm])
	m.Group, _ = c.groups.of(string(t.Space))
	m.ID = t.name()
	now := c.o.Wall()
	if m.At = at.In(now.Location()); at.IsZero() {
		m.At = now
	}
	return m, nil
}

// tap is the value of the button: its parameter, or else its own id.
func (p cardPrivate) tap() string {
	for _, name := range []string{paramTap, paramAction} {
		var value loose
		if raw := p.Params.it[name]; len(raw) > 0 && json.Unmarshal(raw, &value) == nil && value != "" {
			return string(value)
		}
	}
	if len(p.Actions) > 0 {
		return string(p.Actions[0])
	}
	return ""
}

// name names the tap: nothing that DingTalk says of one is its id. The same person doing
// the same on the same card is the same tap.
func (t cardBody) name() string {
	private := t.private()
	h := sha256.New()
	said := func(s string) {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	said(string(t.Card))
	said(string(t.User))
	for _, a := range private.Actions {
		said(string(a))
	}
	params, err := json.Marshal(private.Params.it) // its names are in order
	if err == nil {
		said(string(params))
	}
	return "card:" + hex.EncodeToString(h.Sum(nil)[:20])
}

// mostChosen is far above what a form has.
const mostChosen = 64

// choices reads a form's values, by the names of its fields in order. A value is a text, a
// number or a truth; of a list {index, value}, or several of each.
func choices(raw json.RawMessage) (out []bot.Choice) {
	var form object[map[string]json.RawMessage]
	if len(raw) == 0 || json.Unmarshal(raw, &form) != nil {
		return nil
	}
	for name, value := range form.it {
		if values := chosen(value); len(values) > 0 {
			out = append(out, bot.Choice{Question: name, Options: values})
		}
	}
	slices.SortFunc(out, func(a, b bot.Choice) int { return strings.Compare(a.Question, b.Question) })
	return out[:min(len(out), mostChosen)]
}

func chosen(raw json.RawMessage) (values []string) {
	var option struct {
		Value json.RawMessage `json:"value"`
		Index json.RawMessage `json:"index"`
	}
	if raw[0] == '{' {
		if json.Unmarshal(raw, &option) != nil {
			return nil
		}
		if raw = option.Value; len(raw) == 0 || string(raw) == "null" {
			raw = option.Index
		}
	}
	var many list[loose]
	var one loose
	switch {
	case len(raw) == 0:
	case raw[0] == '[' && json.Unmarshal(raw, &many) == nil:
		for _, v := range many[:min(len(many), mostChosen)] {
			values = append(values, string(v))
		}
	case json.Unmarshal(raw, &one) == nil && one != "":
		values = []string{string(one)}
	}
	return values
}

// hearTap is a tap on a card. It is acknowledged in time whatever the desk does: if that is
// late, the work goes on.
func (c *Channel) hearTap(f stream.Frame) stream.Job {
	kept := stream.Answer{Data: cardKept}
	m, err := c.readTap([]byte(f.Data), loose(f.Header("time")).millis())
	if err != nil {
		return stream.Job{Do: func(ctx context.Context) stream.Answer {
			c.o.Log.WarnContext(ctx, "DingTalk sent a tap on a card that is none of ours", "bytes", len(f.Data))
			return kept
		}}
	}
	return stream.Job{Lane: lane(m.Sender, ""), Within: c.in.cardWait, Meanwhile: kept,
		Do: func(ctx context.Context) stream.Answer {
			_ = c.handAgain(ctx, m) // who says it failed: the log; a card has no words for it
			return kept
		}}
}
