package main

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/handlers/help"
	"zhuanban/templates"
)

// TestWhoComesForTheFirstTimeIsTakenToSayAWordThatAsksForHelp: what the channel of
// WeCom puts into their mouth is one of the words of the duty that greets.
func TestWhoComesForTheFirstTimeIsTakenToSayAWordThatAsksForHelp(t *testing.T) {
	t.Parallel()
	heard := &ear{}
	words, err := templates.Load()
	require.NoError(t, err)
	channel, err := wecom.New(wecom.Options{CorpID: "wwmenu", AgentID: "1000002", Secret: "s", Token: "token", AESKey: soakKey,
		Desk: heard, Templates: words, Wall: time.Now, Log: quiet})
	require.NoError(t, err)
	client := &wecomtest.Client{Callback: channel, CorpID: "wwmenu", AgentID: "1000002", Token: "token", AESKey: soakKey}
	_, err = client.Enter(t.Context(), "somebody")
	require.NoError(t, err)
	var known []string
	for _, c := range help.Handler().Commands {
		known = append(known, c.Words...)
	}
	require.Contains(t, known, heard.last.Text)
	require.True(t, heard.last.Greeting)
}

// ear is a desk that only listens.
type ear struct{ last bot.Message }

func (e *ear) Handle(_ context.Context, m bot.Message) (bot.Answer, error) {
	e.last = m
	return bot.Answer{}, nil
}

// TestEveryEntryOfTheMenuIsUnderstood: a tap says a word that the bot knows, to those
// who may use it.
func TestEveryEntryOfTheMenuIsUnderstood(t *testing.T) {
	t.Parallel()
	d := shippedDesk(t, "sqlite:"+filepath.Join(t.TempDir(), "menu.db"))
	say := func(as, text string) string {
		a, err := d.Handle(t.Context(), bot.Message{Platform: "phone", ID: as + text, Sender: as, At: d.clock.Now(), Text: text})
		require.NoError(t, err)
		require.NotEmpty(t, a.Replies, text)
		return a.Replies[0].Text
	}
	for _, as := range []string{"fengcheng.filer", "office.clerk"} {
		require.Contains(t, say(as, "天上飘着一朵云"), "没看懂", "what is not understood says so")
		for _, top := range d.cfg.WeCom.Menu {
			for _, e := range top.Sub {
				require.NotContains(t, say(as, e.Key), "没看懂", "%s says %s", as, e.Key)
			}
		}
	}
}

func TestTheMenuOfTheShippedCampaignHasTheWordsThatNobodyIsTaught(t *testing.T) {
	c, err := loadCampaign("config.yaml", nil)
	require.NoError(t, err)
	var words []string
	for _, top := range c.WeCom.Menu {
		for _, e := range top.Sub {
			words = append(words, e.Key)
		}
	}
	require.ElementsMatch(t, []string{"帮助", "报线索", "周报", "零报告", "进度", "更正", "撤回", "代报", "谁没报", "本周数据", "继续"}, words)
}
