package wecom

import (
	"context"
	"net/http"
	"net/url"
)

// Agent is the app as WeCom has it: who may see it.
type Agent struct {
	Name   string
	Closed bool     // disabled by an administrator
	Users  []string // the visible range (可见范围): members by themselves,
	Party  []string // departments,
	Tags   []string // and tags
}

// Nobody says that the visible range is empty.
func (a Agent) Nobody() bool { return len(a.Users)+len(a.Party)+len(a.Tags) == 0 }

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
		a.Party = append(a.Party, itoa(id))
	}
	for _, id := range r.Tags.ID {
		a.Tags = append(a.Tags, itoa(id))
	}
	return a, nil
}
