package delivery_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
)

// put queues a row for a person with the words "to:n", and gives its id.
func put(t *testing.T, w *bottest.World, to string, priority int, change ...func(*store.Delivery)) int64 {
	t.Helper()
	d := store.Delivery{ID: w.Store.NewID(), ToKind: string(bot.ToPerson), ToAccount: to, Platform: w.Channel.Name(), Priority: priority,
		Template: "lead.row", CreatedAt: w.Clock.Now(), DueAt: w.Courier.Wall(), Cause: "test"}
	var err error
	d.Body, err = json.Marshal(bot.Reply{Kind: bot.TextReply, Text: fmt.Sprintf("%s:%d", to, d.ID)})
	require.NoError(t, err)
	for _, c := range change {
		c(&d)
	}
	require.NoError(t, w.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.Deliveries().Queue(t.Context(), d) }))
	return d.ID
}

// saying changes what a row says.
func saying(text string) func(*store.Delivery) {
	return func(d *store.Delivery) { d.Body, _ = json.Marshal(bot.Reply{Kind: bot.TextReply, Text: text}) }
}

func template(name string) func(*store.Delivery) {
	return func(d *store.Delivery) { d.Template = name }
}

// get reads a row.
func get(t *testing.T, w *bottest.World, id int64) (d store.Delivery) {
	t.Helper()
	require.NoError(t, w.Store.View(t.Context(), func(tx *store.Tx) (err error) {
		d, err = tx.Deliveries().Get(t.Context(), id)
		return err
	}))
	return d
}

// claimed takes everything that is due as a courier that dies with it in its hands,
// after having noted that it tries.
func claimed(t *testing.T, w *bottest.World, tried bool) []store.Delivery {
	t.Helper()
	var rows []store.Delivery
	require.NoError(t, w.Store.Update(t.Context(), func(tx *store.Tx) (err error) {
		rows, err = tx.Deliveries().Claim(t.Context(), store.Want{Owner: "dead", Now: w.Courier.Wall(), Campaign: w.Clock.Now(),
			Lease: 10 * time.Second, Limit: 1000})
		if err != nil || !tried {
			return err
		}
		_, err = tx.Deliveries().Try(t.Context(), w.Courier.Wall(), rows...)
		return err
	}))
	return rows
}

// allRows reads everything in these states.
func allRows(t *testing.T, w *bottest.World, states ...store.DeliveryState) (out []store.Delivery) {
	t.Helper()
	require.NoError(t, w.Store.View(t.Context(), func(tx *store.Tx) (err error) {
		out, err = tx.Deliveries().Undone(t.Context(), states...)
		return err
	}))
	return out
}

// texts is what somebody has seen.
func texts(w *bottest.World, to string) (out []string) {
	for _, r := range w.Channel.Shown(to) {
		out = append(out, r.Text)
	}
	return out
}

// passes moves both clocks on, step by step, delivering at each.
func passes(w *bottest.World, d, step time.Duration) {
	for ; d > 0; d -= step {
		w.FastForward(step)
	}
}

func TestACrashBetweenTheTryAndItsResult(t *testing.T) {
	for name, c := range map[string]struct {
		dedupes, tried bool
		dedupeFor      time.Duration
		forgets        bool
		template       string
		state          store.DeliveryState
		sends          int
	}{
		"never tried: as if nothing had been":                {false, false, 0, false, "announce.broadcast", store.Sent, 1},
		"copies are recognised: again, byte for byte":        {true, true, 0, false, "announce.broadcast", store.Sent, 1},
		"copies are recognised for a time, and that is over": {true, true, 5 * time.Second, true, "announce.broadcast", store.Unknown, 0},
		"the same, and a copy is better than silence":        {true, true, 5 * time.Second, true, "lead.row", store.Sent, 1},
		"copies would show, silence is better":               {false, true, 0, false, "announce.broadcast", store.Unknown, 0},
		"copies would show, a copy is better":                {false, true, 0, false, "lead.row", store.Sent, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := world(t)
			w.Channel.Does.Dedupes, w.Channel.Does.DedupeFor = c.dedupes, c.dedupeFor
			id := put(t, w, "ben", bot.PriorityNotice, template(c.template))
			before := get(t, w, id).Body
			require.Len(t, claimed(t, w, c.tried), 1)
			w.FastForward(11 * time.Second)
			d := get(t, w, id)
			require.Equal(t, c.state, d.State, d.Why)
			require.Equal(t, before, d.Body)
			require.Len(t, w.Channel.Attempts(), c.sends)
		})
	}
}

