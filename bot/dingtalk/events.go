package dingtalk

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/internal/stream"
)

// How an event is acknowledged: taken, or please say it again.
const (
	eventTaken = `{"status":"SUCCESS","message":"success"}`
	eventLater = `{"status":"LATER"}`
)

// eventBody is what an event of the directory says. Its names are in lower case in Stream
// mode and were in upper case in callbacks; case does not matter here.
type eventBody struct {
	Users    json.RawMessage `json:"userId"`
	UsersToo json.RawMessage `json:"userIds"`
	Time     loose           `json:"timeStamp"`
}

// mostChanges is how many people of one event are told of one by one; beyond that it is a
// change of the whole directory.
const mostChanges = 200

// changes are what an event says of the directory; none if it is about something else.
func changes(kind string, data []byte, at time.Time) (out []bot.MemberChange) {
	kind = strings.ToLower(kind)
	change := bot.MemberChange{Kind: bot.OtherChange, At: at}
	switch {
	case kind == "user_add_org" || kind == "user_active_org":
		change.Kind = bot.MemberJoined
	case kind == "user_modify_org":
		change.Kind = bot.MemberChanged
	case kind == "user_leave_org":
		change.Kind = bot.MemberLeft
	case strings.HasPrefix(kind, "org_dept_"):
		return []bot.MemberChange{change}
	default:
		return nil
	}
	var e eventBody
	_ = json.Unmarshal(data, &e)
	if change.At.IsZero() {
		change.At = e.Time.millis()
	}
	users := append(several(e.Users), several(e.UsersToo)...)
	if len(users) == 0 || len(users) > mostChanges {
		return []bot.MemberChange{{Kind: bot.OtherChange, At: change.At}} // it does not say whom
	}
	for _, user := range users {
		change.Account = user
		out = append(out, change)
	}
	return out
}

// several is a list of names, or one.
func several(raw json.RawMessage) (out []string) {
	var many list[loose]
	var one loose
	switch {
	case len(raw) == 0:
	case raw[0] == '[':
		_ = json.Unmarshal(raw, &many)
	default:
		_ = json.Unmarshal(raw, &one)
		many = list[loose]{one}
	}
	for _, v := range many {
		if v != "" && len(v) <= longestName {
			out = append(out, string(v))
		}
	}
	return out
}

// hearEvent is an event. It is acknowledged when whoever hears of the directory has taken
// it; what is about something else, at once.
func (c *Channel) hearEvent(f stream.Frame) stream.Job {
	return stream.Job{Lane: "\x00events", Do: func(ctx context.Context) stream.Answer {
		taken := stream.Answer{Data: eventTaken}
		if c.o.Contacts == nil {
			return taken
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handling)
		defer cancel()
		for _, change := range changes(f.Header("eventType"), []byte(f.Data), loose(f.Header("eventBornTime")).millis()) {
			if err := c.o.Contacts.Changed(ctx, change); err != nil {
				c.o.Log.WarnContext(ctx, "a change of DingTalk's directory is not taken, and asked for again", "kind", change.Kind, "err", c.shown(err))
				return stream.Answer{Data: eventLater}
			}
		}
		return taken
	}}
}
