package main

import (
	"context"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk"
	"zhuanban/bot/identity"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/robot"
	"zhuanban/handlers/bind"
)

// identitiesTopic is where replicas tell each other that somebody was bound, or is no more.
const identitiesTopic = "identities"

// userIDs are the users of DingTalk whom the configuration names, with their accounts.
func (c *campaign) userIDs() map[string]string {
	out := map[string]string{}
	for _, p := range c.People {
		if p.DingTalk != "" {
			out[p.DingTalk] = p.Account
		}
	}
	return out
}

// openIdentities makes what knows who DingTalk's users are, where it is configured, and
// where people are met, if they can be met on two platforms.
func (d *desk) openIdentities() (err error) {
	if d.cfg.DingTalk.ClientID == "" {
		return nil
	}
	o := identity.Options{Store: d.store, Platform: dingtalk.Name, Configured: d.cfg.userIDs(), Same: d.cfg.sameAccounts(), Roster: d.Roster,
		Wall: time.Now, Log: d.log}
	if s := d.cfg.DingTalk.Directory.as(); s.read() && !d.cfg.keptByDingTalk() {
		o.Directory, o.Every = dingtalkDirectoryOf{d}, s.every()
	}
	if d.redis != nil {
		o.Ring = func() { d.redis.Ring(identitiesTopic) }
	}
	if d.book, err = identity.New(o); err != nil || !d.cfg.onWeCom() {
		return err
	}
	d.homes, err = identity.NewHomes(d.places())
	return err
}

// places are the platforms on which people can be met, the usual one first.
func (d *desk) places() identity.HomesOptions {
	o := identity.HomesOptions{Store: d.store, Places: []identity.Place{{Name: wecom.Name}, {Name: dingtalk.Name, Book: d.book}}, Log: d.log}
	if d.cfg.WeCom.CorpID == "" {
		o.Places[0].Name = robot.Name
	} else {
		o.As = map[string]string{robot.Name: wecom.Name}
	}
	if d.cfg.platform() == dingtalk.Name {
		o.Places[0], o.Places[1] = o.Places[1], o.Places[0]
	}
	return o
}

// dingtalkDirectoryOf is DingTalk's directory, as soon as the channel is made.
type dingtalkDirectoryOf struct{ desk *desk }

// Directory reads it.
func (o dingtalkDirectoryOf) Directory(ctx context.Context, tags []string) (bot.Directory, error) {
	return o.desk.dingtalk.Directory(ctx, tags)
}

// Member asks for one user.
func (o dingtalkDirectoryOf) Member(ctx context.Context, userID string) (bot.Member, bool, error) {
	return o.desk.dingtalk.Member(ctx, userID)
}

// met is where people are met; nil where there is one platform.
func (d *desk) met() bot.Homes {
	if d.homes == nil {
		return nil
	}
	return d.homes
}

// binding is the duty of finding out who somebody is; nil where nobody has to.
func (d *desk) binding() *bind.Duty {
	switch {
	case d.book == nil:
		return nil
	case d.homes == nil:
		return bind.New(nil, d.book)
	}
	return bind.New(d.homes.Reach, d.book)
}

// loadPeople reads what was learned of people before: who is there, who is who, and where
// they are met.
func (d *desk) loadPeople(ctx context.Context) error {
	if d.people != nil {
		if err := d.people.Load(ctx); err != nil {
			return err
		}
	}
	if d.book != nil {
		if err := d.book.Load(ctx); err != nil {
			return err
		}
	}
	if d.homes != nil {
		return d.homes.Load(ctx)
	}
	return nil
}

// keepPeople keeps it up to date while this process serves.
func (d *desk) keepPeople(ctx context.Context, running *sync.WaitGroup) {
	listen := func(topic string, look func()) {
		if d.redis != nil {
			running.Go(func() { d.redis.Listen(ctx, topic, look) })
		}
	}
	if d.people != nil {
		running.Go(func() { d.people.Run(ctx) })
		listen(membersTopic, func() { d.people.Glance(ctx) })
	}
	if d.book != nil {
		running.Go(func() { d.book.Run(ctx) })
		listen(identitiesTopic, func() { d.book.Glance(ctx) })
	}
	if d.homes != nil {
		running.Go(func() { d.homes.Run(ctx) })
	}
}
