package phone

import (
	"context"
	"fmt"
	"strconv"

	"zhuanban/bot"
)

// Name is the channel's name.
const Name = "phone"

var _ bot.Channel = (*Phone)(nil)

// Name is "phone".
func (p *Phone) Name() string { return Name }

// Traits says that the phone shows everything and knows a parcel that it has.
func (p *Phone) Traits() bot.Traits {
	return bot.Traits{Buttons: true, Files: true, Dedupes: true}
}

// Send puts a parcel into the recipient's inbox, once per parcel id, and wakes
// the pages that are open. Somebody who is not in the roster is refused.
func (p *Phone) Send(ctx context.Context, parcel bot.Parcel) (bot.Receipt, error) {
	if parcel.ID <= 0 {
		return bot.Receipt{}, &bot.SendError{Fate: bot.Refused, Err: fmt.Errorf("parcel id %d is not positive", parcel.ID)}
	}
	chat, err := chatOf(p.o.Desk.Roster(), parcel.To)
	if err != nil {
		return bot.Receipt{}, &bot.SendError{Fate: bot.Refused, Err: err}
	}
	reply := parcel.Reply
	id, fresh, err := p.o.Inbox.Append(ctx, Entry{
		Chat: chat, At: p.o.Now(), Body: Body{Reply: &reply}, DeliveryID: parcel.ID,
	})
	if err != nil {
		return bot.Receipt{}, &bot.SendError{Fate: bot.NotSent, Err: fmt.Errorf("append parcel %d to %s: %w", parcel.ID, chat, err)}
	}
	if fresh {
		p.sent.Add(1)
		p.hub.wake()
	}
	return bot.Receipt{Ref: strconv.FormatInt(id, 10)}, nil
}

func chatOf(r *bot.Roster, to bot.Recipient) (string, error) {
	switch to.Kind {
	case bot.ToPerson:
		if _, ok := r.Person(to.Account); ok {
			return PrivateChat(to.Account), nil
		}
	case bot.ToGroup:
		if _, ok := r.Group(to.Account); ok {
			return GroupChat(to.Account), nil
		}
	}
	return "", fmt.Errorf("no %s %q in the roster", to.Kind, to.Account)
}
