package delivery_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/delivery"
	"zhuanban/store"
)

// crier says to anybody what it is told: 「告诉 ben 话」, and asks before a
// reminder whether it is still wanted.
func crier() []bot.Handler {
	notice := func(n bot.Notice) func(context.Context, *bot.Turn, string) error {
		return func(_ context.Context, t *bot.Turn, rest string) error {
			n.To, n.Data = bot.Recipient{Kind: bot.ToPerson, Account: "ben"}, rest
			t.Notify(n)
			return nil
		}
	}
	notify := func(t *bot.Turn, to, words, wanted string, expires time.Time) {
		t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: to}, Template: "lead.unknown", Data: words,
			Wanted: wanted, Expires: expires})
	}
	return []bot.Handler{{Name: "crier", Commands: []bot.Command{
		{Words: []string{"告诉"}, Do: func(_ context.Context, t *bot.Turn, rest string) error {
			notify(t, "ben", rest, "", time.Time{})
			return nil
		}},
		{Words: []string{"提醒"}, Do: func(_ context.Context, t *bot.Turn, rest string) error {
			notify(t, "ben", rest, "crier.undone:"+rest, t.Now.Add(time.Hour))
			return nil
		}},
		{Words: []string{"急告"}, Do: notice(bot.Notice{Template: "lead.unknown", Urgent: true})},
		{Words: []string{"广播"}, Do: notice(bot.Notice{Template: "delivery.digest", Priority: bot.PriorityBroadcast})},
		{Words: []string{"说"}, Do: func(_ context.Context, t *bot.Turn, rest string) error {
			t.Say("lead.unknown", rest)
			return nil
		}},
		{Words: []string{"群告"}, Do: func(_ context.Context, t *bot.Turn, rest string) error {
			t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToGroup, Account: "群"}, Template: "lead.unknown", Data: rest})
			return nil
		}},
		{Words: []string{"办好"}, Do: func(ctx context.Context, t *bot.Turn, rest string) error {
			return t.Tx.Settings().Set(ctx, "done:"+rest, "yes")
		}},
	}, Wanted: map[string]func(context.Context, *store.Tx, string) (bool, error){
		"undone": func(ctx context.Context, tx *store.Tx, arg string) (bool, error) {
			_, err := tx.Settings().Get(ctx, "done:"+arg)
			return err != nil, nil
		},
	}}}
}

func world(t *testing.T) *bottest.World {
	t.Helper()
	return bottest.New(t, bottest.WithHandlers(crier))
}

// queue says something without delivering what comes of it.
func queue(t *testing.T, w *bottest.World, text string) bot.Message {
	t.Helper()
	m := w.Message("ann", text)
	_, err := w.Handle(m)
	require.NoError(t, err)
	return m
}

// states are the states of what a message brought about.
func states(t *testing.T, w *bottest.World, m bot.Message) []store.DeliveryState {
	t.Helper()
	var out []store.DeliveryState
	require.NoError(t, w.Store.View(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Deliveries().ByCause(t.Context(), bot.Cause(m))
		for _, r := range rows {
			out = append(out, r.State)
		}
		return err
	}))
	return out
}

func TestFates(t *testing.T) {
	for name, c := range map[string]struct {
		fates   []bot.Fate
		dedupes bool
		state   store.DeliveryState
		sends   int
		seen    int
	}{
		"taken":                                     {nil, true, store.Sent, 1, 1},
		"not sent: again later":                     {[]bot.Fate{bot.NotSent, bot.NotSent}, true, store.Sent, 3, 1},
		"refused: given up":                         {[]bot.Fate{bot.Refused}, true, store.Refused, 1, 0},
		"unknown, copies are recognised: again":     {[]bot.Fate{bot.Unknown}, true, store.Sent, 2, 1},
		"unknown, copies would show: one late copy": {[]bot.Fate{bot.Unknown}, false, store.Sent, 2, 2},
		"unknown twice, copies would show: enough":  {[]bot.Fate{bot.Unknown, bot.Unknown}, false, store.Unknown, 2, 2},
		"not sent after unknown: still one copy":    {[]bot.Fate{bot.Unknown, bot.NotSent, bot.NotSent}, false, store.Sent, 4, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := world(t)
			w.Channel.Does.Dedupes = c.dedupes
			w.Channel.Fail(c.fates...)
			m := queue(t, w, "告诉 话")
			for range 5 {
				w.Flush()
				w.FastForward(time.Hour)
			}
			require.Equal(t, []store.DeliveryState{c.state}, states(t, w, m))
			require.Len(t, w.Channel.Attempts(), c.sends)
			require.Len(t, w.Channel.Shown("ben"), c.seen)
		})
	}
}

func TestARetryWaitsAndIsTheSameToTheByte(t *testing.T) {
	w := world(t)
	w.Channel.Fail(bot.NotSent, bot.NotSent)
	queue(t, w, "告诉 话")
	w.Flush()
	w.Flush()
	require.Len(t, w.Channel.Attempts(), 1, "not at once")
	for range 4 {
		w.FastForward(time.Minute)
	}
	a := w.Channel.Attempts()
	require.Len(t, a, 3)
	for _, other := range a[1:] {
		require.Equal(t, a[0].ID, other.ID)
		require.Equal(t, a[0].Bytes, other.Bytes)
	}
}