func TestATryIsNotedBeforeThePlatformIsAsked(t *testing.T) {
	for _, dedupes := range []bool{true, false} {
		for _, kind := range []string{"lead.row", "announce.broadcast"} {
			w := world(t)
			w.Channel.Does.Dedupes = dedupes
			id := put(t, w, "ben", bot.PriorityNotice, template(kind))
			w.Channel.Hold = func(bot.Parcel) {
				d := get(t, w, id)
				require.Equal(t, []any{store.Sending, 1, 1}, []any{d.State, d.Tried, d.Doubts})
			}
			w.Flush()
			d := get(t, w, id)
			require.Equal(t, []any{store.Sent, 1}, []any{d.State, d.Tried})
		}
	}
}

func TestAnAnswerPassesWhatWaits(t *testing.T) {
	w := world(t)
	w.Channel.FailFor("ben", bot.NotSent)
	first := put(t, w, "ben", bot.PriorityNotice)
	w.Flush()
	second, answer := put(t, w, "ben", bot.PriorityNotice), put(t, w, "ben", bot.PriorityAnswer)
	w.Flush()
	require.Equal(t, store.Sent, get(t, w, answer).State)
	require.Equal(t, store.Queued, get(t, w, second).State)
	require.Contains(t, get(t, w, second).Why, "waits behind")
	require.Contains(t, get(t, w, first).Why, "tried again")
	w.FastForward(time.Minute)
	require.Equal(t, []string{fmt.Sprint("ben:", answer), fmt.Sprint("ben:", first), fmt.Sprint("ben:", second)}, texts(w, "ben"))
}

func TestWhatOnePreparesWronglyHoldsUpNobodyElse(t *testing.T) {
	w := world(t)
	bad := put(t, w, "ben", bot.PriorityNotice, func(d *store.Delivery) { d.Wanted = "nobody.knows" })
	behind, other := put(t, w, "ben", bot.PriorityNotice), put(t, w, "ann", bot.PriorityNotice)
	w.Flush()
	require.Equal(t, store.Sent, get(t, w, other).State)
	require.Equal(t, store.Queued, get(t, w, behind).State)
	require.Contains(t, get(t, w, bad).Error, "nobody answers")
	passes(w, 26*time.Hour, time.Hour)
	require.Equal(t, store.Failed, get(t, w, bad).State)
	require.Equal(t, store.Sent, get(t, w, behind).State)
}

func TestAPanicInAChannelCostsOneParcel(t *testing.T) {
	w := world(t)
	bad := put(t, w, "ben", bot.PriorityNotice)
	good, other := put(t, w, "ben", bot.PriorityNotice), put(t, w, "ann", bot.PriorityNotice)
	w.Channel.Hold = func(p bot.Parcel) {
		if p.ID == bad {
			panic("boom")
		}
	}
	w.Flush()
	require.Equal(t, store.Unknown, get(t, w, bad).State)
	require.Equal(t, store.Sent, get(t, w, good).State)
	require.Equal(t, store.Sent, get(t, w, other).State)
}

func TestWhatWasCertainlyNotSentIsAskedAfterAgain(t *testing.T) {
	w := world(t)
	w.Channel.Fail(bot.NotSent)
	m := queue(t, w, "提醒 事")
	w.Flush()
	queue(t, w, "办好 事")
	w.FastForward(time.Minute)
	require.Equal(t, []store.DeliveryState{store.Withdrawn}, states(t, w, m))
	w.ExpectNothing("ben")
}

func TestThePlatformsOwnWaitIsRespected(t *testing.T) {
	w := world(t)
	w.Channel.FailWith("ben", bot.SendError{Fate: bot.NotSent, Reason: bot.Throttled, Wait: 10 * time.Minute})
	id, other := put(t, w, "ben", bot.PriorityNotice), put(t, w, "ann", bot.PriorityNotice)
	w.Flush()
	require.Equal(t, store.Sent, get(t, w, other).State, "it is not for everybody")
	passes(w, 9*time.Minute, time.Minute)
	require.Equal(t, store.Queued, get(t, w, id).State)
	passes(w, 2*time.Minute, time.Minute)
	require.Equal(t, store.Sent, get(t, w, id).State)
}

func TestAWaitForEverybodyPausesThePlatform(t *testing.T) {
	w := world(t)
	w.Channel.FailWith("ben", bot.SendError{Fate: bot.NotSent, Reason: bot.Throttled, Wait: 10 * time.Minute, Everybody: true})
	put(t, w, "ben", bot.PriorityNotice)
	other := put(t, w, "ann", bot.PriorityNotice)
	w.Flush()
	passes(w, 9*time.Minute, time.Minute)
	require.Len(t, w.Channel.Attempts(), 1)
	require.Zero(t, get(t, w, other).Tried)
	passes(w, 2*time.Minute, time.Minute)
	require.Len(t, w.Channel.Attempts(), 3)
}

