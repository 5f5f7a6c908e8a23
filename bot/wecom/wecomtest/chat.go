package wecomtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

var chatName = regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`)

// chatRequest is what appchat/create and appchat/update understand.
type chatRequest struct {
	ChatID string   `json:"chatid"`
	Name   string   `json:"name"`
	Owner  string   `json:"owner"`
	Users  []string `json:"userlist"`
	Add    []string `json:"add_user_list"`
	Del    []string `json:"del_user_list"`
}

// narrow refuses an app that may have no chats; with which code is a guess.
func (s *Server) narrow() (failure, bool) {
	if s.o.Narrow {
		return fail(60011, "no privilege to access/modify contact/party/agent"), true
	}
	return failure{}, false
}

func lower(names []string) (out []string) {
	for _, n := range names {
		out = append(out, strings.ToLower(n))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// strangers says whether one of these is no member of the corp.
func (s *Server) strangers(names []string) bool {
	return s.members != nil && slices.ContainsFunc(names, func(n string) bool { return !s.members[n] })
}

func (s *Server) createChat(c Call) any {
	var m chatRequest
	if err := json.Unmarshal(c.Body, &m); err != nil {
		return fail(40058, "invalid json")
	}
	if no, ok := s.narrow(); ok {
		return no
	}
	users, owner := lower(m.Users), strings.ToLower(m.Owner)
	if m.ChatID == "" {
		m.ChatID = fmt.Sprintf("wrchat%d", len(s.groups.chats)+1)
	}
	switch {
	case !chatName.MatchString(m.ChatID):
		return fail(86001, "invalid chatid")
	case s.groups.chats[m.ChatID] != nil:
		return fail(86215, "chatid exists") // the code is a guess
	case utf8.RuneCountInString(m.Name) > 50:
		return fail(40058, "chat name too long") // too
	case len(users) < 2 || len(users) > 2000:
		return fail(86006, "invalid chat member count")
	case s.strangers(users) || owner != "" && !slices.Contains(users, owner):
		return fail(86007, "invalid chat member")
	case s.groups.made.over(s.o.Now(), 24*time.Hour, chatsADay):
		return fail(45009, "api freq out of limit")
	}
	if owner == "" {
		owner = users[0]
	}
	s.groups.chats[m.ChatID] = &Chat{ID: m.ChatID, Name: m.Name, Owner: owner, Members: users}
	return map[string]any{"errcode": 0, "errmsg": "ok", "chatid": m.ChatID}
}

func (s *Server) getChat(c Call) any {
	if no, ok := s.narrow(); ok {
		return no
	}
	chat := s.groups.chats[c.Query.Get("chatid")]
	if chat == nil {
		return fail(86003, "chatid not found")
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "chat_info": map[string]any{"chatid": chat.ID, "name": chat.Name, "owner": chat.Owner, "userlist": chat.Members}}
}

func (s *Server) updateChat(c Call) any {
	var m chatRequest
	if err := json.Unmarshal(c.Body, &m); err != nil {
		return fail(40058, "invalid json")
	}
	chat := s.groups.chats[m.ChatID]
	if chat == nil {
		return fail(86003, "chatid not found")
	}
	users := lower(append(slices.Clone(chat.Members), m.Add...))
	users = slices.DeleteFunc(users, func(u string) bool { return slices.Contains(lower(m.Del), u) })
	switch {
	case len(users) < 2 || len(users) > 2000:
		return fail(86006, "invalid chat member count")
	case s.strangers(users):
		return fail(86007, "invalid chat member")
	case s.groups.changed.over(s.o.Now(), time.Hour, changesAHour):
		return fail(45009, "api freq out of limit")
	}
	chat.Members = users
	if m.Name != "" {
		chat.Name = m.Name
	}
	if m.Owner != "" {
		chat.Owner = strings.ToLower(m.Owner)
	}
	return failure{ErrMsg: "ok"}
}

// sendChat says something in a chat. Every member hears it who has not heard too much.
func (s *Server) sendChat(c Call) any {
	var m groupRequest
	if err := json.Unmarshal(c.Body, &m); err != nil {
		return fail(40058, "invalid json")
	}
	chat := s.groups.chats[m.ChatID]
	if chat == nil {
		return fail(86003, "chatid not found")
	}
	said, no := s.chatSays(m)
	if no.ErrCode != 0 {
		return no
	}
	now := s.o.Now()
	said.Kind, said.Body, said.At = m.MsgType, string(c.Body), now
	for _, member := range chat.Members {
		for _, of := range []map[string]*tally{s.groups.minute, s.groups.day} {
			if of[member] == nil {
				of[member] = &tally{}
			}
		}
		minute, day := s.groups.minute[member].over(now, time.Minute, chatMinute), s.groups.day[member].over(now, 24*time.Hour, chatDay)
		if minute || day {
			s.count.Lost++
			continue
		}
		said.Seen = append(said.Seen, member)
	}
	chat.said = append(chat.said, said)
	return failure{ErrMsg: "ok"}
}

// chatSays checks a message of the app in a chat. There are no cards.
func (s *Server) chatSays(m groupRequest) (Said, failure) {
	switch m.MsgType {
	case "text", "markdown":
		text := m.Text.Content + m.Markdown.Content
		if text == "" {
			return Said{}, fail(44004, "content is empty")
		}
		if len(text) > longestText {
			text = strings.ToValidUTF8(text[:longestText], "")
		}
		return Said{Text: text, Mentioned: m.Text.Mentioned}, failure{}
	case "image", "voice", "video", "file":
		return s.named(m.Image.MediaID+m.Voice.MediaID+m.Video.MediaID+m.File.MediaID, "")
	case "textcard":
		if m.TextCard.Title == "" || m.TextCard.Description == "" || m.TextCard.URL == "" {
			return Said{}, fail(40058, "invalid textcard")
		}
		return Said{Text: m.TextCard.Title}, failure{}
	case "news":
		return Said{}, articles(m)
	}
	return Said{}, fail(40008, "invalid message type")
}
