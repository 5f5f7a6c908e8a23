package dingtalk

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

const (
	newPath = "/v1.0/robot/some"
	oldPath = "/topapi/some/thing"
)

// newClient is a world whose server knows one call of each family.
func newClient(t testing.TB, bend ...func(*dingtalktest.Options, *Options)) *outside {
	w := newOutside(t, bend...)
	w.server.Serve("POST", newPath, w.server.New("Some.Scope", func(c dingtalktest.Call) dingtalktest.Answer {
		return dingtalktest.Answer{JSON: map[string]any{"said": string(c.Body), "message": map[string]any{"not": "a text"}}}
	}))
	w.server.Serve("POST", oldPath, w.server.Old("Some.Scope", func(c dingtalktest.Call) dingtalktest.Answer {
		return dingtalktest.Answer{JSON: map[string]any{"errcode": 0, "errmsg": "ok", "result": map[string]any{"userid": "042"}}}
	}))
	return w
}

func (w *outside) callNew(ctx context.Context) error {
	return w.channel.api(ctx, http.MethodPost, newPath, url.Values{"a": {"b"}}, map[string]string{"x": "<y>"}, nil)
}

func (w *outside) callOld(ctx context.Context) error { return w.channel.oapi(ctx, oldPath, nil, nil) }

func TestBothFamiliesAreCalledWithOneToken(t *testing.T) {
	w := newClient(t)
	var said struct{ Said string }
	require.NoError(t, w.channel.api(t.Context(), http.MethodPost, newPath, nil, map[string]string{"x": "<y>"}, &said))
	require.Equal(t, `{"x":"<y>"}`, said.Said)
	var result struct {
		Result struct {
			UserID string `json:"userid"`
		}
	}
	require.NoError(t, w.channel.oapi(t.Context(), oldPath, nil, &result))
	require.Equal(t, "042", result.Result.UserID)
	require.Equal(t, 1, w.server.Tokens())
	require.NoError(t, w.channel.Check(t.Context()))
}

func TestManyWhoNeedATokenAskForOne(t *testing.T) {
	w := newClient(t)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() { require.NoError(t, w.callNew(t.Context())) })
	}
	all.Wait()
	require.Equal(t, 1, w.server.Calls(dingtalktest.TokenPath))
	w.clock.Forward(2*time.Hour - 5*time.Minute)
	require.NoError(t, w.callNew(t.Context()))
	require.Equal(t, 2, w.server.Calls(dingtalktest.TokenPath), "five minutes before its end it is given up")
}

func TestARevokedTokenIsRefreshedOnce(t *testing.T) {
	for name, call := range map[string]func(*outside, context.Context) error{"new": (*outside).callNew, "old": (*outside).callOld} {
		t.Run(name, func(t *testing.T) {
			w := newClient(t)
			require.NoError(t, call(w, t.Context()))
			w.server.RevokeToken()
			require.NoError(t, call(w, t.Context()))
			require.Equal(t, 2, w.server.Tokens())
			require.Zero(t, w.server.Calls(dingtalktest.OldTokenPath))
		})
	}
}

func TestTheOldFamilyIsGivenItsOwnTokenWhereItTakesNoOther(t *testing.T) {
	w := newClient(t, func(theirs *dingtalktest.Options, _ *Options) { theirs.OwnTokens = true })
	require.NoError(t, w.callOld(t.Context()))
	require.NoError(t, w.callOld(t.Context()))
	require.NoError(t, w.callNew(t.Context()))
	require.Equal(t, 1, w.server.Calls(dingtalktest.OldTokenPath))
	require.Equal(t, 4, w.server.Calls(oldPath), "the new family's is tried, anew, and then no more")
	w.server.RevokeToken()
	require.NoError(t, w.callOld(t.Context()))
}

func TestAWrongSecretIsToldOnce(t *testing.T) {
	w := newClient(t, func(_ *dingtalktest.Options, o *Options) { o.ClientSecret = "s3cr3t-wrong" })
	for range 3 {
		failed := failure(t, w.callNew(t.Context()))
		require.Equal(t, bot.NotSent, failed.Fate)
		require.Equal(t, bot.NotTrusted, failed.Reason)
		require.Equal(t, "invalidClientIdOrSecret", CodeOf(failed))
		w.withoutSecrets(failed.Error())
	}
	require.Equal(t, 1, w.server.Calls(dingtalktest.TokenPath))
}

