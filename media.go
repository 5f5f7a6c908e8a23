package main

import (
	"time"

	"zhuanban/bot/dingtalk"
	"zhuanban/bot/media"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/robot"
)

// openMedia makes the fetcher of what people send, with a source for each platform
// that hands over names.
func (d *desk) openMedia() {
	d.fetcher = &media.Fetcher{Store: d.store, Evidence: d.evidence, Sources: map[string]media.Source{}, Notices: d.bot, Clock: d.clock,
		Wall: time.Now, Wake: d.wake, Log: d.log}
	if d.wecom != nil {
		d.fetcher.Sources[wecom.Name] = d.wecom
	}
	if d.dingtalk != nil {
		d.fetcher.Sources[dingtalk.Name] = d.dingtalk
	}
	if d.robot != nil {
		d.fetcher.Sources[robot.Name] = d.robot
	}
}

// fetch says that something is to be fetched.
func (d *desk) fetch() { d.fetcher.Ring() }
