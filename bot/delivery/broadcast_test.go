package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/delivery"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// caster is a world whose platform takes many recipients in one call, and its
// broadcaster.
func caster(t *testing.T, batch int, opts ...bottest.Option) (*bottest.World, *delivery.Broadcaster) {
	w := bottest.New(t, opts...)
	w.Channel.Does.Batch = batch
	w.Courier.Channels[w.Channel.Name()] = bottest.Batching{Channel: w.Channel}
	return w, castOf(w)
}

func castOf(w *bottest.World) *delivery.Broadcaster {
	return &delivery.Broadcaster{Store: w.Store, Clock: w.Clock, Wall: w.Wall.Now, Wake: w.Courier.Wake, Log: w.Courier.Log}
}

func people(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprint("p", i))
	}
	return out
}

func start(t *testing.T, w *bottest.World, b *delivery.Broadcaster, to []string) int64 {
	t.Helper()
	id, err := b.Start(t.Context(), delivery.Broadcast{Author: "cleo", Platform: w.Channel.Name(), Template: "announce.broadcast",
		Reply: bot.Reply{Kind: bot.TextReply, Text: "各位：明天下午三点开会"}, To: to})
	require.NoError(t, err)
	return id
}

func step(t *testing.T, b *delivery.Broadcaster) int {
	t.Helper()
	n, err := b.Step(t.Context())
	require.NoError(t, err)
	return n
}

func progress(t *testing.T, b *delivery.Broadcaster, id int64) delivery.Progress {
	t.Helper()
	p, err := b.Progress(t.Context(), id)
	require.NoError(t, err)
	return p
}

// each runs on both databases.
func each(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, storetest.SQLiteURL(t)) })
	t.Run("mysql", func(t *testing.T) { test(t, storetest.MariaDBURL(t)) })
}

// TestABroadcastToTenThousand, and to fewer on SQLite, which the race detector
// slows down.
func TestABroadcastToTenThousand(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		all := 10_000
		if strings.HasPrefix(url, "sqlite:") {
			all = 1500
		}
		w, b := caster(t, 1000, bottest.At(url))
		w.Channel.FailWith("p1234", bot.SendError{Fate: bot.Refused, Reason: bot.NotVisible})
		w.Channel.FailWith("p815", bot.SendError{Fate: bot.NotSent, Reason: bot.Throttled})
		id := start(t, w, b, append(people(all), "p1", "p2"))
		largest := 0
		for progress(t, b, id).State == store.BroadcastRunning {
			step(t, b)
			largest = max(largest, progress(t, b, id).Queued)
			w.Flush()
			w.Wall.Set(w.Wall.Now().Add(3 * time.Second))
		}
		require.Equal(t, delivery.Progress{State: store.BroadcastDone, Total: all, Sent: all - 1, Failed: 1}, progress(t, b, id))
		require.LessOrEqual(t, largest, 600, "the outbox stays small")
		got := map[string]int{}
		calls := map[int]bool{}
		for _, a := range w.Channel.Attempts() {
			calls[a.Call] = true
			if a.Fate == "" {
				got[a.To]++
			}
		}
		require.Len(t, got, all-1)
		for to, n := range got {
			require.Equal(t, 1, n, to)
		}
		require.LessOrEqual(t, len(calls), 25, "hundreds in one call")
	})
}

func TestABroadcastCanBeStoppedInItsMiddle(t *testing.T) {
	w, b := caster(t, 100)
	id := start(t, w, b, people(2000))
	step(t, b)
	calls := 0
	w.Channel.Hold = func(bot.Parcel) {
		if calls++; calls == 150 {
			require.NoError(t, b.Stop(t.Context(), id))
		}
	}
	w.Flush()
	p := progress(t, b, id)
	require.Equal(t, store.BroadcastStopped, p.State)
	require.Equal(t, 200, p.Sent, "what was just being sent is sent")
	require.Equal(t, 300, p.Withdrawn)
	require.Equal(t, 1500, p.ToGo)
	require.Zero(t, step(t, b))
	w.Flush()
	require.Equal(t, p, progress(t, b, id))
	require.ErrorIs(t, b.Stop(t.Context(), id), store.ErrConflict, "it is stopped already")
}

func TestWhatWasNotSentWhenABroadcastWasStoppedIsNotSentLater(t *testing.T) {
	w, b := caster(t, 100)
	id := start(t, w, b, people(3))
	step(t, b)
	w.Channel.FailFor("p1", bot.NotSent)
	w.Channel.Hold = func(p bot.Parcel) {
		if p.To.Account == "p0" {
			require.NoError(t, b.Stop(t.Context(), id))
		}
	}
	w.Flush()
	w.FastForward(time.Hour)
	require.Equal(t, 2, progress(t, b, id).Sent)
	require.Equal(t, 1, progress(t, b, id).Withdrawn)
	require.Empty(t, w.Channel.Shown("p1"))
}

