package dingtalktest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The paths of webhooks.
const (
	SessionPath = "/robot/sendBySession"
	RobotPath   = "/robot/send"
)

// session is a webhook that came with a message.
type session struct {
	user, conversation string
	until              time.Time
}

// SessionLife is how long a webhook lives.
const SessionLife = 90 * time.Minute

// PersonWebhook gives the webhook that comes with a person's message, and when it ends.
func (s *Server) PersonWebhook(user string) (string, time.Time) {
	return s.webhook(session{user: user})
}

// GroupWebhook is the same for a message in a group.
func (s *Server) GroupWebhook(conversation string) (string, time.Time) {
	return s.webhook(session{conversation: conversation})
}

func (s *Server) webhook(of session) (string, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	of.until = s.o.Now().Add(SessionLife)
	name := fmt.Sprintf("79b4%08x", len(s.chats.sessions)+1)
	s.chats.sessions[name] = of
	return s.base + SessionPath + "?session=" + name, of.until
}

// ExpireWebhooks ends all webhooks before their time.
func (s *Server) ExpireWebhooks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.chats.sessions)
}

// RobotWebhook is the address of a custom robot.
func (s *Server) RobotWebhook(token string) string {
	return s.base + RobotPath + "?" + url.Values{"access_token": {token}}.Encode()
}

// hooked is what a webhook takes.
type hooked struct {
	MsgType string `json:"msgtype"`
	Text    struct{ Content string }
	Markdown,
	Link,
	ActionCard struct {
		Title, Text        string
		SingleTitle        string
		SingleURL, Beside  string
		MessageURL, PicURL string
		Buttons            []struct{ Title, ActionURL string } `json:"btns"`
	}
	FeedCard struct {
		Links []struct{ Title, MessageURL, PicURL string }
	}
	At struct {
		AtUserIDs []string `json:"atUserIds"`
		IsAtAll   bool
	}
}

func (h hooked) shown() (m Shown, ok bool) {
	m = Shown{Kind: h.MsgType, At: h.At.AtUserIDs, Free: true}
	switch h.MsgType {
	case "text":
		m.Text = h.Text.Content
	case "markdown":
		m.Title, m.Text = h.Markdown.Title, h.Markdown.Text
	case "link":
		m.Title, m.Text = h.Link.Title, h.Link.Text
	case "actionCard":
		m.Title, m.Text = h.ActionCard.Title, h.ActionCard.Text
	case "feedCard":
		for _, l := range h.FeedCard.Links {
			m.Text += l.Title + "\n"
		}
	}
	return m, strings.TrimSpace(m.Text) != ""
}

func (s *Server) webhookDuties() {
	s.Serve("POST", SessionPath, func(c Call) Answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		to, ok := s.chats.sessions[c.Query.Get("session")]
		if !ok || !s.o.Now().Before(to.until) {
			return failOld(300001, "", "session 不存在")
		}
		var in hooked
		if !c.Into(&in) {
			return failOld(40035, "", "不合法的参数")
		}
		m, ok := in.shown()
		if m.When = s.o.Now(); !ok {
			return failOld(40035, "", "缺少参数")
		}
		if to.user != "" {
			s.chats.persons[to.user] = append(s.chats.persons[to.user], m)
		} else {
			s.chats.groups[to.conversation] = append(s.chats.groups[to.conversation], m)
		}
		return yes(map[string]any{"errcode": 0, "errmsg": "ok"})
	})
	s.Serve("POST", RobotPath, s.shout)
}

// shout is a custom robot's message: twenty a minute, then none for ten.
func (s *Server) shout(c Call) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, now := c.Query.Get("access_token"), s.o.Now()
	secret, ok := s.o.Robots[token]
	if !ok {
		return failOld(300001, "", "token is not exist")
	}
	if secret != "" && !s.signed(c, secret, now) {
		return failOld(310000, "", "sign not match, more: [https://ding-doc.dingtalk.com]")
	}
	const life = 11 * time.Minute
	recent := slices.DeleteFunc(s.chats.shouted[token], func(t time.Time) bool { return now.Sub(t) >= life })
	minute := slices.DeleteFunc(slices.Clone(recent), func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	s.chats.shouted[token] = recent
	if len(minute) >= 20 {
		return failOld(130101, "", "send too fast, exceed 20 times per minute")
	}
	var in hooked
	if !c.Into(&in) {
		return failOld(40035, "", "不合法的参数")
	}
	m, ok := in.shown()
	if m.When = now; !ok {
		return failOld(40035, "", "缺少参数")
	}
	s.chats.shouted[token] = append(recent, now)
	s.chats.groups["robot:"+token] = append(s.chats.groups["robot:"+token], m)
	return yes(map[string]any{"errcode": 0, "errmsg": "ok"})
}

func (s *Server) signed(c Call, secret string, now time.Time) bool {
	stamp := c.Query.Get("timestamp")
	ms, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.UnixMilli(ms)).Abs() > time.Hour {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "\n" + secret))
	return hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(c.Query.Get("sign")))
}
