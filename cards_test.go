package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
)

// cardDesk is the shipped campaign's desk behind an imitation of WeCom, with answers as
// cards.
func cardDesk(t *testing.T, bend wecomtest.Options, edits ...edit) (*desk, *wecomtest.Server, *wecomtest.Client) {
	t.Helper()
	return cardDeskOn(t, "sqlite:"+t.TempDir()+"/zhuanban.db", bend, edits...)
}

// cardDeskOn is the same on a database.
func cardDeskOn(t *testing.T, database string, bend wecomtest.Options, edits ...edit) (*desk, *wecomtest.Server, *wecomtest.Client) {
	t.Helper()
	bend.CorpID, bend.AgentID, bend.Secret, bend.MemberMinute = "wwcards", 1000002, "cards-secret", -1
	server := wecomtest.New(bend)
	api := httptest.NewServer(server)
	t.Cleanup(api.Close)
	env := append(environment(t, database), "ZHUANBAN_WECOM_CORP_ID=wwcards", "ZHUANBAN_WECOM_AGENT_ID=1000002",
		"ZHUANBAN_WECOM_SECRET=cards-secret", "ZHUANBAN_WECOM_TOKEN=token", "ZHUANBAN_WECOM_AES_KEY="+soakKey, "ZHUANBAN_WECOM_API_BASE="+api.URL)
	cfg, err := loadCampaign(edited(t, append([]edit{{"clock: simulated", "clock: real"}, {"  enabled: true", "  enabled: false"},
		{`{from: "22:00", until: "07:00"}`, `{from: "00:00", until: "00:00"}`}, {"cards: notices", "cards: always"}}, edits...)...), env)
	require.NoError(t, err)
	d, err := openDesk(t.Context(), cfg, quiet)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.close()) })
	return d, server, &wecomtest.Client{Callback: d.wecom, CorpID: "wwcards", AgentID: "1000002", Token: "token", AESKey: soakKey}
}

const aLead = "凤城镇建设路12号某某鞋店销售假冒某品牌运动鞋200双,货值3万元,昨天下午巡查发现"

// TestALeadIsReportedInWeComWithCards: one message and one tap. What was tapped shows
// on the card, and a tap that comes again does nothing twice.
func TestALeadIsReportedInWeComWithCards(t *testing.T) {
	d, server, client := cardDesk(t, wecomtest.Options{})
	reply, err := client.Say(t.Context(), "Fengcheng.Filer", "1", aLead)
	require.NoError(t, err)
	require.Empty(t, reply.Text, "the card comes by itself")
	require.NoError(t, d.flush(t.Context()))
	shown := server.Shown("fengcheng.filer")
	require.Len(t, shown, 2, "every value in full, and a small card with the buttons")
	require.Contains(t, shown[0].Text, "3万元 → 30,000元")
	require.Contains(t, shown[0].Text, "1 提交", "a number does it too")
	require.Equal(t, "线索登记·请核对", shown[1].Card.Title)

	event, err := client.Tapped(server, "Fengcheng.Filer", "提交")
	require.NoError(t, err)
	q, body, err := client.Seal(event)
	require.NoError(t, err)
	for range 3 {
		reply, err = client.Do(t.Context(), http.MethodPost, q, body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, reply.Status)
		require.Empty(t, reply.Text)
		require.NoError(t, d.flush(t.Context()))
	}
	shown = server.Shown("fengcheng.filer")
	require.Equal(t, "已选：提交", shown[1].Card.Grey)
	said := strings.Join(server.Texts("fengcheng.filer"), "\n")
	require.Equal(t, 1, strings.Count(said, "已登记 AX-"), said)
	require.Equal(t, 1, strings.Count(strings.Join(server.Texts("office.director"), "\n"), "【新线索 AX-"))
	require.Equal(t, 1, server.Calls(wecomtest.UpdatePath))

	// The receipt fits a card, and has buttons of its own.
	last := shown[len(shown)-1]
	require.NotNil(t, last.Card)
	require.Empty(t, last.Card.Cut)
	_, err = client.Tap(t.Context(), server, "fengcheng.filer", last.Card.Buttons[0].Text)
	require.NoError(t, err)
	require.NoError(t, d.flush(t.Context()))
	require.Greater(t, len(server.Shown("fengcheng.filer")), len(shown))
}

// TestWhereWeComRefusesCardsALeadIsReportedByNumber: an app without a callback may
// send none, and nobody notices but by the numbers.
func TestWhereWeComRefusesCardsALeadIsReportedByNumber(t *testing.T) {
	d, server, client := cardDesk(t, wecomtest.Options{NoCallback: true})
	_, err := client.Say(t.Context(), "fengcheng.filer", "1", "帮助")
	require.NoError(t, err)
	require.NoError(t, d.flush(t.Context()))
	require.Len(t, server.Shown("fengcheng.filer"), 1)
	require.Nil(t, server.Shown("fengcheng.filer")[0].Card)
	require.Contains(t, server.Texts("fengcheng.filer")[0], "回复 ")

	reply, err := client.Say(t.Context(), "fengcheng.filer", "2", aLead)
	require.NoError(t, err)
	require.Contains(t, reply.Text, "1 提交", "now answers come at once again")
	reply, err = client.Say(t.Context(), "fengcheng.filer", "3", "1")
	require.NoError(t, err)
	require.Contains(t, reply.Text, "已登记 AX-")
	require.NoError(t, d.flush(t.Context()))
	require.Contains(t, strings.Join(server.Texts("office.director"), "\n"), "新线索 AX-")
}

// TestANewcomerIsGreetedWithWhatTheDeskCanDo, once.
func TestANewcomerIsGreetedWithWhatTheDeskCanDo(t *testing.T) {
	_, _, client := cardDesk(t, wecomtest.Options{}, edit{"cards: always", "cards: notices"})
	reply, err := client.Enter(t.Context(), "fengcheng.filer")
	require.NoError(t, err)
	help, err := client.Say(t.Context(), "hutou.filer", "1", "帮助")
	require.NoError(t, err)
	require.NotEmpty(t, reply.Text)
	require.Equal(t, strings.Split(help.Text, "\n")[2:], strings.Split(reply.Text, "\n")[2:])
	for _, who := range []string{"hutou.filer", "nobody.known"} {
		reply, err = client.Enter(t.Context(), who)
		require.NoError(t, err)
		require.Empty(t, reply.Text)
	}
}
