package dingtalk

import (
	"errors"
	"strings"
	"time"

	"zhuanban/bot"
)

// verdict is what an answer of DingTalk's means for a parcel.
type verdict struct {
	fate      bot.Fate
	reason    bot.Reason
	wait      time.Duration
	everybody bool // of the way to DingTalk itself, whatever is called there
	alone     bool // it speaks of one recipient, perhaps of many
	refresh   bool // the access token is no longer good
	spent     bool // the month's quota is used up
	// shuts says that the call is not to be made again within wait, by whomever; with
	// wide that holds for every call.
	shuts, wide bool
}

// How long not to ask again.
const (
	aSecond   = time.Second     // the limits are by the second
	soon      = 5 * time.Second // busy or away: they are back in seconds
	aMinute   = time.Minute     // an administrator adds an address in minutes
	repairing = 5 * time.Minute // somebody has to change the app; the gate in front of DingTalk bans for as long
	banned    = 10 * time.Minute
)

// Verdicts that several answers come to.
var (
	// punished is the gate in front of all of DingTalk, which bans an address.
	punished  = verdict{fate: bot.NotSent, reason: bot.Throttled, wait: repairing, everybody: true}
	untrusted = verdict{fate: bot.NotSent, reason: bot.NotTrusted, wait: aMinute, shuts: true, wide: true}
	stale     = verdict{fate: bot.NotSent, reason: bot.NotTrusted, wait: aMinute, refresh: true}
	denied    = verdict{fate: bot.NotSent, reason: bot.NotPermitted, wait: repairing, shuts: true}
	late      = verdict{fate: bot.Unknown, reason: bot.PlatformAway, wait: soon}
	busy      = verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}
	spent     = verdict{fate: bot.NotSent, reason: bot.Throttled, spent: true}
	nobody    = verdict{fate: bot.Refused, reason: bot.NoSuchAccount, alone: true}
	noGroup   = verdict{fate: bot.Refused, reason: bot.NoSuchGroup}
	unfit     = verdict{fate: bot.Refused, reason: bot.BadContent}
)

func throttled(wait time.Duration) verdict {
	return verdict{fate: bot.NotSent, reason: bot.Throttled, wait: wait, shuts: true}
}

// judge is what a code means. Whatever is in neither table is refused: DingTalk has
// understood the request and will not take it.
func judge(code string, status int, old bool) verdict {
	if old {
		return judgeOld(code)
	}
	return judgeNew(strings.ToLower(code), status)
}

// codes are those of the new family, in small letters, by a part of them, the first that
// fits. Throttles and missing permissions share the status 403: it says nothing.
var codes = []struct {
	part string
	verdict
}{
	{"apicountlimitfororg", spent},
	{"qpslimit", throttled(aSecond)},
	{"qpmlimit", throttled(aMinute)},
	{"toofast", throttled(aMinute)}, // send.byToken.tooFast
	{"too.fast", throttled(aMinute)},
	{"too.many", throttled(aMinute)},
	{"throttling", throttled(aSecond)},
	{"ipnotinwhitelist", untrusted},
	{"accesstokenpermissiondenied", denied},
	{"invalidclientid", untrusted},
	{"authfailed", untrusted},
	{"invalidauthentication", stale},
	{"authenticationfailed", stale},
	{"accessdenied", denied},
	{"disbanded", noGroup},
	{"openconversationid", noGroup},
	{"userids.", nobody},
	{"staffid", nobody},
	{"robotcode", denied},
	{"timeout", late},
	{"unavailable", busy},
	{"invalidparameter", unfit},
	{"missing", unfit},
}

func judgeNew(code string, status int) verdict {
	for _, one := range codes {
		if strings.Contains(code, one.part) {
			return one.verdict
		}
	}
	switch {
	case status == 504 || status >= 500 && status != 503:
		return late
	case status == 503:
		return busy
	case status == 429:
		return throttled(aSecond)
	}
	return verdict{fate: bot.Refused}
}

// judgeOld is the table of the old family, of its errcodes and sub_codes, and of what
// webhooks are answered with.
func judgeOld(code string) verdict {
	switch code {
	case "-1":
		return busy
	case "88", "15", "isp.top-remote-connection-timeout": // 88 without a sub_code
		return late
	case "40014", "40001", "41001", "42001":
		return stale
	case "40089", "40096", "40013", "60020":
		return untrusted
	case "60011", "88.60011":
		return denied
	case "90018", "90002", "90006", "90007":
		return throttled(aSecond)
	case "90020":
		return spent
	case "33012", "60121", "40003", "40031":
		return nobody
	case "50002": // outside of what the app may see
		return verdict{fate: bot.Refused, reason: bot.NotVisible, alone: true}
	case "40035", "40009", "40058", "40004", "40005", "40007", "41005", "43005", "44001": // of an upload, too: its type, its name, its end
		return unfit
	case "40006", "45001":
		return verdict{fate: bot.Refused, reason: bot.TooLarge}
	case "130101", "302033", "410100", "660026": // of a group's robot, which is then silent for ten minutes
		return verdict{fate: bot.NotSent, reason: bot.Throttled, wait: banned}
	case "90030", "20001": // of the organisation's quota for webhooks
		return verdict{fate: bot.NotSent, reason: bot.Throttled, wait: banned}
	case "310000": // the robot's keyword, signature or address
		return verdict{fate: bot.NotSent, reason: bot.NotTrusted, wait: repairing}
	case "300001", "300005", "400101", "400013", "400102", "400106":
		return noGroup
	}
	if strings.Contains(code, "timeout") {
		return late
	}
	return verdict{fate: bot.Refused}
}

// verdictOf is what an error of a call means for the next.
func verdictOf(err error) verdict {
	var said *APIError
	if errors.As(err, &said) {
		return said.means
	}
	return verdict{}
}

// judgeStatus is what an answer means that is none of DingTalk's.
func judgeStatus(status int) verdict {
	switch {
	case status == 413:
		return unfit
	case status == 429:
		return throttled(aMinute)
	case status/100 == 2 || status == 502 || status == 504: // a gateway that may have passed it on
		return late
	case status >= 500:
		return verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon, everybody: true}
	}
	// A wrong base: nobody there knows the call.
	return verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: aMinute, everybody: true}
}

// judgePage is the same for a page for people: what stands before DingTalk turns an
// address away with one, and gateways say with one that they have no answer.
func judgePage(status int) verdict {
	if status >= 500 {
		return judgeStatus(status)
	}
	return punished
}
