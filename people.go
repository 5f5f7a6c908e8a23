package main

import (
	"context"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/staff"
)

// personSettings are a person, and who they are on a platform whose users are not named
// by the roster's accounts.
type personSettings struct {
	bot.Person `yaml:",inline"`
	DingTalk   string `yaml:"dingtalk"` // their userId there
}

// directorySettings say what WeCom's directory means to the campaign.
type directorySettings struct {
	Departments map[string]string   `yaml:"departments"`
	Tags        map[string]bot.Role `yaml:"tags"`
	Role        bot.Role            `yaml:"role"`
	Every       time.Duration       `yaml:"every"`
}

// usualSync is how often a directory is read unless its every says otherwise.
const usualSync = time.Hour

func (d directorySettings) every() time.Duration {
	if d.Every == 0 {
		return usualSync
	}
	return d.Every
}

// read says whether the directory is read at all.
func (d directorySettings) read() bool { return len(d.Departments) > 0 || d.Every > 0 }

func (d directorySettings) rules() staff.Rules {
	return staff.Rules{Departments: d.Departments, Tags: d.Tags, Role: d.Role}
}

// membersTopic is where replicas tell each other that somebody has come or left.
const membersTopic = "members"

// staffed makes what keeps the roster up to date by a platform's directory; nil = it is
// not read, and only what the platform says by itself counts.
func (d *desk) staffed(platform string, settings directorySettings, directory staff.Directory) (*staff.Staff, error) {
	o := staff.Options{Store: d.store, Config: d.cfg.roster, Platform: platform, Rules: settings.rules(),
		Directory: directory, Every: settings.every(), Put: d.bot.Put, Wall: time.Now, Log: d.log}
	if d.redis != nil {
		o.Ring = func() { d.redis.Ring(membersTopic) }
	}
	return staff.New(o)
}

// contacts hears what WeCom says of its directory.
type contacts struct{ desk *desk }

// Changed puts it in force.
func (c contacts) Changed(ctx context.Context, m bot.MemberChange) error {
	return c.desk.people.Changed(ctx, m)
}