func TestABroadcastSurvivesAKill(t *testing.T) {
	const all = 1200
	w, b := caster(t, 100)
	id := start(t, w, b, people(all))
	step(t, b)
	claimed(t, w, false) // a courier dies with all of the first batch in its hands, not yet sent
	for range 6 {
		w.Restart()
		w.Courier.Channels[w.Channel.Name()] = bottest.Batching{Channel: w.Channel}
		b = castOf(w)
		step(t, b)
		step(t, castOf(w)) // another process at the same time
		w.Wall.Set(w.Wall.Now().Add(15 * time.Second))
		w.Flush()
	}
	step(t, b)
	require.Equal(t, delivery.Progress{State: store.BroadcastDone, Total: all, Sent: all}, progress(t, b, id))
	for _, to := range people(all) {
		require.Len(t, w.Channel.Shown(to), 1, to)
	}
}

// A call to many people is known to the platform only with the same people: what a
// courier died with in the middle of such a call is told of, and not said twice.
func TestWhatWasPerhapsBroadcastIsNotBroadcastAgain(t *testing.T) {
	const all = 300
	w, b := caster(t, 100)
	id := start(t, w, b, people(all))
	step(t, b)
	claimed(t, w, true)
	w.Wall.Set(w.Wall.Now().Add(15 * time.Second))
	w.Flush()
	p := progress(t, b, id)
	require.Positive(t, p.Failed)
	require.Equal(t, all, p.Failed+p.Sent)
	for _, to := range people(all) {
		require.LessOrEqual(t, len(w.Channel.Shown(to)), 1, to)
	}
}

func TestAnAnswerOvertakesARunningBroadcast(t *testing.T) {
	w, b := caster(t, 0)
	id := start(t, w, b, people(500))
	step(t, b)
	calls, answer := 0, int64(0)
	w.Channel.Hold = func(p bot.Parcel) {
		if calls++; calls == 10 {
			answer = put(t, w, "ann", bot.PriorityAnswer)
		}
	}
	w.Flush()
	var place int
	for i, a := range w.Channel.Attempts() {
		if a.ID == answer {
			place = i
		}
	}
	require.Equal(t, 100, place, "after the claim that was in hand")
	require.Equal(t, 500, progress(t, b, id).Sent)
}

func TestTheEndOfABroadcastIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		w, b := caster(t, 100, bottest.At(url))
		w.Channel.FailFor("p1", bot.Refused)
		var told []delivery.Progress
		refuse := true
		b.Done = func(_ context.Context, _ *store.Tx, v store.Broadcast, p delivery.Progress) error {
			require.Equal(t, w.Clock.Now().Unix(), v.DoneAt.Unix())
			if refuse {
				refuse = false
				return errors.New("as the test wished")
			}
			told = append(told, p)
			return nil
		}
		id := start(t, w, b, people(3))
		stopped := start(t, w, b, people(3))
		require.NoError(t, b.Stop(t.Context(), stopped))
		step(t, b)
		w.Flush()
		_, err := b.Step(t.Context())
		require.Error(t, err)
		require.Equal(t, store.BroadcastRunning, progress(t, b, id).State, "untold is not ended")
		step(t, b)
		step(t, b)
		require.Equal(t, []delivery.Progress{{State: store.BroadcastDone, Total: 3, Sent: 2, Failed: 1}}, told)
	})
}

func TestAPreparedBroadcastLeavesWhenItIsBegun(t *testing.T) {
	w, b := caster(t, 100)
	var v store.Broadcast
	require.NoError(t, w.Store.Update(t.Context(), func(tx *store.Tx) (err error) {
		v, err = delivery.PrepareBroadcast(t.Context(), tx, delivery.Broadcast{Author: "cleo", Platform: w.Channel.Name(),
			Template: "announce.broadcast", Reply: bot.Reply{Kind: bot.TextReply, Text: "开会"}, To: []string{"p1", "p2", "p1"}}, w.Clock.Now())
		return err
	}))
	require.Equal(t, 2, v.Total, "named twice is named once")
	require.Zero(t, step(t, b))
	require.NoError(t, w.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.Broadcasts().Begin(t.Context(), v.ID, w.Clock.Now()) }))
	require.Equal(t, 2, step(t, b))
	w.Flush()
	step(t, b)
	require.Equal(t, delivery.Progress{State: store.BroadcastDone, Total: 2, Sent: 2}, progress(t, b, v.ID))
}

func TestABroadcastHasNoNumbersToReply(t *testing.T) {
	w, b := caster(t, 100)
	_, err := b.Start(t.Context(), delivery.Broadcast{Platform: w.Channel.Name(), To: people(1),
		Reply: bot.Reply{Kind: bot.CardReply, Title: "题", Buttons: []bot.Button{{Label: "是", Tap: "x", Code: 1}}}})
	require.Error(t, err)
}
