package main

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk"
	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/wecomtest"
)

// TestTheDeskKeepsItsRosterByTheDirectory: as it is configured, over a restart, with
// reminders and the callback on it.
func TestTheDeskKeepsItsRosterByTheDirectory(t *testing.T) {
	server := wecomtest.New(wecomtest.Options{CorpID: "ww1", AgentID: 1000002, Secret: "geheim"})
	people := wecomtest.Directory{Departments: []wecomtest.Department{{ID: 12}}, Parties: []int64{12}, Tags: map[int64]wecomtest.Tag{3: {Users: []string{"Xin"}}},
		People: []wecomtest.Person{{UserID: "Xin", Name: "新人", Departments: []int64{12}}, {UserID: "fengcheng.filer", Departments: []int64{12}}}}
	server.SetDirectory(people)
	web := httptest.NewServer(server)
	defer web.Close()
	onEach(t, func(t *testing.T, url string) {
		cfg, err := loadCampaign(edited(t, edit{"clock: simulated", "clock: real"},
			edit{"directory: {departments: {}, tags: {}", `directory: {departments: {"12": fengcheng}, tags: {"3": head}`}),
			append(environment(t, url), "ZHUANBAN_WECOM_CORP_ID=ww1", "ZHUANBAN_WECOM_AGENT_ID=1000002", "ZHUANBAN_WECOM_SECRET=geheim",
				"ZHUANBAN_WECOM_TOKEN=token", "ZHUANBAN_WECOM_AES_KEY="+soakKey, "ZHUANBAN_WECOM_API_BASE="+web.URL))
		require.NoError(t, err)
		open := func() *desk {
			d, err := openDesk(t.Context(), cfg, quiet)
			require.NoError(t, err)
			return d
		}
		d := open()
		d.people.Step(t.Context())
		xin, ok := d.Roster().Person("xin")
		require.True(t, ok)
		require.Equal(t, bot.Person{Account: "xin", Name: "新人", Unit: "fengcheng", Role: bot.Head}, xin)
		require.Len(t, d.Roster().People, 2, "of the configuration's people only one is in the directory")
		client := &wecomtest.Client{Callback: d.wecom, CorpID: "ww1", AgentID: "1000002", Token: "token", AESKey: soakKey}
		reply, err := client.Left(t.Context(), "FengCheng.Filer")
		require.NoError(t, err)
		require.Equal(t, 200, reply.Status)
		reply, err = client.Say(t.Context(), "fengcheng.filer", "1", "零报告")
		require.NoError(t, err)
		require.Contains(t, reply.Text, "已停用")
		require.NoError(t, d.close())

		d = open()
		defer func() { require.NoError(t, d.close()) }()
		require.Len(t, d.Roster().People, 1)
		_, ok = d.Roster().Person("xin")
		require.True(t, ok)
		require.Empty(t, d.Roster().Of("fengcheng", bot.Filer), "reminders ask the same roster")
	})
}

// TestTheDeskKeepsItsRosterByDingTalksDirectory: where WeCom's does not decide. Who is of
// a mapped department is in under their userId, who is named in the configuration under
// their account, and who has left is out at once.
func TestTheDeskKeepsItsRosterByDingTalksDirectory(t *testing.T) {
	server := dingtalktest.NewServer(dingtalktest.Options{ClientID: "ding1", ClientSecret: "heimlich"})
	web := httptest.NewServer(server)
	defer web.Close()
	server.Open(web.URL)
	people := dingtalktest.Contacts{Departments: []dingtalktest.Department{{ID: 12}},
		Users: []dingtalktest.User{{UserID: "Xin01", Name: "新人", UnionID: "uX", Departments: []int64{12}}, {UserID: "0421", UnionID: "uF", Departments: []int64{1}},
			{UserID: "office.clerk", Departments: []int64{1}}}}
	server.SetContacts(people)
	onEach(t, func(t *testing.T, url string) {
		cfg, err := loadCampaign(edited(t, edit{"clock: simulated", "clock: real"}, edit{"{account: fengcheng.filer, ", "{account: fengcheng.filer, dingtalk: '0421', "},
			edit{"role: filer}\n  # What depends", "role: head}\n  # What depends"}, edit{"directory: {departments: {}, role: head}", `directory: {departments: {"12": fengcheng}, role: head}`}),
			append(environment(t, url), "ZHUANBAN_DINGTALK_CLIENT_ID=ding1", "ZHUANBAN_DINGTALK_CLIENT_SECRET=heimlich",
				"ZHUANBAN_DINGTALK_API_BASE="+web.URL, "ZHUANBAN_DINGTALK_OAPI_BASE="+web.URL))
		require.NoError(t, err)
		d, err := openDesk(t.Context(), cfg, quiet)
		require.NoError(t, err)
		defer func() { require.NoError(t, d.close()) }()
		d.people.Step(t.Context())
		xin, ok := d.Roster().Person("xin01")
		require.True(t, ok)
		require.Equal(t, bot.Person{Account: "xin01", Name: "新人", Unit: "fengcheng", Role: bot.Head}, xin)
		require.Len(t, d.Roster().People, 3)
		require.Equal(t, "xin01", d.book.Account("Xin01"))
		require.Equal(t, "fengcheng.filer", d.book.Account("0421"))
		require.Equal(t, "uF", d.book.Union("fengcheng.filer"))

		for _, small := range []string{"xin01", "0421"} {
			require.NoError(t, dingtalkContacts{d}.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: small}))
		}
		require.Len(t, d.Roster().People, 1)
		for user, account := range map[string]string{"Xin01": "xin01", "0421": "fengcheng.filer"} {
			require.Equal(t, account, d.book.Account(user))
			answer, err := d.Handle(t.Context(), bot.Message{Platform: dingtalk.Name, ID: "1", Sender: d.book.Account(user), Text: "零报告"})
			require.NoError(t, err)
			require.Contains(t, answer.Replies[0].Text, "已停用")
		}
		require.NoError(t, dingtalkContacts{d}.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberJoined, Account: "0421"}))
		_, ok = d.Roster().Person("fengcheng.filer")
		require.True(t, ok, "who is back is in again")
		for _, kind := range []bot.ChangeKind{bot.MemberLeft, bot.OtherChange} {
			for _, user := range []string{"somebody", ""} {
				require.NoError(t, dingtalkContacts{d}.Changed(t.Context(), bot.MemberChange{Kind: kind, Account: user}))
			}
		}
		require.Len(t, d.Roster().People, 2)
	})
}

// TestWhoLeavesDingTalkKeepsTheirAccessToWeCom: where WeCom decides who is in the
// campaign, DingTalk only loses its own.
func TestWhoLeavesDingTalkKeepsTheirAccessToWeCom(t *testing.T) {
	b := newBoth(t, "sqlite:"+t.TempDir()+"/zhuanban.db")
	require.Equal(t, "fengcheng.filer", b.book.Account("0421"))
	b.onDingTalk("0421", "你好")
	require.NoError(t, dingtalkContacts{b.desk}.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: "0421"}))
	require.Contains(t, b.onDingTalk("0421", "你好"), "绑定 员工账号")
	require.NotContains(t, b.onWeCom("fengcheng.filer", "帮助"), "已停用")
	require.Equal(t, wecom.Name, b.bot.Home("fengcheng.filer"))
}
