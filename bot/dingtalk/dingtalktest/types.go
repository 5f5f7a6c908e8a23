package dingtalktest

import (
	"encoding/json"
	"time"
)

// Corp is the organisation in which all of this happens.
const Corp = "ding534aaa"

// hookLife is how long a message's webhook lives, from when it was said.
const hookLife = 90 * time.Minute

// Message is what somebody says to the robot.
type Message struct {
	ID           string // msgId
	From         string // senderStaffId; "" = somebody outside, or the app is not published
	Nick         string // "" = a demonstration name
	Conversation string // of a group; "" = in private
	Text         string
	Kind         string // msgtype; "" = text
	Content      any    // of all kinds but text
	Webhook      string // sessionWebhook; "" = none
	Bend         func(body map[string]any)
}

// Body is the message as DingTalk writes it.
func (m Message) Body(now time.Time) []byte {
	nick, kind, talk, chat := m.Nick, m.Kind, "1", "cidPRIVATE"+m.From+"="
	if nick == "" {
		nick = "填报员·凤城所"
	}
	if kind == "" {
		kind = "text"
	}
	b := map[string]any{"senderPlatform": "Win", "conversationId": chat, "chatbotCorpId": Corp, "chatbotUserId": "$:LWCP_v1:$Ye+/", "msgId": m.ID,
		"senderNick": nick, "isAdmin": true, "senderStaffId": m.From, "senderUnionId": "K1mx", "senderId": "$:LWCP_v1:$" + m.From, "senderCorpId": Corp,
		"createAt": now.UnixMilli(), "robotCode": "ding-robot", "msgtype": kind}
	if m.Conversation != "" {
		talk, b["conversationId"], b["openThreadId"], b["conversationTitle"], b["isInAtList"] = "2", m.Conversation, m.Conversation, "测试群", true
		b["atUsers"] = []any{map[string]any{"dingtalkId": "$:LWCP_v1:$Ye+/"}}
	}
	b["conversationType"] = talk
	if m.From == "" {
		for _, gone := range []string{"senderStaffId", "isAdmin", "isInAtList"} {
			delete(b, gone)
		}
	}
	if m.Webhook != "" {
		b["sessionWebhook"], b["sessionWebhookExpiredTime"] = m.Webhook, now.Add(hookLife).UnixMilli()
	}
	if kind == "text" {
		b["text"] = map[string]any{"content": m.Text}
	} else if m.Content != nil {
		b["content"] = m.Content
	}
	if m.Bend != nil {
		m.Bend(b)
	}
	out, err := json.Marshal(b)
	if err != nil {
		panic(err) // what a test has put there
	}
	return out
}

// Tap is a tap on a card.
type Tap struct {
	Card   string // outTrackId
	User   string
	Action string // actionIds[0]
	Params map[string]any
	Space  string // "" = the private chat
	Bend   func(body map[string]any)
}

// Body is the callback as DingTalk writes it.
func (t Tap) Body() []byte {
	params, space := t.Params, t.Space
	if params == nil {
		params = map[string]any{}
	}
	if space == "" {
		space = "cidPRIVATE" + t.User + "="
	}
	content, err := json.Marshal(map[string]any{"cardPrivateData": map[string]any{"actionIds": []string{t.Action}, "params": params}})
	if err != nil {
		panic(err)
	}
	b := map[string]any{"type": "actionCallback", "outTrackId": t.Card, "corpId": Corp, "userId": t.User, "userIdType": 1,
		"spaceId": space, "spaceType": "IM", "extension": "{}", "content": string(content)}
	if t.Bend != nil {
		t.Bend(b)
	}
	out, err := json.Marshal(b)
	if err != nil {
		panic(err)
	}
	return out
}
