package wecom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

// TestNoErrorShowsASecret makes the channel fail in every way there is, with a
// platform that repeats every secret it knows, and looks through whatever comes
// out: texts, wrapped errors, the log.
func TestNoErrorShowsASecret(t *testing.T) {
	echo := func(w *world, c wecomtest.Call) string {
		return fmt.Sprintf("token %s secret %s %s key %s %s", c.Token+w.server.Token(), appSecret, url.QueryEscape(appSecret), appKey, appToken)
	}
	bends := map[string]func(*world, wecomtest.Call) *wecomtest.Answer{
		"page": func(w *world, c wecomtest.Call) *wecomtest.Answer {
			return &wecomtest.Answer{Type: "text/html", Body: echo(w, c)}
		},
		"broken": func(*world, wecomtest.Call) *wecomtest.Answer { return &wecomtest.Answer{Drop: true} },
		"gateway": func(w *world, c wecomtest.Call) *wecomtest.Answer {
			return &wecomtest.Answer{Status: 502, Body: echo(w, c)}
		},
		"gone": func(w *world, c wecomtest.Call) *wecomtest.Answer {
			return &wecomtest.Answer{Status: 404, Body: echo(w, c)}
		},
		"hang": func(w *world, c wecomtest.Call) *wecomtest.Answer {
			return &wecomtest.Answer{Until: make(chan struct{})}
		},
	}
	for _, code := range []int{-1, 40001, 40014, 41001, 42001, 45009, 45033, 60020, 40013, 48002, 301002, 60011, 60111, 81013, 45002, 99999} {
		bends[fmt.Sprint(code)] = func(w *world, c wecomtest.Call) *wecomtest.Answer {
			return &wecomtest.Answer{ErrCode: code, ErrMsg: echo(w, c) + ", from ip: 203.0.113.7"}
		}
	}
	var count int
	look := func(w *world, err error) {
		require.Error(t, err)
		for e := err; e != nil; e = errors.Unwrap(e) {
			require.NotContains(t, e.Error(), "access_token=")
			require.NotContains(t, e.Error(), "corpsecret=")
			w.withoutSecrets(e.Error(), fmt.Sprintf("%v %+v %#v", e, e, e))
			count++
		}
		var address *url.Error
		require.False(t, errors.As(err, &address), "nobody can dig the address out of it")
	}
	for name, bend := range bends {
		for _, path := range []string{wecomtest.SendPath, wecomtest.TokenPath} {
			t.Run(name+path, func(t *testing.T) {
				w := newWorld(t)
				if path == wecomtest.SendPath { // there is a token that could be shown
					_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
					require.NoError(t, err)
				}
				ended := make(chan struct{})
				t.Cleanup(func() { close(ended) })
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
					if c.Path != path {
						return nil
					}
					a := bend(w, c)
					if a.Until != nil {
						a.Until = ended
						cancel()
					}
					return a
				})
				_, err := w.channel.Send(ctx, parcel(2, "a", "在"))
				look(w, err)
				if name != "hang" {
					look(w, w.channel.SendAll(t.Context(), []bot.Parcel{parcel(3, "a", "在"), parcel(4, "b", "在")})[1].Err)
				}
				w.withoutSecrets(w.log.String())
			})
		}
	}
	t.Run("nobody there", func(t *testing.T) {
		w := newWorld(t)
		for _, base := range []string{"http://127.0.0.1:1", "https://" + w.web.Listener.Addr().String(), "http://no-such-host.invalid"} {
			_, err := w.replica(func(o *Options) { o.APIBase = base }).Send(t.Context(), parcel(1, "a", "在"))
			look(w, err)
		}
		_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
		require.NoError(t, err)
		w.web.Close()
		_, err = w.channel.Send(t.Context(), parcel(2, "a", "在"))
		look(w, err)
	})
	require.Greater(t, count, 60)
}
