package dingtalk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"zhuanban/bot"
)

const (
	personsPath = "/v1.0/robot/oToMessages/batchSend"
	groupPath   = "/v1.0/robot/groupMessages/send"
	// mostPersons is how many one call is for.
	mostPersons = 20
)

// robotCall is the body of either call.
type robotCall struct {
	RobotCode    string   `json:"robotCode"`
	UserIDs      []string `json:"userIds,omitempty"`
	Conversation string   `json:"openConversationId,omitempty"`
	robotMessage
}

// robotSaid is what is said of a call that was taken. Each of those whom it was for may
// be on one of the lists all the same.
type robotSaid struct {
	Key         string   `json:"processQueryKey"`
	Invalid     []string `json:"invalidStaffIdList"`
	FlowControl []string `json:"flowControlledStaffIdList"`
	Filtered    []string `json:"filteredStaffIdList"`
}

// toPersons says one message to at most mostPersons. The outcomes are theirs, in order.
// A call that fails for all because of one of them is repeated for fewer.
func (c *Channel) toPersons(ctx context.Context, users []string, what Content) []bot.Outcome {
	out := make([]bot.Outcome, len(users))
	m, err := encoded(what)
	var said robotSaid
	if err == nil {
		err = c.api(ctx, http.MethodPost, personsPath, nil, robotCall{RobotCode: c.o.RobotCode, UserIDs: users, robotMessage: m}, &said)
	}
	if err != nil && verdictOf(err).alone && len(users) > 1 {
		half := len(users) / 2
		return append(c.toPersons(ctx, users[:half], what), c.toPersons(ctx, users[half:], what)...)
	}
	for i, user := range users {
		if out[i].Err = err; err == nil {
			out[i].Receipt.Ref, out[i].Err = said.Key, c.leftOut(said, user)
		}
	}
	return out
}

// leftOut is what became of one of those whom a call was for that was taken.
func (c *Channel) leftOut(said robotSaid, user string) error {
	on := func(list []string) bool {
		return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(strings.TrimSpace(one), user) })
	}
	r := request{path: personsPath}
	switch {
	case on(said.Invalid):
		return c.failure(nobody, r, errors.New("invalidStaffIdList"))
	case on(said.Filtered): // by the organisation, or by themselves
		return c.failure(verdict{fate: bot.Refused, reason: bot.NotVisible}, r, errors.New("filteredStaffIdList"))
	case on(said.FlowControl):
		return c.failure(verdict{fate: bot.NotSent, reason: bot.Throttled, wait: aMinute}, r, errors.New("flowControlledStaffIdList"))
	case said.Key == "":
		return c.failure(late, r, errors.New("an answer without a processQueryKey"))
	}
	return nil
}

// toGroup says one message in a group that the robot is in.
func (c *Channel) toGroup(ctx context.Context, conversation string, what Content) (ref string, err error) {
	m, err := encoded(what)
	if err != nil {
		return "", err
	}
	var said robotSaid
	err = c.api(ctx, http.MethodPost, groupPath, nil, robotCall{RobotCode: c.o.RobotCode, Conversation: conversation, robotMessage: m}, &said)
	switch {
	case err != nil:
		return "", err
	case said.Key == "":
		return "", c.failure(late, request{path: groupPath}, errors.New("an answer without a processQueryKey"))
	}
	return groupRef(conversation, said.Key), nil
}
