package dingtalktest

import (
	"fmt"
	"strings"
	"time"
)

// The paths of work notices, DING, todos and calendars.
const (
	NoticePath       = "/topapi/message/corpconversation/asyncsend_v2"
	NoticeResultPath = "/topapi/message/corpconversation/getsendresult"
	NoticeRecallPath = "/topapi/message/corpconversation/recall"
	DingPath         = "/v1.0/robot/ding/send"
	DingRecallPath   = "/v1.0/robot/ding/recall"
	TodoPath         = "/v1.0/todo/users/"
	CalendarPath     = "/v1.0/calendar/users/"
)

// The permissions for them.
const (
	TodoScope     = "Todo.Todo.Write"
	CalendarScope = "Calendar.Event.Write"
)

// Notice is a work notice as a person was shown it.
type Notice struct {
	Task        int64
	Kind        string
	Title, Text string
}

// desk is what is done beside chats.
type desk struct {
	tasks   int64
	notices map[string][]Notice
	results map[int64]map[string]any
	today   map[string]bool // what a person was shown today
	made    []Call          // of todos and calendars
	known   map[string]string
}

func (d *desk) open() {
	*d = desk{notices: map[string][]Notice{}, results: map[int64]map[string]any{}, today: map[string]bool{}, known: map[string]string{}}
}

// Notices lists the work notices that a person was shown.
func (s *Server) Notices(user string) []Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Notice(nil), s.desk.notices[user]...)
}

// Made lists the calls of todos and calendars.
func (s *Server) Made() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.desk.made...)
}

func (s *Server) deskDuties() {
	s.Serve("POST", NoticePath, s.Old("", s.notify))
	s.Serve("POST", NoticeResultPath, s.Old("", func(c Call) Answer {
		var in struct {
			Task int64 `json:"task_id"`
		}
		c.Into(&in)
		r, ok := s.desk.results[in.Task]
		if !ok {
			return failOld(33012, "", "无效的task_id")
		}
		return yes(map[string]any{"errcode": 0, "send_result": r})
	}))
	s.Serve("POST", NoticeRecallPath, s.Old("", func(c Call) Answer {
		var in struct {
			Task int64 `json:"msg_task_id"`
		}
		c.Into(&in)
		for user, all := range s.desk.notices {
			s.desk.notices[user] = nil
			for _, n := range all {
				if n.Task != in.Task {
					s.desk.notices[user] = append(s.desk.notices[user], n)
				}
			}
		}
		return yes(map[string]any{"errcode": 0})
	}))
	s.Serve("POST", DingPath, s.New("", func(c Call) Answer {
		var in struct {
			RobotCode, Content string
			RemindType         int
			ReceiverUserIDList []string `json:"receiverUserIdList"`
		}
		if !c.Into(&in) || in.RobotCode != s.o.RobotCode || in.RemindType < 1 || in.RemindType > 3 || in.Content == "" {
			return fail(400, "invalidParameter", "ding")
		}
		failed := map[string]any{}
		for _, user := range in.ReceiverUserIDList {
			if !s.known(user) {
				failed[user] = "user.notExist"
			}
		}
		s.desk.tasks++
		return yes(map[string]any{"openDingId": fmt.Sprintf("ding%d", s.desk.tasks), "failedList": failed})
	}))
	s.Serve("POST", DingRecallPath, s.New("", func(Call) Answer { return yes(map[string]any{"openDingId": "x"}) }))
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		s.Serve(method, TodoPath, s.New(TodoScope, s.entry))
		s.Serve(method, CalendarPath, s.New(CalendarScope, s.entry))
	}
}

// entry is a todo or an entry in a calendar: what names it makes it once.
func (s *Server) entry(c Call) Answer {
	s.desk.made = append(s.desk.made, c)
	if c.Method != "POST" {
		return yes(map[string]any{"result": true})
	}
	var in struct {
		SourceID string `json:"sourceId"`
	}
	c.Into(&in)
	name := in.SourceID + c.Header.Get("x-client-token")
	if id, ok := s.desk.known[name]; ok && name != "" {
		return yes(map[string]any{"id": id})
	}
	s.desk.tasks++
	id := fmt.Sprintf("task%d", s.desk.tasks)
	s.desk.known[name] = id
	return yes(map[string]any{"id": id})
}

// notify always succeeds; what is dropped is dropped without a word.
func (s *Server) notify(c Call) Answer {
	var in struct {
		Agent int64  `json:"agent_id"`
		Users string `json:"userid_list"`
		Msg   struct {
			Type     string `json:"msgtype"`
			Text     struct{ Content string }
			Markdown struct{ Title, Text string }
		}
	}
	if !c.Into(&in) || in.Agent == 0 {
		return failOld(40035, "", "不合法的参数")
	}
	s.desk.tasks++
	task := s.desk.tasks
	n := Notice{Task: task, Kind: in.Msg.Type, Title: in.Msg.Markdown.Title, Text: in.Msg.Text.Content + in.Msg.Markdown.Text}
	invalid, forbidden, unread := []string{}, []map[string]any{}, []string{}
	for user := range strings.SplitSeq(in.Users, ",") {
		key := s.o.Now().Format(time.DateOnly) + user + n.Title + n.Text
		switch {
		case !s.known(user):
			invalid = append(invalid, user)
		case s.desk.today[key]:
			forbidden = append(forbidden, map[string]any{"code": 143106, "count": 1, "userid": user})
		default:
			s.desk.today[key] = true
			s.desk.notices[user] = append(s.desk.notices[user], n)
			unread = append(unread, user)
		}
	}
	s.desk.results[task] = map[string]any{"invalid_user_id_list": invalid, "forbidden_user_id_list": []string{}, "failed_user_id_list": []string{},
		"read_user_id_list": []string{}, "unread_user_id_list": unread, "invalid_dept_id_list": []int{}, "forbidden_list": forbidden}
	return yes(map[string]any{"errcode": 0, "task_id": task, "request_id": "x"})
}
