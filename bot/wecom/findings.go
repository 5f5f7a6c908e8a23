package wecom

import (
	"context"
	"errors"
	"fmt"

	"zhuanban/bot"
)

// GroupFinding is how it stands with one group: Err is nil if the bot can speak there,
// as far as can be told without doing so. Remedy says what to do about Err.
type GroupFinding struct {
	Group  string
	Found  string
	Err    error
	Remedy string
}

// CheckGroups looks at the groups that are configured. It changes nothing, and nobody
// hears of it.
func (c *Channel) CheckGroups(ctx context.Context) (out []GroupFinding) {
	for _, g := range c.groups.all {
		f := GroupFinding{Group: g.Name}
		switch {
		case g.key != "":
			f.Found = "speaks through the group's robot; whether its key is right shows with the first message"
		default:
			f.Found, f.Err = c.checkChat(ctx, g)
		}
		f.Remedy = remedy(f.Err)
		out = append(out, f)
	}
	return out
}

func (c *Channel) checkChat(ctx context.Context, g *group) (string, error) {
	is, err := c.getChat(ctx, g)
	switch {
	case err == nil:
		return fmt.Sprintf("the app's chat, %d members", len(is.Users)), nil
	case noChat(CodeOf(err)) && g.auto():
		return "the app's chat, which is made when the program starts", nil
	}
	return "", err
}

// remedy says what to do where a chat cannot be used.
func remedy(err error) string {
	var failed *bot.SendError
	switch {
	case err == nil:
		return ""
	case noChat(CodeOf(err)):
		return "no chat has this id, or another app has made it: write chat: auto, or use the webhook of the group's robot"
	case errors.As(err, &failed) && failed.Reason == bot.NotPermitted:
		return "only an app that the root department sees may have group chats: in the console open 应用管理 → the app → 可见范围 and choose the whole company; or use the webhook of the group's robot"
	}
	return "see what the platform says; a webhook of the group's robot needs nothing of the app"
}
