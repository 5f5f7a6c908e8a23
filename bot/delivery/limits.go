package delivery

import "time"

// Scope is what a limit counts.
type Scope string

// The scopes.
const (
	AppCalls     Scope = "app calls"    // calls of the app
	AppPersons   Scope = "app persons"  // people reached by the app (人次)
	Member       Scope = "member"       // messages to one person
	Group        Scope = "group"        // messages to one group
	Conversation Scope = "conversation" // messages to one person or group
)

// Limit is how much a platform allows of something in a time.
type Limit struct {
	Scope Scope
	Count int
	Per   time.Duration
	// Reserve keeps a part from what is less urgent: of what everybody shares, and of
	// what a person can take, so that an answer still finds room.
	Reserve bool
}

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
	month  = 31 * day // a window of the longest month never holds more than any calendar month may
)

// perAccount is how many people a WeCom app may reach a day for each account of the
// organisation.
const perAccount = 200

// Limits is the page of limits: what the platforms allow, by the names that
// channels give in their Traits, which may be another for each recipient. accounts is
// how many the organisation has, for the limits that grow with it; 0 = not known, and
// then those are not watched. ok is false for a name that is not on the page.
//
// The numbers are the platforms' own, as documented for developers in September
// 2026; where a platform drops silently what is beyond, they are what keeps a
// message from vanishing.
func Limits(name string, accounts int) (out []Limit, ok bool) {
	switch name {
	case "": // the phone page, the terminal: anything
	case "wecom": // a self-built app (docs 90236, 90312): beyond, an error 45009, and to a member silence
		out = []Limit{
			{Member, 30, minute, true}, // silently dropped beyond
			{Member, 1000, hour, true}, // silently dropped beyond
			{AppCalls, 10_000, minute, true},
			{AppCalls, 150_000, hour, true},
		}
		if accounts > 0 {
			out = append(out, Limit{AppPersons, perAccount * accounts, day, true})
		}
	case "wecom/group": // a group's webhook robot (doc 91770): beyond, an error 45009
		out = []Limit{{Group, 20, minute, true}}
	case "wecom.robot": // a smart robot on a long connection (doc 101463): beyond, an error 846607
		out = []Limit{{Conversation, 30, minute, true}, {Conversation, 1000, hour, true}}
	case "wecom/appchat": // an app's own group chats (doc 90245): to a member silence
		out = []Limit{
			{Group, 200, minute, true},       // a member of one such group hears no more than it says
			{Group, 10_000, day, true},       //
			{AppCalls, 20_000, minute, true}, // 人次: the fewest that a call can be
		}
	case "dingtalk/standard": // an internal app's robot: beyond, 403 QpsLimit; the month's end, 90020 until it is over
		out = []Limit{{AppCalls, 20, time.Second, false}, {AppCalls, 10_000, month, true}, {Group, 20, minute, true}}
	case "dingtalk/professional":
		out = []Limit{{AppCalls, 40, time.Second, false}, {AppCalls, 500_000, month, true}, {Group, 20, minute, true}}
	case "dingtalk/exclusive": // no monthly number is published
		out = []Limit{{AppCalls, 60, time.Second, false}, {Group, 20, minute, true}}
	case "dingtalk/group": // a group's webhook robot: beyond, it is banned for ten minutes
		out = []Limit{{Group, 20, minute, true}}
	case "dingtalk/notice": // work notifications: success is answered, and beyond silently dropped
		out = []Limit{{AppPersons, 5000, minute, true}, {Member, 500, day, true}}
	default:
		return nil, false
	}
	return out, true
}

// The reserves, in hundredths: notices and reminders leave a tenth to answers, and
// broadcasts three tenths to both.
const (
	noticeReserve    = 10
	broadcastReserve = 30
)

// long says that a limit's window outlives the process, so that it is counted from
// the records at the start.
func (l Limit) long() bool { return l.Per >= day }
