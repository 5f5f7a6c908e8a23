package wecom

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

var jpeg = append([]byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00"), bytes.Repeat([]byte("店"), 40000)...)

func TestWhatMembersSendIsNamedAndNotYetFetched(t *testing.T) {
	w := newWorld(t)
	for _, send := range []func() (wecomtest.Reply, error){
		func() (wecomtest.Reply, error) { return w.client.Photo(t.Context(), "Hutou.Filer", "1", "media-1") },
		func() (wecomtest.Reply, error) { return w.client.Voice(t.Context(), "Hutou.Filer", "2", "media-2") },
		func() (wecomtest.Reply, error) { return w.client.Video(t.Context(), "Hutou.Filer", "3", "media-3") },
		func() (wecomtest.Reply, error) {
			return w.client.File(t.Context(), "Hutou.Filer", "4", "media-4", "通报 & 附件.pdf")
		},
	} {
		reply, err := send()
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, reply.Status)
		require.NotEmpty(t, reply.Text)
	}
	var got []bot.Attachment
	for _, m := range w.desk.messages() {
		require.Equal(t, "hutou.filer", m.Sender)
		got = append(got, m.Attachments...)
	}
	require.Equal(t, []bot.Attachment{{Kind: bot.Photo, Ref: "media-1"}, {Kind: bot.Voice, Ref: "media-2"}, {Kind: bot.Video, Ref: "media-3"},
		{Kind: bot.File, Ref: "media-4", Name: "通报 & 附件.pdf"}}, got)
	require.Zero(t, w.server.Calls(wecomtest.GetMediaPath), "not within the callback")
}

// fetched reads what a ref names to its end.
func (w *world) fetched(ref string) (name string, b []byte, err error) {
	body, err := w.channel.Fetch(w.t.Context(), ref)
	if err != nil {
		return "", nil, err
	}
	defer body.Reader.Close()
	b, err = io.ReadAll(body.Reader)
	return body.Name, b, err
}

func TestAPhotoIsFetchedWithATokenThatDiesInTheMiddle(t *testing.T) {
	w := newWorld(t)
	id := w.server.Keep(wecomtest.Media{Kind: "image", Name: "现场.jpg", Bytes: jpeg})
	_, _, err := w.fetched(id)
	require.NoError(t, err)
	w.server.RevokeToken()
	name, b, err := w.fetched(id)
	require.NoError(t, err)
	require.Equal(t, "现场.jpg", name)
	require.Equal(t, jpeg, b)
	require.Equal(t, 2, w.server.Counts().Tokens)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.GetMediaPath {
			return &wecomtest.Answer{ErrCode: 40014}
		}
		return nil
	})
	calls := w.server.Calls(wecomtest.GetMediaPath)
	_, _, err = w.fetched(id)
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	require.Equal(t, calls+2, w.server.Calls(wecomtest.GetMediaPath), "with a new token once, and no more")
}

func TestWhatIsGoneIsToldFromWhatMayComeYet(t *testing.T) {
	html := &wecomtest.Answer{Type: "text/html", Body: "<html>请登录</html>"}
	for name, c := range map[string]struct {
		bend *wecomtest.Answer
		fate bot.Fate
		wait time.Duration
	}{
		"expired":               {nil, bot.Refused, 0},
		"busy":                  {&wecomtest.Answer{ErrCode: -1}, bot.NotSent, soon},
		"too often":             {&wecomtest.Answer{ErrCode: 45009}, bot.NotSent, aMinute},
		"not trusted":           {&wecomtest.Answer{ErrCode: 60020, ErrMsg: "not allow to access from your ip, from ip: 203.0.113.7"}, bot.NotSent, aMinute},
		"a code by surprise":    {&wecomtest.Answer{ErrCode: 99999}, bot.NotSent, aMinute},
		"a page":                {html, bot.Unknown, soon},
		"a gateway":             {&wecomtest.Answer{Status: 502, Body: "x"}, bot.Unknown, soon},
		"a redirect":            {&wecomtest.Answer{Status: 302, Body: "x"}, bot.NotSent, aMinute},
		"a broken connection":   {&wecomtest.Answer{Drop: true}, bot.Unknown, soon},
		"a code, as plain text": {&wecomtest.Answer{Type: "text/plain", Body: `{"errcode":40007,"errmsg":"invalid media_id"}`}, bot.Refused, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.server.Keep(wecomtest.Media{Kind: "image", Bytes: jpeg})
			w.clock.Forward(72*time.Hour - time.Second)
			if c.bend == nil {
				_, _, err := w.fetched(id)
				require.NoError(t, err, "it is there to the last second")
				w.clock.Forward(time.Second)
			}
			w.server.Bend(func(call wecomtest.Call) *wecomtest.Answer {
				if call.Path == wecomtest.GetMediaPath {
					return c.bend
				}
				return nil
			})
			_, _, err := w.fetched(id)
			require.Equal(t, c.fate, failure(t, err).Fate)
			require.Equal(t, c.wait, failure(t, err).Wait)
			w.withoutSecrets(err.Error())
		})
	}
}

func TestADownloadThatBreaksOffSaysSoWithoutASecret(t *testing.T) {
	w := newWorld(t)
	id := w.server.Keep(wecomtest.Media{Kind: "image", Bytes: jpeg})
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.GetMediaPath {
			return &wecomtest.Answer{Cut: 5000}
		}
		return nil
	})
	_, b, err := w.fetched(id)
	require.Error(t, err)
	require.Less(t, len(b), len(jpeg))
	w.withoutSecrets(err.Error())
	for e := err; e != nil; e = errors.Unwrap(e) {
		var address *url.Error
		require.False(t, errors.As(e, &address))
	}
}

func TestADownloadEndsWithItsContext(t *testing.T) {
	w := newWorld(t)
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	id := w.server.Keep(wecomtest.Media{Kind: "image", Bytes: jpeg})
	ctx, cancel := context.WithCancel(t.Context())
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.GetMediaPath {
			cancel()
			return &wecomtest.Answer{Until: ended}
		}
		return nil
	})
	_, err := w.channel.Fetch(ctx, id)
	require.ErrorIs(t, err, context.Canceled)
	require.NotEqual(t, bot.Refused, failure(t, err).Fate)
}
