// Command sdk writes down the requests that Alibaba's generated SDK for Go makes, which
// the tests of package dingtalk compare with their own:
//
//	go run . > requests.json
package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	calendar "github.com/alibabacloud-go/dingtalk/calendar_1_0"
	card "github.com/alibabacloud-go/dingtalk/card_1_0"
	oauth "github.com/alibabacloud-go/dingtalk/oauth2_1_0"
	robot "github.com/alibabacloud-go/dingtalk/robot_1_0"
	todo "github.com/alibabacloud-go/dingtalk/todo_1_0"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/tea"
)

// request is what arrived.
type request struct {
	Name   string
	Method string
	Path   string
	Query  string          `json:",omitempty"`
	Token  string          `json:",omitempty"` // of the header of the access token
	Client string          `json:",omitempty"` // of x-client-token
	Body   json.RawMessage `json:",omitempty"`
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func main() {
	var all []request
	name := ""
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := must(io.ReadAll(r.Body))
		one := request{Name: name, Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.Query().Encode(),
			Token: r.Header.Get("x-acs-dingtalk-access-token"), Client: r.Header.Get("x-client-token")}
		if len(body) > 0 {
			one.Body = body
		}
		all = append(all, one)
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, "{}")
	}))
	defer web.Close()
	c := &openapi.Config{Protocol: tea.String("http"), RegionId: tea.String("central"), Endpoint: tea.String(strings.TrimPrefix(web.URL, "http://"))}
	s, l, i32, i64, yes := tea.String, tea.StringSlice, tea.Int32, tea.Int64, tea.Bool(true)
	token, o := s("token"), &util.RuntimeOptions{}

	name = "token"
	must(must(oauth.NewClient(c)).GetAccessTokenWithOptions(&oauth.GetAccessTokenRequest{AppKey: s("key"), AppSecret: s("secret")}, nil, o))

	r := must(robot.NewClient(c))
	name = "persons"
	must(r.BatchSendOTOWithOptions(&robot.BatchSendOTORequest{RobotCode: s("robot"), UserIds: l([]string{"u-ann", "u-ben"}), MsgKey: s("sampleText"), MsgParam: s(`{"content":"第2期 <17:30>"}`)},
		&robot.BatchSendOTOHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "group"
	must(r.OrgGroupSendWithOptions(&robot.OrgGroupSendRequest{RobotCode: s("robot"), OpenConversationId: s("cidA=="), MsgKey: s("sampleText"), MsgParam: s(`{"content":"通报"}`)},
		&robot.OrgGroupSendHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "persons recalled"
	must(r.BatchRecallOTOWithOptions(&robot.BatchRecallOTORequest{RobotCode: s("robot"), ProcessQueryKeys: l([]string{"k1", "k2"})}, &robot.BatchRecallOTOHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "group recalled"
	must(r.OrgGroupRecallWithOptions(&robot.OrgGroupRecallRequest{RobotCode: s("robot"), OpenConversationId: s("cidA=="), ProcessQueryKeys: l([]string{"k1"})}, &robot.OrgGroupRecallHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "persons read"
	must(r.BatchOTOQueryWithOptions(&robot.BatchOTOQueryRequest{RobotCode: s("robot"), ProcessQueryKey: s("k+/1")}, &robot.BatchOTOQueryHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "group read"
	must(r.OrgGroupQueryWithOptions(&robot.OrgGroupQueryRequest{RobotCode: s("robot"), OpenConversationId: s("cidA=="), ProcessQueryKey: s("k1"), MaxResults: i64(100)}, &robot.OrgGroupQueryHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "download"
	must(r.RobotMessageFileDownloadWithOptions(&robot.RobotMessageFileDownloadRequest{RobotCode: s("robot"), DownloadCode: s("mIof")}, &robot.RobotMessageFileDownloadHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "ding"
	must(r.RobotSendDingWithOptions(&robot.RobotSendDingRequest{RobotCode: s("robot"), RemindType: i32(3), ReceiverUserIdList: l([]string{"042"}), Content: s("马上报"), CallVoice: s("Standard_Female_Voice")}, &robot.RobotSendDingHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "ding recalled"
	must(r.RobotRecallDingWithOptions(&robot.RobotRecallDingRequest{RobotCode: s("robot"), OpenDingId: s("ding1")}, &robot.RobotRecallDingHeaders{XAcsDingtalkAccessToken: token}, o))

	k := must(card.NewClient(c))
	values := func(v map[string]string) map[string]*string {
		out := map[string]*string{}
		for name, value := range v {
			out[name] = s(value)
		}
		return out
	}
	name = "card"
	must(k.CreateAndDeliverWithOptions(&card.CreateAndDeliverRequest{UserIdType: i32(1), CardTemplateId: s("1a2b.schema"), OutTrackId: s("zhuanban-7"), CallbackType: s("STREAM"),
		CardData: &card.CreateAndDeliverRequestCardData{CardParamMap: values(map[string]string{"title": "线索", "body": "货值", "done": "", "label1": "提交", "tap1": "form.submit:1:1",
			"label2": "", "tap2": "", "label3": "", "tap3": "", "label4": "", "tap4": "", "label5": "", "tap5": "", "label6": "", "tap6": ""})},
		OpenSpaceId: s("dtv1.card//IM_ROBOT.u-ann"),
		ImRobotOpenSpaceModel: &card.CreateAndDeliverRequestImRobotOpenSpaceModel{SupportForward: tea.Bool(false), LastMessageI18n: values(map[string]string{"ZH_CN": "线索"}),
			Notification: &card.CreateAndDeliverRequestImRobotOpenSpaceModelNotification{AlertContent: s("线索"), NotificationOff: tea.Bool(false)}},
		ImRobotOpenDeliverModel: &card.CreateAndDeliverRequestImRobotOpenDeliverModel{SpaceType: s("IM_ROBOT"), RobotCode: s("robot")},
	}, &card.CreateAndDeliverHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "card changed"
	must(k.UpdateCardWithOptions(&card.UpdateCardRequest{OutTrackId: s("zhuanban-7"), UserIdType: i32(1), CardData: &card.UpdateCardRequestCardData{CardParamMap: values(map[string]string{"done": "已提交"})},
		CardUpdateOptions: &card.UpdateCardRequestCardUpdateOptions{UpdateCardDataByKey: yes, UpdatePrivateDataByKey: yes}}, &card.UpdateCardHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "card changed for one"
	must(k.UpdateCardWithOptions(&card.UpdateCardRequest{OutTrackId: s("zhuanban-all-7"), UserIdType: i32(1), PrivateData: map[string]*card.PrivateDataValue{"u-ann": {CardParamMap: values(map[string]string{"done": "已提交"})}},
		CardUpdateOptions: &card.UpdateCardRequestCardUpdateOptions{UpdateCardDataByKey: yes, UpdatePrivateDataByKey: yes}}, &card.UpdateCardHeaders{XAcsDingtalkAccessToken: token}, o))

	t := must(todo.NewClient(c))
	name = "todo"
	must(t.CreateTodoTaskWithOptions(s("U1"), &todo.CreateTodoTaskRequest{SourceId: s("lead-1"), Subject: s("核查线索"), CreatorId: s("U1"), Description: s("一"), DueTime: i64(1705626000000), ExecutorIds: l([]string{"U2"}),
		DetailUrl: &todo.CreateTodoTaskRequestDetailUrl{AppUrl: s("https://x"), PcUrl: s("https://x")}, IsOnlyShowExecutor: yes, Priority: i32(30),
		NotifyConfigs: &todo.CreateTodoTaskRequestNotifyConfigs{DingNotify: s("1")}, OperatorId: s("U1")}, &todo.CreateTodoTaskHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "todo done"
	must(t.UpdateTodoTaskWithOptions(s("U1"), s("t1"), &todo.UpdateTodoTaskRequest{Done: yes, OperatorId: s("U1")}, &todo.UpdateTodoTaskHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "todo done by one"
	must(t.UpdateTodoTaskExecutorStatusWithOptions(s("U1"), s("t1"), &todo.UpdateTodoTaskExecutorStatusRequest{OperatorId: s("U1"), ExecutorStatusList: []*todo.UpdateTodoTaskExecutorStatusRequestExecutorStatusList{{Id: s("U2"), IsDone: yes}}},
		&todo.UpdateTodoTaskExecutorStatusHeaders{XAcsDingtalkAccessToken: token}, o))
	name = "todo dropped"
	must(t.DeleteTodoTaskWithOptions(s("U1"), s("t1"), &todo.DeleteTodoTaskRequest{OperatorId: s("U1")}, &todo.DeleteTodoTaskHeaders{XAcsDingtalkAccessToken: token}, o))

	e := must(calendar.NewClient(c))
	name = "event"
	must(e.CreateEventWithOptions(s("U1"), s("primary"), &calendar.CreateEventRequest{Summary: s("会商"), Start: &calendar.CreateEventRequestStart{DateTime: s("2024-01-19T09:00:00+08:00"), TimeZone: s("Asia/Shanghai")},
		End: &calendar.CreateEventRequestEnd{DateTime: s("2024-01-19T10:00:00+08:00"), TimeZone: s("Asia/Shanghai")}, IsAllDay: tea.Bool(false),
		Attendees: []*calendar.CreateEventRequestAttendees{{Id: s("U2"), IsOptional: tea.Bool(false)}}, Location: &calendar.CreateEventRequestLocation{DisplayName: s("三楼会议室")},
		Reminders: []*calendar.CreateEventRequestReminders{{Method: s("dingtalk"), Minutes: i32(15)}}}, &calendar.CreateEventHeaders{XAcsDingtalkAccessToken: token, XClientToken: s("meeting-1")}, o))
	name = "event dropped"
	must(e.DeleteEventWithOptions(s("U1"), s("primary"), s("e1"), &calendar.DeleteEventRequest{}, &calendar.DeleteEventHeaders{XAcsDingtalkAccessToken: token}, o))

	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", " ")
	if err := out.Encode(all); err != nil {
		panic(err)
	}
}
