package stream

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/dingtalk/dingtalktest"
)

func TestAWrongSecretIsSaidAndTriedMoreSlowly(t *testing.T) {
	w := newWorld(t, func(_ *dingtalktest.GatewayOptions, o *Options) {
		o.ClientSecret, o.Pace.Refused = "an0ther", 30*time.Millisecond
	})
	w.run()
	w.eventually(func() bool { return w.gateway.Counts().Refused > 3 }, "it goes on")
	w.eventually(func() bool { return w.client.State().Phase == Refused }, "and says so")
	require.Contains(t, w.client.State().String(), "authFailed")
	require.Contains(t, w.log.String(), "compare dingtalk.client_id and client_secret")
	require.NotContains(t, w.log.String(), "an0ther")
}

func TestRefusalsAreRepeatedMoreSlowlyThanABadLine(t *testing.T) {
	c := New(Options{Wall: time.Now, Log: newWorld(t).o.Log})
	var n attempts
	var last time.Duration
	for range 20 {
		last = c.blame(t.Context(), &n, false, &Refusal{Status: 401, Code: "authFailed"})
	}
	require.GreaterOrEqual(t, last, usual.Refused/2)
	n = attempts{}
	for range 20 {
		last = c.blame(t.Context(), &n, false, errGone)
	}
	require.LessOrEqual(t, last, usual.Last)
	require.LessOrEqual(t, c.blame(t.Context(), &n, true, errGone), 4*usual.First, "where DingTalk is there")
	require.GreaterOrEqual(t, last, usual.Last/2)
}

var errGone = errors.New("reading: connection reset by peer")

func TestWhatIsNoTicketIsSurvived(t *testing.T) {
	w := newWorld(t)
	odd := []dingtalktest.OpenAnswer{dingtalktest.HTML503, dingtalktest.AuthFailed,
		{Status: 400, Kind: "text/html", Body: "<html>"}, {Status: 200, Kind: "application/xml", Body: "<xml/>"},
		{Status: 200, Kind: "application/json", Body: "{}"}, {Status: 200, Kind: "application/json", Body: "[]"},
		{Status: 200, Kind: "application/json", Body: `{"endpoint":"http://127.0.0.1:1/","ticket":"x"}`},
		{Status: 200, Kind: "application/json", Body: `{"endpoint":"ws://127.0.0.1:1/connect","ticket":"7724109a"}`},
		{Status: 403, Kind: "application/json", Body: `{"code":"Forbidden.AccessDenied.QpsLimitForApi","message":"too fast"}`},
		{Status: 503, Kind: "application/json", Body: strings.Repeat("x", 1<<20)}, {Status: 302, Kind: "text/html", Body: ""}}
	w.gateway.BendOpen(func(n int) *dingtalktest.OpenAnswer {
		if n <= len(odd) {
			return &odd[n-1]
		}
		return nil
	})
	w.up()
	require.Equal(t, len(odd)+1, w.gateway.Counts().Asked)
	for _, said := range []string{"HTTP status 503, an answer that is no JSON", "authFailed", "QpsLimitForApi"} {
		require.Contains(t, w.log.String(), said)
	}
}

func TestAnHTMLPageIsNoWordAboutTheApp(t *testing.T) {
	var no *Refusal
	_, err := readTicket(401, "text/html", []byte("<html>"))
	require.Error(t, err)
	require.NotErrorAs(t, err, &no)
	_, err = readTicket(401, "application/json", []byte(`{"code":"authFailed","message":"鉴权失败"}`))
	require.ErrorAs(t, err, &no)
	_, err = readTicket(400, "application/json", []byte(`{"code":40014}`))
	require.ErrorContains(t, err, `code "40014"`)
}

func TestATicketIsEscaped(t *testing.T) {
	for endpoint, want := range map[string]string{
		"wss://wss-open-connection.dingtalk.com:443/connect": "wss://wss-open-connection.dingtalk.com:443/connect?ticket=t%2B1%2F%3D%26",
		"wss://host/connect?a=b":                             "wss://host/connect?a=b&ticket=t%2B1%2F%3D%26",
	} {
		got, err := ticket{endpoint, "t+1/=&"}.address("https://api.dingtalk.com")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, endpoint := range []string{"", "ws://host/connect", "https://host/", "wss:///connect", "file:///etc", "\x7f"} {
		_, err := ticket{endpoint, "t"}.address("https://api.dingtalk.com")
		require.ErrorIs(t, err, errEndpoint, endpoint)
	}
	_, err := ticket{"ws://host/connect", "t"}.address("http://127.0.0.1:1")
	require.NoError(t, err)
}
