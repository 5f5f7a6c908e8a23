package dingtalk

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/delivery"
	"zhuanban/bot/dingtalk/dingtalktest"
)

func TestTheMonthsQuota(t *testing.T) {
	w := newOutside(t, func(theirs *dingtalktest.Options, _ *Options) { theirs.PerMonth = 2 })
	for i := range 2 {
		_, err := w.send(parcel(int64(i), "ann", "一"))
		require.NoError(t, err)
	}
	_, err := w.send(parcel(3, "ann", "二"))
	failed := failure(t, err)
	require.Equal(t, []any{bot.NotSent, bot.Throttled, false}, []any{failed.Fate, failed.Reason, failed.Everybody})
	_, month := w.channel.Month(t.Context())
	require.Equal(t, time.Date(2024, 2, 1, 0, 0, 0, 0, friday.Location()).Sub(friday), failed.Wait, "until the month ends")
	require.True(t, month.End.Equal(friday.Add(failed.Wait)))
	before := w.server.Calls(dingtalktest.PersonsPath)
	_, err = w.send(parcel(4, "ben", "三"))
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	require.Equal(t, before, w.server.Calls(dingtalktest.PersonsPath), "nothing that is counted is called any more")
	_, err = w.channel.Fetch(t.Context(), "code:x")
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	_, err = w.send(w.asked(parcel(5, "ann", "答")))
	require.NoError(t, err, "but who asks is answered")
	used, _ := w.channel.Month(t.Context())
	require.Greater(t, used, 10_000)
	w.clock.Forward(failed.Wait)
	_, err = w.send(parcel(4, "ben", "三"))
	require.NoError(t, err)
}

func TestAThrottleHoldsBackTheNextCalls(t *testing.T) {
	w := newOutside(t)
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		if c.Path == dingtalktest.PersonsPath && c.N == 1 {
			return dingtalktest.QPSLimit()
		}
		return nil
	})
	for range 3 {
		_, err := w.send(parcel(1, "ann", "一"))
		require.Equal(t, bot.NotSent, failure(t, err).Fate)
	}
	require.Equal(t, 1, w.server.Calls(dingtalktest.PersonsPath))
	w.clock.Forward(time.Second)
	_, err := w.send(parcel(1, "ann", "一"))
	require.NoError(t, err)
}

func TestCallsAreCountedForAllReplicasAndOverRestarts(t *testing.T) {
	counter := &counter{of: map[string]int{}}
	w := newOutside(t, func(theirs *dingtalktest.Options, o *Options) { o.Counter, theirs.PerSecond = counter, 1000 })
	counter.of["2024-01"] = 100
	used, _ := w.channel.Month(t.Context())
	require.Equal(t, 100, used)
	send := func(c *Channel, n int) {
		for i := range n {
			_, err := c.Send(t.Context(), parcel(int64(i), "ann", "一"))
			require.NoError(t, err)
			w.clock.Forward(time.Second)
		}
	}
	send(w.channel, 25)
	used, _ = w.channel.Month(t.Context())
	require.Equal(t, 125, used)
	require.Equal(t, 120, counter.of["2024-01"])
	other := w.replica(func(*Options) {})
	send(other, 20)
	used, _ = other.Month(t.Context())
	require.Equal(t, 140, used)
	w.channel.Close()
	other.Close()
	require.Equal(t, 145, counter.of["2024-01"])

	counter.err = bot.ErrWaits
	send(w.channel, 30)
	used, _ = w.channel.Month(t.Context())
	require.Equal(t, 156, used, "what cannot be kept is not forgotten")
	counter.err = nil
	w.clock.Forward(time.Minute)
	_, _ = w.channel.Month(t.Context())
	require.Equal(t, 175, counter.of["2024-01"])
	w.clock.Set(time.Date(2024, 1, 31, 16, 0, 0, 0, time.UTC))
	used, month := w.channel.Month(t.Context())
	require.Zero(t, used)
	require.Equal(t, "2024-02", month.Name, "by the clock of Shanghai")
}

func TestEachCallIsMadeTwentyTimesASecondAtMost(t *testing.T) {
	for edition, most := range map[Edition]int{"": 20, Professional: 40, Exclusive: 60} {
		w := newOutside(t, withGroups, func(theirs *dingtalktest.Options, o *Options) { o.Edition, theirs.PerSecond = edition, most })
		for i := range most {
			_, err := w.send(parcel(int64(i), "ann", "一"))
			require.NoError(t, err)
		}
		w.clock.Forward(400 * time.Millisecond)
		_, err := w.send(parcel(1000, "ann", "一"))
		failed := failure(t, err)
		require.Equal(t, []any{bot.NotSent, bot.Throttled, 600 * time.Millisecond}, []any{failed.Fate, failed.Reason, failed.Wait})
		require.Equal(t, most, w.server.Calls(dingtalktest.PersonsPath), "DingTalk is not asked")
		_, err = w.send(bot.Parcel{ID: 1001, To: group(appGroup), Reply: bot.Reply{Kind: bot.TextReply, Text: "一"}})
		require.NoError(t, err, "every call has its own")
		w.clock.Forward(failed.Wait)
		_, err = w.send(parcel(1000, "ann", "一"))
		require.NoError(t, err)
	}
}

func TestTheLimitsOfEachEditionAreOnThePage(t *testing.T) {
	for _, name := range Edition("").Allowed() {
		w := newOutside(t, withGroups, func(_ *dingtalktest.Options, o *Options) { o.Edition = Edition(name) })
		limits, ok := delivery.Limits(w.channel.Traits().Limits, 0)
		require.True(t, ok)
		require.Equal(t, delivery.Limit{Scope: delivery.AppCalls, Count: Edition(name).perSecond(), Per: time.Second}, limits[0])
		_, ok = delivery.Limits(w.channel.TraitsTo(group(robotGroup)).Limits, 0)
		require.True(t, ok)
	}
}
