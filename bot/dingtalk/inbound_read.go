package dingtalk

import (
	"strings"
	"time"

	"zhuanban/bot"
)

// inbound is a message, read.
type inbound struct {
	message bot.Message
	words   words
	group   bool   // it was said in one
	chat    string // its conversationId, where it was
	known   bool   // not said in a group that is not configured
	staff   bool   // by somebody of the organisation
	spent   bool   // its content was kept back, because the quota is spent
	hook    string // where its conversation can be answered; "" = nowhere
	ends    time.Time
}

// longestName is how long an id may be that DingTalk gives out; those seen are below a
// hundred bytes.
const longestName = 512

// read reads a message. id names it where it does not itself; "" = it must.
func (c *Channel) read(b []byte, id string) (inbound, error) {
	m, err := readBody(b)
	if err != nil {
		return inbound{}, err
	}
	if m.ID != "" {
		id = string(m.ID)
	}
	if id == "" || len(id) > longestName || len(m.User) > longestName || len(m.Conversation) > longestName {
		return inbound{}, errBroken
	}
	now := c.o.Wall()
	at := m.At.millis()
	if at.IsZero() {
		at = now
	}
	in := inbound{words: m.read(), group: m.Talk == "2", chat: string(m.Conversation), known: true, staff: m.staff(),
		spent: m.Code == quotaSpent || m.ErrorCode == quotaSpent, ends: m.HookEnds.millis()}
	if c.in.hooks.genuine(string(m.Hook)) {
		in.hook = string(m.Hook)
	}
	in.message = bot.Message{Platform: Name, ID: id, Nick: string(m.Nick), At: at.In(now.Location()), Text: in.words.text, Voice: in.words.voice, Attachments: in.words.files}
	name, known := c.groups.of(in.chat)
	if in.group = in.group || m.Talk != "1" && (known || m.Title != ""); in.group { // in doubt nobody is answered in private where all can read
		in.message.Group, in.known = name, known
	}
	if in.staff {
		if m.RobotCorp != "" {
			c.in.corp.CompareAndSwap(nil, string(m.RobotCorp))
		}
		in.message.Sender = c.o.People.Account(string(m.User))
	}
	return in, nil
}

// staff says whether the sender is of the robot's own organisation. Whoever is not has no
// senderStaffId; if they had one, it would be their own organisation's, which may name
// somebody else here. Who is an administrator over there (isAdmin) is nobody's business.
func (m body) staff() bool {
	return m.User != "" && !strings.ContainsAny(string(m.User), " \t\r\n\x00") && (m.UserCorp == "" || m.RobotCorp == "" || m.UserCorp == m.RobotCorp)
}

// from is the conversation that can be answered at the message's webhook.
func (in *inbound) from() bot.Recipient {
	if in.group {
		return bot.Recipient{Kind: bot.ToGroup, Account: in.message.Group}
	}
	return bot.Recipient{Kind: bot.ToPerson, Account: in.message.Sender}
}

// says whether there is something for the desk: also a group's mention without a word.
func (in *inbound) says() bool {
	return in.words.text != "" || len(in.words.files) > 0 || !in.words.unread && !in.words.empty
}
