package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/coder/websocket"

	"zhuanban/bot/internal/secret"
)

const (
	openPath = "/v1.0/gateway/connections/open"
	// agent says who we are: name-sdk-language/version.
	agent = "zhuanban-sdk-go/1.0.0"
	// largestTicket is far above an endpoint and a ticket, and a page of HTML in their
	// place is not read further.
	largestTicket = 64 << 10
	// largestFrame is far above the largest message, a text of some KB or a card's form.
	largestFrame = 2 << 20
)

// Subscription is what the app wants to hear.
type Subscription struct {
	Type  string `json:"type"`
	Topic string `json:"topic"` // of EVENT only "*"
}

// Refusal is DingTalk's word that it does not know the app: its id or its secret.
type Refusal struct {
	Status        int
	Code, Message string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("HTTP status %d, code %q: %s", r.Status, r.Code, r.Message)
}

// ticket is where a connection is to be made, once and within ninety seconds.
type ticket struct {
	Endpoint string
	Ticket   string
}

// open asks for a ticket.
func (c *Client) open(ctx context.Context) (t ticket, err error) {
	body, err := json.Marshal(struct {
		ID            string         `json:"clientId"`
		Secret        string         `json:"clientSecret"`
		Subscriptions []Subscription `json:"subscriptions"`
		Agent         string         `json:"ua"`
	}{c.o.ClientID, c.o.ClientSecret, c.o.Subscriptions, agent})
	if err != nil {
		return t, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.o.API+openPath, bytes.NewReader(body))
	if err != nil {
		return t, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json") // otherwise the answer may be XML
	res, err := c.o.HTTP.Do(req)
	if err != nil {
		return t, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, largestTicket))
	if err != nil {
		return t, fmt.Errorf("HTTP status %d: %w", res.StatusCode, err)
	}
	return readTicket(res.StatusCode, res.Header.Get("Content-Type"), text)
}

// readTicket reads the answer. What is no JSON (a page of a server on the way) is no
// word of DingTalk's about the app, whatever its status.
func readTicket(status int, kind string, text []byte) (t ticket, err error) {
	var said struct {
		Endpoint, Ticket, Code, Message json.RawMessage
	}
	if json.Unmarshal(text, &said) != nil {
		return t, fmt.Errorf("HTTP status %d, an answer that is no JSON (%.40q)", status, kind)
	}
	t = ticket{plain(said.Endpoint), plain(said.Ticket)}
	code, message := plain(said.Code), plain(said.Message)
	switch {
	case t.Endpoint != "" && t.Ticket != "" && status < http.StatusMultipleChoices:
		return t, nil
	case status == http.StatusUnauthorized || strings.EqualFold(code, "authFailed"):
		return ticket{}, &Refusal{status, code, message}
	}
	return ticket{}, fmt.Errorf("HTTP status %d, code %q: %s", status, code, message)
}

var errEndpoint = errors.New("the endpoint is no address of a WebSocket, or one without TLS where the API has it")

// address is where the connection is made. A ticket may have characters that mean
// something in an address.
func (t ticket) address(api string) (string, error) {
	u, err := url.Parse(t.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "wss" && (u.Scheme != "ws" || strings.HasPrefix(api, "https:")) {
		return "", errEndpoint
	}
	q := u.Query()
	q.Set("ticket", t.Ticket)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// connect makes a connection.
func (c *Client) connect(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, c.pace.Dial)
	defer cancel()
	t, err := c.open(ctx)
	if err != nil {
		var no *Refusal
		if errors.As(err, &no) {
			return nil, &Refusal{no.Status, secret.Line(no.Code), secret.Line(c.hide(no.Message))}
		}
		return nil, secret.Error("asking for a ticket", err, c.hide)
	}
	address, err := t.address(c.o.API)
	if err != nil {
		return nil, err
	}
	ws, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: c.o.HTTP})
	if err != nil {
		return nil, secret.Error("connecting", err, func(s string) string { return secret.Hide(c.hide(s), t.Ticket) })
	}
	ws.SetReadLimit(largestFrame)
	return newLink(ws, c.pace), nil
}

func (c *Client) hide(s string) string { return secret.Hide(s, c.o.ClientSecret) }
