package robot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhuanban/bot"
)

// verdict is what an answer of the platform means for a parcel.
type verdict struct {
	fate      bot.Fate
	reason    bot.Reason
	wait      time.Duration
	everybody bool
}

// How long not to ask again.
const (
	soon      = 5 * time.Second // busy or away: they are back in seconds
	aMinute   = time.Minute     // limits are counted by the minute
	repairing = 5 * time.Minute // somebody has to change the robot
)

// codeNoMedia says that a media_id is none, or is older than three days.
const codeNoMedia = 40007

var errNoMedia = errors.New("errcode 40007")

// judge is the one table of what WeCom's codes mean for something that is sent. Whatever
// is not in it is refused: WeCom has understood the command and will not take it.
func judge(code int64, group bool) verdict {
	refuse := func(reason, ofGroup bot.Reason) verdict {
		if group {
			reason = ofGroup
		}
		return verdict{fate: bot.Refused, reason: reason}
	}
	switch code {
	case -1:
		return verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}
	case 846607: // thirty a minute, a thousand an hour, for one conversation
		return verdict{fate: bot.NotSent, reason: bot.Throttled, wait: aMinute}
	case 45009, 45033:
		return verdict{fate: bot.NotSent, reason: bot.Throttled, wait: aMinute, everybody: true}
	case 853000, 40001, 40014, 42001:
		return verdict{fate: bot.NotSent, reason: bot.NotTrusted, wait: aMinute, everybody: true}
	case 846609, 853006, 48002: // a capability that the robot or the corp does not have
		return verdict{fate: bot.NotSent, reason: bot.NotPermitted, wait: repairing, everybody: true}
	case 93000: // a conversation in which nobody has spoken to it, or that is gone
		return refuse(bot.NotVisible, bot.NotVisible)
	case 40003, 40031, 60111, 301021:
		return refuse(bot.NoSuchAccount, bot.NoSuchGroup)
	case 45001: // an upload is too large
		return refuse(bot.TooLarge, bot.TooLarge)
	case 40050, 86001, 86003, 86216:
		return refuse(bot.NoSuchGroup, bot.NoSuchGroup)
	case codeNoMedia, 40008, 40033, 40035, 40058, 42014, 42045, 44004, 45002:
		return refuse(bot.BadContent, bot.BadContent)
	}
	return verdict{fate: bot.Refused}
}

// failure is a verdict with its reason for the operator.
func (c *Channel) failure(v verdict, err error) *bot.SendError {
	return &bot.SendError{Fate: v.fate, Reason: v.reason, Wait: v.wait, Everybody: v.everybody, Err: &quiet{c.redact(err.Error()), err}}
}

// coded is a code of WeCom's in place of what was asked for.
type coded struct {
	cmd     string
	code    int64
	message string
}

func (e *coded) Error() string { return fmt.Sprintf("%s: errcode %d: %s", e.cmd, e.code, e.message) }

// codeOf is WeCom's code in an error of post; 0 if there is none.
func codeOf(err error) int64 {
	var hidden *quiet
	var no *coded
	if errors.As(err, &hidden) && errors.As(hidden.err, &no) {
		return no.code
	}
	return 0
}

// quiet is an error whose text holds no secret. Only the context's errors and
// errNoMedia can be found in it.
type quiet struct {
	text string
	err  error
}

func (q *quiet) Error() string { return q.text }

// Is says whether it came of the context's end, or of an upload that is not there.
func (q *quiet) Is(target error) bool {
	return (target == context.Canceled || target == context.DeadlineExceeded || target == errNoMedia) && errors.Is(q.err, target)
}

// unanswered judges a command without an acknowledgement: if it may have left, nobody
// knows.
func (c *Channel) unanswered(left bool, err error) *bot.SendError {
	v := verdict{fate: bot.NotSent, reason: bot.PlatformAway}
	if left {
		v.fate = bot.Unknown
	}
	return c.failure(v, fmt.Errorf("%s: %w", cmdSend, err))
}
