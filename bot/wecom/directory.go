package wecom

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/name"
)

// The calls that read the directory (通讯录). What they answer depends on the app's
// visible range (可见范围); a phone number is in none of them that we read.
const (
	departmentListPath   = "/cgi-bin/department/list"
	departmentSimplePath = "/cgi-bin/department/simplelist"
	userListPath         = "/cgi-bin/user/list"
	userSimplePath       = "/cgi-bin/user/simplelist"
	userGetPath          = "/cgi-bin/user/get"
	tagGetPath           = "/cgi-bin/tag/get"
	agentGetPath         = "/cgi-bin/agent/get"
)

// The states of a member, in WeCom's numbers.
const (
	statusDisabled = 2
	statusLeft     = 5 // 退出企业
)

// user is a member as user/list, user/simplelist and user/get show them.
type user struct {
	UserID      string  `json:"userid"`
	Name        string  `json:"name"`
	Departments []int64 `json:"department"`
	Main        int64   `json:"main_department"`
	Status      int     `json:"status"` // 0 = it does not say
}

func (u user) member() bot.Member {
	m := bot.Member{Account: strings.ToLower(u.UserID), Name: u.Name, Active: u.Status != statusDisabled && u.Status != statusLeft}
	if u.Main != 0 {
		m.Departments = append(m.Departments, itoa(u.Main))
	}
	for _, d := range u.Departments {
		if id := itoa(d); !slices.Contains(m.Departments, id) {
			m.Departments = append(m.Departments, id)
		}
	}
	return m
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// department is one as department/list and department/simplelist show it.
type department struct {
	ID     int64 `json:"id"`
	Parent int64 `json:"parentid"`
}

// Directory reads what the app may see of the directory: the members of all visible
// departments, and those whom the visible range names by themselves or by a tag. It is
// complete unless WeCom has refused a part of it.
func (c *Channel) Directory(ctx context.Context, tags []string) (bot.Directory, error) {
	out := bot.Directory{Parent: map[string]string{}, Complete: true, Tagged: true}
	departments, err := c.departments(ctx)
	if err != nil {
		return out, err
	}
	r := walk{c: c, out: &out, at: map[string]int{}}
	for _, d := range departments {
		out.Parent[itoa(d.ID)] = itoa(d.Parent)
	}
	for _, d := range departments {
		if err := r.department(ctx, itoa(d.ID)); err != nil {
			return out, err
		}
	}
	if err := r.named(ctx); err != nil {
		return out, err
	}
	for _, tag := range tags {
		if err := r.tag(ctx, tag); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Member asks for one account. found is false if WeCom knows no such member, or
// none that the app may see: by its codes these are not always told apart.
func (c *Channel) Member(ctx context.Context, name string) (m bot.Member, found bool, err error) {
	u, err := c.user(ctx, name)
	if hidden(CodeOf(err)) {
		return bot.Member{}, false, nil
	}
	if err != nil {
		return bot.Member{}, false, err
	}
	return u.member(), true, nil
}

// departments lists the visible departments, by the call that answers.
func (c *Channel) departments(ctx context.Context) ([]department, error) {
	var list struct {
		Full   []department `json:"department"`
		Simple []department `json:"department_id"`
	}
	_, err := c.api(ctx, http.MethodGet, departmentListPath, nil, nil, &list)
	if err == nil {
		return list.Full, nil
	}
	if ctx.Err() != nil {
		return nil, err
	}
	if _, second := c.api(ctx, http.MethodGet, departmentSimplePath, nil, nil, &list); second != nil {
		return nil, errors.Join(err, second)
	}
	return list.Simple, nil
}

// user asks for one member.
func (c *Channel) user(ctx context.Context, account string) (user, error) {
	var u user
	if !name.Account(account) {
		return u, refuse(bot.NoSuchAccount, fmt.Sprintf("%q is no account that WeCom could have", account))
	}
	_, err := c.api(ctx, http.MethodGet, userGetPath, url.Values{"userid": {account}}, nil, &u)
	if err == nil && !strings.EqualFold(u.UserID, account) {
		err = c.failure(verdict{fate: bot.Unknown, reason: bot.PlatformAway}, userGetPath, errors.New("the answer is about somebody else"))
	}
	return u, err
}

// tag lists the members and departments that a tag is on.
func (c *Channel) tag(ctx context.Context, id string) (users, parties []string, err error) {
	var list struct {
		Users   []user  `json:"userlist"`
		Parties []int64 `json:"partylist"`
	}
	if _, err := c.api(ctx, http.MethodGet, tagGetPath, url.Values{"tagid": {id}}, nil, &list); err != nil {
		return nil, nil, err
	}
	for _, u := range list.Users {
		users = append(users, u.UserID)
	}
	for _, p := range list.Parties {
		parties = append(parties, itoa(p))
	}
	return users, parties, nil
}
