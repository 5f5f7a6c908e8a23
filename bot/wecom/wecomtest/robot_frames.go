package wecomtest

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/coder/websocket"
)

type robotFrame struct {
	Cmd     string `json:"cmd,omitempty"`
	Headers struct {
		ReqID string `json:"req_id"`
	} `json:"headers"`
	Body json.RawMessage `json:"body,omitempty"`
}

// robotAck is an acknowledgement.
type robotAck struct {
	Headers map[string]string `json:"headers"`
	ErrCode int               `json:"errcode"`
	ErrMsg  string            `json:"errmsg"`
	Body    any               `json:"body,omitempty"`
}

// no is a refusal.
type no struct {
	code int
	msg  string
}

var yes = no{0, "ok"}

// take takes one frame; false ends the connection.
func (s *Robot) take(l *robotLink, f robotFrame) bool {
	s.mu.Lock()
	s.calls[f.Cmd]++
	call := RobotCall{Cmd: f.Cmd, ReqID: f.Headers.ReqID, Body: f.Body, N: s.calls[f.Cmd]}
	bend := s.bend
	s.mu.Unlock()
	var bent *RobotAnswer
	if bend != nil {
		bent = bend(call)
	}
	if bent == nil {
		bent = &RobotAnswer{Usual: true}
	}
	result, body := no{bent.ErrCode, bent.ErrMsg}, any(nil)
	if bent.Done {
		s.duty(l, f)
	}
	if bent.Drop {
		return false
	}
	if bent.Silent {
		return true
	}
	if bent.Until != nil {
		s.serving.Add(1)
		go func() {
			defer s.serving.Done()
			select {
			case <-bent.Until:
			case <-l.ctx.Done():
				return
			}
			if bent.Usual {
				result, body = s.duty(l, f)
			}
			s.ack(l, f, result, body)
		}()
		return true
	}
	if bent.Usual {
		result, body = s.duty(l, f)
	}
	s.ack(l, f, result, body)
	return true
}

func (s *Robot) ack(l *robotLink, f robotFrame, result no, body any) {
	b, _ := json.Marshal(robotAck{map[string]string{"req_id": f.Headers.ReqID}, result.code, result.msg, body})
	_ = l.ws.Write(l.ctx, websocket.MessageText, b)
}

// duty does what a frame asks for.
func (s *Robot) duty(l *robotLink, f robotFrame) (result no, body any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch f.Cmd {
	case "aibot_subscribe":
		return s.subscribe(l, f.Body), nil
	case "ping":
		s.count.Pings++
		return yes, nil
	case "aibot_send_msg":
		return s.push(f), nil
	case "aibot_respond_msg":
		return s.respond(f), nil
	case "aibot_respond_welcome_msg":
		return s.once(f, "enter_chat"), nil
	case "aibot_respond_update_msg":
		return s.once(f, "template_card_event"), nil
	case "aibot_upload_media_init", "aibot_upload_media_chunk", "aibot_upload_media_finish":
		return s.uploading(f)
	}
	return no{40035, "unknown cmd"}, nil
}

// subscribe makes a connection the robot's, and cuts off the one that was.
func (s *Robot) subscribe(l *robotLink, body []byte) no {
	var b struct {
		ID     string `json:"bot_id"`
		Secret string `json:"secret"`
	}
	if json.Unmarshal(body, &b) != nil || b.ID != s.o.ID || b.Secret != s.o.Secret {
		s.count.Refused++
		return no{853000, "invalid bot_id or secret"}
	}
	if old := s.live; old != nil && old != l {
		s.count.Kicked++
		old.subscribed = false
		s.serving.Add(1)
		go func() {
			defer s.serving.Done()
			s.event(old, map[string]any{"eventtype": "disconnected_event"})
			_ = old.ws.CloseNow()
		}()
	}
	s.live, l.subscribed = l, true
	s.count.Subscribed++
	n := 0
	for one := range s.links {
		if one.subscribed {
			n++
		}
	}
	s.count.Most = max(s.count.Most, n)
	close(s.arrived)
	s.arrived = make(chan struct{})
	return yes
}

