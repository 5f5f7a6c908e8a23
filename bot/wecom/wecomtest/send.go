package wecomtest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// request is what message/send understands here.
type request struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	AgentID any    `json:"agentid"` // a number; whether WeCom takes it as a string is not documented
	Text    struct {
		Content string `json:"content"`
	} `json:"text"`
	Image    mediaRef `json:"image"`
	Voice    mediaRef `json:"voice"`
	Video    mediaRef `json:"video"`
	File     mediaRef `json:"file"`
	Check    int      `json:"enable_duplicate_check"`
	Interval int64    `json:"duplicate_check_interval"`
}

// answer is what message/send says of a call that it took.
type answer struct {
	failure
	InvalidUser string `json:"invaliduser,omitempty"`
	Unlicensed  string `json:"unlicenseduser,omitempty"`
	MsgID       string `json:"msgid,omitempty"`
	Code        string `json:"response_code,omitempty"`
}

// duplicate is a request that was seen, and what was answered.
type duplicate struct {
	until time.Time
	out   answer
}

// pace is the minute of a member that is counted.
type pace struct {
	minute int64
	n      int
}

// The limits of message/send.
const (
	longestText    = 2048
	mostRecipients = 1000
	defaultCheck   = 1800
	longestCheck   = 4 * 3600
)

// uploaded are the types that name what was uploaded.
var uploaded = map[string]bool{"image": true, "voice": true, "video": true, "file": true}

// check reads a request; the failure has a code if it is refused.
func (s *Server) check(body []byte, sum [32]byte) (m request, to []string, no failure) {
	if err := json.Unmarshal(body, &m); err != nil {
		return m, nil, fail(40058, "invalid json")
	}
	agent := fmt.Sprint(m.AgentID)
	if f, ok := m.AgentID.(float64); ok {
		agent = strconv.FormatFloat(f, 'f', -1, 64)
	}
	to = strings.Split(m.ToUser, "|")
	switch {
	case m.AgentID == nil:
		return m, nil, fail(40056, "invalid agentid")
	case agent != strconv.Itoa(s.o.AgentID):
		return m, nil, fail(301002, "not allow operate another agent with this accesstoken")
	case m.MsgType != "text" && !uploaded[m.MsgType] && !rich[m.MsgType]:
		return m, nil, fail(40008, "invalid message type")
	case m.MsgType == "text" && m.Text.Content == "":
		return m, nil, fail(44004, "text content is empty")
	case m.ToUser == "":
		return m, nil, fail(40003, "touser is empty")
	case len(to) > mostRecipients:
		return m, nil, fail(40058, "too many members in touser")
	case uploaded[m.MsgType] && !s.holds(m.media(), m.MsgType):
		return m, nil, fail(40007, "invalid media_id")
	case m.Interval < 0 || m.Interval > longestCheck:
		return m, nil, fail(40058, "duplicate_check_interval out of range")
	}
	if rich[m.MsgType] {
		no = s.content(m.MsgType, body, sum)
	}
	return m, to, no
}

func (s *Server) send(call Call) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	if no, ok := s.admit(call.Token, now); !ok {
		return no
	}
	key := sha256.Sum256(call.Body)
	m, to, no := s.check(call.Body, key)
	if no.ErrCode != 0 {
		return no
	}
	if m.Check == 1 {
		if d, ok := s.known[key]; ok && now.Before(d.until) {
			s.count.Duplicates++
			return d.out // a guess: that it is answered as the first one was
		}
	}
	known, invalid, bare := s.sort(to)
	out := answer{failure: failure{ErrMsg: "ok"}, InvalidUser: strings.Join(invalid, "|"), Unlicensed: strings.Join(bare, "|")}
	if len(known) == 0 {
		out.failure = fail(81013, "user & party & tag all invalid")
		return out
	}
	s.sent++
	out.MsgID = "msg-" + strconv.Itoa(s.sent)
	s.counted(now)
	shown := Shown{Kind: m.MsgType, Text: m.Text.Content, Media: s.media[m.media()]}
	if rich[m.MsgType] {
		shown = display(m.MsgType, call.Body)
	}
	shown.cut()
	shown.MsgID, shown.At = out.MsgID, now
	if updatable(shown.raw) {
		out.Code = s.issue(out.MsgID)
	}
	for _, member := range known {
		s.show(member, shown)
	}
	if m.Check == 1 {
		interval := m.Interval
		if interval == 0 {
			interval = defaultCheck
		}
		s.known[key] = duplicate{now.Add(time.Duration(interval) * time.Second), out}
	}
	return out
}

// sort tells members from others, all in lower case as WeCom gives them back, and
// each once.
func (s *Server) sort(to []string) (known, invalid, bare []string) {
	seen := make(map[string]bool, len(to))
	for _, account := range to {
		account = strings.ToLower(account)
		if seen[account] {
			continue
		}
		seen[account] = true
		switch {
		case account == "@all" && s.members == nil:
			invalid = append(invalid, account) // nobody knows who all are
		case account == "@all":
			for m := range s.members {
				known = append(known, m)
			}
		case s.members != nil && !s.members[account]:
			invalid = append(invalid, account)
		case s.bare[account]:
			bare = append(bare, account)
		default:
			known = append(known, account)
		}
	}
	return known, invalid, bare
}

// show puts a message into a member's chat, unless there were too many.
func (s *Server) show(member string, m Shown) {
	p := s.pace[member]
	if p == nil {
		p = &pace{}
		s.pace[member] = p
	}
	if minute := m.At.Unix() / 60; minute != p.minute {
		p.minute, p.n = minute, 0
	}
	if p.n++; s.o.MemberMinute > 0 && p.n > s.o.MemberMinute {
		s.count.Lost++
		return
	}
	s.count.Shown++
	s.shown[member] = append(s.shown[member], m)
}
