package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/name"
)

// The paths of the app's own group chats.
const (
	chatSendPath   = "/cgi-bin/appchat/send"
	chatGetPath    = "/cgi-bin/appchat/get"
	chatCreatePath = "/cgi-bin/appchat/create"
	chatUpdatePath = "/cgi-bin/appchat/update"
)

// fewestMembers and mostMembers are how many people a chat has.
const (
	fewestMembers = 2
	mostMembers   = 2000
)

// autoID is the id of a chat that is made: the same for the same group of the same
// app, so that no retry and no other replica can make a second one.
func autoID(corp, agent, name string) string {
	sum := sha256.Sum256([]byte(corp + "/" + agent + "/" + name))
	return hex.EncodeToString(sum[:16])
}

// chatMessage is the body of appchat/send.
type chatMessage struct {
	ChatID string `json:"chatid"`
	post
}

// sayInChat says one message in a chat, which is made first if it is not there and the
// app's to make.
func (c *Channel) sayInChat(ctx context.Context, g *group, m post) (ref string, err error) {
	var r sent
	body := compact(chatMessage{g.id, m})
	err = c.chat(ctx, http.MethodPost, chatSendPath, nil, body, &r)
	if g.auto() && noChat(CodeOf(err)) {
		if err = c.makeChat(ctx, g); err == nil {
			err = c.chat(ctx, http.MethodPost, chatSendPath, nil, body, &r)
		}
	}
	return string(r.MsgID), err
}

// chat makes one call about chats.
func (c *Channel) chat(ctx context.Context, method, path string, query url.Values, body []byte, out any) error {
	_, err := c.api(ctx, method, path, query, body, out)
	return aside(err)
}

// chatInfo is a chat as it is.
type chatInfo struct {
	Name  string   `json:"name"`
	Owner string   `json:"owner"`
	Users []string `json:"userlist"`
}

func (c *Channel) getChat(ctx context.Context, g *group) (chatInfo, error) {
	var r struct {
		Chat chatInfo `json:"chat_info"`
	}
	err := c.chat(ctx, http.MethodGet, chatGetPath, url.Values{"chatid": {g.id}}, nil, &r)
	return r.Chat, err
}

// wanted is the chat as it should be.
func (g *group) wanted() (chatInfo, error) {
	want := chatInfo{Name: g.Name, Owner: strings.ToLower(g.Owner)}
	var all []string
	if g.Members != nil {
		all = g.Members()
	}
	switch is := func(m string) bool { return strings.EqualFold(m, g.Owner) }; {
	case want.Owner == "":
	case g.Members == nil:
		all = []string{g.Owner}
	case !slices.ContainsFunc(all, is): // has left, or has another account now
		want.Owner = ""
	}
	for _, m := range all {
		if name.Account(m) {
			want.Users = append(want.Users, strings.ToLower(m))
		}
	}
	slices.Sort(want.Users)
	want.Users = slices.Compact(want.Users)
	if n := len(want.Users); n < fewestMembers || n > mostMembers {
		return want, refuse(bot.NoSuchGroup, "a chat has 2 to 2000 members")
	}
	return want, nil
}

// makeChat makes a group's chat, unless another process has just done so, and says the
// first words in it: before them nobody sees it. Nobody has been shown anything of what
// is to be said in it if that fails.
func (c *Channel) makeChat(ctx context.Context, g *group) error {
	want, err := g.wanted()
	if err != nil {
		return err
	}
	body := compact(struct {
		Name   string   `json:"name"`
		Owner  string   `json:"owner,omitempty"`
		Users  []string `json:"userlist"`
		ChatID string   `json:"chatid"`
	}{want.Name, want.Owner, want.Users, g.id})
	if err = c.chat(ctx, http.MethodPost, chatCreatePath, nil, body, nil); err != nil {
		var failed *bot.SendError
		if errors.As(err, &failed) && failed.Fate == bot.Refused {
			if _, there := c.getChat(ctx, g); there == nil {
				return nil
			}
		}
		return bot.Unshown(err)
	}
	c.o.Log.InfoContext(ctx, "a group chat was made", "group", g.Name, "chat", g.id, "members", len(want.Users))
	opening := compact(chatMessage{g.id, post{MsgType: "text", Text: &callText{Content: c.opening}}})
	if err := c.chat(ctx, http.MethodPost, chatSendPath, nil, opening, nil); err != nil {
		c.o.Log.WarnContext(ctx, "greeting a group chat", "group", g.Name, "err", err)
	}
	return nil
}

// keepChat makes a group's chat what it should be: name, owner if one is given,
// members.
func (c *Channel) keepChat(ctx context.Context, g *group) error {
	want, err := g.wanted()
	if err != nil {
		return err
	}
	is, err := c.getChat(ctx, g)
	if noChat(CodeOf(err)) {
		return c.makeChat(ctx, g)
	}
	if err != nil {
		return err
	}
	change := struct {
		ChatID string   `json:"chatid"`
		Name   string   `json:"name,omitempty"`
		Owner  string   `json:"owner,omitempty"`
		Add    []string `json:"add_user_list,omitempty"`
		Del    []string `json:"del_user_list,omitempty"`
	}{ChatID: g.id}
	if is.Name != want.Name {
		change.Name = want.Name
	}
	if want.Owner != "" && !strings.EqualFold(is.Owner, want.Owner) {
		change.Owner = want.Owner
	}
	for i, u := range is.Users {
		is.Users[i] = strings.ToLower(u)
	}
	change.Add, change.Del = without(want.Users, is.Users), without(is.Users, want.Users)
	if change.Name == "" && change.Owner == "" && len(change.Add)+len(change.Del) == 0 {
		return nil
	}
	err = c.chat(ctx, http.MethodPost, chatUpdatePath, nil, compact(change), nil)
	if err == nil {
		c.o.Log.InfoContext(ctx, "a group chat was changed", "group", g.Name, "joined", len(change.Add), "left", len(change.Del))
	}
	return err
}

// without are those of a that are not in b.
func without(a, b []string) (out []string) {
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}
