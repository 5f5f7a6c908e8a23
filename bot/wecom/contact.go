package wecom

import (
	"context"
	"strconv"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/name"
)

// Contacts is who hears that the directory has changed. An error says that it has
// to be told again: WeCom is answered so.
type Contacts interface {
	Changed(ctx context.Context, c bot.MemberChange) error
}

// contact reads a change of the directory (change_contact), which comes from "sys" and,
// depending on who subscribed to it, for no app or another one. It says little: whom
// it is about, at times their state. ok is false for everything else.
func contact(d *document) (c bot.MemberChange, ok bool) {
	if string(d.value[fEvent]) != "change_contact" || string(d.value[fMsgType]) != "event" {
		return c, false
	}
	c = bot.MemberChange{Kind: bot.OtherChange}
	if at, ok := moment(d); ok {
		c.At = at
	}
	if id := d.value[fUserID]; name.Account(id) {
		c.Account = strings.ToLower(string(id))
	}
	switch string(d.value[fChangeType]) {
	case "create_user":
		c.Kind = bot.MemberJoined
	case "delete_user":
		c.Kind = bot.MemberLeft
	case "update_user":
		c.Kind = bot.MemberChanged
		if id := d.value[fNewUserID]; name.Account(id) {
			c.Renamed = strings.ToLower(string(id))
		}
		if s := string(d.value[fStatus]); s != "" {
			active := s != strconv.Itoa(statusDisabled) && s != strconv.Itoa(statusLeft)
			c.Active = &active
		}
	}
	return c, true
}

// tell hands a change to whoever hears of it.
func (c *Channel) tell(ctx context.Context, change bot.MemberChange) error {
	if c.o.Contacts == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handling)
	defer cancel()
	return c.o.Contacts.Changed(ctx, change)
}
