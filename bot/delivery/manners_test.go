package delivery_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/delivery"
	"zhuanban/store"
)

// at sets the campaign's clock to an hour of the world's first day.
func at(w *bottest.World, clock string) time.Time {
	t, _ := time.Parse("15:04", clock)
	now := time.Date(2024, 1, 19, t.Hour(), t.Minute(), 0, 0, bottest.Friday.Location())
	w.Clock.Set(now)
	return now
}

func polite(t *testing.T) *bottest.World {
	w := world(t)
	w.Courier.Manners = delivery.Manners{Quiet: delivery.Quiet{From: 22 * time.Hour, Until: 7 * time.Hour}}
	return w
}

func TestQuietHours(t *testing.T) {
	expires := func(d time.Duration) func(*store.Delivery) {
		return func(v *store.Delivery) { v.ExpiresAt = v.CreatedAt.Add(d) }
	}
	none := func(*store.Delivery) {}
	for name, c := range map[string]struct {
		clock    string
		priority int
		change   func(*store.Delivery)
		held     bool
	}{
		"by day it goes":                        {"21:59", bot.PriorityNotice, none, false},
		"at night it waits":                     {"22:00", bot.PriorityNotice, none, true},
		"after midnight, too":                   {"06:59", bot.PriorityBroadcast, none, true},
		"in the morning it goes":                {"07:00", bot.PriorityNotice, none, false},
		"an answer goes at any time":            {"23:00", bot.PriorityAnswer, none, false},
		"what is urgent goes at any time":       {"23:00", bot.PriorityUrgent, none, false},
		"what is of no use by then goes":        {"23:00", bot.PriorityReminder, expires(time.Hour), false},
		"what is still of use by then does not": {"23:00", bot.PriorityReminder, expires(24 * time.Hour), true},
		"a group's does":                        {"23:00", bot.PriorityNotice, func(d *store.Delivery) { d.ToKind = "group" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := polite(t)
			now := at(w, c.clock)
			id := put(t, w, "ben", c.priority, c.change)
			w.Flush()
			d := get(t, w, id)
			require.Equal(t, c.held, d.State == store.Held, d.State)
			if !c.held {
				return
			}
			require.Equal(t, "quiet hours", d.Why)
			require.Equal(t, "07:00", d.HoldUntil.In(bottest.Friday.Location()).Format("15:04"))
			require.True(t, d.HoldUntil.After(now))
			w.FastForward(d.HoldUntil.Sub(now) - time.Second)
			require.Empty(t, w.Channel.Shown("ben"))
			w.FastForward(time.Second)
			require.Len(t, w.Channel.Shown("ben"), 1)
		})
	}
}

func TestAnUrgentNoticeDoesNotWaitForTheMorning(t *testing.T) {
	w := polite(t)
	at(w, "23:30")
	queue(t, w, "告诉 一")
	queue(t, w, "急告 二")
	w.Flush()
	w.Expect("ben", "二")
	require.Len(t, w.Channel.Shown("ben"), 1)
}

func TestTheDaysCap(t *testing.T) {
	for name, digestAt := range map[string][]time.Duration{
		"without an hour for digests, the next morning": nil,
		"otherwise at that hour":                        {11*time.Hour + 30*time.Minute, 17 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			w := polite(t)
			w.Courier.Manners.Daily, w.Courier.Manners.DigestAt, w.Courier.Manners.Digest = 5, digestAt, 3
			at(w, "09:00")
			for i := range 5 {
				put(t, w, "ben", bot.PriorityNotice, saying(fmt.Sprint("early", i)))
				w.Flush()
			}
			put(t, w, "ben", bot.PriorityAnswer)
			for i := range 4 {
				put(t, w, "ben", bot.PriorityNotice, saying(fmt.Sprint("late", i)))
			}
			w.Flush()
			require.Len(t, w.Channel.Shown("ben"), 6, "the five, and an answer, which does not count")
			held := allRows(t, w, store.Held)
			require.Len(t, held, 4)
			require.Equal(t, "the day's cap", held[0].Why)
			want := time.Date(2024, 1, 20, 7, 0, 0, 0, bottest.Friday.Location())
			if digestAt != nil {
				want = time.Date(2024, 1, 19, 11, 30, 0, 0, bottest.Friday.Location())
			}
			require.Equal(t, want.UTC(), held[0].HoldUntil)
			w.Clock.Set(want)
			w.Flush()
			seen := texts(w, "ben")
			require.Len(t, seen, 7, "one message with all four")
			for i := range 4 {
				require.Contains(t, seen[6], fmt.Sprint("late", i))
			}
		})
	}
}

