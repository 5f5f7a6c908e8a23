package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/feature"
)

// Switch says whether a feature is used.
type Switch = feature.Switch

// The positions of a switch; "" is Auto.
const (
	Auto = feature.Auto
	On   = feature.On
	Off  = feature.Off
)

// Features say what an organisation's edition and the app's permissions allow. The zero
// value uses what every edition has. A call that the app lacks the permission for names
// it, and is not made again for five minutes: each costs one of the month's calls.
type Features struct {
	// Cards are interactive cards (Card.Instance.Write). Off: cards go as plain text.
	Cards Switch `yaml:"cards"`
	// Recall takes back what the robot said. Off: it stays and is corrected in words.
	Recall Switch `yaml:"recall"`
	// ReadStatus asks who has read what the robot said.
	ReadStatus Switch `yaml:"read_status"`
	// WorkNotice are work notifications (工作通知), in every edition.
	WorkNotice Switch `yaml:"work_notice"`
	// Ding is DING in the app, by SMS or by telephone, whose number is bought. Auto is on
	// in the professional and exclusive editions, which alone have it.
	Ding Switch `yaml:"ding"`
	// Todo are entries in people's lists of what is to be done.
	Todo Switch `yaml:"todo"`
	// Calendar are entries in people's calendars.
	Calendar Switch `yaml:"calendar"`
}

// check names a switch in a position that it does not have.
func (f Features) check() error {
	for name, s := range map[string]Switch{"Cards": f.Cards, "Recall": f.Recall, "ReadStatus": f.ReadStatus, "WorkNotice": f.WorkNotice,
		"Ding": f.Ding, "Todo": f.Todo, "Calendar": f.Calendar} {
		if !s.Known() {
			return wrong("Features."+name, "%q is none of %s", s, strings.Join(s.Allowed(), ", "))
		}
	}
	return nil
}

// levelOf is how loudly a refusal is told.
func levelOf(s Switch) slog.Level {
	if s.Forced() {
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

// switched does what a feature does, unless it is off, and tells the operator which
// permission it lacks. An error is a *bot.SendError.
func (c *Channel) switched(ctx context.Context, s Switch, name string, do func() error) error {
	if s.Off() {
		return refuse(bot.NotPermitted, name+" is switched off")
	}
	err := do()
	if scopes := ScopesOf(err); len(scopes) > 0 || errors.Is(err, errEdition) {
		c.o.Log.Log(ctx, max(levelOf(s), slog.LevelInfo), "DingTalk does not allow it", "feature", name, "scopes", scopes, "err", err)
	}
	return err
}

var errEdition = errors.New("the standard edition does not have it")

// wrong names an option and says what is wrong with it.
func wrong(option, why string, args ...any) error {
	return fmt.Errorf(option+": "+why, args...)
}
