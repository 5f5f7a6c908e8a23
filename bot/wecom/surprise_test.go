package wecom

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/cards"
	"zhuanban/bot/wecom/wecomtest"
)

// What WeCom's servers, or whatever stands in their place, may answer by surprise.

// wire is a transport within the process.
type wire func(*http.Request) string

func (f wire) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body)
	body := f(r)
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// TestEveryCodeHasAFate: none is taken for a success, none is tried for ever, and a card
// that is refused for whatever it says goes as its words if those are taken.
func TestEveryCodeHasAFate(t *testing.T) {
	w := newWorld(t)
	card := bot.Reply{Kind: bot.CardReply, Title: "线索", Body: "短", Text: "【线索】\n短\n\n回复 1 提交", Buttons: []bot.Button{{Label: "提交", Tap: "x", Code: 1}}}
	c := w.replica(func(*Options) {})
	code, tokens, drawn, words := 0, 0, 0, 0
	c.client.Transport = wire(func(r *http.Request) string {
		if r.URL.Path == wecomtest.TokenPath {
			tokens++
			return fmt.Sprintf(`{"errcode":0,"access_token":"t%d","expires_in":7200}`, tokens)
		}
		body, _ := r.GetBody()
		text, _ := io.ReadAll(body)
		if !strings.Contains(string(text), `"msgtype":"template_card"`) {
			words++
			return `{"errcode":0,"msgid":"m"}`
		}
		drawn++
		return fmt.Sprintf(`{"errcode":%d,"errmsg":"surprise"}`, code)
	})
	for code = 40000; code < 50000; code++ {
		v := judge(int64(code))
		require.Contains(t, []bot.Fate{bot.NotSent, bot.Refused}, v.fate, code)
		require.Equal(t, v.fate == bot.NotSent, v.wait > 0, code)

		c.cards = cards.Taken{}
		drawn, words, tokens = 0, 0, 0
		_, err := c.Send(t.Context(), bot.Parcel{ID: int64(code), To: person("a"), Reply: card})
		require.LessOrEqual(t, drawn, mostTries, code)
		require.LessOrEqual(t, tokens, mostTries, code)
		if v.fate == bot.Refused && (v.reason == bot.BadContent || v.reason == "") {
			require.NoError(t, err, code)
			require.Equal(t, []int{1, 1}, []int{drawn, words}, code)
			continue
		}
		got := failure(t, err)
		require.Equal(t, v.fate, got.Fate, code)
		require.EqualValues(t, code, CodeOf(err))
		require.Zero(t, words, code)
	}
}

func TestACodeMayBeInQuotes(t *testing.T) {
	for body, want := range map[string]bot.Fate{
		`{"errcode":"0","errmsg":"ok","msgid":"m"}`:  "",
		`{"errcode":0,"errmsg":"ok","msgid":12345}`:  "",
		`{"errcode":0,"errmsg":null,"msgid":null}`:   "",
		`{"errcode":"81013","errmsg":"no"}`:          bot.Refused,
		`{"errcode":"45009"}`:                        bot.NotSent,
		`{"errcode":-1}`:                             bot.NotSent,
		`{"errcode":null}`:                           bot.Unknown,
		`{"errmsg":"ok","msgid":"m"}`:                bot.Unknown,
		`{"errcode":"","msgid":"m"}`:                 bot.Unknown,
		`{"errcode":true}`:                           bot.Unknown,
		`{"errcode":0.5}`:                            bot.Unknown,
		`{"errcode":1e400}`:                          bot.Unknown,
		`[{"errcode":0}]`:                            bot.Unknown,
		`{"errcode":0}{"errcode":81013}`:             bot.Unknown,
		`{"errcode":0,"invaliduser":{"a":1}}`:        bot.Unknown,
		`{"errcode":0,"msgid":["m"]}`:                bot.Unknown,
		`null`:                                       bot.Unknown,
		`"ok"`:                                       bot.Unknown,
		"\x00\x01\x02":                               bot.Unknown,
		strings.Repeat(`{"a":`, 20000):               bot.Unknown,
		strings.Repeat(" ", 5<<20) + `{"errcode":0}`: bot.Unknown,
		`{"errcode":0,"errmsg":"` + strings.Repeat("x", 5<<20) + `"}`: bot.Unknown,
	} {
		w := newWorld(t)
		w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
			if c.Path == wecomtest.SendPath {
				return &wecomtest.Answer{Body: body}
			}
			return nil
		})
		_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
		if want == "" {
			require.NoError(t, err, "%.80s", body)
			continue
		}
		require.Equal(t, want, failure(t, err).Fate, "%.80s", body)
		require.Less(t, len(err.Error()), 600)
	}
}

