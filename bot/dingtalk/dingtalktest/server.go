// Package dingtalktest is an imitation of DingTalk for tests. Server is what the robot
// calls: the OpenAPI and the old family of calls, the webhooks of conversations and of
// custom robots, and files in both directions. It answers as the documentation says, with
// its limits and its silent losses, remembers what each person was shown and what was said
// in each group, and can be bent for one test. What the documentation leaves open is a
// guess, marked as such.
//
// All are safe for use by many goroutines.
package dingtalktest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options say which organisation and app the server knows.
type Options struct {
	ClientID     string
	ClientSecret string
	RobotCode    string // "" = ClientID
	// Users are the userIds of the organisation; nil = whoever is asked for.
	Users []string
	// Filtered are users whom the robot may not write to.
	Filtered []string
	// Conversations are the openConversationIds of the groups that the robot is in; nil =
	// whatever is asked for.
	Conversations []string
	// Robots are the secrets of custom robots in groups, by their tokens; "" = unsigned.
	Robots map[string]string
	// Template is the card template that there is; "" = none.
	Template string
	// Lacks are the scopes that the app has not been given, as the console calls them.
	Lacks []string
	// OwnTokens says that the old family takes no token of the new one.
	OwnTokens bool
	Now       func() time.Time // nil = the machine's clock
	// TokenLife is how long a token is good; 0 = the two hours of DingTalk.
	TokenLife time.Duration
	// PerSecond is how many of each call are answered in a second; 0 = twenty, as in the
	// standard edition. PerMonth is how many counted calls there are in a month; 0 = ten
	// thousand.
	PerSecond, PerMonth int
}

// Server is the imitation of api.dingtalk.com and oapi.dingtalk.com at once, and of
// where files are kept: OpenAPI, the old family, webhooks, files.
type Server struct {
	o    Options
	base string // of this server; see Open

	mu     sync.Mutex
	bend   func(Call) *Answer
	duties map[string]Duty
	calls  map[string]int
	tokens tokens
	spent  spent
	chats  chats
	files  files
	cards  cards
	desk   desk
}

// Call is a request that has arrived.
type Call struct {
	Method string
	Path   string
	Query  url.Values
	Token  string // the access token that it came with
	Header http.Header
	Body   []byte
	N      int // how many calls of this path there were, this one included
}

// Into reads the call's JSON.
func (c Call) Into(v any) bool { return json.Unmarshal(c.Body, v) == nil }

// Answer is what is answered: a body as JSON, or what a bent server does instead.
type Answer struct {
	Status int // 0 = 200
	// JSON is written as such; Body is written as it is, with Type.
	JSON any
	Body string
	Type string
	// Done does the duty first, so that only the answer is bent.
	Done bool
	// Usual answers as if it were not bent, after Until and Delay.
	Usual bool
	// Until holds the answer back until it is closed or the caller has gone, Delay for a
	// time.
	Until <-chan struct{}
	Delay time.Duration
	// Drop breaks the connection instead of answering.
	Drop bool

	file *File
}

// Duty answers one path.
type Duty func(c Call) Answer

// NewServer makes a server. It answers at a place of its own: see Open.
func NewServer(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.RobotCode == "" {
		o.RobotCode = o.ClientID
	}
	if o.TokenLife == 0 {
		o.TokenLife = 2 * time.Hour
	}
	if o.PerSecond == 0 {
		o.PerSecond = 20
	}
	if o.PerMonth == 0 {
		o.PerMonth = 10_000
	}
	s := &Server{o: o, calls: map[string]int{}, duties: map[string]Duty{}}
	s.chats.open()
	s.files.open()
	s.cards.open()
	s.desk.open()
	s.tokenDuties()
	s.robotDuties()
	s.webhookDuties()
	s.fileDuties()
	s.cardDuties()
	s.deskDuties()
	return s
}

// Open tells the server at which base it is reached, so that the addresses that it gives
// out lead to it.
func (s *Server) Open(base string) { s.base = strings.TrimRight(base, "/") }

// Serve lets a path be answered; with it what else imitates DingTalk is at the same
// place. A path that ends in "/" is all that begin so.
func (s *Server) Serve(method, path string, d Duty) { s.duties[method+" "+path] = d }

// Bend lets f look at every call first; nil from it means as usual. Bend(nil) makes the
// server straight again.
func (s *Server) Bend(f func(Call) *Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bend = f
}

// Calls says how many calls of a path there were.
func (s *Server) Calls(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[path]
}

// ServeHTTP answers a call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 32<<20))
	if err != nil {
		return // the caller has gone
	}
	s.mu.Lock()
	s.calls[r.URL.Path]++
	call := Call{Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header, Body: body, N: s.calls[r.URL.Path]}
	bend := s.bend
	s.mu.Unlock()
	call.Token = call.Query.Get("access_token")
	if v := r.Header.Get("x-acs-dingtalk-access-token"); v != "" {
		call.Token = v
	}
	if bend == nil {
		s.straight(call).write(w)
		return
	}
	bent := bend(call)
	switch {
	case bent == nil:
		s.straight(call).write(w)
		return
	case bent.Done:
		s.straight(call)
	}
	if !bent.hold(r) {
		return
	}
	switch {
	case bent.Drop:
		panic(http.ErrAbortHandler)
	case bent.Usual:
		s.straight(call).write(w)
	default:
		bent.write(w)
	}
}

// straight does the duty.
func (s *Server) straight(c Call) Answer {
	if d, ok := s.duties[c.Method+" "+c.Path]; ok {
		return d(c)
	}
	for path := c.Path; path != ""; {
		path = path[:strings.LastIndexByte(path, '/')]
		if d, ok := s.duties[c.Method+" "+path+"/"]; ok {
			return d(c)
		}
	}
	if strings.HasPrefix(c.Path, "/v1.0/") {
		return fail(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
	}
	return failOld(22, "", "不合法ApiName")
}
