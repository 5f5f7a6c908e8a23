package phone

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
)

// shown is an entry as the page gets it.
type shown struct {
	ID       int64    `json:"id"`
	Chat     string   `json:"chat"`
	Author   string   `json:"author"` // "" is the bot
	Name     string   `json:"name"`
	At       string   `json:"at"`                 // RFC 3339 in the campaign's zone
	Mentions []string `json:"mentions,omitempty"` // names that the bot calls
	Body     Body     `json:"body"`
}

func (p *Phone) show(r *bot.Roster, e Entry) shown {
	s := shown{ID: e.ID, Chat: e.Chat, Author: e.Author, At: p.wallTime(e.At), Body: e.Body}
	if e.Author != "" {
		s.Name = r.PersonName(e.Author)
	}
	if e.Body.Reply != nil {
		for _, account := range e.Body.Reply.Mention {
			s.Mentions = append(s.Mentions, r.PersonName(account))
		}
	}
	return s
}

func (p *Phone) wallTime(t time.Time) string { return t.In(p.o.Now().Location()).Format(time.RFC3339) }

// viewer is who the page is.
func (p *Phone) viewer(account string) (bot.Person, error) {
	person, ok := p.o.Desk.Roster().Person(account)
	if !ok {
		return bot.Person{}, &fault{status: http.StatusForbidden, code: "unknown_person"}
	}
	return person, nil
}

// watcher is the viewer, or nobody yet: the list of people and the clock live
// before one is chosen.
func (p *Phone) watcher(account string) (bot.Person, error) {
	if account == "" {
		return bot.Person{}, nil
	}
	return p.viewer(account)
}

// inChat refuses a chat that the person is not in.
func (p *Phone) inChat(account, chat string) error {
	if _, err := p.viewer(account); err != nil {
		return err
	}
	if !slices.Contains(chatsOf(p.o.Desk.Roster(), account), chat) {
		return &fault{status: http.StatusForbidden, code: "not_in_chat"}
	}
	return nil
}

// chatState is one row of the list of conversations.
type chatState struct {
	Key    string `json:"key"`
	Title  string `json:"title"` // of a group; "" is the private chat
	People int    `json:"people"`
	Unread int    `json:"unread"`
	Last   *shown `json:"last,omitempty"`
}

// state is what a page starts from; the event stream goes on from Newest.
type state struct {
	Newest int64          `json:"newest"`
	Now    string         `json:"now"`
	Chats  []chatState    `json:"chats"`
	Unread map[string]int `json:"unread"` // by account
}

func (p *Phone) serveState(w http.ResponseWriter, r *http.Request) {
	viewer, err := p.watcher(r.FormValue("as"))
	if err != nil {
		p.fail(w, r, err)
		return
	}
	s, err := p.state(r.Context(), viewer)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, s)
}

func (p *Phone) state(ctx context.Context, viewer bot.Person) (state, error) {
	roster := p.o.Desk.Roster()
	newest, err := p.newest(ctx) // before the rest: what comes in between is told twice, not never
	if err != nil {
		return state{}, err
	}
	s := state{Newest: newest, Now: p.wallTime(p.o.Now())}
	if s.Unread, err = p.unreadOf(ctx, roster, accounts(roster)); err != nil {
		return state{}, err
	}
	if viewer.Account == "" {
		return s, nil
	}
	keys := chatsOf(roster, viewer.Account)
	unread, err := p.o.Inbox.Unread(ctx, viewer.Account, keys)
	if err != nil {
		return state{}, fmt.Errorf("count unread: %w", err)
	}
	for _, key := range keys {
		last, err := p.o.Inbox.History(ctx, key, 0, 1)
		if err != nil {
			return state{}, fmt.Errorf("read the end of %s: %w", key, err)
		}
		c := chatState{Key: key, Unread: unread[key], People: len(membersOf(roster, key))}
		c.Title, _ = strings.CutPrefix(key, groupPrefix)
		if strings.HasPrefix(key, privatePrefix) {
			c.Title = ""
		}
		if len(last) > 0 {
			e := p.show(roster, last[0])
			c.Last = &e
		}
		s.Chats = append(s.Chats, c)
	}
	return s, nil
}

func accounts(r *bot.Roster) []string {
	out := make([]string, len(r.People))
	for i, person := range r.People {
		out[i] = person.Account
	}
	return out
}

// unreadOf counts what waits for each person in all their chats.
func (p *Phone) unreadOf(ctx context.Context, r *bot.Roster, accounts []string) (map[string]int, error) {
	out := make(map[string]int, len(accounts))
	for _, account := range accounts {
		counts, err := p.o.Inbox.Unread(ctx, account, chatsOf(r, account))
		if err != nil {
			return nil, fmt.Errorf("count unread of %s: %w", account, err)
		}
		out[account] = 0
		for _, n := range counts {
			out[account] += n
		}
	}
	return out, nil
}

// historyPage is how many entries the page asks for at a time.
const historyPage = 50

func (p *Phone) serveHistory(w http.ResponseWriter, r *http.Request) {
	chat := r.FormValue("chat")
	if err := p.inChat(r.FormValue("as"), chat); err != nil {
		p.fail(w, r, err)
		return
	}
	before, err := strconv.ParseInt(cmp.Or(r.FormValue("before"), "0"), 10, 64)
	if err != nil || before < 0 {
		p.fail(w, r, &fault{status: http.StatusBadRequest, code: "bad_request", err: err})
		return
	}
	found, err := p.o.Inbox.History(r.Context(), chat, before, historyPage+1)
	if err != nil {
		p.fail(w, r, fmt.Errorf("read %s: %w", chat, err))
		return
	}
	more := len(found) > historyPage
	if more {
		found = found[1:]
	}
	roster := p.o.Desk.Roster()
	out := struct {
		Entries []shown `json:"entries"`
		More    bool    `json:"more"`
	}{Entries: []shown{}, More: more}
	for _, e := range found {
		out.Entries = append(out.Entries, p.show(roster, e))
	}
	writeJSON(w, http.StatusOK, out)
}

func (p *Phone) takeRead(w http.ResponseWriter, r *http.Request) {
	var in struct {
		As   string `json:"as"`
		Chat string `json:"chat"`
		ID   int64  `json:"id"`
	}
	if err := readJSON(w, r, &in); err != nil {
		p.fail(w, r, err)
		return
	}
	if err := p.inChat(in.As, in.Chat); err != nil {
		p.fail(w, r, err)
		return
	}
	if err := p.o.Inbox.MarkRead(r.Context(), in.As, in.Chat, in.ID); err != nil {
		p.fail(w, r, fmt.Errorf("mark %s read by %s: %w", in.Chat, in.As, err))
		return
	}
	p.hub.wake(in.As)
	w.WriteHeader(http.StatusNoContent)
}

// maxJSON is far more than a person types at once.
const maxJSON = 64 << 10

func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxJSON))
	if err := d.Decode(v); err != nil {
		return badBody(err)
	}
	return nil
}
