package dingtalk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/internal/line"
)

func TestWhatPeopleSentIsFetched(t *testing.T) {
	w := newOutside(t)
	ref := "code:" + w.server.Sends("现场.jpg", bytes.Repeat([]byte("店"), 1000))
	for range 2 {
		body, err := w.channel.Fetch(t.Context(), ref)
		require.NoError(t, err)
		got, err := io.ReadAll(body.Reader)
		require.NoError(t, err)
		require.NoError(t, body.Reader.Close())
		require.Equal(t, []any{"现场.jpg", int64(3000), 3000}, []any{body.Name, body.Size, len(got)})
	}
	require.Equal(t, 1, w.server.Calls(dingtalktest.DownloadPath), "a second try costs no second call")
	w.clock.Forward(20 * time.Minute)
	body, err := w.channel.Fetch(t.Context(), ref)
	require.NoError(t, err)
	require.NoError(t, body.Reader.Close())
	require.Equal(t, 2, w.server.Calls(dingtalktest.DownloadPath))

	for ref, want := range map[string]bot.Fate{"code:unknown": bot.Refused, "unknown": bot.Refused, "code:": bot.Refused} {
		_, err := w.channel.Fetch(t.Context(), ref)
		require.Equal(t, want, failure(t, err).Fate, ref)
	}
}

func TestFilesAreFetchedFromNowhereElse(t *testing.T) {
	w := newOutside(t)
	for name, x := range map[string]struct {
		address string
		fate    bot.Fate
	}{
		"elsewhere": {"https://example.com/x", bot.Refused}, "without https": {"http://down.dingtalk.com/x", bot.Refused},
		"a name like it": {"https://down.dingtalk.com.example.com/x", bot.Refused}, "with a user": {"https://a@down.dingtalk.com/x", bot.Refused},
		"no address": {"::", bot.Refused}, "it redirects": {w.web.URL + "/away", bot.NotSent}, "gone": {w.web.URL + "/gone", bot.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
				switch c.Path {
				case dingtalktest.DownloadPath:
					return &dingtalktest.Answer{JSON: map[string]any{"downloadUrl": x.address}}
				case "/away":
					return &dingtalktest.Answer{Status: 302}
				case "/gone":
					return &dingtalktest.Answer{Status: 404}
				}
				return nil
			})
			_, err := w.channel.Fetch(t.Context(), "code:"+name)
			require.Equal(t, x.fate, failure(t, err).Fate, err)
			w.withoutSecrets(err.Error())
		})
	}
	inside := line.Outside(w.channel.out.client, connecting)
	_, err := inside.Get(w.web.URL)
	require.ErrorIs(t, err, line.ErrInside, "the public cloud's addresses lead outside")
}

func TestADownloadThatBreaksOffShowsNoSecret(t *testing.T) {
	w := newOutside(t)
	broken := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Length", "100")
		_, _ = rw.Write([]byte("x"))
	}))
	defer broken.Close()
	w.bend(dingtalktest.DownloadPath, &dingtalktest.Answer{JSON: map[string]any{"downloadUrl": broken.URL + "/?Signature=access-1"}})
	body, err := w.channel.Fetch(t.Context(), "code:x")
	require.NoError(t, err)
	_, err = io.ReadAll(body.Reader)
	require.Error(t, err)
	w.withoutSecrets(err.Error())
	require.NoError(t, body.Reader.Close())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = w.channel.Fetch(ctx, "code:x")
	require.True(t, errors.Is(err, context.Canceled))
}
