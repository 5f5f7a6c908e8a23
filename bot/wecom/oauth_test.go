package wecom

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
)

func TestTheAddressThatAsksWhoSomebodyIs(t *testing.T) {
	w := newWorld(t)
	address, state, err := w.channel.Authorize("https://zhuanban.example/page?a=b&c=好")
	require.NoError(t, err)
	require.Equal(t, "https://open.weixin.qq.com/connect/oauth2/authorize?appid="+appCorp+
		"&redirect_uri=https%3A%2F%2Fzhuanban.example%2Fpage%3Fa%3Db%26c%3D%E5%A5%BD&response_type=code&scope=snsapi_base&state="+state+
		"&agentid="+appAgent+"#wechat_redirect", address)
	require.GreaterOrEqual(t, len(state), 26, "130 bits")
	_, other, err := w.channel.Authorize("https://zhuanban.example/page")
	require.NoError(t, err)
	require.NotEqual(t, state, other)

	private := w.replica(func(o *Options) { o.AuthorizeBase = "https://wx.example.invalid/" })
	address, _, err = private.Authorize("https://zhuanban.example/page")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(address, "https://wx.example.invalid/connect/oauth2/authorize?appid="), address)
	for _, redirect := range []string{"", "page", "javascript:alert(1)", "ftp://example.invalid/", "https://a:b@example.invalid/", "https://example.invalid/#x"} {
		_, _, err := w.channel.Authorize(redirect)
		require.Error(t, err, redirect)
	}
	o := w.o
	o.AuthorizeBase = "wx.example.invalid"
	_, err = New(o)
	require.ErrorContains(t, err, "AuthorizeBase")
}

func TestACodeSaysWhoBroughtItOnce(t *testing.T) {
	for name, c := range map[string]struct {
		old  bool // the deployment
		path AuthPath
		asks [2]int // of the new and the old path, for three codes
	}{
		"the public cloud":              {asks: [2]int{4, 0}},
		"the public cloud, by name":     {path: AuthNew, asks: [2]int{4, 0}},
		"the public cloud, the old way": {path: AuthOld, asks: [2]int{0, 4}},
		"a private one, found out once": {old: true, asks: [2]int{1, 4}},
		"a private one, by name":        {old: true, path: AuthOld, asks: [2]int{0, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(theirs *wecomtest.Options, ours *Options) {
				theirs.OldAuth, ours.Features.AuthPath = c.old, c.path
			})
			code := ""
			for range 3 {
				code = w.server.Code("Hutou.Filer")
				who, err := w.channel.Whose(t.Context(), code)
				require.NoError(t, err)
				require.Equal(t, "hutou.filer", who)
			}
			_, err := w.channel.Whose(t.Context(), code)
			require.ErrorIs(t, err, ErrCode, "used up")
			require.Equal(t, c.asks, [2]int{w.server.Calls(wecomtest.AuthPath), w.server.Calls(wecomtest.OldAuthPath)})
		})
	}
}

func TestWhoeverIsNoMemberOrTooLateIsNobody(t *testing.T) {
	for _, old := range []bool{false, true} {
		w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.OldAuth = old })
		_, err := w.channel.Whose(t.Context(), w.server.StrangersCode())
		require.ErrorIs(t, err, ErrStranger)
		late := w.server.Code("a")
		w.clock.Forward(5 * time.Minute)
		_, err = w.channel.Whose(t.Context(), late)
		require.ErrorIs(t, err, ErrCode)
		for _, code := range []string{"", "a b", "a\nb", "好", strings.Repeat("a", 513)} {
			calls := w.server.Calls(wecomtest.AuthPath) + w.server.Calls(wecomtest.OldAuthPath)
			_, err := w.channel.Whose(t.Context(), code)
			require.ErrorIs(t, err, ErrCode)
			require.Equal(t, calls, w.server.Calls(wecomtest.AuthPath)+w.server.Calls(wecomtest.OldAuthPath), "WeCom is not even asked")
		}
	}
}

func TestACodeIsNotUsedUpByARevokedToken(t *testing.T) {
	w := newWorld(t)
	_, err := w.channel.Whose(t.Context(), w.server.Code("a"))
	require.NoError(t, err)
	w.server.RevokeToken()
	who, err := w.channel.Whose(t.Context(), w.server.Code("b"))
	require.NoError(t, err)
	require.Equal(t, "b", who)
}

func TestOnlyAPathThatIsUnknownIsLeftForTheOlder(t *testing.T) {
	for name, c := range map[string]struct {
		answer wecomtest.Answer
		older  bool
	}{
		"a page that is not there": {wecomtest.Answer{Status: 404, Type: "text/html", Body: "<html>404</html>"}, true},
		"a page":                   {wecomtest.Answer{Type: "text/html", Body: "<html>请登录</html>"}, true},
		"a code for no such call":  {wecomtest.Answer{ErrCode: 40066, ErrMsg: "invalid url"}, true},
		"not permitted":            {wecomtest.Answer{ErrCode: 48002}, true},
		"a code that is not good":  {wecomtest.Answer{ErrCode: 40029}, false},
		"busy":                     {wecomtest.Answer{ErrCode: -1}, false},
		"too often":                {wecomtest.Answer{ErrCode: 45009}, false},
		"a gateway":                {wecomtest.Answer{Status: 502}, false},
		"no answer":                {wecomtest.Answer{Drop: true}, false},
		"nobody in particular":     {wecomtest.Answer{Body: `{"errcode":0,"errmsg":"ok"}`}, false},
		"an account that is none":  {wecomtest.Answer{Body: `{"errcode":0,"userid":"@all"}`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			code := w.server.Code("a")
			w.server.Bend(func(call wecomtest.Call) *wecomtest.Answer {
				if call.Path != wecomtest.AuthPath {
					return nil
				}
				a := c.answer
				if a.ErrMsg == "" {
					a.ErrMsg = "no, code " + code + ", " + url.QueryEscape(code)
				}
				return &a
			})
			who, err := w.channel.Whose(t.Context(), code)
			require.Equal(t, c.older, err == nil)
			require.Equal(t, c.older, w.server.Calls(wecomtest.OldAuthPath) == 1)
			if c.older {
				require.Equal(t, "a", who)
				return
			}
			require.Empty(t, who)
			require.NotContains(t, err.Error(), code)
			w.withoutSecrets(err.Error(), w.log.String())
		})
	}
}
