// Package wecomtest is an imitation of WeCom for tests: the server that a self-built app
// calls (Server) and the platform that calls the app (Client); the server that a smart
// robot keeps a connection to (Robot) and the platform that calls such a robot back
// (RobotClient).
//
// Server answers gettoken, the calls of message/, media/ in both directions, what groups
// and the menu need (groups' webhooks, appchat, menu), the directory and the calendar
// (oa/), as the documentation says, limits and silent losses included. Robot answers the
// frames of a connection, takes uploads in chunks and gives out sealed files. Both
// remember what each member was shown and what was said in each group, and can be bent
// for one test. Client and RobotClient seal and sign with the library
// github.com/silenceper/wechat/v2, not with the code under test.
//
// All are safe for use by many goroutines and fast enough to stand behind a load
// test. What the documentation leaves open (the answer to a duplicate, the order of
// the checks) is a guess, marked as such.
package wecomtest

import (
	"strings"
	"sync"
	"time"
)

// Server is the imitation of qyapi.weixin.qq.com.
type Server struct {
	o       Options
	paths   map[string]duty
	members map[string]bool // nil = everybody
	bare    map[string]bool // unlicensed

	mu       sync.Mutex
	bend     func(Call) *Answer
	token    string
	until    time.Time
	tokens   int // given so far
	calls    map[string]int
	minute   int64 // the minute that is counted
	inMinute int
	shown    map[string][]Shown
	pace     map[string]*pace
	known    map[[32]byte]duplicate
	media    map[string]Media
	uploads  int
	sent     int
	count    Counts
	groups   groups
	menu     []MenuButton

	directory Directory
	entries   []Entry
	made      int // entries and calendars so far
	drawn     drawn
	passes    map[string]pass
}

// New makes a server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TokenLife == 0 {
		o.TokenLife = 2 * time.Hour
	}
	if o.PerMinute == 0 {
		o.PerMinute = 10000
	}
	if o.MemberMinute == 0 {
		o.MemberMinute = 30
	}
	s := &Server{o: o, bare: map[string]bool{}, calls: map[string]int{}, shown: map[string][]Shown{},
		pace: map[string]*pace{}, known: map[[32]byte]duplicate{}, media: map[string]Media{}, passes: map[string]pass{}}
	s.paths = s.duties()
	s.groups.open(o)
	if o.Members != nil {
		s.members = map[string]bool{}
	}
	for _, m := range o.Members {
		s.members[strings.ToLower(m)] = true
	}
	for _, m := range o.Unlicensed {
		s.bare[strings.ToLower(m)] = true
	}
	return s
}

// Bend lets f look at every call first; nil from it means as usual. Bend(nil) makes
// the server straight again.
func (s *Server) Bend(f func(Call) *Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bend = f
}

// Shown lists what a member was shown, oldest first.
func (s *Server) Shown(member string) []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Shown(nil), s.shown[strings.ToLower(member)]...)
}

// Texts lists the words of what a member was shown.
func (s *Server) Texts(member string) []string {
	var out []string
	for _, m := range s.Shown(member) {
		out = append(out, m.Text)
	}
	return out
}

// Calls says how many calls of a path there were.
func (s *Server) Calls(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[path]
}

// Counts says what the server has done so far.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.count
	c.Tokens = s.tokens
	return c
}

// Forget drops what was shown, for long runs. Duplicates are still recognised.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.shown)
}

// RevokeToken makes the token that is good now no longer so, before its time.
func (s *Server) RevokeToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = ""
}

// Token is the token that is good now, for tests that look for it where it should
// not be.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// The paths that are answered.
const (
	TokenPath = "/cgi-bin/gettoken"
	SendPath  = "/cgi-bin/message/send"
)
