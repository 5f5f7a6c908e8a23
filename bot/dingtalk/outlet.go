package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"zhuanban/bot/internal/line"
	"zhuanban/bot/internal/progress"
	"zhuanban/bot/internal/token"
	"zhuanban/bot/internal/uploads"
)

// The patience and the size of the client.
const (
	connecting = 3 * time.Second // within the courier's four for one parcel
	answering  = 10 * time.Second
	// connections is enough for the sixty calls a second of the largest edition.
	connections   = 32
	largestAnswer = 4 << 20 // a page of a hundred members with their extensions
)

// outlet is the way out: how DingTalk is asked, with what, and how often.
type outlet struct {
	client *http.Client
	far    *http.Client  // for addresses that came from outside
	tokens *token.Source // of the new family, which the old one takes as well
	older  *token.Source // of the old family's own call, where it does not
	// asOld says that the old family takes only its own tokens here.
	asOld     atomic.Bool
	budget    budget
	gates     gates
	uploads   *uploads.Uploads
	addresses addresses
	said      progress.Memory
}

// open makes the way out.
func (c *Channel) open() (err error) {
	c.out.client, err = line.New(line.Options{CAFile: c.o.CAFile, Connecting: connecting, Answering: answering, Connections: connections})
	if err != nil {
		return fmt.Errorf("CAFile: %w", err)
	}
	c.out.far = line.Outside(c.out.client, connecting)
	c.out.far.Timeout = 0
	if err := errors.Join(c.out.budget.open(&c.o), c.o.Features.check(), c.checkCards()); err != nil {
		return err
	}
	c.out.uploads = uploads.New(c.o.Shared, c.o.Wall)
	c.out.tokens = token.New(c.o.Shared, "dingtalk:token:"+c.o.ClientID, c.o.Wall, c.fetchToken)
	c.out.older = token.New(c.o.Shared, "dingtalk:oldtoken:"+c.o.ClientID, c.o.Wall, c.fetchOldToken)
	return nil
}

// Close keeps what was counted and lets go of the connections to DingTalk. Sends that are
// under way end as they would.
func (c *Channel) Close() {
	c.out.budget.keep(context.Background(), true)
	c.out.client.CloseIdleConnections()
	c.out.far.CloseIdleConnections()
}

// Check asks DingTalk for an access token, which shows that its servers are reached and
// that Client ID and secret belong together.
func (c *Channel) Check(ctx context.Context) error {
	if _, err := c.out.tokens.Get(ctx); err != nil {
		return fmt.Errorf("asking DingTalk for an access token: %w", err)
	}
	return nil
}

// api makes one call of the new family, whose token is in the header, a second time with
// a new token if DingTalk no longer takes the first. in becomes the body's JSON (nil =
// none), the answer is read into out, which may be nil. An error is a *bot.SendError with
// an *APIError in it where DingTalk has said something.
func (c *Channel) api(ctx context.Context, method, path string, query url.Values, in, out any) error {
	return c.apiWith(ctx, request{method: method, base: c.o.APIBase, path: path, query: query, in: in}, out)
}

// apiWith is api with more to say in the request.
func (c *Channel) apiWith(ctx context.Context, r request, out any) error {
	name := callName(r.path)
	if err := c.enter(ctx, r.path, name); err != nil {
		return err
	}
	return c.noted(name, withToken(ctx, c.out.tokens, func(token string) error {
		r.header = withHeader(r.header, tokenHeader, token)
		return c.ask(ctx, r, out)
	}))
}

const tokenHeader = "x-acs-dingtalk-access-token"

func withHeader(h http.Header, name, value string) http.Header {
	if h = h.Clone(); h == nil {
		h = http.Header{}
	}
	h[name] = []string{value} // as it is documented
	return h
}

// oapi makes one call of the old family, whose token is in the query. It takes the new
// family's token, and where even a fresh one is refused, one of its own.
func (c *Channel) oapi(ctx context.Context, path string, in, out any) error {
	if err := c.enter(ctx, path, path); err != nil {
		return err
	}
	return c.noted(path, c.withOldToken(ctx, func(token string) error {
		return c.ask(ctx, request{method: http.MethodPost, base: c.o.OAPIBase, path: path,
			query: url.Values{"access_token": {token}}, in: in, old: true}, out)
	}))
}

// callName is a path without what in it is somebody's: the limits are by call.
func callName(path string) string {
	parts := strings.Split(path, "/")
	for i := 1; i < len(parts); i++ {
		switch parts[i-1] {
		case "users", "tasks", "events", "sources", "calendars":
			if parts[i] != "primary" {
				parts[i] = "*"
			}
		}
	}
	return strings.Join(parts, "/")
}