func TestWhoIsLeftOutMayBeWrittenInManyWays(t *testing.T) {
	for names, want := range map[string][]bool{
		`""`:                {false, false, false},
		`null`:              {false, false, false},
		`"ann"`:             {true, false, false},
		`"ANN|Bob"`:         {true, true, false},
		`"ann, bob"`:        {true, true, false},
		`"ann;bob|"`:        {true, true, false},
		`" | ann | "`:       {true, false, false},
		`["Ann","carl"]`:    {true, false, true},
		`[]`:                {false, false, false},
		`"an|annabel|nobo"`: {false, false, false},
	} {
		w := newWorld(t)
		w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
			if c.Path == wecomtest.SendPath {
				return &wecomtest.Answer{Body: `{"errcode":0,"errmsg":"ok","msgid":"m","invaliduser":` + names + `}`}
			}
			return nil
		})
		out := w.channel.SendAll(t.Context(), []bot.Parcel{parcel(1, "Ann", "在"), parcel(2, "bob", "在"), parcel(3, "carl", "在")})
		for i, left := range want {
			require.Equal(t, left, out[i].Err != nil, "%s %d", names, i)
			if left {
				require.Equal(t, bot.NotVisible, failure(t, out[i].Err).Reason)
			}
		}
	}
}

// TestATokenThatDiesAgainAndAgain: in the middle of a broadcast, twice within one call,
// and by every code that says so.
func TestATokenThatDiesAgainAndAgain(t *testing.T) {
	for _, code := range []int{0, 40001, 40014, 41001, 42001} {
		w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.MemberMinute = -1 })
		w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
			if c.Path != wecomtest.SendPath || c.N%3 == 0 {
				return nil
			}
			w.server.RevokeToken()
			if code == 0 {
				return nil
			}
			return &wecomtest.Answer{ErrCode: code, ErrMsg: "access_token expired"}
		})
		var ps []bot.Parcel
		for i := range 4500 {
			ps = append(ps, parcel(int64(i+1), fmt.Sprint("user", i), "周五截止"))
		}
		for _, o := range w.channel.SendAll(t.Context(), ps) {
			require.NoError(t, o.Err, code)
		}
		require.Equal(t, 4500, w.server.Counts().Shown, code)
		require.Equal(t, 15, w.server.Calls(wecomtest.SendPath), "five calls, each at the third try")
	}
}

// TestATokenThatIsNeverTakenIsNotAskedForWithoutEnd: WeCom gives the same one again.
func TestATokenThatIsNeverTakenIsNotAskedForWithoutEnd(t *testing.T) {
	w := newWorld(t)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.SendPath {
			return &wecomtest.Answer{ErrCode: 42001, ErrMsg: "access_token expired"}
		}
		return nil
	})
	_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
	got := failure(t, err)
	require.Equal(t, []any{bot.NotSent, bot.NotTrusted, time.Minute, true}, []any{got.Fate, got.Reason, got.Wait, got.Everybody})
	require.Equal(t, 2, w.server.Calls(wecomtest.SendPath))
	require.LessOrEqual(t, w.server.Calls(wecomtest.TokenPath), 2)
}

// slowly is a server that answers a call of message/send as write does.
func (w *world) slowly(write func(http.ResponseWriter, *http.Request)) *Channel {
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != wecomtest.SendPath {
			w.server.ServeHTTP(rw, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the caller has gone
		write(rw, r)
	}))
	c := w.replica(func(o *Options) { o.APIBase = web.URL })
	w.t.Cleanup(func() { c.Close(); web.Close() })
	return c
}

