package wecomtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The paths of what is done to messages that were sent.
const (
	UpdatePath     = "/cgi-bin/message/update_template_card"
	RecallPath     = "/cgi-bin/message/recall"
	StatisticsPath = "/cgi-bin/message/get_statistics"
)

// recallTime is how long a message can be called back.
const recallTime = 24 * time.Hour

// richDuties are the paths answered here.
func (s *Server) richDuties(into map[string]duty) map[string]duty {
	into["POST "+UpdatePath] = s.update
	into["POST "+RecallPath] = s.recall
	into["POST "+StatisticsPath] = s.statistics
	return into
}

// update changes a card with the handle that WeCom gave for it. What it answers to a
// handle that was used or is too old is a guess.
func (s *Server) update(call Call) (out any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	if no, ok := s.admit(call.Token, now); !ok {
		return no
	}
	var m struct {
		UserIDs []string       `json:"userids"`
		AtAll   int            `json:"atall"`
		AgentID int            `json:"agentid"`
		Code    string         `json:"response_code"`
		Button  map[string]any `json:"button"`
		Card    map[string]any `json:"template_card"`
	}
	if json.Unmarshal(call.Body, &m) != nil || len(m.UserIDs) > mostRecipients || (m.Button == nil) == (m.Card == nil) {
		return fail(40058, "invalid request")
	}
	if m.AgentID != s.o.AgentID {
		return fail(301002, "not allow operate another agent with this accesstoken")
	}
	c, ok := s.drawn.codes[m.Code]
	switch {
	case !ok || c.used:
		return fail(40058, "response_code is invalid or used")
	case !now.Before(c.until):
		return fail(40058, "response_code is expired")
	case m.Button != nil && str(m.Button, "replace_name") == "":
		return fail(40058, "replace_name is empty")
	}
	c.used = true
	s.drawn.codes[m.Code] = c
	known, invalid, bare := s.sort(m.UserIDs)
	for _, member := range known {
		for i, one := range s.shown[member] {
			if one.MsgID != c.msgID || one.Card == nil {
				continue
			}
			changed := *one.Card
			if m.Card != nil {
				changed = *draw(m.Card)
				changed.Grey = str(m.Card, "replace_text")
			} else {
				changed.Grey = str(m.Button, "replace_name")
			}
			s.shown[member][i].Card = &changed
		}
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "invaliduser": append(invalid, bare...)}
}

// recall takes a message out of every chat. The codes are guesses.
func (s *Server) recall(call Call) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	if no, ok := s.admit(call.Token, now); !ok {
		return no
	}
	var m struct {
		MsgID string `json:"msgid"`
	}
	if json.Unmarshal(call.Body, &m) != nil || m.MsgID == "" {
		return fail(40058, "invalid msgid")
	}
	found := false
	for member, all := range s.shown {
		var left []Shown
		for _, one := range all {
			if one.MsgID == m.MsgID && now.Sub(one.At) <= recallTime {
				found = true
				continue
			}
			left = append(left, one)
		}
		s.shown[member] = left
	}
	if !found {
		return fail(40058, "no such message, or too old")
	}
	return failure{ErrMsg: "ok"}
}

// statistics counts the messages of today or yesterday.
func (s *Server) statistics(call Call) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	if no, ok := s.admit(call.Token, now); !ok {
		return no
	}
	var m struct {
		TimeType int `json:"time_type"`
	}
	if len(call.Body) > 0 && json.Unmarshal(call.Body, &m) != nil || m.TimeType < 0 || m.TimeType > 1 {
		return fail(40058, "invalid time_type")
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "statistics": []map[string]any{
		{"agentid": s.o.AgentID, "app_name": "专班", "sent_count": s.drawn.days[day(now)-int64(m.TimeType)]}}}
}

func day(t time.Time) int64 { return (t.Unix() + 8*3600) / 86400 }

// counted counts a message that was sent.
func (s *Server) counted(now time.Time) {
	if s.drawn.days == nil {
		s.drawn.days = map[int64]int{}
	}
	s.drawn.days[day(now)]++
}

// Chosen is what was selected in one list of a card.
type Chosen struct {
	Question string
	Options  []string
}

// press finds a button with a label on what a member was shown last, and gives a new
// handle for the card.
func (s *Server) press(member, label string) (c Card, key, handle string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.shown[strings.ToLower(member)]
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Card == nil || all[i].Card.Grey != "" {
			continue
		}
		for _, b := range all[i].Card.Buttons {
			if b.Text == label {
				return *all[i].Card, b.Key, s.issue(all[i].MsgID), nil
			}
		}
	}
	return c, "", "", fmt.Errorf("%s has no button %q that can be tapped", member, label)
}

// Tapped is the event of a member's tap on the button with a label, on the newest of
// the cards that a server shows which has it, before it is sealed.
func (c *Client) Tapped(s *Server, member, label string, chosen ...Chosen) (string, error) {
	card, key, handle, err := s.press(member, label)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("<Event><![CDATA[template_card_event]]></Event><EventKey>" + CDATA(key) + "</EventKey><TaskId>" + CDATA(card.TaskID) +
		"</TaskId><CardType>" + CDATA(card.Type) + "</CardType><ResponseCode>" + CDATA(handle) + "</ResponseCode>")
	if len(chosen) > 0 {
		b.WriteString("<SelectedItems>")
		for _, one := range chosen {
			b.WriteString("<SelectedItem><QuestionKey>" + CDATA(one.Question) + "</QuestionKey><OptionIds>")
			for _, o := range one.Options {
				b.WriteString("<OptionId>" + CDATA(o) + "</OptionId>")
			}
			b.WriteString("</OptionIds></SelectedItem>")
		}
		b.WriteString("</SelectedItems>")
	}
	return c.Message(member, "event", "", b.String()), nil
}
