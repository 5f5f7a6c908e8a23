package delivery_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/delivery"
	"zhuanban/store"
)

// meter is a platform that counts its calls itself. What is free says so.
type meter struct {
	*bottest.Channel
	used int
	end  time.Time
}

func (m *meter) Calls(_ context.Context, p bot.Parcel) int {
	if strings.Contains(p.Reply.Text, "free") {
		return 0
	}
	return 1
}

func (m *meter) Month(context.Context) (int, bot.Month) {
	return m.used, bot.Month{Name: "2024-01", End: m.end}
}

// Send counts.
func (m *meter) Send(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	m.used += m.Calls(ctx, p)
	return m.Channel.Send(ctx, p)
}

func metered(t *testing.T, used int) (*bottest.World, *meter) {
	w := bottest.New(t)
	w.Channel.Does.Limits = "dingtalk/standard"
	m := &meter{Channel: w.Channel, used: used, end: w.Wall.Now().Add(20 * time.Hour)}
	w.Courier.Channels[w.Channel.Name()] = m
	return w, m
}

func TestAMonthsCallsAreThoseThatThePlatformCounts(t *testing.T) {
	w, m := metered(t, 9998)
	var ids []int64
	for range 4 {
		ids = append(ids, put(t, w, "ann", bot.PriorityAnswer, saying("free")))
	}
	for range 3 {
		ids = append(ids, put(t, w, "ben", bot.PriorityAnswer))
	}
	w.Flush()
	for _, id := range ids[:6] {
		require.Equal(t, store.Sent, get(t, w, id).State)
	}
	last := get(t, w, ids[6])
	require.Equal(t, []any{store.Queued, string(bot.Throttled)}, []any{last.State, last.Reason})
	require.Zero(t, last.Tried, "no call was made for it")
	require.Equal(t, 10_000, m.used)

	m.used = 0
	w.FastForward(20 * time.Hour)
	require.Equal(t, store.Sent, get(t, w, ids[6]).State, "with the next month")
}

func TestWhatIsLessUrgentLeavesTheMonthsLastCallsToAnswers(t *testing.T) {
	w, m := metered(t, 9000)
	m.end = w.Wall.Now().Add(10 * 24 * time.Hour)
	notice := put(t, w, "ann", bot.PriorityNotice)
	broadcast := put(t, w, "ben", bot.PriorityBroadcast)
	answer := put(t, w, "cleo", bot.PriorityAnswer)
	w.Flush()
	require.Equal(t, store.Failed, get(t, w, notice).State, "too old by the time the next month begins, and visibly so")
	require.Equal(t, string(bot.Throttled), get(t, w, notice).Reason)
	require.Equal(t, store.Failed, get(t, w, broadcast).State)
	require.Equal(t, store.Sent, get(t, w, answer).State)
	require.Equal(t, 9001, m.used)
}

func TestTheOfficeHearsOnceAMonthThatCallsRunOut(t *testing.T) {
	w, m := metered(t, 6999)
	w.Courier.Office = w.Bot
	var log strings.Builder
	w.Courier.Log = slog.New(slog.NewTextHandler(&log, nil))
	send := func() {
		put(t, w, "ann", bot.PriorityAnswer)
		w.Flush()
	}
	send()
	require.Empty(t, texts(w, "cleo"))
	for range 3 {
		send()
	}
	told := texts(w, "cleo")
	require.Len(t, told, 1, "at seventy in a hundred")
	require.Contains(t, told[0], "已用 7000 次，额度 10000 次")
	require.Contains(t, log.String(), "nearly used")

	s, err := w.Courier.Stats(t.Context())
	require.NoError(t, err)
	require.Equal(t, 10_000, s.Budgets[0].Limit)
	require.GreaterOrEqual(t, s.Budgets[0].Used, 7000)

	w.Restart()
	w.Courier.Channels[w.Channel.Name()], w.Courier.Office = m, w.Bot
	send()
	require.Len(t, texts(w, "cleo"), 1, "nor does a restart tell it again")
}

func TestCallsAreCountedOverRestarts(t *testing.T) {
	w := bottest.New(t)
	count := func(month string, n int) int {
		sum, err := delivery.Calls{Store: w.Store, Platform: "test"}.Count(t.Context(), month, n)
		require.NoError(t, err)
		return sum
	}
	require.Zero(t, count("2024-01", 0))
	require.Equal(t, 20, count("2024-01", 20))
	require.Equal(t, 25, count("2024-01", 5))
	require.Equal(t, 1, count("2024-02", 1))
	w.Restart()
	require.Equal(t, 25, count("2024-01", 0))
}
