package delivery_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/delivery"
	"zhuanban/store"
	"zhuanban/store/redis"
)

// most is the largest number of attempts in any window of a length, among those that
// count.
func most(all []bottest.Attempt, per time.Duration, counts func(bottest.Attempt) bool) (n int) {
	var at []time.Time
	for _, a := range all {
		if counts(a) {
			at = append(at, a.At)
		}
	}
	from := 0
	for i, t := range at {
		for !at[from].After(t.Add(-per)) {
			from++
		}
		n = max(n, i-from+1)
	}
	return n
}

// TestLimitsHoldInAnyWindow: two couriers with one budget, a hundred messages to each
// of three people and a group, and the platform's log.
func TestLimitsHoldInAnyWindow(t *testing.T) {
	one := bottest.New(t)
	one.Channel.Now = one.Wall.Now
	one.Channel.Does.Limits = "wecom"
	other := &delivery.Courier{Store: one.Store, Writer: one.Bot, Channels: one.Courier.Channels, Clock: one.Clock, Wall: one.Wall.Now,
		Owner: "other", Log: slog.New(slog.DiscardHandler), Budget: new(redis.MemoryBudget), Chance: one.Courier.Chance}
	one.Courier.Budget = other.Budget
	for i := range 300 {
		put(t, one, fmt.Sprint("p", i%3), []int{bot.PriorityAnswer, bot.PriorityNotice}[i/3%2])
	}
	for i := range 600 {
		one.Wall.Set(one.Wall.Now().Add(time.Second))
		_, err := []*delivery.Courier{one.Courier, other}[i%2].Flush(t.Context())
		require.NoError(t, err)
	}
	all := one.Channel.Attempts()
	require.Len(t, all, 300, "nothing is lost, and nothing sent twice")
	for i := range 3 {
		to := fmt.Sprint("p", i)
		require.LessOrEqual(t, most(all, time.Minute, func(a bottest.Attempt) bool { return a.To == to }), 30)
		require.Greater(t, most(all, time.Minute, func(a bottest.Attempt) bool { return a.To == to }), 25, "and is made use of")
		require.Len(t, one.Channel.Shown(to), 100)
	}
}

// inPieces is a platform that shows everything in some messages.
type inPieces struct {
	*bottest.Channel
	n int
}

func (c inPieces) Pieces(p bot.Parcel) int {
	to := p.To
	if to.Kind == bot.ToGroup {
		return 10 * c.n
	}
	return c.n
}

func TestEveryMessageCountsThatARowArrivesIn(t *testing.T) {
	for pieces, sent := range map[int]int{0: 40, 1: 30, 2: 15, 7: 4, 1000: 3} {
		w := bottest.New(t)
		w.Channel.Does.Limits = "wecom"
		w.Courier.Channels[w.Channel.Name()] = inPieces{w.Channel, pieces}
		for range 40 {
			put(t, w, "ann", bot.PriorityAnswer)
		}
		w.Flush()
		require.Len(t, w.Channel.Attempts(), sent, "%d messages each", pieces)
	}
}

func TestWhereARowGoesCountsForItsMessages(t *testing.T) {
	w := bottest.New(t)
	w.Channel.Does.Limits = "wecom.robot"
	w.Courier.Channels[w.Channel.Name()] = inPieces{w.Channel, 1}
	for range 40 {
		put(t, w, "ann", bot.PriorityAnswer)
		put(t, w, "群", bot.PriorityAnswer, func(d *store.Delivery) { d.ToKind = string(bot.ToGroup) })
	}
	w.Flush()
	got := map[string]int{}
	for _, a := range w.Channel.Attempts() {
		got[a.To]++
	}
	require.Equal(t, map[string]int{"ann": 30, "群": 3}, got)
}

func TestAGroupsRobotIsPaced(t *testing.T) {
	w := bottest.New(t)
	w.Channel.Now, w.Channel.Does.Limits = w.Wall.Now, "dingtalk/group"
	var last int64
	for range 50 {
		last = put(t, w, "群", bot.PriorityAnswer, func(d *store.Delivery) { d.ToKind = string(bot.ToGroup) })
	}
	w.Flush()
	require.Len(t, w.Channel.Attempts(), 20)
	d := get(t, w, last)
	require.Equal(t, store.Queued, d.State)
	require.Zero(t, d.Tried, "a pace burns no try")
	passes(w, 5*time.Minute, time.Second)
	require.Len(t, w.Channel.Attempts(), 50)
	require.Equal(t, 20, most(w.Channel.Attempts(), time.Minute, func(bottest.Attempt) bool { return true }))
}