// TestWhatAnAnswerMeans is by the code, never by the status.
func TestWhatAnAnswerMeans(t *testing.T) {
	refused, refusedOld := dingtalktest.Refused, dingtalktest.RefusedOld
	for name, x := range map[string]struct {
		answer *dingtalktest.Answer
		old    bool
		fate   bot.Fate
		reason bot.Reason
		wait   time.Duration
		all    bool
	}{
		"a throttle":              {dingtalktest.QPSLimit(), false, bot.NotSent, bot.Throttled, time.Second, false},
		"a throttle by minute":    {refused(403, "Forbidden.AccessDenied.QpmLimitForApi"), false, bot.NotSent, bot.Throttled, time.Minute, false},
		"too fast":                {refused(400, "send.too.fast"), false, bot.NotSent, bot.Throttled, time.Minute, false},
		"an address":              {refused(403, "Forbidden.AccessDenied.IpNotInWhiteList"), false, bot.NotSent, bot.NotTrusted, time.Minute, false},
		"no such group":           {refused(400, "invalidParameter.openConversationId.invalid"), false, bot.Refused, bot.NoSuchGroup, 0, false},
		"disbanded":               {refused(400, "group.disbanded"), false, bot.Refused, bot.NoSuchGroup, 0, false},
		"no such users":           {refused(400, "invalidParameter.userIds.invalid"), false, bot.Refused, bot.NoSuchAccount, 0, false},
		"wrong content":           {refused(400, "invalidParameter.param.invalid"), false, bot.Refused, bot.BadContent, 0, false},
		"something new":           {refused(400, "what.nobody.knows"), false, bot.Refused, "", 0, false},
		"a code with status 200":  {refused(200, "send.too.fast"), false, bot.NotSent, bot.Throttled, time.Minute, false},
		"its own time out":        {refused(504, "ServiceTimeout"), false, bot.Unknown, bot.PlatformAway, 5 * time.Second, false},
		"a gateway's":             {dingtalktest.Page(504), false, bot.Unknown, bot.PlatformAway, 5 * time.Second, false},
		"nobody there":            {dingtalktest.Page(503), false, bot.NotSent, bot.PlatformAway, 5 * time.Second, true},
		"punished":                {dingtalktest.Punished(), false, bot.NotSent, bot.Throttled, 5 * time.Minute, true},
		"punished with a page":    {dingtalktest.Page(200), false, bot.NotSent, bot.Throttled, 5 * time.Minute, true},
		"nothing":                 {&dingtalktest.Answer{Status: 200}, false, bot.Unknown, bot.PlatformAway, 5 * time.Second, false},
		"busy":                    {refusedOld(-1, ""), true, bot.NotSent, bot.PlatformAway, 5 * time.Second, false},
		"late":                    {refusedOld(88, ""), true, bot.Unknown, bot.PlatformAway, 5 * time.Second, false},
		"late beneath":            {refusedOld(15, "isp.top-remote-connection-timeout"), true, bot.Unknown, bot.PlatformAway, 5 * time.Second, false},
		"an old throttle":         {refusedOld(88, "90018"), true, bot.NotSent, bot.Throttled, time.Second, false},
		"no such user":            {refusedOld(33012, ""), true, bot.Refused, bot.NoSuchAccount, 0, false},
		"a user out of sight":     {refusedOld(50002, ""), true, bot.Refused, bot.NotVisible, 0, false},
		"an old address":          {refusedOld(60020, ""), true, bot.NotSent, bot.NotTrusted, time.Minute, false},
		"a bad parameter":         {refusedOld(88, "40035"), true, bot.Refused, bot.BadContent, 0, false},
		"an old page":             {dingtalktest.Page(200), true, bot.NotSent, bot.Throttled, 5 * time.Minute, true},
		"no errcode":              {&dingtalktest.Answer{JSON: map[string]any{"result": 1}}, true, bot.Unknown, bot.PlatformAway, 5 * time.Second, false},
		"an old code that is new": {refusedOld(999999, ""), true, bot.Refused, "", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newClient(t)
			w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
				if strings.Contains(c.Path, "some") {
					return x.answer
				}
				return nil
			})
			call := w.callNew
			if x.old {
				call = w.callOld
			}
			failed := failure(t, call(t.Context()))
			require.Equal(t, []any{x.fate, x.reason, x.wait, x.all}, []any{failed.Fate, failed.Reason, failed.Wait, failed.Everybody}, failed.Error())
			w.withoutSecrets(failed.Error())
		})
	}
}

func TestAMissingPermissionNamesItsScope(t *testing.T) {
	w := newClient(t, func(theirs *dingtalktest.Options, _ *Options) { theirs.Lacks = []string{"Some.Scope"} })
	for range 3 {
		failed := failure(t, w.callNew(t.Context()))
		require.Equal(t, []any{bot.NotSent, bot.NotPermitted}, []any{failed.Fate, failed.Reason})
		require.Equal(t, []string{"Some.Scope"}, ScopesOf(failed))
		require.Contains(t, failed.Error(), "lacks the permission Some.Scope")
	}
	require.Equal(t, 1, w.server.Calls(newPath), "it would fail for everybody, and each costs a call")
	w.clock.Forward(5 * time.Minute)
	_ = w.callNew(t.Context())
	require.Equal(t, 2, w.server.Calls(newPath))
}

func TestWhatBreaksOffTellsItsFate(t *testing.T) {
	w := newClient(t)
	require.NoError(t, w.callNew(t.Context()))
	w.server.Bend(func(dingtalktest.Call) *dingtalktest.Answer { return &dingtalktest.Answer{Drop: true} })
	require.Equal(t, bot.Unknown, failure(t, w.callNew(t.Context())).Fate)
	w.server.Bend(func(dingtalktest.Call) *dingtalktest.Answer { return &dingtalktest.Answer{Until: make(chan struct{})} })
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	failed := failure(t, w.callNew(short))
	require.Equal(t, bot.Unknown, failed.Fate)
	require.ErrorIs(t, failed, context.DeadlineExceeded)
	w.withoutSecrets(failed.Error())
	w.web.Close()
	w.channel.out.client.CloseIdleConnections()
	failed = failure(t, w.callNew(t.Context()))
	require.Equal(t, []any{bot.NotSent, true}, []any{failed.Fate, failed.Everybody}, "nobody is reached")
	w.withoutSecrets(failed.Error())
}
