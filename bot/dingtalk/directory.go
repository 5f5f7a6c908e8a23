package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
)

// The calls that read the directory (通讯录), of the old family. None of them is counted.
// What they answer depends on the app's contact scope (通讯录权限范围), and a phone number
// is in nothing that is read.
const (
	scopesPath     = "/auth/scopes"
	listSubPath    = "/topapi/v2/department/listsub"
	userListPath   = "/topapi/v2/user/list"
	userGetPath    = "/topapi/v2/user/get"
	rootDepartment = 1
	pageSize       = 100 // the most of one page
)

// user is a member as user/list and user/get show them. active there says only whether
// they have used DingTalk yet.
type user struct {
	UserID      string  `json:"userid"`
	UnionID     string  `json:"unionid"`
	OtherUnion  string  `json:"union_id"` // of user/get, and often empty
	Name        string  `json:"name"`
	Departments []int64 `json:"dept_id_list"`
}

func (u user) member() bot.Member {
	m := bot.Member{Account: strings.ToLower(u.UserID), UserID: u.UserID, UnionID: u.UnionID, Name: u.Name, Active: true}
	if m.UnionID == "" {
		m.UnionID = u.OtherUnion
	}
	for _, d := range u.Departments {
		m.Departments = append(m.Departments, strconv.FormatInt(d, 10))
	}
	return m
}

// Scope is what of the directory the app may see.
type Scope struct {
	Departments []int64 // and what is below them; 1 = all
	Users       []string
}

// Everybody says whether the app sees the whole organisation.
func (s Scope) Everybody() bool { return slices.Contains(s.Departments, rootDepartment) }

// Scope asks what of the directory the app may see.
func (c *Channel) Scope(ctx context.Context) (Scope, error) {
	var out struct {
		Scopes struct {
			Departments []int64  `json:"authed_dept"`
			Users       []string `json:"authed_user"`
		} `json:"auth_org_scopes"`
	}
	err := c.withOldToken(ctx, func(token string) error {
		return c.ask(ctx, request{method: http.MethodGet, base: c.o.OAPIBase, path: scopesPath, query: url.Values{"access_token": {token}}, old: true}, &out)
	})
	return Scope{out.Scopes.Departments, out.Scopes.Users}, err
}

// Directory reads what the app may see of the directory. It is complete unless DingTalk
// has refused a part of it. There are no tags.
func (c *Channel) Directory(ctx context.Context, _ []string) (bot.Directory, error) {
	w := walk{c: c, seen: map[string]bool{}, out: bot.Directory{Parent: map[string]string{}, Complete: true, Tagged: true}}
	scope, err := c.Scope(ctx)
	switch {
	case unheardOf(err): // a server that has the directory and not this question
		scope.Departments = []int64{rootDepartment}
	case err != nil:
		return w.out, fmt.Errorf("asking what of the directory the app may see: %w", err)
	}
	for _, d := range scope.Departments {
		if err := w.department(ctx, d); err != nil {
			return w.out, err
		}
	}
	for _, id := range scope.Users {
		if err := w.user(ctx, id); err != nil {
			return w.out, err
		}
	}
	return w.out, nil
}

// unheardOf says whether an error may mean that a call is not known where it was made.
func unheardOf(err error) bool {
	var failed *bot.SendError
	return errors.As(err, &failed) && (failed.Fate == bot.Refused || failed.Reason == bot.PlatformAway && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled))
}

// Member asks for one user. found is false if DingTalk knows no such user; that one is
// outside of the app's scope is an error: nobody knows.
func (c *Channel) Member(ctx context.Context, userID string) (m bot.Member, found bool, err error) {
	var out struct {
		Result user `json:"result"`
	}
	err = c.patiently(ctx, userGetPath, map[string]any{"userid": userID, "language": "zh_CN"}, &out)
	var failed *bot.SendError
	if errors.As(err, &failed) && failed.Fate == bot.Refused && failed.Reason == bot.NoSuchAccount {
		return m, false, nil
	}
	if err == nil && out.Result.UserID == "" {
		err = fmt.Errorf("%s: an answer about nobody", userGetPath)
	}
	return out.Result.member(), err == nil, err
}

// walk is a reading of the directory.
type walk struct {
	c    *Channel
	seen map[string]bool // departments by number, and users
	out  bot.Directory
}

// department reads one department, and what is below it.
func (w *walk) department(ctx context.Context, id int64) error {
	key := strconv.FormatInt(id, 10)
	if w.seen["d"+key] {
		return nil
	}
	w.seen["d"+key] = true
	if _, ok := w.out.Parent[key]; !ok {
		w.out.Parent[key] = ""
	}
	if err := w.members(ctx, id); err != nil {
		return w.hidden(err)
	}
	var below struct {
		Result []struct {
			ID     int64 `json:"dept_id"`
			Parent int64 `json:"parent_id"`
		} `json:"result"`
	}
	if err := w.c.patiently(ctx, listSubPath, map[string]any{"dept_id": id, "language": "zh_CN"}, &below); err != nil {
		return w.hidden(err)
	}
	for _, d := range below.Result {
		w.out.Parent[strconv.FormatInt(d.ID, 10)] = key
		if err := w.department(ctx, d.ID); err != nil {
			return err
		}
	}
	return nil
}

// members reads those of one department, page by page.
func (w *walk) members(ctx context.Context, department int64) error {
	for cursor := int64(0); ; {
		var page struct {
			Result struct {
				More bool   `json:"has_more"`
				Next int64  `json:"next_cursor"`
				List []user `json:"list"`
			} `json:"result"`
		}
		in := map[string]any{"dept_id": department, "cursor": cursor, "size": pageSize, "contain_access_limit": true, "language": "zh_CN"}
		if err := w.c.patiently(ctx, userListPath, in, &page); err != nil {
			return err
		}
		for _, u := range page.Result.List {
			w.add(u.member())
		}
		if !page.Result.More || page.Result.Next <= cursor {
			return nil
		}
		cursor = page.Result.Next
	}
}

// user reads one user whom the scope names.
func (w *walk) user(ctx context.Context, id string) error {
	m, found, err := w.c.Member(ctx, id)
	if err != nil {
		return w.hidden(err)
	}
	if found {
		w.add(m)
	}
	return nil
}

func (w *walk) add(m bot.Member) {
	if m.UserID != "" && !w.seen["u"+m.UserID] {
		w.seen["u"+m.UserID] = true
		w.out.Members = append(w.out.Members, m)
	}
}

// hidden takes what DingTalk refuses to show for a hole in the reading; every other error
// ends it.
func (w *walk) hidden(err error) error {
	var failed *bot.SendError
	if errors.As(err, &failed) && failed.Fate == bot.Refused && CodeOf(err) != "" {
		w.out.Complete = false
		return nil
	}
	return err
}

// mostPauses is how often one call of a reading waits for its turn: a throttle is by the
// second.
const mostPauses = 5

// patiently is oapi for what nobody waits for: a throttle is waited for.
func (c *Channel) patiently(ctx context.Context, path string, in, out any) error {
	for n := 0; ; n++ {
		err := c.oapi(ctx, path, in, out)
		var failed *bot.SendError
		if !errors.As(err, &failed) || failed.Reason != bot.Throttled || failed.Wait > 2*aSecond || n == mostPauses {
			return err
		}
		pause := time.NewTimer(failed.Wait + aSecond/20)
		select {
		case <-ctx.Done():
			pause.Stop()
			return errors.Join(ctx.Err(), err)
		case <-pause.C:
		}
	}
}