func TestItIsGivenUpInTheEnd(t *testing.T) {
	w := world(t)
	for range 100 {
		w.Channel.Fail(bot.NotSent)
	}
	m := queue(t, w, "告诉 话")
	for range 40 {
		w.FastForward(time.Hour)
	}
	require.Equal(t, []store.DeliveryState{store.Failed}, states(t, w, m))
	require.Len(t, w.Channel.Attempts(), 24, "by age: once an hour for a day")
}

func TestWithdrawnWhenNoLongerWanted(t *testing.T) {
	w := world(t)
	m := queue(t, w, "提醒 事")
	queue(t, w, "办好 事")
	w.Flush()
	require.Equal(t, []store.DeliveryState{store.Withdrawn}, states(t, w, m))
	w.ExpectNothing("ben")
}

func TestExpiredWhenItComesTooLate(t *testing.T) {
	w := world(t)
	m := queue(t, w, "提醒 事")
	w.Clock.Set(w.Clock.Now().Add(2 * time.Hour))
	w.Flush()
	require.Equal(t, []store.DeliveryState{store.Expired}, states(t, w, m))
	w.ExpectNothing("ben")
}

func TestWhatWasPerhapsShownIsNotWithdrawnAnyMore(t *testing.T) {
	w := world(t)
	w.Channel.Fail(bot.Unknown)
	m := queue(t, w, "提醒 事")
	w.Flush()
	queue(t, w, "办好 事")
	w.FastForward(time.Minute)
	require.Equal(t, []store.DeliveryState{store.Sent}, states(t, w, m))
}

func TestOrderPerRecipient(t *testing.T) {
	w := world(t)
	w.Channel.Fail(bot.NotSent)
	for _, text := range []string{"告诉 一", "告诉 二", "告诉 三"} {
		queue(t, w, text)
	}
	w.Flush()
	w.ExpectNothing("ben")
	w.FastForward(time.Minute)
	seen := w.Channel.Shown("ben")
	require.Len(t, seen, 3)
	for i, want := range []string{"一", "二", "三"} {
		require.Contains(t, seen[i].Text, want)
	}
}

func TestOneRecipientsTroubleDoesNotHoldUpAnother(t *testing.T) {
	w := world(t)
	w.Channel.FailFor("ben", bot.NotSent)
	queue(t, w, "告诉 一")
	m := w.Message("nobody", "我是谁") // a stranger gets an answer
	_, err := w.Handle(m)
	require.NoError(t, err)
	w.Flush()
	w.ExpectNothing("ben")
	w.Expect("nobody", "名册")
}

func TestAnotherCourierTakesOverWhenTheLeaseIsOver(t *testing.T) {
	w := world(t)
	queue(t, w, "告诉 话")
	var stolen []store.Delivery // by a courier that dies with it in its hands
	require.NoError(t, w.Store.Update(t.Context(), func(tx *store.Tx) (err error) {
		stolen, err = tx.Deliveries().Claim(t.Context(), store.Want{Owner: "dead", Now: w.Wall.Now(), Campaign: w.Clock.Now(),
			Lease: 10 * time.Second, Limit: 10})
		return err
	}))
	require.Len(t, stolen, 1)
	w.Flush()
	w.ExpectNothing("ben")
	w.FastForward(11 * time.Second)
	w.Expect("ben", "话")
}

func TestACourierThatLostItsLeaseChangesNothing(t *testing.T) {
	w := world(t)
	m := queue(t, w, "告诉 话")
	other := &delivery.Courier{Store: w.Store, Writer: w.Bot, Channels: w.Courier.Channels, Clock: w.Clock, Wall: w.Wall.Now,
		Owner: "other", Log: slog.New(slog.DiscardHandler)}
	w.Channel.Hold = func(bot.Parcel) { // while the first is sending, its lease ends and the other sends it too
		w.Channel.Hold = nil
		w.Wall.Set(w.Wall.Now().Add(time.Minute))
		_, err := other.Flush(t.Context())
		require.NoError(t, err)
	}
	w.Flush()
	require.Len(t, w.Channel.Attempts(), 2)
	require.Equal(t, w.Channel.Attempts()[0].Bytes, w.Channel.Attempts()[1].Bytes)
	require.Len(t, w.Channel.Shown("ben"), 1, "the platform recognises the copy")
	require.Equal(t, []store.DeliveryState{store.Sent}, states(t, w, m))
}

func TestAPlatformThatIsNotConfiguredIsARefusal(t *testing.T) {
	w := world(t)
	m := queue(t, w, "告诉 话")
	delete(w.Courier.Channels, w.Channel.Name())
	w.Flush()
	require.Equal(t, []store.DeliveryState{store.Refused}, states(t, w, m))
}

func TestACommitWakesTheCourier(t *testing.T) {
	w := world(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	sent := make(chan bot.Parcel, 1)
	w.Channel.Hold = func(p bot.Parcel) { sent <- p }
	go func() { w.Courier.Run(ctx); close(ended) }()
	queue(t, w, "告诉 话")
	select {
	case p := <-sent:
		require.Equal(t, "ben", p.To.Account)
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was sent")
	}
	stop()
	<-ended
}
