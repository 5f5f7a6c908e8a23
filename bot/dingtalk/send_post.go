package dingtalk

import (
	"context"

	"zhuanban/bot"
)

// Post says something to a person that no bot.Reply is. An error is a *bot.SendError.
func (c *Channel) Post(ctx context.Context, account string, what Content) (bot.Receipt, error) {
	user, err := c.userOf(bot.Recipient{Kind: bot.ToPerson, Account: account})
	if err != nil {
		return bot.Receipt{}, err
	}
	o := c.toPersons(ctx, []string{user}, what)[0]
	return o.Receipt, o.Err
}

// PostGroup is Post in a group: through the app's robot, or where that is not in it or
// takes no such message, through the custom one. An error is a *bot.SendError.
func (c *Channel) PostGroup(ctx context.Context, group string, what Content) (bot.Receipt, error) {
	g, err := c.groupOf(bot.Recipient{Kind: bot.ToGroup, Account: group})
	if err != nil {
		return bot.Receipt{}, err
	}
	if _, _, no := what.message(); g.Conversation != "" && (no == nil || g.Webhook == "") {
		ref, err := c.toGroup(ctx, g.Conversation, what)
		return bot.Receipt{Ref: ref}, err
	}
	h, err := asHooked(what)
	if err == nil {
		err = c.shout(ctx, g, h)
	}
	return bot.Receipt{}, err
}