// event tells a connection something that is nobody's doing.
func (s *Robot) event(l *robotLink, e map[string]any) {
	b, _ := json.Marshal(map[string]any{"cmd": "aibot_event_callback", "headers": map[string]string{"req_id": "srv_event"},
		"body": map[string]any{"msgid": "0", "create_time": s.o.Now().Unix(), "aibotid": s.o.ID, "msgtype": "event", "event": e}})
	_ = l.ws.Write(l.ctx, websocket.MessageText, b)
}

// sent is what a robot says, in any of its ways.
type sent struct {
	Chat     string `json:"chatid"`
	Type     int    `json:"chat_type"`
	Kind     string `json:"msgtype"`
	Text     *words `json:"text"`
	Markdown *words `json:"markdown"`
	Stream   *struct {
		ID      string `json:"id"`
		Finish  bool   `json:"finish"`
		Content string `json:"content"`
	} `json:"stream"`
	Card     *RobotCard `json:"template_card"`
	Response string     `json:"response_type"`
	Users    []string   `json:"userids"`
	Image    *mediaID   `json:"image"`
	File     *mediaID   `json:"file"`
	Voice    *mediaID   `json:"voice"`
	Video    *mediaID   `json:"video"`
}

type words struct {
	Content string `json:"content"`
}

type mediaID struct {
	ID string `json:"media_id"`
}

// longestMarkdown is in bytes.
const longestMarkdown = 20480

// push is a message that nobody asked for.
func (s *Robot) push(f robotFrame) no {
	var m sent
	if json.Unmarshal(f.Body, &m) != nil {
		return no{40035, "invalid json"}
	}
	chat := strings.ToLower(m.Chat)
	if !s.spoken[chat] {
		return no{93000, "invalid chatid"} // a guess: the code of it is not documented
	}
	return s.show(f.Cmd, chat, m)
}

// respond is the answer to a message.
func (s *Robot) respond(f robotFrame) no {
	a := s.asked[f.Headers.ReqID]
	var m sent
	if a == nil || s.o.Now().Sub(a.at) > 24*time.Hour {
		return no{846605, "invalid req_id"}
	}
	if json.Unmarshal(f.Body, &m) != nil {
		return no{40035, "invalid json"}
	}
	if m.Stream == nil {
		return s.show(f.Cmd, a.chat, m)
	}
	if s.o.Now().Sub(a.at) > 6*time.Minute {
		return no{846608, "stream message update expired (>6 minutes)"}
	}
	if len(m.Stream.Content) > longestMarkdown {
		return no{45002, "content size out of limit"}
	}
	now := RobotShown{Cmd: f.Cmd, Kind: m.Kind, Raw: m.Stream.Content, Text: Plain(m.Stream.Content), At: s.o.Now(), Card: m.Card}
	if i, ok := a.streams[m.Stream.ID]; ok {
		s.shown[a.chat][i] = now
		return yes
	}
	if !s.within(a.chat) {
		return no{846607, "aibot send msg frequency limit exceeded"}
	}
	a.streams[m.Stream.ID] = len(s.shown[a.chat])
	s.shown[a.chat] = append(s.shown[a.chat], now)
	return yes
}

// answerTime is how long an event may be answered.
const answerTime = 5 * time.Second

// once is the one answer to an event.
func (s *Robot) once(f robotFrame, event string) no {
	a := s.asked[f.Headers.ReqID]
	var m sent
	switch {
	case a == nil || a.event != event || a.done || s.o.Now().Sub(a.at) > answerTime:
		return no{846605, "invalid req_id"}
	case json.Unmarshal(f.Body, &m) != nil:
		return no{40035, "invalid json"}
	case event == "enter_chat":
		a.done = true
		return s.show(f.Cmd, a.chat, m)
	case m.Response != "update_template_card" || m.Card == nil || m.Card.Task != a.task:
		return no{40058, "invalid response"}
	}
	delete(s.tasks, a.task) // it is the same card's
	bad := s.card(*m.Card)
	s.tasks[a.task] = true
	if bad != yes {
		return bad
	}
	a.done = true
	for i, one := range s.shown[a.chat] {
		if one.Card != nil && one.Card.Task == a.task {
			s.shown[a.chat][i].Update = m.Card
		}
	}
	return yes
}
