package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhuanban/bot"
)

const (
	noticePath       = "/topapi/message/corpconversation/asyncsend_v2"
	noticeResultPath = "/topapi/message/corpconversation/getsendresult"
	noticeRecallPath = "/topapi/message/corpconversation/recall"

	mostNoticed   = 100  // persons of one work notice
	mostDepts     = 20   // departments of one
	longestNotice = 2048 // bytes of its msg
)

// Notice is a work notification (工作通知): it stands in a chat of the app's, not of the
// robot's. Text is Markdown if there is a Title. DingTalk shows the same one to the same
// person only once a day, and drops what is more without a word, so its words must differ
// from day to day.
type Notice struct {
	Title, Text string
	Users       []string // userIds, at most 100
	Depts       []int64  // at most 20
}

// noticeMessage is its msg: in this family names have underlines.
type noticeMessage struct {
	Type     string     `json:"msgtype"`
	Text     *hookText  `json:"text,omitempty"`
	Markdown *hookWords `json:"markdown,omitempty"`
}

// message checks a notice against what would be dropped without a word.
func (n Notice) message() (noticeMessage, error) {
	m := noticeMessage{Type: "text", Text: &hookText{n.Text}}
	if n.Title != "" {
		m = noticeMessage{Type: "markdown", Markdown: &hookWords{n.Title, n.Text}}
	}
	size := len(compact(m))
	switch {
	case strings.TrimSpace(n.Text) == "" || !utf8.ValidString(n.Text+n.Title):
		return m, errors.New("the words are empty or no text")
	case size > longestNotice:
		return m, fmt.Errorf("msg of %d bytes, where %d are the most", size, longestNotice)
	case len(n.Users)+len(n.Depts) == 0 || len(n.Users) > mostNoticed || len(n.Depts) > mostDepts:
		return m, fmt.Errorf("%d persons and %d departments, where %d and %d are the most", len(n.Users), len(n.Depts), mostNoticed, mostDepts)
	}
	return m, nil
}

// Notify sends a work notice and gives its task. That DingTalk took it says nothing yet
// of whether it is shown: see NoticeResult.
func (c *Channel) Notify(ctx context.Context, n Notice) (task int64, err error) {
	m, err := n.message()
	if err != nil {
		return 0, refuse(bot.BadContent, err.Error())
	}
	depts := make([]string, len(n.Depts))
	for i, d := range n.Depts {
		depts[i] = strconv.FormatInt(d, 10)
	}
	var said struct {
		Task int64 `json:"task_id"`
	}
	err = c.noticing(ctx, func() error {
		return c.oapi(ctx, noticePath, struct {
			Agent int64         `json:"agent_id"`
			Users string        `json:"userid_list,omitempty"`
			Depts string        `json:"dept_id_list,omitempty"`
			All   bool          `json:"to_all_user"`
			Msg   noticeMessage `json:"msg"`
		}{c.o.AgentID, strings.Join(n.Users, ","), strings.Join(depts, ","), false, m}, &said)
	})
	if err == nil && said.Task == 0 {
		err = c.failure(late, request{path: noticePath}, errors.New("an answer without a task_id"))
	}
	return said.Task, err
}

// noticing does something with work notices, where there are any.
func (c *Channel) noticing(ctx context.Context, do func() error) error {
	if c.o.AgentID == 0 {
		return refuse(bot.NotConfigured, "work notices need the AgentID, which is beside the Client ID in the developer console")
	}
	return c.switched(ctx, c.o.Features.WorkNotice, "work_notice", do)
}

// NoticeResult is what became of a work notice.
type NoticeResult struct {
	// Failed are those who were not shown it, by userId, each with a *bot.SendError.
	Failed       map[string]error
	FailedDepts  []int64
	Read, Unread []string // userIds, of those who were
}

// forbidden is why somebody was not shown a notice.
var forbidden = map[int64]string{
	143105: "as many notices as a person may have in a day",
	143106: "the same words were sent to this person today",
}

// NoticeResult asks what became of a work notice. DingTalk takes longer than the call
// that sent it to know; who is on no list is perhaps still to come.
func (c *Channel) NoticeResult(ctx context.Context, task int64) (NoticeResult, error) {
	var said struct {
		Result struct {
			Invalid   []string `json:"invalid_user_id_list"`
			Forbidden []string `json:"forbidden_user_id_list"`
			Why       []struct {
				Code int64  `json:"code"`
				User string `json:"userid"`
			} `json:"forbidden_list"` // the newer form of the list above
			Failed []string `json:"failed_user_id_list"`
			Depts  []int64  `json:"invalid_dept_id_list"`
			Read   []string `json:"read_user_id_list"`
			Unread []string `json:"unread_user_id_list"`
		} `json:"send_result"`
	}
	out := NoticeResult{Failed: map[string]error{}}
	err := c.noticing(ctx, func() error {
		return c.oapi(ctx, noticeResultPath, noticeTask{Agent: c.o.AgentID, Task: task}, &said)
	})
	if err != nil {
		return out, err
	}
	r, q := said.Result, request{path: noticeResultPath}
	for _, user := range r.Invalid {
		out.Failed[user] = c.failure(nobody, q, errors.New("invalid_user_id_list"))
	}
	for _, user := range r.Failed {
		out.Failed[user] = c.failure(verdict{fate: bot.NotSent, wait: aMinute}, q, errors.New("failed_user_id_list"))
	}
	for _, user := range r.Forbidden {
		out.Failed[user] = c.failure(verdict{fate: bot.Refused, reason: bot.Throttled}, q, errors.New("forbidden_user_id_list"))
	}
	for _, one := range r.Why {
		why := forbidden[one.Code]
		if why == "" {
			why = "forbidden_list"
		}
		out.Failed[one.User] = c.failure(verdict{fate: bot.Refused, reason: bot.Throttled}, q, fmt.Errorf("%s (%d)", why, one.Code))
	}
	out.FailedDepts, out.Read, out.Unread = r.Depts, r.Read, r.Unread
	return out, nil
}

type noticeTask struct {
	Agent int64 `json:"agent_id"`
	Task  int64 `json:"task_id,omitempty"`
	Back  int64 `json:"msg_task_id,omitempty"`
}

// RecallNotice takes a work notice back.
func (c *Channel) RecallNotice(ctx context.Context, task int64) error {
	return c.noticing(ctx, func() error {
		return c.oapi(ctx, noticeRecallPath, noticeTask{Agent: c.o.AgentID, Back: task}, nil)
	})
}
