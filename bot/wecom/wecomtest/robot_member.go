package wecomtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/coder/websocket"
)

// What members do. A conversation is a member's account, or a group's chat id with the
// member who speaks in it.

// ErrNotConnected says that no robot is there to hear it: it is lost.
var ErrNotConnected = errors.New("no robot is connected")

// Body is the body of a message or event, to be bent before it is pushed. In a group chat
// is its chat id, otherwise empty.
func (s *Robot) Body(member, chat, kind string, rest map[string]any) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	b := map[string]any{"msgid": fmt.Sprintf("msg-%d", s.n), "aibotid": s.o.ID, "chattype": "single", "from": map[string]string{"userid": member},
		"create_time": s.o.Now().Unix(), "msgtype": kind}
	if chat != "" {
		b["chattype"], b["chatid"] = "group", chat
	}
	for k, v := range rest {
		b[k] = v
	}
	return b
}

// Push sends a callback over the connection, and gives its req_id.
func (s *Robot) Push(cmd string, body map[string]any) (reqID string, err error) {
	s.mu.Lock()
	l := s.live
	s.n++
	reqID = fmt.Sprintf("srv-%d", s.n)
	chat := conversation(body)
	a := &asked{chat: chat, at: s.o.Now(), streams: map[string]int{}}
	if e, ok := body["event"].(map[string]any); ok {
		a.event, _ = e["eventtype"].(string)
		if nested, ok := e["template_card_event"].(map[string]any); ok {
			e = nested
		}
		a.task, _ = e["task_id"].(string)
	} else {
		s.spoken[chat] = true
	}
	s.asked[reqID] = a
	s.mu.Unlock()
	if l == nil {
		return "", ErrNotConnected
	}
	b, err := json.Marshal(map[string]any{"cmd": cmd, "headers": map[string]string{"req_id": reqID}, "body": body})
	if err != nil {
		return "", fmt.Errorf("encoding a callback: %w", err)
	}
	if err := l.ws.Write(l.ctx, websocket.MessageText, b); err != nil {
		return "", fmt.Errorf("pushing a callback: %w", err)
	}
	return reqID, nil
}

func conversation(body map[string]any) string {
	if chat, ok := body["chatid"].(string); ok {
		return strings.ToLower(chat)
	}
	from, _ := body["from"].(map[string]string)
	return strings.ToLower(from["userid"])
}

// Say is a member's text, in a group with the mention that clients put before it.
func (s *Robot) Say(member, chat, text string) error {
	_, err := s.Push("aibot_msg_callback", s.Body(member, chat, "text", map[string]any{"text": map[string]string{"content": text}}))
	return err
}

// Spoken says that a member has spoken to the robot before, or somebody in a group.
func (s *Robot) Spoken(chat string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spoken[strings.ToLower(chat)] = true
}

// Event is something that a member does.
func (s *Robot) Event(member, chat string, event map[string]any) (reqID string, err error) {
	body := s.Body(member, chat, "event", map[string]any{"event": event})
	return s.Push("aibot_event_callback", body)
}

// Enter is a member opening the robot's chat, the first time that day.
func (s *Robot) Enter(member string) error {
	_, err := s.Event(member, "", map[string]any{"eventtype": "enter_chat"})
	return err
}

// Tap is a member's tap on a card's button, as the platform's documents write it.
func (s *Robot) Tap(member, chat, task, key string) error {
	_, err := s.Event(member, chat, map[string]any{"eventtype": "template_card_event", "template_card_event": map[string]any{
		"card_type": "button_interaction", "event_key": key, "task_id": task, "selected_items": map[string]any{}}})
	return err
}

// Plain is what readers see of a text that is escaped as CommonMark says.
func Plain(markdown string) string {
	var b strings.Builder
	for i := 0; i < len(markdown); i++ {
		if markdown[i] == '\\' && i+1 < len(markdown) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", markdown[i+1]) >= 0 {
			i++
		}
		b.WriteByte(markdown[i])
	}
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}
