package dingtalk

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

func withAgent(_ *dingtalktest.Options, o *Options) { o.AgentID = 123 }

// TestAWorkNoticeThatIsDroppedWithoutAWord is seen only in its result.
func TestAWorkNoticeThatIsDroppedWithoutAWord(t *testing.T) {
	w := newOutside(t, withAgent, func(theirs *dingtalktest.Options, _ *Options) { theirs.Users = []string{"042", "043"} })
	n := Notice{Title: "周报", Text: "1月19日 17:30 截止", Users: []string{"042", "043", "gone"}}
	task, err := w.channel.Notify(t.Context(), n)
	require.NoError(t, err)
	require.Equal(t, []dingtalktest.Notice{{Task: task, Kind: "markdown", Title: "周报", Text: n.Text}}, w.server.Notices("042"))
	result, err := w.channel.NoticeResult(t.Context(), task)
	require.NoError(t, err)
	require.Equal(t, []string{"042", "043"}, result.Unread)
	require.Equal(t, bot.NoSuchAccount, failure(t, result.Failed["gone"]).Reason)

	again, err := w.channel.Notify(t.Context(), n)
	require.NoError(t, err, "DingTalk says that it was taken")
	result, err = w.channel.NoticeResult(t.Context(), again)
	require.NoError(t, err)
	require.Len(t, w.server.Notices("042"), 1)
	require.ErrorContains(t, result.Failed["042"], "the same words were sent to this person today (143106)")
	require.Equal(t, bot.Refused, failure(t, result.Failed["042"]).Fate)

	require.NoError(t, w.channel.RecallNotice(t.Context(), task))
	require.Empty(t, w.server.Notices("042"))
}

func TestBothSpellingsOfListsAreRead(t *testing.T) {
	w := newOutside(t, withAgent)
	w.bend(dingtalktest.NoticeResultPath, &dingtalktest.Answer{JSON: map[string]any{"errcode": 0, "send_result": map[string]any{
		"forbidden_user_id_list": []string{"a"}, "failed_user_id_list": []string{"b"}, "forbidden_list": []map[string]any{{"code": 143105, "count": 1, "userid": "c"}},
		"read_user_id_list": []string{"d"}, "invalid_dept_id_list": []int{7}}}})
	r, err := w.channel.NoticeResult(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, r.Failed, 3)
	require.Equal(t, bot.NotSent, failure(t, r.Failed["b"]).Fate)
	require.ErrorContains(t, r.Failed["c"], "143105")
	require.Equal(t, []string{"d"}, r.Read)
	require.Equal(t, []int64{7}, r.FailedDepts)
}

func TestWorkNoticesThatWouldBeDroppedAreNotSent(t *testing.T) {
	w := newOutside(t, withAgent)
	for want, n := range map[string]Notice{
		"2048 are the most": {Text: strings.Repeat("长", 700), Users: []string{"a"}},
		"101 persons":       {Text: "x", Users: make([]string, 101)},
		"0 persons":         {Text: "x"}, "21 departments": {Text: "x", Depts: make([]int64, 21)}, "empty": {Text: " ", Users: []string{"a"}},
	} {
		_, err := w.channel.Notify(t.Context(), n)
		require.ErrorContains(t, err, want)
	}
	_, err := w.replica(func(o *Options) { o.AgentID = 0 }).Notify(t.Context(), Notice{Text: "x", Users: []string{"a"}})
	require.Equal(t, bot.NotConfigured, failure(t, err).Reason)
	_, err = w.replica(func(o *Options) { o.Features.WorkNotice = Off }).Notify(t.Context(), Notice{Text: "x", Users: []string{"a"}})
	require.Equal(t, bot.NotPermitted, failure(t, err).Reason)
	require.Zero(t, w.server.Counted())
}

func TestDingIsForEditionsThatHaveIt(t *testing.T) {
	w := newOutside(t, func(theirs *dingtalktest.Options, _ *Options) { theirs.Users = []string{"042"} })
	_, _, err := w.channel.Ding(t.Context(), InApp, []string{"042"}, "马上报")
	require.Equal(t, []any{bot.Refused, bot.NotPermitted}, []any{failure(t, err).Fate, failure(t, err).Reason})
	require.ErrorIs(t, err, errEdition)
	require.Zero(t, w.server.Counted())

	c := w.replica(func(o *Options) { o.Edition = Professional })
	id, out, err := c.Ding(t.Context(), ByCall, []string{"042", "gone"}, "马上报")
	require.NoError(t, err)
	require.NotEmpty(t, id)
	require.NoError(t, out[0].Err)
	require.Equal(t, bot.Refused, failure(t, out[1].Err).Fate)
	require.NoError(t, c.RecallDing(t.Context(), id))
	_, _, err = c.Ding(t.Context(), BySMS, make([]string, 21), "x")
	require.ErrorContains(t, err, "1 to 20")
	_, _, err = w.replica(func(o *Options) { o.Features.Ding = On }).Ding(t.Context(), InApp, []string{"042"}, "x")
	require.NoError(t, err, "who says that there is one is believed")
}

