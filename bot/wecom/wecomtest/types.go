package wecomtest

import (
	"net/url"
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
