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
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options say which corp and app the server knows.
type Options struct {
	CorpID  string
	AgentID int
	Secret  string
	// Members are the accounts in the app's visible range; nil = whoever is asked for.
	Members []string
	// Unlicensed are members without a licence for the interface.
	Unlicensed []string
	Now        func() time.Time // nil = the machine's clock
	// TokenLife is how long a token is good; 0 = the two hours of WeCom.
	TokenLife time.Duration
	// PerMinute is how many calls a minute are answered before 45009; 0 = ten thousand.
	PerMinute int
	// MemberMinute is how many messages a minute a member is shown, the rest being
	// lost without a word; 0 = thirty. Negative = no limit.
	MemberMinute int
	// Webhooks are the keys of groups' robots that there are.
	Webhooks []string
	// Narrow says that the app's visible range is not the whole corp: it may have no
	// group chats.
	Narrow bool
	// OldSchedules is a deployment that knows organizer and not admins.
	OldSchedules bool
	// OldAuth is a deployment that knows user/getuserinfo and not auth/getuserinfo.
	OldAuth bool
	// StrictForms is a deployment that reads a form as the documentation has it: it wants
	// filelength, and reads names in ASCII only.
	StrictForms bool
	// NoCallback says that the app's callback is not configured: it may send no cards
	// that can be tapped.
	NoCallback bool
}

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

// Counts are what the server has done.
type Counts struct {
	Shown      int // messages, one for each member
	Duplicates int // calls recognised by the duplicate check
	Lost       int // messages lost to a member's limit
	Tokens     int // different tokens given
}

// Shown is a message in a member's chat.
type Shown struct {
	MsgID string
	Text  string // the words, of a card too
	Media Media  // of an image, a voice note, a video or a file
	At    time.Time
	Kind  string // its msgtype
	Card  *Card  // nil if it is none

	raw map[string]any // of a card
}

// Call is a request that has arrived.
type Call struct {
	Path  string
	Query url.Values
	Token string // the access token it came with
	Body  []byte
	Type  string // the Content-Type
	N     int    // how many calls of this path there were, this one included
}

// Answer is what a bent server does instead of its duty.
type Answer struct {
	// ErrCode and ErrMsg answer in WeCom's form.
	ErrCode int
	ErrMsg  string
	// Status, Type and Body answer in another form, if Body or Status is set.
	Status int
	Type   string
	Body   string
	// Done does the duty first, so that only the answer is bent.
	Done bool
	// Until holds the answer back until it is closed or the caller has gone.
	Until <-chan struct{}
	// Delay holds the answer back.
	Delay time.Duration
	// Drop breaks the connection instead of answering.
	Drop bool
	// Cut sends so many bytes of the usual answer and breaks the connection.
	Cut int
	// Usual answers as if it were not bent, after Until and Delay.
	Usual bool
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

// ServeHTTP answers a call of the app.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, largestBody(r.URL.Path)))
	if err != nil {
		return // the caller has gone
	}
	q := r.URL.Query()
	s.mu.Lock()
	s.calls[r.URL.Path]++
	call := Call{Path: r.URL.Path, Query: q, Token: q.Get("access_token"), Body: body, Type: r.Header.Get("Content-Type"), N: s.calls[r.URL.Path]}
	bend := s.bend
	s.mu.Unlock()
	var bent *Answer
	if bend != nil {
		bent = bend(call)
	}
	if bent == nil {
		s.straight(w, r, call)
		return
	}
	if bent.Done {
		s.straight(nil, r, call)
	}
	if !hold(r, bent) {
		return
	}
	switch {
	case bent.Drop:
		panic(http.ErrAbortHandler)
	case bent.Cut > 0:
		s.straight(&cutWriter{w, bent.Cut}, r, call)
	case bent.Usual:
		s.straight(w, r, call)
	case bent.Body != "" || bent.Status != 0:
		if bent.Type != "" {
			w.Header().Set("Content-Type", bent.Type)
		}
		w.WriteHeader(max(bent.Status, http.StatusOK))
		io.WriteString(w, bent.Body)
	default:
		write(w, map[string]any{"errcode": bent.ErrCode, "errmsg": bent.ErrMsg})
	}
}

