package main

import (
	"context"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/staff"
	"zhuanban/bot/wecom"
)

// directorySettings say what WeCom's directory means to the campaign.
type directorySettings struct {
	Departments map[string]string   `yaml:"departments"`
	Tags        map[string]bot.Role `yaml:"tags"`
	Role        bot.Role            `yaml:"role"`
	Every       time.Duration       `yaml:"every"`
}

// usualSync is how often the directory is read unless wecom.directory.every says
// otherwise.
const usualSync = time.Hour

// read says whether the directory is read at all.
func (d directorySettings) read() bool { return len(d.Departments) > 0 || d.Every > 0 }

func (d directorySettings) rules() staff.Rules {
	return staff.Rules{Departments: d.Departments, Tags: d.Tags, Role: d.Role}
}

// membersTopic is where replicas tell each other that somebody has come or left.
const membersTopic = "members"

// staffed makes what keeps the roster up to date.
func (d *desk) staffed() (*staff.Staff, error) {
	o := staff.Options{Store: d.store, Config: d.cfg.roster, Platform: wecom.Name, Rules: d.cfg.WeCom.Directory.rules(),
		Every: d.cfg.WeCom.Directory.Every, Put: d.bot.Put, Wall: time.Now, Log: d.log}
	if o.Every == 0 {
		o.Every = usualSync
	}
	if d.cfg.WeCom.Directory.read() {
		o.Directory = d.wecom
	}
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
