package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"zhuanban/bot"
)

var _ bot.Recaller = (*Channel)(nil)

// A receipt names messages, joined by "|": what was said to persons by its
// processQueryKey, in a group with its conversation, a card by its outTrackId.
const (
	groupMark = "group:"
	cardMark  = "card:"
)

func groupRef(conversation, key string) string { return groupMark + conversation + ":" + key }
func cardRef(track string) string              { return cardMark + track }

// named is what one part of a receipt names.
func named(part string) (conversation, key string, card bool) {
	if rest, ok := strings.CutPrefix(part, groupMark); ok {
		conversation, key, _ = strings.Cut(rest, ":")
		return conversation, key, false
	}
	rest, card := strings.CutPrefix(part, cardMark)
	return "", rest, card
}

const (
	personsRecallPath = "/v1.0/robot/otoMessages/batchRecall" // in small letters
	groupRecallPath   = "/v1.0/robot/groupMessages/recall"
)

// Recall takes back what was said, all pieces of a long text. Where it went to many
// persons in one call, it is taken back from all of them. Cards and what left through a
// webhook stay.
func (c *Channel) Recall(ctx context.Context, ref string) error {
	return c.switched(ctx, c.o.Features.Recall, "recall", func() error {
		keys := map[string][]string{} // by conversation, "" = of persons
		for part := range strings.SplitSeq(ref, "|") {
			conversation, key, card := named(part)
			if key == "" || card {
				return refuse(bot.BadContent, "the receipt names no message that can be taken back")
			}
			keys[conversation] = append(keys[conversation], key)
		}
		var all []error
		for conversation, keys := range keys {
			all = append(all, c.takeBack(ctx, conversation, keys))
		}
		return first(all)
	})
}

func first(errs []error) error {
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return errs[i]
	}
	return nil
}

// takeBack takes back messages to persons, or of one group.
func (c *Channel) takeBack(ctx context.Context, conversation string, keys []string) error {
	path := personsRecallPath
	if conversation != "" {
		path = groupRecallPath
	}
	var said struct {
		Failed map[string]string `json:"failedResult"`
	}
	err := c.api(ctx, http.MethodPost, path, nil, struct {
		RobotCode    string   `json:"robotCode"`
		Conversation string   `json:"openConversationId,omitempty"`
		Keys         []string `json:"processQueryKeys"`
	}{c.o.RobotCode, conversation, keys}, &said)
	for _, key := range keys {
		if code, failed := said.Failed[key]; failed && err == nil {
			err = c.failure(verdict{fate: bot.Refused}, request{path: path}, fmt.Errorf("failedResult: %s", code))
		}
	}
	return err
}

// Read says who has read a message.
type Read struct {
	Status string   // of the sending, as DingTalk says it
	Read   []string // userIds
	Unread []string // of a group it does not say who
}

const (
	personsReadPath = "/v1.0/robot/oToMessages/readStatus"
	groupReadPath   = "/v1.0/robot/groupMessages/query"
	readPage        = 100
	mostReadPages   = 20 // two thousand readers; each page is a call
)

// ReadStatus asks who has read the last message that a receipt names.
func (c *Channel) ReadStatus(ctx context.Context, ref string) (out Read, err error) {
	parts := strings.Split(ref, "|")
	conversation, key, card := named(parts[len(parts)-1])
	if key == "" || card {
		return out, refuse(bot.BadContent, "the receipt names no message whose readers are known")
	}
	err = c.switched(ctx, c.o.Features.ReadStatus, "read_status", func() (err error) {
		if conversation != "" {
			out, err = c.readInGroup(ctx, conversation, key)
			return err
		}
		out, err = c.readByPersons(ctx, key)
		return err
	})
	return out, err
}

func (c *Channel) readByPersons(ctx context.Context, key string) (out Read, err error) {
	var said struct {
		Status string `json:"sendStatus"`
		List   []struct {
			UserID string `json:"userId"`
			Status string `json:"readStatus"` // READ or read
		} `json:"messageReadInfoList"`
	}
	err = c.api(ctx, http.MethodGet, personsReadPath, url.Values{"robotCode": {c.o.RobotCode}, "processQueryKey": {key}}, nil, &said)
	out.Status = said.Status
	for _, one := range said.List {
		if strings.EqualFold(one.Status, "read") {
			out.Read = append(out.Read, one.UserID)
		} else {
			out.Unread = append(out.Unread, one.UserID)
		}
	}
	return out, err
}

func (c *Channel) readInGroup(ctx context.Context, conversation, key string) (out Read, err error) {
	next := ""
	for range mostReadPages {
		var said struct {
			Status  string   `json:"sendStatus"`
			UserIDs []string `json:"readUserIds"`
			Users   []struct {
				UserID string `json:"userId"`
			} `json:"readUsers"`
			More bool   `json:"hasMore"`
			Next string `json:"nextToken"`
		}
		err = c.api(ctx, http.MethodPost, groupReadPath, nil, struct {
			RobotCode    string `json:"robotCode"`
			Conversation string `json:"openConversationId"`
			Key          string `json:"processQueryKey"`
			Most         int    `json:"maxResults"`
			Next         string `json:"nextToken,omitempty"`
		}{c.o.RobotCode, conversation, key, readPage, next}, &said)
		if err != nil {
			return out, err
		}
		out.Status = said.Status
		for _, user := range said.Users {
			said.UserIDs = append(said.UserIDs, user.UserID)
		}
		for _, user := range said.UserIDs {
			if user != "" && !slices.Contains(out.Read, user) {
				out.Read = append(out.Read, user)
			}
		}
		if !said.More || said.Next == "" || said.Next == next {
			return out, nil
		}
		next = said.Next
	}
	return out, c.failure(verdict{fate: bot.Refused}, request{path: groupReadPath}, errors.New("there are more readers than are asked for"))
}