func TestWhyItWaitsIsInTheRow(t *testing.T) {
	w := bottest.New(t)
	w.Channel.Does.Limits = "wecom/group"
	var ids []int64
	for range 21 {
		ids = append(ids, put(t, w, "群", bot.PriorityAnswer, func(d *store.Delivery) { d.ToKind = string(bot.ToGroup) }))
	}
	w.Flush()
	require.Contains(t, get(t, w, ids[20]).Why, "paced: test/group/群, at most 20")
	require.Equal(t, string(bot.Throttled), get(t, w, ids[20]).Reason)
}

func TestTheLessUrgentLeaveAReserve(t *testing.T) {
	w := bottest.New(t)
	w.Channel.Does.Limits = "wecom"
	for range 40 {
		put(t, w, "ben", bot.PriorityBroadcast)
	}
	w.Flush()
	require.Len(t, w.Channel.Attempts(), 21, "a broadcast leaves three tenths of thirty")
	for range 40 {
		put(t, w, "ben", bot.PriorityNotice)
	}
	w.Flush()
	require.Len(t, w.Channel.Attempts(), 27, "a notice leaves a tenth")
	for range 40 {
		put(t, w, "ben", bot.PriorityAnswer)
	}
	w.Flush()
	require.Len(t, w.Channel.Attempts(), 30, "and answers have all")
}

func TestABroadcastThatWaitsForTheAppsBudgetStopsNoAnswer(t *testing.T) {
	w := bottest.New(t)
	w.Channel.Does.Limits, w.Courier.Accounts = "wecom", 1 // 200 people a day, 140 for broadcasts
	var last int64
	for i := range 200 {
		last = put(t, w, fmt.Sprint("p", i), bot.PriorityBroadcast)
	}
	w.Flush()
	require.Len(t, w.Channel.Attempts(), 140)
	require.Zero(t, get(t, w, last).Tried)
	answer := put(t, w, "p199", bot.PriorityAnswer)
	w.Flush()
	require.Equal(t, store.Sent, get(t, w, answer).State)
	passes(w, 25*time.Hour, time.Hour)
	require.Equal(t, store.Sent, get(t, w, last).State, "the next day")
}

func TestARestartForgetsNoMonth(t *testing.T) {
	w := bottest.New(t)
	w.Channel.Does.Limits, w.Courier.Accounts = "wecom", 1
	for i := range 140 {
		put(t, w, fmt.Sprint("p", i), bot.PriorityBroadcast)
	}
	w.Flush()
	require.Len(t, w.Channel.Attempts(), 140)
	w.Restart()
	w.Courier.Accounts = 1
	var log strings.Builder
	w.Courier.Log = slog.New(slog.NewTextHandler(&log, nil))
	id := put(t, w, "another", bot.PriorityBroadcast)
	w.Flush()
	require.Equal(t, store.Queued, get(t, w, id).State)
	s, err := w.Courier.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, []delivery.Usage{{Platform: "test", Scope: delivery.AppPersons, Per: 24 * time.Hour, Used: 140, Limit: 200}}, s.Budgets)
	require.Contains(t, log.String(), "nearly used", "at seventy in a hundred")
}

func TestTheLimitsPage(t *testing.T) {
	for _, name := range []string{"", "wecom", "wecom/group", "wecom.robot", "wecom/appchat", "dingtalk/standard", "dingtalk/professional",
		"dingtalk/exclusive", "dingtalk/group", "dingtalk/notice"} {
		limits, ok := delivery.Limits(name, 100)
		require.True(t, ok, name)
		require.Equal(t, name == "", len(limits) == 0, name)
		for _, l := range limits {
			require.Positive(t, l.Count)
			require.Positive(t, l.Per)
		}
	}
	_, ok := delivery.Limits("wecom/typo", 0)
	require.False(t, ok)
}
