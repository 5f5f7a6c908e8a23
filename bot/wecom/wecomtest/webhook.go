package wecomtest

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// groupRequest is what a robot and appchat/send understand here.
type groupRequest struct {
	ChatID  string `json:"chatid"`
	MsgType string `json:"msgtype"`
	Text    struct {
		Content   string   `json:"content"`
		Mentioned []string `json:"mentioned_list"`
	} `json:"text"`
	Markdown   content `json:"markdown"`
	MarkdownV2 content `json:"markdown_v2"`
	Image      struct {
		Base64  string `json:"base64"`
		MD5     string `json:"md5"`
		MediaID string `json:"media_id"`
	} `json:"image"`
	File struct {
		MediaID string `json:"media_id"`
	} `json:"file"`
	Voice struct {
		MediaID string `json:"media_id"`
	} `json:"voice"`
	Video struct {
		MediaID string `json:"media_id"`
	} `json:"video"`
	TextCard struct{ Title, Description, URL string } `json:"textcard"`
	News     struct {
		Articles []struct{ Title, URL string } `json:"articles"`
	} `json:"news"`
	Card struct {
		Kind   string                 `json:"card_type"`
		Title  struct{ Title string } `json:"main_title"`
		Sub    string                 `json:"sub_title_text"`
		Action *struct{ URL string }  `json:"card_action"`
	} `json:"template_card"`
}

type content struct {
	Content string `json:"content"`
}

// webhook is a message of a group's robot. What is too long it refuses; with which code
// is a guess, as is that a refused message counts.
func (s *Server) webhook(c Call) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	robot := s.groups.robots[c.Query.Get("key")]
	if robot == nil {
		return fail(93000, "invalid webhook url")
	}
	if robot.minute.over(now, time.Minute, robotMinute) {
		return fail(45009, "api freq out of limit")
	}
	var m groupRequest
	if err := json.Unmarshal(c.Body, &m); err != nil {
		return fail(40058, "invalid json")
	}
	said, no := s.robotSays(c.Query.Get("key"), m)
	if no.ErrCode != 0 {
		return no
	}
	said.Kind, said.Body, said.At = m.MsgType, string(c.Body), now
	robot.said = append(robot.said, said)
	return failure{ErrMsg: "ok"}
}

// robotSays checks a robot's message.
func (s *Server) robotSays(key string, m groupRequest) (Said, failure) {
	switch m.MsgType {
	case "text":
		return Said{Text: m.Text.Content, Mentioned: m.Text.Mentioned}, short(m.Text.Content, longestText)
	case "markdown":
		return Said{Text: m.Markdown.Content}, short(m.Markdown.Content, 4096)
	case "markdown_v2":
		return Said{Text: m.MarkdownV2.Content}, short(m.MarkdownV2.Content, 4096)
	case "image":
		data, err := base64.StdEncoding.DecodeString(m.Image.Base64)
		sum := md5.Sum(data)
		switch {
		case err != nil || len(data) > 2<<20 || !picture(data):
			return Said{}, fail(40009, "invalid image size")
		case hex.EncodeToString(sum[:]) != m.Image.MD5:
			return Said{}, fail(301019, "image md5 not match")
		}
		return Said{Image: data}, failure{}
	case "file":
		return s.named(m.File.MediaID, key)
	case "news":
		return Said{}, articles(m)
	case "template_card":
		switch {
		case m.Card.Kind != "text_notice" && m.Card.Kind != "news_notice":
			return Said{}, fail(40058, "invalid card_type")
		case m.Card.Action == nil || m.Card.Action.URL == "":
			return Said{}, fail(42045, "template_card.card_action missing")
		case m.Card.Title.Title == "" && m.Card.Sub == "":
			return Said{}, fail(40058, "main_title.title missing")
		}
		return Said{Text: m.Card.Title.Title}, failure{}
	}
	return Said{}, fail(40008, "invalid message type")
}

func short(text string, most int) failure {
	switch {
	case text == "":
		return fail(44004, "content is empty")
	case len(text) > most:
		return fail(40058, fmt.Sprintf("content exceed max length %d", most))
	}
	return failure{}
}

func articles(m groupRequest) failure {
	switch n := len(m.News.Articles); {
	case n == 0:
		return fail(40058, "articles missing")
	case n > 8:
		return fail(45008, "article count out of limit")
	}
	for _, a := range m.News.Articles {
		if a.Title == "" || a.URL == "" || len(a.Title) > 128 {
			return fail(40058, "invalid article")
		}
	}
	return failure{}
}

// named is an uploaded file, which only its owner may use.
func (s *Server) named(id, owner string) (Said, failure) {
	m, ok := s.media[id]
	if !ok || m.Robot != owner || !s.o.Now().Before(m.At.Add(mediaLife)) {
		return Said{}, fail(40007, "invalid media_id")
	}
	return Said{File: m.Name, Image: m.Bytes}, failure{}
}

func (s *Server) webhookUpload(c Call) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := c.Query.Get("key")
	if s.groups.robots[key] == nil {
		return fail(93000, "invalid webhook url")
	}
	return s.take(c, key, "file", "voice")
}
