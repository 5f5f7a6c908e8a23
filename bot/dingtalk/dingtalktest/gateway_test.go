package dingtalktest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"zhuanban/bot/internal/worldtest"
)

// plain is a client that does no more than it is told to.
type plain struct {
	t   *testing.T
	g   *Gateway
	web *httptest.Server
}

func newPlain(t *testing.T, o GatewayOptions) *plain {
	o.ClientID, o.ClientSecret = "id", "secret"
	p := &plain{t: t, g: NewGateway(o)}
	p.web = httptest.NewServer(p.g)
	t.Cleanup(func() { p.g.Close(); p.web.Close() })
	return p
}

func (p *plain) open(body, accept string) (status int, text string) {
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.web.URL+GatewayOpenPath, strings.NewReader(body))
	require.NoError(p.t, err)
	r.Header.Set("Accept", accept)
	res, err := p.web.Client().Do(r)
	require.NoError(p.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	return res.StatusCode, string(b)
}

const right = `{"clientId":"id","clientSecret":"secret"}`

func (p *plain) ticket() string {
	status, text := p.open(right, "application/json")
	require.Equal(p.t, 200, status)
	var t struct{ Endpoint, Ticket string }
	require.NoError(p.t, json.Unmarshal([]byte(text), &t))
	return t.Endpoint + "?ticket=" + url.QueryEscape(t.Ticket)
}

func (p *plain) dial(address string) (*websocket.Conn, error) {
	ws, _, err := websocket.Dial(p.t.Context(), address, nil)
	if err == nil {
		p.t.Cleanup(func() { _ = ws.CloseNow() })
	}
	return ws, err
}

func (p *plain) soon() context.Context {
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
	p.t.Cleanup(cancel)
	return ctx
}

func TestATicketIsGoodOnceAndForNinetySeconds(t *testing.T) {
	clock := &worldtest.Clock{}
	clock.Set(time.Unix(1690362102, 0))
	p := newPlain(t, GatewayOptions{Now: clock.Now, OddTickets: true})
	once := p.ticket()
	_, err := p.dial(once)
	require.NoError(t, err)
	_, err = p.dial(once)
	require.ErrorContains(t, err, "401")
	late := p.ticket()
	clock.Forward(ticketLife)
	_, err = p.dial(late)
	require.Error(t, err)
	require.Equal(t, 2, p.g.Counts().Stale)
}

func TestOnlyTheAppGetsATicket(t *testing.T) {
	p := newPlain(t, GatewayOptions{})
	for body, want := range map[string]int{`{"clientId":"id","clientSecret":"x"}`: 401, `{"clientId":"x","clientSecret":"secret"}`: 401, "{": 400} {
		status, text := p.open(body, "application/json")
		require.Equal(t, want, status)
		require.Contains(t, text, `"code"`)
	}
	_, text := p.open(right, "")
	require.Contains(t, text, "<xml>", "who does not say what they accept")
	p.g.BendOpen(func(int) *OpenAnswer { return &HTML503 })
	status, text := p.open(right, "application/json")
	require.Equal(t, 503, status)
	require.Contains(t, text, "<html>")
}

// TestAnAcknowledgementBelongsToItsFrameAndConnection, and what is late for a card is
// counted.
func TestAnAcknowledgementBelongsToItsFrameAndConnection(t *testing.T) {
	p := newPlain(t, GatewayOptions{CardWithin: time.Nanosecond})
	require.ErrorIs(t, p.g.Push(p.g.Card(Tap{Card: "o", User: "u"})), ErrNobody)
	ws, err := p.dial(p.ticket())
	require.NoError(t, err)
	require.NoError(t, p.g.Connected(p.soon(), 1))
	other, err := p.dial(p.ticket())
	require.NoError(t, err)
	require.NoError(t, p.g.Connected(p.soon(), 2))
	f := p.g.Card(Tap{Card: "o", User: "u"})
	require.NoError(t, p.g.Links()[0].Push(f))
	ack := []byte(`{"code":200,"headers":{"messageId":"` + f.ID() + `"},"data":"{}"}`)
	for _, stray := range []string{string(ack), `{"code":200,"headers":{}}`, "["} {
		require.NoError(t, other.Write(t.Context(), websocket.MessageText, []byte(stray)))
	}
	require.NoError(t, p.g.Until(p.soon(), func() bool { return p.g.Counts().Stray == 3 }))
	require.Empty(t, p.g.Acks(f.ID()))
	require.NoError(t, ws.Write(t.Context(), websocket.MessageText, ack))
	_, err = p.g.Ack(p.soon(), f.ID())
	require.NoError(t, err)
	require.Equal(t, 1, p.g.Counts().LateCards)
	require.Equal(t, 1, p.g.Acked())
}
