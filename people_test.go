package main

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
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