// TestAPlatformAwayForTwoHours: everything goes out once, in order, and what waited
// has burned no tries.
func TestAPlatformAwayForTwoHours(t *testing.T) {
	const people, each = 30, 10
	w := world(t)
	w.Channel.Away(bot.NotSent)
	ids := map[string][]int64{}
	for i := range people * each {
		to := fmt.Sprint("p", i%people)
		ids[to] = append(ids[to], put(t, w, to, []int{bot.PriorityAnswer, bot.PriorityNotice}[i/people%2], saying(fmt.Sprint(i))))
	}
	w.Flush()
	passes(w, 2*time.Hour, 30*time.Second)
	require.Less(t, len(w.Channel.Attempts()), 300, "one at a time, not all again and again")
	stats, err := w.Courier.Stats(t.Context())
	require.NoError(t, err)
	require.Len(t, stats.Paused, 1)
	require.Equal(t, bottest.Friday.UTC(), stats.Paused[0].Since.UTC())
	tried := 0
	for _, d := range allRows(t, w, store.Queued) {
		tried += d.Tried
	}
	require.Equal(t, len(w.Channel.Attempts()), tried)

	w.Channel.Away("")
	passes(w, 2*time.Minute, 10*time.Second)
	for to, want := range ids {
		require.Len(t, w.Channel.Shown(to), each, to)
		var got []int64
		for _, a := range w.Channel.Attempts() {
			if a.To == to && a.Fate == "" {
				got = append(got, a.ID)
			}
		}
		require.Equal(t, want, got, "in order")
	}
}

func TestStatsTellHowItStands(t *testing.T) {
	w := world(t)
	w.Channel.FailFor("ann", bot.Refused)
	put(t, w, "ann", bot.PriorityNotice)
	put(t, w, "ben", bot.PriorityAnswer)
	w.Flush()
	put(t, w, "ben", bot.PriorityAnswer)
	w.Wall.Set(w.Wall.Now().Add(time.Minute))
	s, err := w.Courier.Stats(context.Background())
	require.NoError(t, err)
	require.Equal(t, map[store.DeliveryState]int{store.Refused: 1, store.Sent: 1, store.Queued: 1}, s.States)
	require.Equal(t, 1, s.Sends[struct{ Platform, Fate string }{"test", "refused"}])
	require.Equal(t, bot.PriorityAnswer, s.Lanes[0].Priority)
	require.Equal(t, time.Minute, s.Lanes[0].Oldest)
}

func TestWhatLostItsUseWhileThePlatformWasAwayExpires(t *testing.T) {
	w := world(t)
	w.Courier.Office = w.Bot
	w.Channel.Away(bot.NotSent)
	id := put(t, w, "ben", bot.PriorityReminder, func(d *store.Delivery) { d.ExpiresAt = w.Clock.Now().Add(30 * time.Minute) })
	w.Flush()
	passes(w, time.Hour, time.Minute)
	w.Channel.Away("")
	w.FastForward(time.Minute)
	require.Equal(t, store.Expired, get(t, w, id).State)
	require.Empty(t, w.Channel.Shown("ben"))
	require.Empty(t, w.Channel.Shown("cleo"), "which is a normal end")
}

// TestAPlatformAwayForANight loses no answer; after a day the office is told.
func TestAPlatformAwayForANight(t *testing.T) {
	for name, c := range map[string]struct {
		away time.Duration
		end  store.DeliveryState
	}{
		"twelve hours":  {12 * time.Hour, store.Sent},
		"a day and one": {25 * time.Hour, store.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			w := world(t)
			w.Channel.Away(bot.NotSent)
			id := put(t, w, "ben", bot.PriorityAnswer)
			w.Flush()
			passes(w, c.away, 10*time.Minute)
			w.Channel.Away("")
			passes(w, time.Hour, 10*time.Minute)
			d := get(t, w, id)
			require.Equal(t, c.end, d.State)
			if c.end == store.Failed {
				require.Equal(t, string(bot.PlatformAway), d.Reason)
			}
		})
	}
}

func TestTheWaitBetweenTriesDoublesByChance(t *testing.T) {
	for _, c := range []struct {
		chance      float64
		first, last time.Duration
	}{{0, 200 * time.Millisecond, 200 * time.Millisecond}, {0.5, 2 * time.Second, 5 * time.Minute}, {1, 4 * time.Second, 10 * time.Minute}} {
		w := world(t)
		w.Courier.Chance = func() float64 { return c.chance }
		id := put(t, w, "ben", bot.PriorityAnswer)
		var waits []time.Duration
		for range 12 {
			w.Channel.Fail(bot.NotSent)
			w.Flush()
			wait := get(t, w, id).DueAt.Sub(w.Wall.Now())
			waits = append(waits, wait)
			w.Wall.Set(w.Wall.Now().Add(wait))
		}
		require.Equal(t, c.first, waits[0])
		require.Equal(t, c.last, waits[11])
		require.IsNonDecreasing(t, waits)
	}
}
