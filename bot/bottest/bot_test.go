package bottest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// each runs a test with a world on each database.
func each(t *testing.T, test func(t *testing.T, w *bottest.World, e *errand)) {
	for name, url := range map[string]func(*testing.T) string{
		"sqlite": func(t *testing.T) string { return storetest.SQLiteURL(t) },
		"mysql":  storetest.MariaDBURL,
	} {
		t.Run(name, func(t *testing.T) {
			e := &errand{}
			test(t, bottest.New(t, withErrand(e), bottest.At(url(t))), e)
		})
	}
}

// counter reads a counter without moving it on for good.
func counter(t *testing.T, w *bottest.World) (next int64) {
	t.Helper()
	undo := errors.New("undo")
	err := w.Store.Update(t.Context(), func(tx *store.Tx) (err error) {
		if next, err = tx.Counters().Next(t.Context(), "errands"); err != nil {
			return err
		}
		return undo
	})
	require.ErrorIs(t, err, undo)
	return next
}

func TestOneMessageIsOneTransaction(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, e *errand) {
		w.Say("ann", "差事 事由:买纸 花费:30元")
		e.boom = func() error { return errors.New("at the very end") }
		tap := w.Message("ann", "")
		tap.Tap = w.Button("ann", "提交").Tap
		_, err := w.Handle(tap)
		require.ErrorContains(t, err, "at the very end")
		w.Flush()
		w.Channel.Read("ann")
		w.ExpectNothing("cleo")
		require.Equal(t, int64(1), counter(t, w), "nothing was counted")

		e.boom = nil // the platform sends it again
		w.Send(tap)
		w.Expect("ann", "差事-1")
		w.Expect("cleo", "差事-1")
		require.Equal(t, int64(2), counter(t, w))
	})
}

func TestAHandlersErrorOrPanicLeavesNothingBehind(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		for _, text := range []string{"写了再错", "写了再崩"} {
			m := w.Message("ann", text)
			replies, err := w.Handle(m)
			require.Error(t, err, text)
			require.Empty(t, replies)
			w.Flush()
			w.ExpectNothing("ann")
			require.Equal(t, int64(1), counter(t, w), text)
			require.NoError(t, w.Store.View(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Messages().Find(t.Context(), m.Platform, m.Sender, m.ID)
				require.ErrorIs(t, err, store.ErrNotFound, "it was not taken, so it may come again")
				return nil
			}))
		}
		require.NotEmpty(t, w.Say("ann", "件数"), "the process goes on, and so does the person")
	})
}

func TestAMessageHandledBeforeAnswersAsBeforeAndChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		first := w.Message("ann", "差事 事由:买纸 花费:30元")
		card := w.Send(first)
		tap := w.Message("ann", "")
		tap.Tap = w.Button("ann", "提交").Tap
		receipt := w.Send(tap)
		w.Channel.Read("ann")
		w.Channel.Read("cleo")

		require.Equal(t, card, w.Send(first))
		require.Equal(t, receipt, w.Send(tap))
		w.Restart()
		require.Equal(t, receipt, w.Send(tap), "by another process too")
		w.ExpectNothing("ann")
		w.ExpectNothing("cleo")
		require.Equal(t, int64(2), counter(t, w))
	})
}

func TestTheSameIdOfAnotherSenderIsAnotherMessage(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	m := w.Message("ann", "差事")
	w.Send(m)
	m.Sender, m.Text = "ben", "件数"
	require.Equal(t, "共0件", w.Send(m)[0].Text)
}

func TestCopiesOfAMessageAtTheSameTimeAreOneMessage(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		w.Say("ann", "差事 事由:买纸 花费:30元")
		tap := w.Message("ann", "")
		tap.Tap = w.Button("ann", "提交").Tap
		const copies = 8
		answers := make([]bot.Answer, copies)
		errs := make([]error, copies)
		var all sync.WaitGroup
		for i := range copies {
			all.Go(func() { answers[i], errs[i] = w.Bot.Handle(t.Context(), tap) })
		}
		all.Wait()
		w.Flush()
		for i := range copies {
			require.NoError(t, errs[i])
			require.Equal(t, answers[0], answers[i])
		}
		require.Contains(t, answers[0].Replies[0].Text, "差事-1")
		require.Equal(t, int64(2), counter(t, w))
		require.Len(t, w.Channel.Shown("cleo"), 1)
	})
}