// hold waits as the answer wants; false says that the caller has gone.
func hold(r *http.Request, a *Answer) bool {
	if a.Until != nil {
		select {
		case <-a.Until:
		case <-r.Context().Done():
			return false
		}
	}
	if a.Delay > 0 {
		t := time.NewTimer(a.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return false
		}
	}
	return true
}

// straight does the duty; w may be nil.
func (s *Server) straight(w http.ResponseWriter, r *http.Request, call Call) {
	duty, ok := s.paths[r.Method+" "+call.Path]
	if !ok {
		if w != nil {
			http.NotFound(w, r)
		}
		return
	}
	out := duty(call)
	if m, ok := out.(Media); ok && w != nil {
		m.write(w)
	} else if w != nil {
		write(w, out)
	}
}

// duty answers one path. Its answer is written as JSON.
type duty func(call Call) any

// duties are all paths that are answered, by method and path.
func (s *Server) duties() map[string]duty {
	out := map[string]duty{
		"GET " + TokenPath: func(c Call) any { return s.giveToken(c.Query.Get("corpid"), c.Query.Get("corpsecret")) },
		"POST " + SendPath: s.send,

		"POST " + UploadPath:        s.upload,
		"POST " + UploadImgPath:     s.uploadImage,
		"GET " + GetMediaPath:       s.getMedia,
		"POST " + WebhookPath:       s.webhook,
		"POST " + WebhookUploadPath: s.webhookUpload,
		"POST " + ChatCreatePath:    s.withToken(s.createChat),
		"GET " + ChatGetPath:        s.withToken(s.getChat),
		"POST " + ChatUpdatePath:    s.withToken(s.updateChat),
		"POST " + ChatSendPath:      s.withToken(s.sendChat),
		"POST " + MenuCreatePath:    s.withToken(s.createMenu),
		"GET " + MenuGetPath:        s.withToken(s.getMenu),
		"GET " + MenuDeletePath:     s.withToken(s.deleteMenu),
	}
	maps.Copy(out, s.reads())
	maps.Copy(out, s.calendars())
	maps.Copy(out, s.auths())
	return s.richDuties(out)
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	json.NewEncoder(w).Encode(v)
}

// failure is an answer with a code, its message in WeCom's style.
type failure struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

func fail(code int, msg string) failure {
	return failure{code, fmt.Sprintf("%s, hint: [1700000000000000000], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=%d", msg, code)}
}

func (s *Server) giveToken(corp, secret string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case corp != s.o.CorpID:
		return fail(40013, "invalid corpid")
	case secret != s.o.Secret:
		return fail(40001, "invalid credential")
	}
	now := s.o.Now()
	if s.token == "" || !now.Before(s.until) {
		s.tokens++
		s.token, s.until = fmt.Sprintf("access-%d-%x", s.tokens, now.UnixNano()), now.Add(s.o.TokenLife)
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "access_token": s.token,
		"expires_in": int(s.until.Sub(now) / time.Second)}
}

// admit checks the token and the number of calls; the lock is held.
func (s *Server) admit(token string, now time.Time) (failure, bool) {
	switch {
	case token == "":
		return fail(41001, "access_token missing"), false
	case token != s.token:
		return fail(40014, "invalid access_token"), false
	case !now.Before(s.until):
		return fail(42001, "access_token expired"), false
	}
	if m := now.Unix() / 60; m != s.minute {
		s.minute, s.inMinute = m, 0
	}
	if s.inMinute++; s.inMinute > s.o.PerMinute {
		return fail(45009, "api freq out of limit"), false
	}
	return failure{}, true
}
