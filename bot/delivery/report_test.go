package delivery_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
)

// refuse lets the next send to somebody end for a reason.
func refuse(w *bottest.World, to string, r bot.Reason) {
	w.Channel.FailWith(to, bot.SendError{Fate: bot.Refused, Reason: r})
}

func TestTheOfficeIsToldWhoDidNotGetWhatAndWhy(t *testing.T) {
	w := world(t)
	w.Courier.Office = w.Bot
	for i := range 7 {
		to := fmt.Sprint("stranger", i)
		refuse(w, to, bot.NotVisible)
		put(t, w, to, bot.PriorityNotice, template("weekly.day"), saying("机密内容"))
	}
	refuse(w, "ben", bot.NoSuchAccount)
	put(t, w, "ben", bot.PriorityAnswer, template(""))
	w.Flush()
	seen := texts(w, "cleo")
	require.Len(t, seen, 1, "one notice for all")
	text := seen[0]
	for _, want := range []string{"有 8 条消息没有送达", "stranger0", "stranger4", "另有 2 人", "周报通知", "（7 条）", "可见范围", "填报员·乙", "没有这个账号", "答复"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "stranger5")
	require.NotContains(t, text, "机密", "never what it said")
	for _, d := range allRows(t, w, store.Refused) {
		require.False(t, d.ReportedAt.IsZero())
	}

	refuse(w, "ben", bot.NoSuchAccount)
	put(t, w, "ben", bot.PriorityNotice)
	w.Flush()
	w.FastForward(9 * time.Minute)
	require.Len(t, texts(w, "cleo"), 1, "not again within ten minutes")
	w.FastForward(time.Minute)
	require.Len(t, texts(w, "cleo"), 2)
	require.Contains(t, texts(w, "cleo")[1], "有 1 条")
}

func TestAReportThatFailsIsNotReported(t *testing.T) {
	w := world(t)
	w.Courier.Office = w.Bot
	refuse(w, "ben", bot.NoSuchAccount)
	refuse(w, "cleo", bot.NotVisible)
	put(t, w, "ben", bot.PriorityNotice)
	w.Flush()
	passes(w, time.Hour, 5*time.Minute)
	require.Empty(t, texts(w, "cleo"))
	require.Len(t, w.Channel.Attempts(), 2)
}

func TestNormalEndsAreNotReported(t *testing.T) {
	w := world(t)
	w.Courier.Office = w.Bot
	queue(t, w, "提醒 事")
	queue(t, w, "办好 事")
	put(t, w, "ben", bot.PriorityNotice, func(d *store.Delivery) { d.ExpiresAt = w.Clock.Now().Add(-time.Minute) })
	w.Flush()
	require.Len(t, allRows(t, w, store.Withdrawn, store.Expired), 2)
	require.Empty(t, texts(w, "cleo"))
}

func TestWhatADigestCarriedIsReportedWithIt(t *testing.T) {
	w := polite(t)
	w.Courier.Office, w.Courier.Manners.Digest = w.Bot, 3
	refuse(w, "ben", bot.NotVisible)
	for range 4 {
		put(t, w, "ben", bot.PriorityNotice)
	}
	w.Flush()
	require.Contains(t, strings.Join(texts(w, "cleo"), ""), "有 4 条消息没有送达")
}

func TestEveryReasonHasASentence(t *testing.T) {
	other := ""
	w := world(t)
	for _, r := range []bot.Reason{"", bot.NoSuchAccount, bot.HasLeft, bot.NotVisible, bot.NoSuchGroup, bot.NotPermitted, bot.NotTrusted, bot.BadContent,
		bot.TooLarge, bot.NoSuchFile, bot.Throttled, bot.PlatformAway, bot.NotConfigured, bot.PerhapsArrived, bot.Reason(store.Withheld)} {
		reply, err := w.Bot.Word(bot.Notice{Template: "delivery.reason", Data: string(r)})
		require.NoError(t, err)
		require.NotEmpty(t, reply.Text)
		if r == "" {
			other = reply.Text
		} else {
			require.NotEqual(t, other, reply.Text, r)
		}
	}
}
