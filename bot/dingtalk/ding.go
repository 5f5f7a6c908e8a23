package dingtalk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"zhuanban/bot"
)

// DingBy is how a DING reaches people.
type DingBy int

// The ways of a DING.
const (
	InApp  DingBy = 1 // at most 200 persons
	BySMS  DingBy = 2 // at most 20, and so by telephone; both are bought
	ByCall DingBy = 3
)

func (b DingBy) most() int {
	if b == InApp {
		return 200
	}
	return 20
}

const (
	dingPath       = "/v1.0/robot/ding/send"
	dingRecallPath = "/v1.0/robot/ding/recall"
)

// Ding calls persons (userIds) with a DING. id takes it back; the outcomes are theirs, in
// order.
func (c *Channel) Ding(ctx context.Context, by DingBy, users []string, words string) (id string, out []bot.Outcome, err error) {
	if by < InApp || by > ByCall || len(users) == 0 || len(users) > by.most() || strings.TrimSpace(words) == "" {
		return "", nil, refuse(bot.BadContent, fmt.Sprintf("a DING of way %d for %d persons, where 1 to %d are right", by, len(users), by.most()))
	}
	in := struct {
		RobotCode string   `json:"robotCode"`
		By        DingBy   `json:"remindType"`
		Users     []string `json:"receiverUserIdList"`
		Words     string   `json:"content"`
		Voice     string   `json:"callVoice,omitempty"`
	}{c.o.RobotCode, by, users, words, ""}
	if by == ByCall {
		in.Voice = "Standard_Female_Voice"
	}
	var said struct {
		ID     string                     `json:"openDingId"`
		Failed map[string]json.RawMessage `json:"failedList"`
	}
	err = c.dinging(ctx, func() error { return c.api(ctx, http.MethodPost, dingPath, nil, in, &said) })
	if err == nil && said.ID == "" {
		err = c.failure(late, request{path: dingPath}, errors.New("an answer without an openDingId"))
	}
	if err != nil {
		return "", nil, err
	}
	out = make([]bot.Outcome, len(users))
	for i, user := range users {
		if out[i].Receipt.Ref = said.ID; dingFailed(said.Failed, user) {
			out[i].Err = c.failure(verdict{fate: bot.Refused}, request{path: dingPath}, errors.New("failedList"))
		}
	}
	return said.ID, out, nil
}

// dingFailed looks for somebody in failedList, of which it is not known whether it is by
// person or by reason.
func dingFailed(failed map[string]json.RawMessage, user string) bool {
	for key, v := range failed {
		if key == user || strings.Contains(string(v), `"`+user+`"`) {
			return true
		}
	}
	return false
}

// RecallDing takes a DING back.
func (c *Channel) RecallDing(ctx context.Context, id string) error {
	return c.dinging(ctx, func() error {
		return c.api(ctx, http.MethodPost, dingRecallPath, nil, struct {
			RobotCode string `json:"robotCode"`
			ID        string `json:"openDingId"`
		}{c.o.RobotCode, id}, nil)
	})
}

// dinging does something with DINGs, where the edition has them.
func (c *Channel) dinging(ctx context.Context, do func() error) error {
	s := c.o.Features.Ding
	return c.switched(ctx, s, "ding", func() error {
		if !s.Forced() && c.o.Edition == Standard {
			return &bot.SendError{Fate: bot.Refused, Reason: bot.NotPermitted, Err: fmt.Errorf("DING: %w", errEdition)}
		}
		return do()
	})
}
