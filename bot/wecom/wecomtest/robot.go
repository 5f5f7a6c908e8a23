package wecomtest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// RobotOptions say which smart robot the server knows.
type RobotOptions struct {
	ID, Secret string
	Now        func() time.Time // nil = the machine's clock
	// PerMinute and PerHour are how many replies and pushes one conversation takes before
	// 846607; 0 = thirty and a thousand, negative = no limit.
	PerMinute, PerHour int
}

// Robot is the imitation of openws.work.weixin.qq.com, where smart robots keep their long
// connections. It speaks to one robot, over its youngest connection, remembers what
// was said in each conversation, and can be bent for one test.
type Robot struct {
	o RobotOptions

	mu       sync.Mutex
	bend     func(RobotCall) *RobotAnswer
	live     *robotLink
	links    map[*robotLink]bool
	closed   bool
	serving  sync.WaitGroup
	arrived  chan struct{} // closed and made anew at every subscription
	n        int
	calls    map[string]int
	spoken   map[string]bool // conversations in which somebody has spoken to the robot
	asked    map[string]*asked
	shown    map[string][]RobotShown
	tasks    map[string]bool
	paces    map[string][]time.Time
	uploads  map[string]*upload
	uploaded []time.Time
	media    map[string]RobotMedia
	count    RobotCounts

	files      map[string]RobotFile
	filesAsked int
	bendFiles  func(n int) int
}

// RobotCounts are what the server has done.
type RobotCounts struct {
	Subscribed int // successful subscriptions
	Refused    int // those with a wrong secret
	Kicked     int // connections cut off because a younger one came
	Pings      int
	Most       int // connections that were subscribed at the same time
}

// RobotShown is what a conversation shows: a message, or a card after its update.
type RobotShown struct {
	Cmd    string // what brought it: aibot_send_msg, aibot_respond_msg, aibot_respond_welcome_msg
	Kind   string // its msgtype
	Text   string // as its readers see it, without what escapes markup
	Raw    string // as it was sent
	Card   *RobotCard
	Update *RobotCard // what the card has become
	Media  string     // the id of what was uploaded
	Name   string     // and what it is called
	At     time.Time
}

// RobotCard is a template card, as far as these tests look at it.
type RobotCard struct {
	Kind  string `json:"card_type"`
	Title struct {
		Title string `json:"title"`
		Desc  string `json:"desc"`
	} `json:"main_title"`
	Text    string        `json:"sub_title_text"`
	Buttons []RobotButton `json:"button_list"`
	Action  *struct {
		Type int    `json:"type"`
		URL  string `json:"url"`
	} `json:"card_action"`
	Task string `json:"task_id"`
}

// RobotButton is a button on a card.
type RobotButton struct {
	Text  string `json:"text"`
	Style int    `json:"style"`
	Key   string `json:"key"`
}

// RobotCall is a frame that has arrived.
type RobotCall struct {
	Cmd   string
	ReqID string
	Body  json.RawMessage
	N     int // how many of this cmd there were, this one included
}

// RobotAnswer is what a bent server does instead of its duty.
type RobotAnswer struct {
	ErrCode int
	ErrMsg  string
	Done    bool            // does its duty first, so that only the acknowledgement is bent
	Silent  bool            // acknowledges nothing
	Drop    bool            // breaks the connection
	Until   <-chan struct{} // holds the acknowledgement back; others pass
	Usual   bool            // acknowledges as it would, after Until
}

// asked is a callback that the robot may answer.
type asked struct {
	chat, event, task string
	at                time.Time
	done              bool // its only answer has been given
	streams           map[string]int
}

// robotLink is one connection.
type robotLink struct {
	ws         *websocket.Conn
	ctx        context.Context
	subscribed bool
}

// NewRobot makes a server.
func NewRobot(o RobotOptions) *Robot {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PerMinute == 0 {
		o.PerMinute = 30
	}
	if o.PerHour == 0 {
		o.PerHour = 1000
	}
	return &Robot{o: o, links: map[*robotLink]bool{}, arrived: make(chan struct{}), calls: map[string]int{}, spoken: map[string]bool{},
		asked: map[string]*asked{}, shown: map[string][]RobotShown{}, tasks: map[string]bool{}, paces: map[string][]time.Time{},
		uploads: map[string]*upload{}, media: map[string]RobotMedia{}, files: map[string]RobotFile{}}
}

// ServeHTTP takes a connection and keeps it until it ends, or gives out a file.
func (s *Robot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, RobotFilePath) {
		s.file(w, r)
		return
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	s.serving.Add(1)
	s.mu.Unlock()
	defer s.serving.Done()
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	ws.SetReadLimit(2 << 20) // a chunk is 512 KB, in base64
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	l := &robotLink{ws: ws, ctx: ctx}
	s.mu.Lock()
	s.links[l] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.links, l)
		if s.live == l {
			s.live = nil
		}
		s.mu.Unlock()
		_ = ws.CloseNow()
	}()
	for {
		_, b, err := ws.Read(ctx)
		if err != nil {
			return
		}
		var f robotFrame
		if json.Unmarshal(b, &f) != nil || f.Cmd == "" || f.Headers.ReqID == "" || !l.subscribed && f.Cmd != "aibot_subscribe" {
			return // the first thing said is the subscription
		}
		if !s.take(l, f) {
			return
		}
	}
}

// Close ends all connections and waits for them.
func (s *Robot) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.Drop()
	s.serving.Wait()
}

// Drop breaks all connections without a word.
func (s *Robot) Drop() {
	s.mu.Lock()
	var all []*robotLink
	for l := range s.links {
		all = append(all, l)
	}
	s.mu.Unlock()
	for _, l := range all {
		_ = l.ws.CloseNow()
	}
}

// Bend lets f look at every frame first; nil from it means as usual. Bend(nil) makes the
// server straight again.
func (s *Robot) Bend(f func(RobotCall) *RobotAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bend = f
}

// Connected says whether a robot is connected.
func (s *Robot) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live != nil
}

// Arrival is closed when a robot is connected.
func (s *Robot) Arrival() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live != nil {
		now := make(chan struct{})
		close(now)
		return now
	}
	return s.arrived
}

// Shown lists what a conversation shows, oldest first.
func (s *Robot) Shown(chat string) []RobotShown {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]RobotShown(nil), s.shown[strings.ToLower(chat)]...)
}

// Texts lists the words of what a conversation shows.
func (s *Robot) Texts(chat string) []string {
	var out []string
	for _, m := range s.Shown(chat) {
		out = append(out, m.Text)
	}
	return out
}

// Calls says how many frames of a cmd there were.
func (s *Robot) Calls(cmd string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[cmd]
}

// Counts says what the server has done so far.
func (s *Robot) Counts() RobotCounts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// RobotMedia is what a robot has uploaded.
type RobotMedia struct {
	Type  string // file, image, voice, video
	Name  string
	Bytes []byte
	At    time.Time
}

// Media is what was uploaded under an id.
func (s *Robot) Media(id string) RobotMedia {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.media[id]
}

// Lose makes the server forget everything that was uploaded.
func (s *Robot) Lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.media)
}
