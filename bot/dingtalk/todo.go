package dingtalk

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"zhuanban/bot"
)

// TodoPriority is how urgent a todo looks.
type TodoPriority int

// The priorities.
const (
	Low        TodoPriority = 10
	Normal     TodoPriority = 20
	Urgent     TodoPriority = 30
	VeryUrgent TodoPriority = 40
)

// Todo is an entry in people's lists of what is to be done. All people are named by their
// unionIds.
type Todo struct {
	// Source names it for us: made twice, it is there once.
	Source      string
	Subject     string
	Description string
	Creator     string
	Executors   []string
	Due         time.Time // zero = none
	URL         string    // where it leads; "" = nowhere
	Priority    TodoPriority
	Ding        bool // the executors hear of it by DING
}

// todoBody is a todo as DingTalk takes it.
type todoBody struct {
	Source      string       `json:"sourceId,omitempty"`
	Subject     string       `json:"subject,omitempty"`
	Creator     string       `json:"creatorId,omitempty"`
	Description string       `json:"description,omitempty"`
	Due         int64        `json:"dueTime,omitempty"`
	Executors   []string     `json:"executorIds,omitempty"`
	Detail      *todoDetail  `json:"detailUrl,omitempty"`
	OnlyShow    bool         `json:"isOnlyShowExecutor,omitempty"`
	Priority    TodoPriority `json:"priority,omitempty"`
	Notify      *todoNotify  `json:"notifyConfigs,omitempty"`
	Done        *bool        `json:"done,omitempty"`
}

type todoDetail struct {
	App string `json:"appUrl"`
	PC  string `json:"pcUrl"`
}

type todoNotify struct {
	Ding string `json:"dingNotify"`
}

func todoTasks(union string) string { return "/v1.0/todo/users/" + url.PathEscape(union) + "/tasks" }

// AddTodo makes a todo and gives its id.
func (c *Channel) AddTodo(ctx context.Context, t Todo) (id string, err error) {
	if err := wanted("Source", t.Source, "Subject", t.Subject, "Creator", t.Creator, "Executors", strings.Join(t.Executors, ",")); err != nil {
		return "", refuse(bot.BadContent, err.Error())
	}
	in := todoBody{Source: t.Source, Subject: t.Subject, Creator: t.Creator, Description: t.Description, Executors: t.Executors,
		OnlyShow: true, Priority: t.Priority}
	if !t.Due.IsZero() {
		in.Due = t.Due.UnixMilli()
	}
	if t.URL != "" {
		in.Detail = &todoDetail{t.URL, t.URL}
	}
	if t.Ding {
		in.Notify = &todoNotify{"1"}
	}
	var said struct {
		ID string `json:"id"`
	}
	path := todoTasks(t.Creator)
	err = c.todoing(ctx, func() error {
		return c.api(ctx, http.MethodPost, path, operator(t.Creator), in, &said)
	})
	if err == nil && said.ID == "" {
		err = c.failure(late, request{path: callName(path)}, errors.New("an answer without an id"))
	}
	return said.ID, err
}

// DueTodo puts off when a todo is due.
func (c *Channel) DueTodo(ctx context.Context, creator, id string, due time.Time) error {
	return c.changeTodo(ctx, creator, id, todoBody{Due: due.UnixMilli()})
}

// DoneTodo says that a todo is done, for all its executors.
func (c *Channel) DoneTodo(ctx context.Context, creator, id string) error {
	done := true
	return c.changeTodo(ctx, creator, id, todoBody{Done: &done})
}

func (c *Channel) changeTodo(ctx context.Context, creator, id string, in todoBody) error {
	return c.todoing(ctx, func() error {
		return c.api(ctx, http.MethodPut, todoTasks(creator)+"/"+url.PathEscape(id), operator(creator), in, nil)
	})
}

// DoneTodoBy says that some executors are done with a todo.
func (c *Channel) DoneTodoBy(ctx context.Context, creator, id string, executors ...string) error {
	type status struct {
		ID   string `json:"id"`
		Done bool   `json:"isDone"`
	}
	var in struct {
		List []status `json:"executorStatusList"`
	}
	for _, e := range executors {
		in.List = append(in.List, status{e, true})
	}
	return c.todoing(ctx, func() error {
		return c.api(ctx, http.MethodPut, todoTasks(creator)+"/"+url.PathEscape(id)+"/executorStatus", operator(creator), in, nil)
	})
}

// DropTodo takes a todo away.
func (c *Channel) DropTodo(ctx context.Context, creator, id string) error {
	return c.todoing(ctx, func() error {
		return c.api(ctx, http.MethodDelete, todoTasks(creator)+"/"+url.PathEscape(id), operator(creator), nil, nil)
	})
}

func operator(union string) url.Values { return url.Values{"operatorId": {union}} }

func (c *Channel) todoing(ctx context.Context, do func() error) error {
	return c.switched(ctx, c.o.Features.Todo, "todo", do)
}
