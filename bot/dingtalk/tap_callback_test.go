package dingtalk

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

// tapped calls back with a tap on a card.
func (w *inside) tapped(rec http.ResponseWriter, tap dingtalktest.Tap, at time.Time, bend ...func(*http.Request)) {
	w.t.Helper()
	r, err := dingtalktest.TapCallback(context.Background(), "/dingtalk/callback", inAppSecret, tap.Body(), at)
	require.NoError(w.t, err)
	for _, f := range bend {
		f(r)
	}
	w.channel.ServeHTTP(rec, r)
}

func TestATapIsCalledBackInHTTPMode(t *testing.T) {
	w := called(t)
	tap := dingtalktest.Tap{Card: "o1", User: "042", Action: "b1", Params: map[string]any{"tap": "form.submit:7"}}
	rec := httptest.NewRecorder()
	w.tapped(rec, tap, friday)
	require.Equal(t, 200, rec.Code)
	require.JSONEq(t, cardKeptBack, rec.Body.String())
	m := w.desk.messages()[0]
	require.Equal(t, []string{"a.042", "form.submit:7", "o1"}, []string{m.Sender, m.Tap, m.Card})

	again := tap
	again.Bend = func(b map[string]any) { b["value"] = b["content"]; delete(b, "content") }
	w.tapped(httptest.NewRecorder(), again, friday.Add(time.Second))
	require.Equal(t, m.ID, w.desk.messages()[1].ID, "wherever it stands")
}

func TestTapsThatAreNotGenuineAreRefused(t *testing.T) {
	tap := dingtalktest.Tap{Card: "o1", User: "042", Action: "b1"}
	none := dingtalktest.Tap{User: "042"}
	w := called(t)
	status := func(tap dingtalktest.Tap, at time.Time, bend ...func(*http.Request)) int {
		rec := httptest.NewRecorder()
		w.tapped(rec, tap, at, bend...)
		return rec.Code
	}
	require.Equal(t, 401, status(tap, friday, func(r *http.Request) { r.Header.Set(cardSignature, "x") }))
	require.Equal(t, 401, status(tap, friday, func(r *http.Request) { r.Header.Del(cardTime) }))
	require.Equal(t, 401, status(tap, friday.Add(-2*time.Hour)))
	require.Equal(t, 400, status(none, friday))
	require.Equal(t, 405, status(tap, friday, func(r *http.Request) { r.Method = http.MethodGet }))
	require.Equal(t, 200, status(tap, friday))
	require.Equal(t, 200, status(tap, friday), "DingTalk sends it again")
	tap.User = "043"
	require.Equal(t, 401, status(tap, friday), "under the same signature")
	require.Len(t, w.desk.messages(), 2)
	require.Equal(t, 200, w.call(w.text("msg1", "在吗"), friday).Code, "a message's signature is another")
}

// flushed tells when an answer has left.
type flushed struct {
	*httptest.ResponseRecorder
	left chan struct{}
}

func (f flushed) Flush() { f.ResponseRecorder.Flush(); close(f.left) }

func TestACalledBackTapIsAnsweredInTimeWhateverTheDeskDoes(t *testing.T) {
	w := called(t)
	w.channel.in.cardWait = time.Millisecond
	hold := make(chan struct{})
	w.desk.answer = func(ctx context.Context, _ bot.Message) (bot.Answer, error) { <-hold; return bot.Answer{}, ctx.Err() }
	rec := flushed{httptest.NewRecorder(), make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.tapped(rec, dingtalktest.Tap{Card: "o1", User: "042", Action: "b1"}, friday)
	}()
	<-rec.left
	require.JSONEq(t, cardKeptBack, rec.Body.String())
	close(hold)
	<-ended
	require.Len(t, w.desk.messages(), 1)

	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) { panic("oh") }
	last := httptest.NewRecorder()
	w.tapped(last, dingtalktest.Tap{Card: "o2", User: "042", Action: "b1"}, friday.Add(time.Second))
	require.Equal(t, 200, last.Code)
	require.Contains(t, w.log.String(), "handling a tap panicked")
}
