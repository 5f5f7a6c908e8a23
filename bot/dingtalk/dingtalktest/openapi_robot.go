package dingtalktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The paths of the robot.
const (
	PersonsPath       = "/v1.0/robot/oToMessages/batchSend"
	PersonsReadPath   = "/v1.0/robot/oToMessages/readStatus"
	PersonsRecallPath = "/v1.0/robot/otoMessages/batchRecall"
	GroupPath         = "/v1.0/robot/groupMessages/send"
	GroupReadPath     = "/v1.0/robot/groupMessages/query"
	GroupRecallPath   = "/v1.0/robot/groupMessages/recall"
)

// SendScope is the permission to send.
const SendScope = "qyapi_robot_sendmsg"

// Shown is a message in a chat.
type Shown struct {
	Kind  string // its msgKey or msgtype; "card"
	Title string
	Text  string
	Param map[string]any // of msgParam
	File  *File          // of an image, a voice note, a film or a file
	Name  string         // of a file
	Card  *Card          // nil if it is none
	At    []string       // userIds who are called
	Free  bool           // it came through a webhook
	Ref   string         // its processQueryKey, or the outTrackId of a card
	When  time.Time
}

// chats is what was shown.
type chats struct {
	persons, groups map[string][]Shown
	sessions        map[string]session
	keys            int
	read            map[string][]string // who has read, by processQueryKey
	flowControlled  map[string]bool
	shouted         map[string][]time.Time // of custom robots, by their tokens
}

func (c *chats) open() {
	*c = chats{persons: map[string][]Shown{}, groups: map[string][]Shown{}, sessions: map[string]session{}, read: map[string][]string{},
		flowControlled: map[string]bool{}, shouted: map[string][]time.Time{}}
}

// Shown lists what a person was shown, oldest first.
func (s *Server) Shown(user string) []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.chats.persons[user])
}

// Said lists what was said in a group, oldest first.
func (s *Server) Said(conversation string) []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.chats.groups[conversation])
}

// Texts are the words of messages.
func Texts(all []Shown) (out []string) {
	for _, one := range all {
		out = append(out, one.Text)
	}
	return out
}

// FlowControl lets a person be sent nothing for now (flowControlledStaffIdList), or again.
func (s *Server) FlowControl(user string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats.flowControlled[user] = on
}

// Reads lets persons have read what a receipt names.
func (s *Server) Reads(key string, users ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats.read[key] = append(s.chats.read[key], users...)
}

func (s *Server) robotDuties() {
	s.Serve("POST", PersonsPath, s.New(SendScope, s.toPersons))
	s.Serve("POST", GroupPath, s.New(SendScope, s.toGroup))
	s.Serve("GET", PersonsReadPath, s.New(SendScope, s.readByPersons))
	s.Serve("POST", GroupReadPath, s.New(SendScope, s.readInGroup))
	s.Serve("POST", PersonsRecallPath, s.New(SendScope, func(c Call) Answer { return s.recall(c, s.chats.persons) }))
	s.Serve("POST", GroupRecallPath, s.New(SendScope, func(c Call) Answer { return s.recall(c, s.chats.groups) }))
}

// robotCall is the body of the robot's calls.
type robotCall struct {
	RobotCode          string
	UserIDs            []string `json:"userIds"`
	OpenConversationID string   `json:"openConversationId"`
	MsgKey, MsgParam   string
	ProcessQueryKeys   []string
	ProcessQueryKey    string
	MaxResults         int
	NextToken          string
}

func (s *Server) nextKey() string {
	s.chats.keys++
	return fmt.Sprintf("pqk%d+/=", s.chats.keys)
}

// known says whether there is such a person.
func (s *Server) known(user string) bool { return s.o.Users == nil || slices.Contains(s.o.Users, user) }

func (s *Server) inside(conversation string) bool {
	return s.o.Conversations == nil || slices.Contains(s.o.Conversations, conversation)
}

func (s *Server) toPersons(c Call) Answer {
	var in robotCall
	if !c.Into(&in) || in.RobotCode != s.o.RobotCode {
		return fail(400, "invalidParameter.robotCode.empty", "robotCode")
	}
	m, problem := s.message(in)
	switch {
	case problem != "":
		return fail(400, problem, in.MsgKey)
	case len(in.UserIDs) == 0 || len(in.UserIDs) > 20:
		return fail(400, "invalidParameter.userIds.invalid", fmt.Sprintf("%d userIds", len(in.UserIDs)))
	}
	m.Ref = s.nextKey()
	invalid, flow, filtered := []string{}, []string{}, []string{}
	for _, user := range in.UserIDs {
		switch {
		case !s.known(user):
			invalid = append(invalid, user)
		case s.chats.flowControlled[user]:
			flow = append(flow, user)
		case slices.Contains(s.o.Filtered, user):
			filtered = append(filtered, user)
		default:
			s.chats.persons[user] = append(s.chats.persons[user], m)
		}
	}
	return yes(map[string]any{"processQueryKey": m.Ref, "invalidStaffIdList": invalid, "flowControlledStaffIdList": flow, "filteredStaffIdList": filtered})
}