func TestOnePersonsMessagesAreHandledOneAtATime(t *testing.T) {
	inside, most := 0, 0
	var mu sync.Mutex
	duty := func() []bot.Handler {
		return []bot.Handler{{Name: "slow", Commands: []bot.Command{{Words: []string{"慢"}, Do: func(_ context.Context, t *bot.Turn, _ string) error {
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			defer func() { mu.Lock(); inside--; mu.Unlock() }()
			t.Show(bot.Reply{Kind: bot.TextReply, Text: "好"})
			return nil
		}}}}}
	}
	w := bottest.New(t, bottest.WithHandlers(duty))
	var all sync.WaitGroup
	for range 20 {
		m := w.Message("ann", "慢")
		all.Go(func() { _, err := w.Handle(m); assert.NoError(t, err) })
	}
	all.Wait()
	require.Equal(t, 1, most)
	w.Flush()
	require.Len(t, w.Channel.Shown("ann"), 20)
}

func TestAMessageThatIsWaitedForNoLongerIsGivenUp(t *testing.T) {
	started, finish := make(chan struct{}), make(chan struct{})
	w := bottest.New(t, bottest.WithHandlers(func() []bot.Handler {
		return []bot.Handler{{Name: "slow", Commands: []bot.Command{{Words: []string{"慢"}, Do: func(context.Context, *bot.Turn, string) error {
			close(started)
			<-finish
			return nil
		}}}}}
	}))
	first, second := w.Message("ann", "慢"), w.Message("ann", "慢")
	done := make(chan error, 1)
	go func() { _, err := w.Handle(first); done <- err }()
	<-started
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.Bot.Handle(ctx, second)
	require.ErrorIs(t, err, context.Canceled)
	close(finish)
	require.NoError(t, <-done)
}

func TestTwoPeopleAtOnceDoNotWaitForEachOtherNorMixUp(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		var all sync.WaitGroup
		for _, who := range []string{"ann", "ben"} {
			all.Go(func() {
				for i := range 5 {
					m := w.Message(who, fmt.Sprintf("差事 事由:%s的%d 花费:%d元", who, i, i+1))
					replies, err := w.Handle(m)
					if !assert.NoError(t, err) {
						return
					}
					tap := w.Message(who, "")
					tap.Tap = replies[len(replies)-1].Buttons[0].Tap
					_, err = w.Handle(tap)
					assert.NoError(t, err)
				}
			})
		}
		all.Wait()
		w.Flush()
		require.Equal(t, int64(11), counter(t, w))
		for who, other := range map[string]string{"ann": "ben", "ben": "ann"} {
			require.NotContains(t, w.Channel.Read(who), other+"的", who+" hears of their own errands only")
		}
		require.Len(t, w.Channel.Shown("cleo"), 10)
	})
}

func TestReplyCodesBelongToTheirItem(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	w.Say("ann", "问题单 7")
	w.Say("ann", "问题单 8")
	w.Expect("ann", "回复 1 补到 7号", "回复 2 补到 8号")
	require.Equal(t, "按了0:7", w.Say("ann", "1")[0].Text)
	require.Equal(t, "按了0:8", w.Say("ann", "回复 2")[0].Text)

	w.Say("ann", "差事 事由:买纸 花费:30元")
	w.Expect("ann", "3 提交")
	require.Equal(t, "按了0:7", w.Say("ann", "1")[0].Text, "a number printed before is not reused while its item is open")
	w.Restart()
	require.Contains(t, w.Say("ann", "3")[0].Text, "差事-1")
}

