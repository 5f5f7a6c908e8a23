package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// The calls of a check.
const (
	gatewayPath = "/v1.0/gateway/connections/open"
	seatedPath  = "/v1.0/robot/installed/groups/query"
)

// Gateway asks for a connection's address and leaves it at that: the ticket that comes
// with it is used once or never, and connections that are up stay so. It gives the host
// that has to be reached.
func (c *Channel) Gateway(ctx context.Context) (host string, err error) {
	var out struct {
		Endpoint string `json:"endpoint"`
		Ticket   string `json:"ticket"`
	}
	in := map[string]any{"clientId": c.o.ClientID, "clientSecret": c.o.ClientSecret, "ua": "zhuanban-check/1.0",
		"subscriptions": []map[string]string{{"type": "CALLBACK", "topic": "/v1.0/im/bot/messages/get"}}}
	err = c.ask(ctx, request{method: http.MethodPost, base: c.o.APIBase, path: gatewayPath, in: in, hide: []string{c.o.ClientSecret}}, &out)
	if err != nil {
		return "", err
	}
	u, err := url.Parse(out.Endpoint)
	if err != nil || u.Host == "" || out.Ticket == "" {
		return "", errors.New("the gateway's answer names no address")
	}
	return u.Host, nil
}

// Seated lists the groups that the robot is in, by conversation. DingTalk counts the call.
func (c *Channel) Seated(ctx context.Context) (conversations []string, err error) {
	for page := 1; page <= mostSeatPages; page++ {
		var out struct {
			IDs    []string `json:"openConversationIds"`
			More   bool     `json:"hasMore"`
			Result struct {
				IDs  []string `json:"openConversationIds"`
				More bool     `json:"hasMore"`
			} `json:"result"`
		}
		in := map[string]any{"robotCode": c.o.RobotCode, "pageNumber": page, "pageSize": pageSize}
		if err := c.api(ctx, http.MethodPost, seatedPath, nil, in, &out); err != nil {
			return nil, fmt.Errorf("asking in which groups the robot is: %w", err)
		}
		conversations = append(append(conversations, out.IDs...), out.Result.IDs...)
		if !out.More && !out.Result.More {
			break
		}
	}
	return conversations, nil
}

// mostSeatPages bounds what a check asks: each page is one of the month's calls.
const mostSeatPages = 5