func TestADigest(t *testing.T) {
	w := polite(t)
	w.Courier.Manners.Digest = 3
	at(w, "23:00")
	for _, n := range []string{"一", "二", "三", "四"} {
		queue(t, w, "告诉 "+n)
	}
	group := put(t, w, "群", bot.PriorityNotice, func(d *store.Delivery) { d.ToKind = "group" })
	w.Flush()
	require.Empty(t, w.Channel.Shown("ben"))
	require.Equal(t, store.Sent, get(t, w, group).State)
	at(w, "23:01")
	w.Clock.Set(w.Clock.Now().Add(8 * time.Hour))
	w.Flush()
	seen := texts(w, "ben")
	require.Len(t, seen, 1, "four messages are one")
	require.Contains(t, seen[0], "4 条消息")
	last := -1
	for _, n := range []string{"一", "二", "三", "四"} {
		i := strings.Index(seen[0], n)
		require.Greater(t, i, last, "complete and in order")
		last = i
	}
	merged := allRows(t, w, store.Merged)
	require.Len(t, merged, 3)
	for _, d := range merged {
		lead := allRows(t, w, store.Sent)
		require.Contains(t, []string{fmt.Sprint(lead[0].ID), fmt.Sprint(lead[1].ID)}, d.Ref, "each tells what carried it")
		require.NotEmpty(t, d.Body, "and what it said")
	}
}

func TestWhatIsNotMerged(t *testing.T) {
	w := polite(t)
	w.Courier.Manners.Digest = 3
	put(t, w, "ben", bot.PriorityNotice, saying("一"))
	put(t, w, "ben", bot.PriorityNotice, saying("二"))
	for i := range 5 {
		put(t, w, "ben", bot.PriorityAnswer, saying(fmt.Sprint("答", i)))
	}
	w.Flush()
	require.Len(t, texts(w, "ben"), 7, "two are not many, and answers are what was asked for")
	for range 4 {
		put(t, w, "群", bot.PriorityNotice, func(d *store.Delivery) { d.ToKind = "group" })
	}
	w.Flush()
	require.Len(t, texts(w, "群"), 4, "a group's messages are everybody's")
}

func TestADigestKeepsToThePlatformsSize(t *testing.T) {
	w := polite(t)
	w.Courier.Manners.Digest, w.Channel.Does.MaxTextSize = 3, 1000
	for i := range 10 {
		put(t, w, "ben", bot.PriorityNotice, saying(strings.Repeat(fmt.Sprint(i), 300)))
	}
	long := strings.Repeat("长", 330)
	put(t, w, "ben", bot.PriorityNotice, saying(long))
	w.Flush()
	seen := texts(w, "ben")
	require.Len(t, seen, 6)
	for _, s := range seen {
		require.LessOrEqual(t, len(s), 1000)
	}
	require.Equal(t, long, seen[5], "what fills a message alone goes alone")
	all := strings.Join(seen, "")
	for i := range 10 {
		require.Contains(t, all, strings.Repeat(fmt.Sprint(i), 300))
	}
}

func TestADigestIsTheSameToTheByteWhenTriedAgain(t *testing.T) {
	w := polite(t)
	w.Courier.Manners.Digest = 3
	w.Channel.Fail(bot.Unknown)
	for range 3 {
		put(t, w, "ben", bot.PriorityNotice)
	}
	w.Flush()
	put(t, w, "ben", bot.PriorityNotice)
	w.FastForward(time.Minute)
	a := w.Channel.Attempts()
	require.Len(t, a, 3)
	require.Equal(t, []any{a[0].ID, a[0].Bytes}, []any{a[1].ID, a[1].Bytes})
	require.NotEqual(t, a[0].ID, a[2].ID)
}

func TestTheSameWordsTooOftenAreWithheld(t *testing.T) {
	w := world(t)
	say := func(text string, priority int, kind string) store.DeliveryState {
		id := put(t, w, "x", priority, saying(text), func(d *store.Delivery) { d.ToKind = kind })
		w.Flush()
		return get(t, w, id).State
	}
	for _, kind := range []string{"person", "group"} {
		for range 3 {
			require.Equal(t, store.Sent, say("一样", bot.PriorityNotice, kind))
		}
		require.Equal(t, store.Withheld, say("一样", bot.PriorityNotice, kind))
		require.Equal(t, store.Sent, say("不一样", bot.PriorityNotice, kind))
		require.Equal(t, store.Sent, say("一样", bot.PriorityAnswer, kind), "an answer was asked for")
	}
	w.FastForward(10 * time.Minute)
	require.Equal(t, store.Sent, say("一样", bot.PriorityNotice, "person"), "after ten minutes it may be said again")
	for range 5 {
		put(t, w, "y", bot.PriorityNotice, saying("一齐"))
	}
	w.Flush()
	require.Len(t, w.Channel.Shown("y"), 3, "at once, too")
}
