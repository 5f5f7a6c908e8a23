package wecom

import (
	"errors"
	"regexp"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"zhuanban/bot"
)

// verdict is what an answer of the platform means for a parcel.
type verdict struct {
	fate      bot.Fate
	reason    bot.Reason
	wait      time.Duration
	everybody bool
	// alone says that the code speaks of one recipient, perhaps of many.
	alone bool
	// refresh says that the access token is no longer good.
	refresh bool
}

// How long not to ask again.
const (
	soon      = 5 * time.Second // busy or away: they are back in seconds
	aMinute   = time.Minute     // WeCom blocks by the minute; an administrator adds an address in minutes
	repairing = 5 * time.Minute // somebody has to change the app; twelve attempts make an hour
)

// judge is the one table of what WeCom's codes mean here. Whatever is not in it is
// refused: WeCom has understood the request and will not take it.
func judge(code int64) verdict {
	switch {
	case noMember(code):
		return verdict{fate: bot.Refused, reason: bot.NoSuchAccount, alone: true}
	case noChat(code):
		return verdict{fate: bot.Refused, reason: bot.NoSuchGroup}
	}
	switch code {
	case 0:
		return verdict{}

	// Busy, or called too often.
	case -1:
		return verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}
	case 45033: // too many calls at once
		return verdict{fate: bot.NotSent, reason: bot.Throttled, wait: soon, everybody: true}
	case 45009: // too many calls in a minute, an hour or a day
		return verdict{fate: bot.NotSent, reason: bot.Throttled, wait: aMinute, everybody: true}

	// The access token: revoked early (40014), expired, missing; 40001 is also a
	// wrong secret. A new one is asked for once, then somebody has to look.
	case 40001, 40014, 41001, 42001:
		return verdict{fate: bot.NotSent, reason: bot.NotTrusted, wait: aMinute, everybody: true, refresh: true}

	// The corp, the secret, our address.
	case 40013, 40091, 41002, 41004:
		return verdict{fate: bot.NotSent, reason: bot.NotTrusted, wait: aMinute, everybody: true}
	case 60020: // not among the app's trusted addresses (企业可信IP)
		return verdict{fate: bot.NotSent, reason: bot.NotTrusted, wait: aMinute, everybody: true}

	// The app: wrong number, token of another app, permission missing. A change in
	// the console mends it, so nothing is lost yet.
	case 40056, 301002, 48002, 48009:
		return verdict{fate: bot.NotSent, reason: bot.NotPermitted, wait: repairing, everybody: true}
	case noRight: // over this member
		return verdict{fate: bot.Refused, reason: bot.NotPermitted, alone: true}

	// The recipient.
	case noneValid, 82001: // all recipients unknown or out of sight
		return verdict{fate: bot.Refused, reason: bot.NotVisible}
	case 40066, 40068, 60003, 60123: // no such department, no such tag
		return verdict{fate: bot.Refused, reason: bot.NoSuchAccount}

	// A chat of the app's own: members too few or too many or out of sight, made by
	// another app.
	case 86006, 86007, 86008, 86216:
		return verdict{fate: bot.Refused, reason: bot.NoSuchGroup}
	case 93000: // no group's robot has this key; it has been removed from its group
		return verdict{fate: bot.Refused, reason: bot.NoSuchGroup}

	// What is said.
	case 40006, 45001: // of an upload: its size
		return verdict{fate: bot.Refused, reason: bot.TooLarge}
	case 40004, 40005, codeNoMedia, 41005, 44001: // of an upload: its type, its name, its end
		return verdict{fate: bot.Refused, reason: bot.BadContent}
	case 40008, 40033, 40035, 40058, 44004, 45002:
		return verdict{fate: bot.Refused, reason: bot.BadContent}
	case 40016, 40023, 42045, 45008: // a card or menu: number of buttons, where it leads; too many articles
		return verdict{fate: bot.Refused, reason: bot.BadContent}
	case 40057: // a card whose app has no callback
		return verdict{fate: bot.Refused, reason: bot.BadContent}
	}
	return verdict{fate: bot.Refused}
}

// codeSpent says that the code of an authorization is none, or none any more.
const codeSpent = 40029

// noRight says that the app has no right over a member, a department or a tag.
const noRight = 60011

// noneValid says that all recipients are unknown or out of sight.
const noneValid = 81013

// noMember says whether a code means that there is no such account.
func noMember(code int64) bool {
	switch code {
	case 40003, 46004, 60111, 301021:
		return true
	}
	return false
}

// hidden says whether a code means that there is no such account, or none that the app
// may see: WeCom does not always tell the two apart.
func hidden(code int64) bool { return noMember(code) || code == noRight }

// withheld says whether a code means that WeCom does not let the app read this part of
// the directory, now or ever: a member, department or tag that is not there or out of
// sight, a call that the app has no permission for. The rest may still be read.
func withheld(code int64) bool {
	switch code {
	case 40066, 40068, 48002, 60003, 60123:
		return true
	}
	return hidden(code)
}

// noChat says whether a code is WeCom's word that there is no chat with this id.
func noChat(code int64) bool {
	switch code {
	case 40050, 86001, 86003:
		return true
	}
	return false
}

// CodeOf is WeCom's code in an error; 0 if it is none of WeCom's.
func CodeOf(err error) int64 {
	var platform *util.CommonError
	if errors.As(err, &platform) {
		return platform.ErrCode
	}
	return 0
}

// judgeStatus is the same for answers that are none of WeCom's: its own always have
// status 200.
func judgeStatus(status int) verdict {
	switch {
	case status == 413:
		return verdict{fate: bot.Refused, reason: bot.BadContent}
	case status == 502 || status == 504: // a gateway that may have passed it on
		return verdict{fate: bot.Unknown, reason: bot.PlatformAway, wait: soon}
	case status == 429:
		return verdict{fate: bot.NotSent, reason: bot.Throttled, wait: aMinute, everybody: true}
	case status >= 500:
		return verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon, everybody: true}
	}
	// A page to log in at, a wrong base: nobody there knows message/send.
	return verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: aMinute, everybody: true}
}

// invisible is a recipient whom WeCom has left out of a call that it took
// otherwise: not in the app's visible range, or without a licence for it.
func invisible() verdict { return verdict{fate: bot.Refused, reason: bot.NotVisible} }

var fromIP = regexp.MustCompile(`from ip: ([0-9A-Fa-f.:]+)`)

// address is our address as WeCom sees it, out of the message of a 60020, which is
// what an administrator has to enter in the console.
func address(errmsg string) string {
	if m := fromIP.FindStringSubmatch(errmsg); m != nil {
		return m[1]
	}
	return ""
}
