package bottest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
)

// secret is what nobody may keep.
const secret = "郑小暗"

// confidant is a duty that hears a secret and tells it once.
func confidant(heard *string) func() []bot.Handler {
	return func() []bot.Handler {
		return []bot.Handler{{
			Name: "confidant",
			Commands: []bot.Command{
				{Words: []string{"倾诉"}, Do: func(_ context.Context, t *bot.Turn, _ string) error {
					t.Await("confidant.hear:7", t.Now.Add(time.Hour))
					t.Say("help.thanks", nil)
					return nil
				}},
				{Words: []string{"闲话"}, Do: func(_ context.Context, t *bot.Turn, _ string) error { t.Say("help.thanks", nil); return nil }},
				{Words: []string{"说吧"}, Do: func(_ context.Context, t *bot.Turn, _ string) error {
					return t.SayOnce("bot.slip", "help.thanks", secret, t.Now.Add(10*time.Minute))
				}},
			},
			Sealed: map[string]func(context.Context, *bot.Turn, string) error{
				"hear": func(_ context.Context, t *bot.Turn, arg string) error {
					*heard = arg + t.Message.Text
					t.Say("help.thanks", nil)
					return nil
				},
			},
		}}
	}
}

// folder is all bytes of the folder that the world's database is in.
func folder(t *testing.T, w *bottest.World) string {
	t.Helper()
	var all strings.Builder
	files, err := filepath.Glob(filepath.Join(filepath.Dir(strings.TrimPrefix(w.URL(), "sqlite:")), "*"))
	require.NoError(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		all.Write(text)
	}
	require.Contains(t, all.String(), "ann")
	return all.String()
}

func TestWordsThatAreWaitedForGoNowhereElse(t *testing.T) {
	var heard string
	w := bottest.New(t, bottest.WithHandlers(confidant(&heard)))
	w.Say("ann", "倾诉")
	w.Restart()
	m := w.Message("ann", "报给你听:"+secret)
	answer, err := w.Bot.Handle(t.Context(), m)
	require.NoError(t, err)
	require.True(t, answer.Hushed, "whoever has kept the words is told to forget them")
	require.Equal(t, "7报给你听:"+secret, heard)
	again, err := w.Bot.Handle(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, answer.Replies, again.Replies)
	w.Flush()
	require.NotContains(t, folder(t, w), secret)

	heard = ""
	w.Say("ann", "那就这样")
	require.Empty(t, heard, "one message was waited for, and no more")
}

func TestAWordOfCommandOrTheHourEndsTheWaiting(t *testing.T) {
	for name, between := range map[string]func(w *bottest.World){
		"a word of command": func(w *bottest.World) { w.Say("ann", "闲话") },
		"the hour":          func(w *bottest.World) { w.Clock.Set(w.Clock.Now().Add(61 * time.Minute)) },
	} {
		t.Run(name, func(t *testing.T) {
			var heard string
			w := bottest.New(t, bottest.WithHandlers(confidant(&heard)))
			w.Say("ann", "倾诉")
			between(w)
			w.Say("ann", "随便说说")
			require.Empty(t, heard)
		})
	}
}

// TestWhatIsSaidOnce: the recipient hears it; the outbox has it sealed until then and
// not at all afterwards, and neither a re-delivery nor a late send says it again.
func TestWhatIsSaidOnce(t *testing.T) {
	var none string
	outbox := func(w *bottest.World, m bot.Message) string {
		var body string
		require.NoError(t, w.Store.View(t.Context(), func(tx *store.Tx) error {
			rows, err := tx.Deliveries().ByCause(t.Context(), bot.Cause(m))
			for _, d := range rows {
				body += string(d.Body)
			}
			return err
		}))
		return body
	}
	t.Run("is heard once, sealed before, forgotten after", func(t *testing.T) {
		w := bottest.New(t, bottest.WithHandlers(confidant(&none)))
		m := w.Message("ann", "说吧")
		m.Carry = 2048
		answer, err := w.Bot.Handle(t.Context(), m)
		require.NoError(t, err)
		require.False(t, answer.Carried, "an acknowledgement is kept by too many")
		require.NotContains(t, answer.Replies[0].Text, secret)
		require.Contains(t, outbox(w, m), `"sealed":`)
		require.NotContains(t, folder(t, w), secret)
		shown, err := w.Bot.Reveal(answer.Replies[0], "ann", bot.Cause(m), w.Clock.Now())
		require.NoError(t, err)
		require.Contains(t, shown.Text, secret)
		_, err = w.Bot.Reveal(answer.Replies[0], "ben", bot.Cause(m), w.Clock.Now())
		require.Error(t, err, "it opens for nobody else")

		w.Flush()
		require.Contains(t, w.Channel.Read("ann"), secret)
		require.NotContains(t, outbox(w, m), `"sealed":`)
		require.NotContains(t, folder(t, w), secret)
		again, err := w.Bot.Handle(t.Context(), m)
		require.NoError(t, err)
		require.Nil(t, again.Replies[0].Once)
		w.Restart()
		again, err = w.Bot.Handle(t.Context(), m)
		require.NoError(t, err)
		require.Nil(t, again.Replies[0].Once)
	})
	t.Run("stays sealed while it is tried again", func(t *testing.T) {
		w := bottest.New(t, bottest.WithHandlers(confidant(&none)))
		w.Channel.Fail(bot.NotSent)
		m := w.Message("ann", "说吧")
		w.Send(m)
		require.Contains(t, outbox(w, m), `"sealed":`)
		w.Wall.Set(w.Wall.Now().Add(time.Minute))
		w.Flush()
		require.Contains(t, w.Channel.Read("ann"), secret)
		require.NotContains(t, outbox(w, m), `"sealed":`)
	})
	t.Run("is not said, and forgotten, when its time is over", func(t *testing.T) {
		w := bottest.New(t, bottest.WithHandlers(confidant(&none)))
		m := w.Message("ann", "说吧")
		_, err := w.Handle(m)
		require.NoError(t, err)
		w.Clock.Set(w.Clock.Now().Add(11 * time.Minute))
		w.Flush()
		require.Empty(t, w.Channel.Shown("ann"))
		require.NotContains(t, outbox(w, m), `"sealed":`)
	})
}

// TestWithoutAKeyNothingIsSaidOnce.
func TestWithoutAKeyNothingIsSaidOnce(t *testing.T) {
	r := bot.Reply{Once: &bot.Once{Sealed: []byte("x"), Until: bottest.Friday.Add(time.Minute)}}
	var b bot.Bot
	_, err := b.Reveal(r, "ann", "m:1", bottest.Friday)
	require.True(t, errors.Is(err, bot.ErrNoSealer))
}