func TestATodoIsThereOnce(t *testing.T) {
	w := newOutside(t)
	todo := Todo{Source: "lead-2026-001", Subject: "核查线索", Creator: "Ux+1", Executors: []string{"Ux+2"}, Due: friday, URL: "https://x", Priority: Urgent, Ding: true}
	id, err := w.channel.AddTodo(t.Context(), todo)
	require.NoError(t, err)
	again, err := w.channel.AddTodo(t.Context(), todo)
	require.NoError(t, err)
	require.Equal(t, id, again)
	require.NoError(t, w.channel.DueTodo(t.Context(), "Ux+1", id, friday.Add(time.Hour)))
	require.NoError(t, w.channel.DoneTodoBy(t.Context(), "Ux+1", id, "Ux+2"))
	require.NoError(t, w.channel.DoneTodo(t.Context(), "Ux+1", id))
	require.NoError(t, w.channel.DropTodo(t.Context(), "Ux+1", id))
	made := w.server.Made()
	require.Equal(t, "/v1.0/todo/users/Ux+1/tasks", made[0].Path)
	require.Equal(t, "Ux+1", made[0].Query.Get("operatorId"))
	var body map[string]any
	require.NoError(t, json.Unmarshal(made[0].Body, &body))
	require.Equal(t, map[string]any{"sourceId": "lead-2026-001", "subject": "核查线索", "creatorId": "Ux+1", "executorIds": []any{"Ux+2"}, "dueTime": float64(friday.UnixMilli()),
		"detailUrl": map[string]any{"appUrl": "https://x", "pcUrl": "https://x"}, "isOnlyShowExecutor": true, "priority": 30.0, "notifyConfigs": map[string]any{"dingNotify": "1"}}, body)
	require.JSONEq(t, `{"executorStatusList":[{"id":"Ux+2","isDone":true}]}`, string(made[3].Body))
	require.JSONEq(t, `{"done":true}`, string(made[4].Body))
	_, err = w.channel.AddTodo(t.Context(), Todo{})
	require.ErrorContains(t, err, "Source")
}

func TestAMeetingIsInTheCalendarOnce(t *testing.T) {
	w := newOutside(t)
	e := Event{Token: "meeting-1", Organiser: "U1", Attendees: []string{"U2"}, Summary: "会商", Begin: friday.UTC(), End: friday.Add(time.Hour), Place: "三楼会议室", Remind: 15 * time.Minute}
	id, err := w.channel.AddEvent(t.Context(), e)
	require.NoError(t, err)
	again, err := w.channel.AddEvent(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, id, again)
	require.NoError(t, w.channel.ChangeEvent(t.Context(), id, e))
	require.NoError(t, w.channel.DropEvent(t.Context(), "U1", id))
	require.JSONEq(t, `{"summary":"会商","start":{"dateTime":"2024-01-19T09:00:00+08:00","timeZone":"Asia/Shanghai"},"end":{"dateTime":"2024-01-19T10:00:00+08:00","timeZone":"Asia/Shanghai"},
		"isAllDay":false,"attendees":[{"id":"U2","isOptional":false}],"location":{"displayName":"三楼会议室"},"reminders":[{"method":"dingtalk","minutes":15}]}`, string(w.server.Made()[0].Body))
	e.End = e.Begin
	_, err = w.channel.AddEvent(t.Context(), e)
	require.ErrorContains(t, err, "before it begins")
}

func TestAMissingPermissionIsNamedToTheOperator(t *testing.T) {
	w := newOutside(t, func(theirs *dingtalktest.Options, _ *Options) {
		theirs.Lacks = []string{dingtalktest.TodoScope, dingtalktest.CalendarScope}
	})
	for range 3 {
		_, err := w.channel.AddTodo(t.Context(), Todo{Source: "s", Subject: "s", Creator: "c", Executors: []string{"e"}})
		require.ErrorContains(t, err, dingtalktest.TodoScope)
		require.Equal(t, bot.NotPermitted, failure(t, err).Reason)
	}
	require.Contains(t, w.log.String(), "feature=todo scopes=[Todo.Todo.Write]")
	require.Equal(t, 1, w.server.Calls("/v1.0/todo/users/c/tasks"), "and is not asked for again at once")
	_, err := w.channel.AddEvent(t.Context(), Event{Organiser: "c", Summary: "s", Begin: friday, End: friday.Add(1)})
	require.ErrorContains(t, err, dingtalktest.CalendarScope)
}
