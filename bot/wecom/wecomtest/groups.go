package wecomtest

import (
	"strings"
	"time"
)

// The paths of groups: of their robots, and of the app's own chats.
const (
	WebhookPath       = "/cgi-bin/webhook/send"
	WebhookUploadPath = "/cgi-bin/webhook/upload_media"
	ChatCreatePath    = "/cgi-bin/appchat/create"
	ChatGetPath       = "/cgi-bin/appchat/get"
	ChatUpdatePath    = "/cgi-bin/appchat/update"
	ChatSendPath      = "/cgi-bin/appchat/send"
)

// The limits of groups.
const (
	robotMinute  = 20     // messages of a robot, beyond that 45009
	chatMinute   = 200    // messages to a member in the app's chats, the rest lost without a word
	chatDay      = 10_000 // the same in a day
	chatsADay    = 1000   // made
	changesAHour = 1000
)

// Said is a message in a group.
type Said struct {
	Kind      string // its msgtype
	Text      string // of a text or Markdown, as members see it
	Mentioned []string
	Image     []byte // of an image
	File      string // name of a file or uploaded image
	Body      string // the request
	Seen      []string
	At        time.Time
}

// Chat is a group chat of the app's own.
type Chat struct {
	ID, Name, Owner string
	Members         []string
	said            []Said
}

// tally counts in windows of fixed length.
type tally struct {
	window int64
	n      int
}

// over counts one more and says whether it is too many.
func (t *tally) over(now time.Time, per time.Duration, most int) bool {
	if w := now.Unix() / int64(per/time.Second); w != t.window {
		t.window, t.n = w, 0
	}
	t.n++
	return t.n > most
}

// robot is a group's robot (消息推送), which has a key instead of an access token.
type robot struct {
	said   []Said
	minute tally
}

// groups are all groups; the server's lock is held.
type groups struct {
	robots  map[string]*robot
	chats   map[string]*Chat
	minute  map[string]*tally // of a member in the app's chats
	day     map[string]*tally
	made    tally
	changed tally
}

func (g *groups) open(o Options) {
	*g = groups{robots: map[string]*robot{}, chats: map[string]*Chat{}, minute: map[string]*tally{}, day: map[string]*tally{}}
	for _, key := range o.Webhooks {
		g.robots[key] = &robot{}
	}
}

// Said lists what was said in a group, by the key of its robot or the id of a chat,
// oldest first.
func (s *Server) Said(group string) []Said {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.groups.robots[group]; r != nil {
		return append([]Said(nil), r.said...)
	}
	if c := s.groups.chats[group]; c != nil {
		return append([]Said(nil), c.said...)
	}
	return nil
}

// Chats lists the app's own chats.
func (s *Server) Chats() []Chat {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Chat
	for _, c := range s.groups.chats {
		out = append(out, Chat{ID: c.ID, Name: c.Name, Owner: c.Owner, Members: append([]string(nil), c.Members...)})
	}
	return out
}

// withToken admits a call by its access token, and holds the lock for it.
func (s *Server) withToken(f func(Call) any) duty {
	return func(c Call) any {
		s.mu.Lock()
		defer s.mu.Unlock()
		if no, ok := s.admit(c.Token, s.o.Now()); !ok {
			return no
		}
		return f(c)
	}
}

func picture(data []byte) bool {
	return strings.HasPrefix(string(data), "\xFF\xD8\xFF") || strings.HasPrefix(string(data), "\x89PNG\r\n\x1a\n")
}
