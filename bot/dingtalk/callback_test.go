package dingtalk

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/internal/worldtest"
)

// called is a world that is called back.
func called(t *testing.T, bend ...func(*dingtalktest.GatewayOptions, *Options)) *inside {
	t.Helper()
	return newInside(t, append(bend, func(_ *dingtalktest.GatewayOptions, o *Options) { o.Mode = HTTP })...)
}

// call calls back with a body, signed at that time; bend changes the request.
func (w *inside) call(body []byte, at time.Time, bend ...func(*http.Request)) *httptest.ResponseRecorder {
	w.t.Helper()
	r, err := dingtalktest.Callback(context.Background(), "/dingtalk/callback", inAppSecret, body, at)
	require.NoError(w.t, err)
	for _, f := range bend {
		f(r)
	}
	rec := httptest.NewRecorder()
	w.channel.ServeHTTP(rec, r)
	return rec
}

func (w *inside) text(id, text string) []byte {
	return dingtalktest.Message{ID: id, From: "042", Text: text, Webhook: w.hook()}.Body(friday)
}

// TestTheReferencesVectors are computed by others.
func TestTheReferencesVectors(t *testing.T) {
	const want = "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
	require.Equal(t, want, base64.StdEncoding.EncodeToString(sign("this is secret", "1577262236757")))
	require.Equal(t, "YPRwOACkIyAfSkOByibnXwmticUhkII0vLSQrdNiEPE=", base64.StdEncoding.EncodeToString(signTap("mySecret", "1577262236757")))
	at, err := signed(sign("this is secret", "1577262236757"), "1577262236757", want, time.UnixMilli(1577262236757).Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, int64(1577262236757), at.UnixMilli())
}

func TestACallbackReachesTheDesk(t *testing.T) {
	w := called(t)
	require.NoError(t, w.channel.Ready())
	rec := w.call(w.text("msg1", "在吗"), friday)
	require.Equal(t, http.StatusOK, rec.Code)
	require.Empty(t, rec.Body.String())
	require.Equal(t, "在吗", w.desk.messages()[0].Text)
	require.Equal(t, "a.042", w.desk.messages()[0].Sender)
	_, ok := w.channel.session(t.Context(), bot.Recipient{Kind: bot.ToPerson, Account: "a.042"})
	require.True(t, ok)
}

func TestWhatIsNotGenuineIsRefused(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	now := strconv.FormatInt(friday.UnixMilli(), 10)
	for name, c := range map[string]struct {
		at   time.Time
		bend func(*http.Request)
		want int
	}{
		"no signature":        {friday, header("sign", ""), 401},
		"no timestamp":        {friday, header("timestamp", ""), 401},
		"another's signature": {friday, header("sign", dingtalktest.Sign("another", now)), 401},
		"of another time":     {friday, header("timestamp", strconv.FormatInt(friday.UnixMilli()+1, 10)), 401},
		"not base64":          {friday, header("sign", "%%%"), 401},
		"a time that is none": {friday, func(r *http.Request) {
			r.Header.Set("timestamp", "x")
			r.Header.Set("sign", dingtalktest.Sign(inAppSecret, "x"))
		}, 401},
		"an hour old":        {friday.Add(-time.Hour), func(*http.Request) {}, 200},
		"more than an hour":  {friday.Add(-time.Hour - time.Millisecond), func(*http.Request) {}, 401},
		"five minutes ahead": {friday.Add(5 * time.Minute), func(*http.Request) {}, 200},
		"more than five":     {friday.Add(5*time.Minute + time.Millisecond), func(*http.Request) {}, 401},
		"GET":                {friday, func(r *http.Request) { r.Method = http.MethodGet }, 405},
	} {
		t.Run(name, func(t *testing.T) {
			w := called(t)
			rec := w.call(w.text("msg1", "在吗"), c.at, c.bend)
			require.Equal(t, c.want, rec.Code)
			require.Len(t, w.desk.messages(), map[bool]int{true: 1}[c.want == 200])
		})
	}
}

func TestBodiesThatAreNoMessageAreRefused(t *testing.T) {
	w := called(t)
	for i, c := range []struct {
		body string
		want int
	}{{"", 400}, {"{", 400}, {"[]", 400}, {`{"encrypt":"…"}`, 400}, {`{"msgtype":"text","senderStaffId":"042"}`, 400},
		{`{"msgtype":"text","msgId":"` + strings.Repeat("x", longestName+1) + `"}`, 400}, {strings.Repeat(" ", largestBody+1), 413}} {
		require.Equal(t, c.want, w.call([]byte(c.body), friday.Add(time.Duration(i)*time.Millisecond)).Code, "%.40s", c.body)
	}
	broken := w.call(nil, friday, func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), errReader{})) })
	require.Equal(t, 400, broken.Code)
	require.Empty(t, w.desk.messages())
	require.Equal(t, 1, strings.Count(w.log.String(), "level=WARN"), "one warning a minute")
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestStreamModeIsNotCalledBack(t *testing.T) {
	w := newInside(t)
	require.Equal(t, 404, w.call(w.text("msg1", "在吗"), friday).Code)
}