func (s *Server) toGroup(c Call) Answer {
	var in robotCall
	if !c.Into(&in) || in.RobotCode != s.o.RobotCode {
		return fail(400, "invalidParameter.robotCode.empty", "robotCode")
	}
	m, problem := s.message(in)
	switch {
	case problem != "":
		return fail(400, problem, in.MsgKey)
	case !s.inside(in.OpenConversationID):
		return fail(400, "invalidParameter.openConversationId.invalid", "openConversationId")
	}
	m.Ref = s.nextKey()
	s.chats.groups[in.OpenConversationID] = append(s.chats.groups[in.OpenConversationID], m)
	return yes(map[string]any{"processQueryKey": m.Ref})
}

// robotKeys are what msgParam has to have, by msgKey; the first is what is read.
var robotKeys = map[string][]string{
	"sampleText": {"content"}, "sampleMarkdown": {"text", "title"}, "sampleImageMsg": {"photoURL"},
	"sampleLink":       {"text", "title", "picUrl", "messageUrl"},
	"sampleActionCard": {"text", "title", "singleTitle", "singleURL"}, "sampleActionCard2": {"text", "title", "actionTitle1", "actionURL1", "actionTitle2", "actionURL2"},
	"sampleActionCard3": {"text", "title", "actionTitle3", "actionURL3"}, "sampleActionCard4": {"text", "title", "actionTitle4", "actionURL4"},
	"sampleActionCard5": {"text", "title", "actionTitle5", "actionURL5"},
	"sampleActionCard6": {"text", "title", "buttonTitle1", "buttonUrl1", "buttonTitle2", "buttonUrl2"},
	"sampleAudio":       {"mediaId", "duration"}, "sampleVideo": {"videoMediaId", "picMediaId", "videoType", "duration"},
	"sampleFile": {"mediaId", "fileName", "fileType"},
}

// message reads msgKey and msgParam; problem is the code of what is wrong with them. All
// values are texts.
func (s *Server) message(in robotCall) (m Shown, problem string) {
	m = Shown{Kind: in.MsgKey, When: s.o.Now()}
	keys, ok := robotKeys[in.MsgKey]
	if !ok || len(in.MsgParam) > 15_000 || json.Unmarshal([]byte(in.MsgParam), &m.Param) != nil {
		return m, "invalidParameter.msgParam.invalid"
	}
	for _, key := range keys {
		if _, text := m.Param[key].(string); !text {
			return m, "invalidParameter.msgParam." + key
		}
	}
	text := func(key string) string { v, _ := m.Param[key].(string); return v }
	m.Title = text("title")
	switch in.MsgKey {
	case "sampleImageMsg", "sampleAudio", "sampleVideo", "sampleFile":
		id := text(keys[0])
		f, there := s.files.byID[id]
		if !there && !strings.HasPrefix(id, "http") {
			return m, "invalidParameter.mediaId.notExist"
		}
		m.File, m.Name = f, text("fileName")
	default:
		m.Text = text(keys[0])
		if strings.TrimSpace(m.Text) == "" {
			return m, "invalidParameter.msgParam.empty"
		}
	}
	return m, ""
}

// recall takes messages out of chats.
func (s *Server) recall(c Call, chats map[string][]Shown) Answer {
	var in robotCall
	if !c.Into(&in) || in.RobotCode != s.o.RobotCode {
		return fail(400, "invalidParameter.robotCode.empty", "robotCode")
	}
	done, failed := []string{}, map[string]string{}
	for _, key := range in.ProcessQueryKeys {
		found := false
		for chat, all := range chats {
			if in.OpenConversationID != "" && chat != in.OpenConversationID {
				continue
			}
			left := slices.DeleteFunc(slices.Clone(all), func(m Shown) bool { return m.Ref == key })
			found = found || len(left) < len(all)
			chats[chat] = left
		}
		if found {
			done = append(done, key)
		} else {
			failed[key] = "message.notExist"
		}
	}
	return yes(map[string]any{"successResult": done, "failedResult": failed})
}

func (s *Server) readByPersons(c Call) Answer {
	key := c.Query.Get("processQueryKey")
	list := []map[string]any{}
	for user, all := range s.chats.persons {
		if !slices.ContainsFunc(all, func(m Shown) bool { return m.Ref == key }) {
			continue
		}
		status := "UNREAD"
		if slices.Contains(s.chats.read[key], user) {
			status = "read" // sources differ
		}
		list = append(list, map[string]any{"name": user, "userId": user, "readStatus": status, "readTimestamp": s.o.Now().UnixMilli()})
	}
	return yes(map[string]any{"sendStatus": "SUCCESS", "messageReadInfoList": list})
}

// readInGroup gives two readers at a time.
func (s *Server) readInGroup(c Call) Answer {
	var in robotCall
	if !c.Into(&in) {
		return fail(400, "invalidParameter", "body")
	}
	all, from := s.chats.read[in.ProcessQueryKey], 0
	fmt.Sscan(in.NextToken, &from)
	until := min(from+2, len(all))
	return yes(map[string]any{"sendStatus": "SUCCESS", "readUserIds": all[from:until], "hasMore": until < len(all), "nextToken": fmt.Sprint(until)})
}
