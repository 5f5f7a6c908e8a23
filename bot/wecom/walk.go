package wecom

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/name"
)

// walk is a directory while it is read.
type walk struct {
	c   *Channel
	out *bot.Directory
	at  map[string]int // where in out.Members an account is
}

// add adds a member once. An account that we would not dare to write to is left out.
func (r *walk) add(u user) {
	if !name.Account(u.UserID) {
		return
	}
	m := u.member()
	if _, ok := r.at[m.Account]; ok {
		return
	}
	r.at[m.Account] = len(r.out.Members)
	r.out.Members = append(r.out.Members, m)
}

// department adds the members of one, with their states if WeCom shows them.
func (r *walk) department(ctx context.Context, id string) error {
	var list struct {
		Users []user `json:"userlist"`
	}
	q := url.Values{"department_id": {id}}
	_, err := r.c.api(ctx, http.MethodGet, userListPath, q, nil, &list)
	if err == nil {
		for _, u := range list.Users {
			r.add(u)
		}
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	if _, second := r.c.api(ctx, http.MethodGet, userSimplePath, q, nil, &list); second != nil {
		if withheld(CodeOf(second)) {
			r.out.Complete = false
			return nil
		}
		return errors.Join(err, second)
	}
	for _, u := range list.Users {
		if err := r.detail(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

// detail adds a member of whom only the name is known yet.
func (r *walk) detail(ctx context.Context, u user) error {
	if _, ok := r.at[strings.ToLower(u.UserID)]; ok || !name.Account(u.UserID) {
		return nil
	}
	full, err := r.c.user(ctx, u.UserID)
	switch {
	case err == nil:
		r.add(full)
	case withheld(CodeOf(err)):
		r.add(u) // what the list has said is all there is
	default:
		return err
	}
	return nil
}

// named adds those whom the visible range names by themselves or by a tag. Where
// agent/get does not answer, nobody is added: they are asked for one by one when
// somebody misses them.
func (r *walk) named(ctx context.Context) error {
	a, err := r.c.Agent(ctx)
	if err != nil {
		return ctx.Err()
	}
	names := a.Users
	for _, tag := range a.Tags {
		users, _, err := r.c.tag(ctx, tag)
		if err != nil && !withheld(CodeOf(err)) {
			return err
		}
		names = append(names, users...)
	}
	for _, account := range names {
		if _, ok := r.at[strings.ToLower(account)]; ok || !name.Account(account) {
			continue
		}
		u, err := r.c.user(ctx, account)
		switch {
		case err == nil:
			r.add(u)
		case !withheld(CodeOf(err)):
			return err
		}
	}
	return nil
}

// tag notes a tag on the members who have it, themselves or by a department.
func (r *walk) tag(ctx context.Context, id string) error {
	users, parties, err := r.c.tag(ctx, id)
	if withheld(CodeOf(err)) {
		r.out.Tagged = false
		r.c.o.Log.WarnContext(ctx, "a tag of wecom.directory cannot be read", "tag", id, "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, name := range users {
		has[strings.ToLower(name)] = true
	}
	for i, m := range r.out.Members {
		if has[m.Account] || slices.ContainsFunc(m.Departments, func(d string) bool { return r.below(d, parties) }) {
			r.out.Members[i].Tags = append(m.Tags, id)
		}
	}
	return nil
}

// below says whether a department is one of these or below one.
func (r *walk) below(d string, these []string) bool {
	const deepest = 32 // against a circle
	for range deepest {
		if slices.Contains(these, d) {
			return true
		}
		var ok bool
		if d, ok = r.out.Parent[d]; !ok {
			return false
		}
	}
	return false
}