// TestUnderOneSignatureOnlyOneMessageIsTaken, and that as often as it comes.
func TestUnderOneSignatureOnlyOneMessageIsTaken(t *testing.T) {
	place := worldtest.NewPlace(func() time.Time { return friday })
	share := func(_ *dingtalktest.GatewayOptions, o *Options) { o.Shared = place }
	w, other := called(t, share), called(t, share)
	body := w.text("msg1", "在吗")
	require.Equal(t, 200, w.call(body, friday).Code)
	require.Equal(t, 200, w.call(body, friday).Code, "DingTalk sends it again")
	require.Equal(t, 401, w.call(w.text("msg2", "提交"), friday).Code)
	require.Equal(t, 200, other.call(body, friday).Code, "another replica knows it")
	require.Equal(t, 401, called(t, share).call(w.text("msg2", "提交"), friday).Code)
	require.Equal(t, 200, w.call(w.text("msg2", "提交"), friday.Add(time.Millisecond)).Code)
	require.Len(t, w.desk.messages(), 3)
}

func TestTheMemoryOfSignaturesIsBounded(t *testing.T) {
	r, at := &replays{}, friday
	name := func(n int) (time.Time, string) {
		at := at.Add(time.Duration(n) * time.Millisecond)
		return at, strconv.FormatInt(at.UnixMilli(), 10)
	}
	for n := range mostSeen + 10 {
		at, ts := name(n)
		require.True(t, r.first(t.Context(), at, ts, []byte("a"), friday))
	}
	require.Len(t, r.of, mostSeen)
	require.Len(t, r.order, mostSeen)
	at, ts := name(5)
	require.False(t, r.first(t.Context(), at, ts, []byte("b"), friday), "forgotten, so it may have been used")
	at, ts = name(int(2 * oldest / time.Millisecond))
	require.True(t, r.first(t.Context(), at, ts, []byte("b"), at))
	require.Len(t, r.of, 1, "what is too old to be taken is forgotten")
}

func TestACallbackThatIsNotDurableIsSentAgain(t *testing.T) {
	w := called(t)
	fail := errors.New("no room")
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) { return bot.Answer{}, fail }
	body := w.text("msg1", "在吗")
	require.Equal(t, 500, w.call(body, friday).Code)
	require.Len(t, w.desk.messages(), 1, "DingTalk sends it again, we need not")
	fail = nil
	require.Equal(t, 200, w.call(body, friday).Code)
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) { panic("oh") }
	require.Equal(t, 500, w.call(w.text("msg2", "在吗"), friday.Add(1e6)).Code)
	require.Empty(t, w.said)
}

func TestTheDeskHasABoundedTimeWhoeverWaits(t *testing.T) {
	w := called(t)
	w.desk.answer = func(ctx context.Context, _ bot.Message) (bot.Answer, error) {
		until, ok := ctx.Deadline()
		require.True(t, ok)
		require.LessOrEqual(t, time.Until(until), answerWithin)
		return bot.Answer{}, ctx.Err()
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.Equal(t, 200, w.call(w.text("msg1", "在吗"), friday, func(r *http.Request) { *r = *r.WithContext(gone) }).Code, "what was heard is heard")
	for range inFlight {
		w.channel.in.slots <- struct{}{}
	}
	require.Equal(t, 503, w.call(w.text("msg2", "在吗"), friday.Add(1e6)).Code)
}

// TestDingTalkIsNotKeptWaitingForWhatWeSay over a real connection.
func TestDingTalkIsNotKeptWaitingForWhatWeSay(t *testing.T) {
	w := called(t)
	hold := make(chan struct{})
	w.channel.in.answerer = waiting{hold}
	web := httptest.NewServer(w.channel)
	defer web.Close()
	defer close(hold)
	body := dingtalktest.Message{ID: "1", Kind: "chatRecord", From: "042", Webhook: w.hook()}.Body(friday)
	r, err := dingtalktest.Callback(w.soon(), web.URL+"/dingtalk/callback", inAppSecret, body, friday)
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(r)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 200, res.StatusCode)
}

type waiting struct{ hold chan struct{} }

func (w waiting) say(context.Context, string, string) error { <-w.hold; return nil }

// FuzzCallback: nothing unsigned is taken, and no callback panics.
func FuzzCallback(f *testing.F) {
	f.Add("1577262236757", "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, timestamp, signature string) {
		_, err := signed(sign("this is secret", timestamp), timestamp, signature, time.UnixMilli(1577262236757))
		if err == nil {
			require.Equal(t, "1577262236757", timestamp)
		}
	})
}
