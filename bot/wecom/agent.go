package wecom

import (
	"context"
	"net/http"
	"net/url"
)

// Calls that show what the app may do without doing it.
const (
	callbackIPPath = "/cgi-bin/getcallbackip"
	statisticsPath = "/cgi-bin/message/get_statistics"
)

// Agent is the app as WeCom has it: who may see it.
type Agent struct {
	Name        string
	Closed      bool     // disabled by an administrator
	Users       []string // the visible range (可见范围): members by themselves,
	Departments []string // departments,
	Tags        []string // and tags
}

// Nobody says that the visible range is empty.
func (a Agent) Nobody() bool { return len(a.Users)+len(a.Departments)+len(a.Tags) == 0 }

// Agent asks WeCom what it has of the app.
func (c *Channel) Agent(ctx context.Context) (Agent, error) {
	var r struct {
		Name  string `json:"name"`
		Close int    `json:"close"`
		Users struct {
			User []struct {
				UserID string `json:"userid"`
			} `json:"user"`
		} `json:"allow_userinfos"`
		Parties struct {
			ID []int64 `json:"partyid"`
		} `json:"allow_partys"`
		Tags struct {
			ID []int64 `json:"tagid"`
		} `json:"allow_tags"`
	}
	if _, err := c.api(ctx, http.MethodGet, agentGetPath, url.Values{"agentid": {c.o.AgentID}}, nil, &r); err != nil {
		return Agent{}, err
	}
	a := Agent{Name: r.Name, Closed: r.Close == 1}
	for _, u := range r.Users.User {
		a.Users = append(a.Users, u.UserID)
	}
	for _, id := range r.Parties.ID {
		a.Departments = append(a.Departments, itoa(id))
	}
	for _, id := range r.Tags.ID {
		a.Tags = append(a.Tags, itoa(id))
	}
	return a, nil
}

// CallbackIPs lists the addresses that WeCom's callbacks come from.
func (c *Channel) CallbackIPs(ctx context.Context) ([]string, error) {
	var r struct {
		IPs []string `json:"ip_list"`
	}
	_, err := c.api(ctx, http.MethodGet, callbackIPPath, nil, nil, &r)
	return r.IPs, err
}

// MenuAllowed asks whether the app may have a menu, and changes none.
func (c *Channel) MenuAllowed(ctx context.Context) error {
	_, err := c.getMenu(ctx)
	return err
}

// SendAllowed asks whether the app may send messages, and sends none: it asks how
// many it has sent today.
func (c *Channel) SendAllowed(ctx context.Context) error {
	_, err := c.api(ctx, http.MethodPost, statisticsPath, nil, compact(map[string]int{"time_type": 0}), nil)
	return err
}

// AddressOf is this program's address as WeCom sees it, out of an error that names it
// (60020); "" if it does not.
func AddressOf(err error) string {
	if err == nil {
		return ""
	}
	return address(err.Error())
}
