package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/dingtalk/dingtalktest"
)

// dingChecked runs the command against an imitation of DingTalk whose directory holds
// all people of the shipped configuration.
type dingChecked struct {
	env    []string
	path   string
	server *dingtalktest.Server
	people dingtalktest.Contacts
	gates  int
}

const dingSecret = "heimlich-4711"

func newDingChecked(t *testing.T, bend func(*dingtalktest.Options), edits ...edit) *dingChecked {
	c := &dingChecked{path: edited(t, append([]edit{{"clock: simulated", "clock: real"}}, edits...)...)}
	o := dingtalktest.Options{ClientID: "ding1", ClientSecret: dingSecret}
	if bend != nil {
		bend(&o)
	}
	c.server = dingtalktest.NewServer(o)
	web := httptest.NewServer(c.server)
	t.Cleanup(web.Close)
	c.server.Open(web.URL)
	c.server.Serve("POST", "/v1.0/gateway/connections/open", func(dingtalktest.Call) dingtalktest.Answer {
		c.gates++
		return dingtalktest.Answer{JSON: map[string]any{"endpoint": "wss://wss.example/connect", "ticket": "7724109a"}}
	})
	c.server.Serve("POST", "/v1.0/robot/installed/groups/query", c.server.New("qyapi_robot_sendmsg", func(dingtalktest.Call) dingtalktest.Answer {
		return dingtalktest.Answer{JSON: map[string]any{"openConversationIds": []string{"cidA=="}, "hasMore": false}}
	}))
	c.env = append(environment(t, databases[0].url(t)), "ZHUANBAN_DINGTALK_CLIENT_ID=ding1", "ZHUANBAN_DINGTALK_CLIENT_SECRET="+dingSecret,
		"ZHUANBAN_DINGTALK_API_BASE="+web.URL, "ZHUANBAN_DINGTALK_OAPI_BASE="+web.URL)
	cfg, err := loadCampaign(c.path, c.env)
	require.NoError(t, err)
	c.people.Departments = []dingtalktest.Department{{ID: 12}}
	for _, p := range cfg.People {
		c.people.Users = append(c.people.Users, dingtalktest.User{UserID: p.Account, UnionID: "u-" + p.Account, Departments: []int64{12}})
	}
	return c
}

func (c *dingChecked) run(t *testing.T) told {
	c.server.SetContacts(c.people)
	got := command(t, c.env, "", "--config", c.path, "check")
	for _, secret := range []string{dingSecret, "access-", "7724109a"} {
		require.False(t, strings.Contains(got.out+got.errs, secret), "a secret is shown")
	}
	return got
}

func TestCheckWalksTheWholeSetupOfDingTalk(t *testing.T) {
	c := newDingChecked(t, nil, edit{"directory: {departments: {}, role: filer}\n  # What depends", "directory: {departments: {\"12\": fengcheng}}\n  # What depends"},
		edit{"{name: 专班工作群, members: []}", "{name: 专班工作群, members: [], dingtalk: {conversation: cidA==}}"})
	got := c.run(t)
	require.NotContains(t, got.out, "FAULT  dingtalk")
	for _, want := range []string{"Client ID and Client Secret are accepted", "connections at wss.example", "it is in 1 groups", "专班工作群: the robot is in it",
		"the app sees 47 members, with 47 of the 47 people", "1 departments have a meaning", "dingtalk edition"} {
		require.Contains(t, got.out, want)
	}
	require.Equal(t, 1, c.gates)
}

func TestCheckSaysWhatToClickInDingTalk(t *testing.T) {
	for name, c := range map[string]struct {
		bend  func(*dingtalktest.Options)
		then  func(*dingChecked)
		edits []edit
		fault string
		wants []string
	}{
		"another secret": {bend: func(o *dingtalktest.Options) { o.ClientSecret = "x" }, fault: "dingtalk token", wants: []string{"凭证与基础信息"}},
		"no right to speak": {bend: func(o *dingtalktest.Options) { o.Lacks = []string{"qyapi_robot_sendmsg"} },
			fault: "dingtalk robot", wants: []string{"qyapi_robot_sendmsg", "权限管理", "版本管理与发布"}},
		"no right to the members": {bend: func(o *dingtalktest.Options) { o.Lacks = []string{"qyapi_get_department_member"} },
			fault: "dingtalk people", wants: []string{"qyapi_get_department_member", "权限管理"}},
		"somebody is not seen": {then: func(c *dingChecked) { c.people.Users = c.people.Users[1:] }, fault: "dingtalk people",
			wants: []string{"1 people have userIds", "office.director", "通讯录权限范围"}},
		"a department is not seen": {edits: []edit{{"directory: {departments: {}, role: filer}\n  # What depends", "directory: {departments: {\"13\": fengcheng}}\n  # What depends"}},
			fault: "dingtalk mapping", wants: []string{": 13", "部门ID"}},
		"the robot is not in the group": {edits: []edit{{"{name: 专班工作群, members: []}", "{name: 专班工作群, members: [], dingtalk: {conversation: cida==}}"}},
			fault: "dingtalk group", wants: []string{"专班工作群", "添加机器人"}},
		"an address that is not trusted": {then: func(c *dingChecked) {
			c.server.Bend(func(call dingtalktest.Call) *dingtalktest.Answer {
				if strings.HasPrefix(call.Path, "/v1.0/robot/") {
					return dingtalktest.Refused(403, "Forbidden.AccessDenied.IpNotInWhiteList")
				}
				return nil
			})
		}, fault: "dingtalk robot", wants: []string{"服务器出口IP"}},
		"a page in place of the gateway": {then: func(c *dingChecked) {
			c.server.Bend(func(call dingtalktest.Call) *dingtalktest.Answer {
				if strings.HasPrefix(call.Path, "/v1.0/gateway/") {
					return dingtalktest.Page(503)
				}
				return nil
			})
		}, fault: "dingtalk stream", wants: []string{"api.dingtalk.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			k := newDingChecked(t, c.bend, c.edits...)
			if c.then != nil {
				c.then(k)
			}
			got := k.run(t)
			require.Equal(t, 1, got.code)
			_, after, ok := strings.Cut(got.out, "FAULT  "+c.fault)
			require.True(t, ok, got.out)
			for _, want := range c.wants {
				require.Contains(t, after, want)
			}
		})
	}
}

func TestCheckSaysWhoIsNotBoundYet(t *testing.T) {
	c := newDingChecked(t, nil, edit{"  # accounts: bound", "  accounts: bound"}, edit{"{account: fengcheng.filer, ", "{account: fengcheng.filer, dingtalk: fengcheng.filer, "})
	got := c.run(t)
	require.Contains(t, got.out, "46 people are no users of DingTalk's yet")
	require.Contains(t, got.out, "with 1 of the 47 people")
	require.NotContains(t, got.out, "FAULT  dingtalk")
}