func TestAnAnswerMayBePacked(t *testing.T) {
	w := newWorld(t)
	c := w.slowly(func(rw http.ResponseWriter, r *http.Request) {
		require.Contains(t, r.Header.Get("Accept-Encoding"), "gzip")
		rw.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(rw)
		_ = json.NewEncoder(z).Encode(map[string]any{"errcode": 0, "msgid": "m"})
		_ = z.Close()
	})
	r, err := c.Send(t.Context(), parcel(1, "a", "在"))
	require.NoError(t, err)
	require.Equal(t, "m", r.Ref)
	bomb := w.slowly(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(rw)
		for range 64 {
			_, _ = z.Write(make([]byte, 1<<20))
		}
		_ = z.Close()
	})
	_, err = bomb.Send(t.Context(), parcel(1, "a", "在"))
	require.Equal(t, bot.Unknown, failure(t, err).Fate)
}

// TestSilenceAndDripsEnd: by the client's own patience, if nobody else loses theirs.
func TestSilenceAndDripsEnd(t *testing.T) {
	for name, write := range map[string]func(http.ResponseWriter, *http.Request){
		"silence": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"drips": func(rw http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(rw, " ")
				_ = http.NewResponseController(rw).Flush()
			}
		},
		"a beginning": func(rw http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(rw, `{"errcode":0,`)
			_ = http.NewResponseController(rw).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c := w.slowly(write)
			require.Equal(t, answering, c.client.Timeout)
			require.NoError(t, c.Check(t.Context()))
			c.client.Timeout = 50 * time.Millisecond
			_, err := c.Send(t.Context(), parcel(1, "a", "在"))
			got := failure(t, err)
			require.Equal(t, []any{bot.Unknown, bot.PlatformAway, false}, []any{got.Fate, got.Reason, got.Everybody}, err)
			w.withoutSecrets(err.Error())
		})
	}
}

// TestALargeDirectoryIsReadWhole: a department of five thousand is more than the megabyte
// that any other answer has.
func TestALargeDirectoryIsReadWhole(t *testing.T) {
	w := newWorld(t)
	d := wecomtest.Directory{Departments: []wecomtest.Department{{ID: 1, Name: "全部"}}, Parties: []int64{1}}
	for i := range 5000 {
		d.People = append(d.People, wecomtest.Person{UserID: fmt.Sprint("user", i), Name: strings.Repeat("某", 100), Departments: []int64{1}})
	}
	w.server.SetDirectory(d)
	got, err := w.channel.Directory(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, got.Members, 5000)
}

// TestAnUploadAndADownloadBySurprise.
func TestAnUploadAndADownloadBySurprise(t *testing.T) {
	for body, fate := range map[string]bot.Fate{
		`{"errcode":"0","media_id":"m"}`: "",
		`{"errcode":"40004"}`:            bot.Refused,
		`{"errcode":"45009"}`:            bot.NotSent,
		`{"errcode":0}`:                  bot.NotSent,
		`{"media_id":"m"}`:               bot.NotSent,
		`<html>`:                         bot.NotSent,
		``:                               bot.NotSent,
		strings.Repeat("x", 5<<20):       bot.NotSent,
	} {
		w := newWorld(t)
		w.put(t, "a.csv", []byte("1,2,3,4"))
		w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
			if c.Path == wecomtest.UploadPath {
				return &wecomtest.Answer{Status: 200, Body: body}
			}
			return nil
		})
		_, err := w.channel.Prepare(context.Background(), file(1, "a", "a.csv", "a.csv"))
		if fate == "" {
			require.NoError(t, err, body)
			continue
		}
		require.Equal(t, fate, failure(t, err).Fate, "%.80s", body)
	}
	w := newWorld(t)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.GetMediaPath {
			return &wecomtest.Answer{Type: "application/json", Body: `{"errcode":"40007","errmsg":"invalid media_id"}`}
		}
		return nil
	})
	_, err := w.channel.Fetch(t.Context(), "m")
	require.Equal(t, bot.Refused, failure(t, err).Fate)
	require.EqualValues(t, 40007, CodeOf(err))
}