func TestANumberIsOnlyTheirsItWasPrintedFor(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	w.Say("ann", "问题单 7")
	require.NotContains(t, w.Say("ben", "1")[0].Text, "按了")
}

func TestANoticesNumberDoesNotCollideWithACardsThatCameFirst(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	w.Say("ben", "问题单 7")
	w.Say("ann", "告诉 ben")
	w.Expect("ben", "回复 1 补到 7号", "回复 2 补到 9号")
	require.Equal(t, "按了0:9", w.Say("ben", "2")[0].Text)
}

func TestADraftSurvivesARestart(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		w.Say("ann", "差事 事由:买纸")
		w.Restart()
		w.Say("ann", "30元")
		w.Expect("ann", "买纸", "30元")
		w.Restart()
		w.Tap("ann", "提交")
		w.Expect("ann", "差事-1")
	})
}

func TestADraftKeepsTheVersionOfItsForm(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	w.Say("ann", "差事 事由:买纸")
	w.Restart(withErrand(&errand{form: errandForm("批准人")}))
	w.Say("ann", "花费:30元")
	w.Expect("ann", "请核对")
	require.Contains(t, w.Tap("ann", "提交")[0].Text, "差事-1")

	w.Say("ann", "差事 事由:买笔 花费:5元")
	w.Expect("ann", "还差", "批准人")
}

func TestAButtonOfAnOlderCardIsNotFollowedBlindly(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	w.Say("ann", "差事 事由:买纸 花费:30元")
	old := w.Message("ann", "")
	old.Tap = w.Button("ann", "提交").Tap
	w.Say("ann", "改花费 50元")
	w.Channel.Read("ann")
	w.Send(old)
	w.Expect("ann", "旧卡片", "50元")
	require.Equal(t, int64(1), counter(t, w), "it was shown again, not filed")

	w.Tap("ann", "提交")
	again := w.Message("ann", "")
	again.Tap = old.Tap
	w.Channel.Read("ann")
	w.Send(again)
	w.Expect("ann", "差事-1")
	require.Equal(t, int64(2), counter(t, w), "a second tap files nothing")
}

func TestAForeignOrForgedButtonDoesNothing(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	w.Say("ann", "差事 事由:买纸 花费:30元")
	submit := w.Button("ann", "提交").Tap
	for _, tap := range []string{submit, "form.submit:1:1", "form.submit:x", "nobody.knows:1", "lead", ":", "form.drop:-1"} {
		m := w.Message("ben", "")
		m.Tap = tap
		require.Contains(t, w.Send(m)[0].Text, "过期", tap)
	}
	require.Equal(t, int64(1), counter(t, w))
}

func TestAStrangerIsToldSoAndNothingElseHappens(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	w.Say("nobody", "差事 事由:买纸 花费:30元")
	w.Expect("nobody", "名册")
	m := w.Message("nobody", "")
	m.Tap = "lead.append:1:1"
	require.NotContains(t, w.Send(m)[0].Text, "按了")
}

func TestAGroupHearsOnlyThatItGoesOnInPrivate(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	m := w.Message("ann", "差事 事由:买纸 花费:30元")
	m.Group = "群"
	w.Send(m)
	group := w.Channel.Read("群")
	require.Contains(t, group, "已转到私聊")
	require.NotContains(t, group, "买纸")
	w.Expect("ann", "买纸")
}

func TestControlCharactersDoNotReachAForm(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	replies := w.Say("ann", "差事 事由:买\x02假\x03lead.append:1:1\x02纸 花费:30元")
	for _, b := range replies[0].Buttons {
		require.NotContains(t, b.Tap, "lead.append")
	}
}

func TestOldNumbersAreFreeAfterAWeek(t *testing.T) {
	w := bottest.New(t, withErrand(&errand{}))
	w.Say("ann", "问题单 7")
	w.FastForward(8 * 24 * time.Hour)
	w.Say("ann", "问题单 8")
	w.Expect("ann", "回复 1 补到 8号")
	require.Equal(t, "按了0:8", w.Say("ann", "1")[0].Text)
}
