package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/config"
	"zhuanban/bot/dingtalk"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/robot"
	"zhuanban/store"
	"zhuanban/templates"
)

// robotMode says how WeCom's smart robot is spoken with.
type robotMode string

const (
	robotSocket  robotMode = "socket"  // over a connection that this program opens
	robotWebhook robotMode = "webhook" // it is called back
)

// Allowed lists the modes.
func (robotMode) Allowed() []string { return []string{string(robotSocket), string(robotWebhook)} }

// robotSettings are the smart robot's.
type robotSettings struct {
	ID     string    `yaml:"id"`
	Secret string    `yaml:"secret" secret:"true"`
	WSURL  string    `yaml:"ws_url"`
	Mode   robotMode `yaml:"mode"`
	Token  string    `yaml:"token" secret:"true"`
	AESKey string    `yaml:"aes_key" secret:"true"`
}

// configured says whether there is a robot.
func (s robotSettings) configured() bool {
	return s.ID != "" || s.Mode == robotWebhook && (s.Token != "" || s.AESKey != "")
}

// checkRobot finds what contradicts itself about the robot and its groups.
func (c *campaign) checkRobot(faults *config.Faults) {
	of := map[string]string{}
	for i, g := range c.Groups {
		if g.Robot == "" {
			continue
		}
		if other, ok := of[g.Robot]; ok {
			_ = faults.Add(c.fault(fmt.Sprintf("groups[%d].robot", i), fmt.Sprintf("the chat id of the group %q is taken by %q", g.Name, other), "mention the robot in the group: it says the group's id"))
		}
		of[g.Robot] = g.Name
	}
}

// robotOptions is the robot as it is configured.
func (c *campaign) robotOptions() robot.Options {
	s, groups := c.WeCom.Bot, map[string]string{}
	for _, g := range c.Groups {
		if g.Robot != "" {
			groups[g.Name] = g.Robot
		}
	}
	return robot.Options{ID: s.ID, Secret: s.Secret, WSURL: s.WSURL, CAFile: c.WeCom.CAFile, Webhook: s.Mode == robotWebhook,
		Token: s.Token, AESKey: s.AESKey, Groups: groups,
		Plain: c.WeCom.Cards == wecom.CardNever || c.WeCom.Features.Cards.Off(), Insist: c.WeCom.Features.Cards.Forced(), Unlimited: c.settings.Delivery.Limits == noLimits, Wall: time.Now}
}

// groupPlatforms are the groups in which not the usual platform speaks: those of the
// robot alone, and those of DingTalk alone.
func (c *campaign) groupPlatforms() map[string]string {
	out := map[string]string{}
	for _, g := range c.Groups {
		switch {
		case g.WeCom.Webhook != "" || g.WeCom.Chat != "":
			out[g.Name] = wecom.Name
		case g.Robot != "" && c.WeCom.Bot.configured():
			out[g.Name] = robot.Name
		case c.DingTalk.ClientID != "" && (g.DingTalk.Conversation != "" || g.DingTalk.Webhook != ""):
			out[g.Name] = dingtalk.Name
		}
		if out[g.Name] == wecom.Name && c.WeCom.CorpID == "" {
			delete(out, g.Name)
		}
	}
	return out
}

// openRobot makes the robot's channel, where there is one. It does not connect yet.
func (d *desk) openRobot() (err error) {
	if !d.cfg.WeCom.Bot.configured() {
		return nil
	}
	o := d.cfg.robotOptions()
	o.Desk, o.Said, o.Wake, o.Templates, o.Log = d, d.saidBefore, d.courier.Wake, d.words, d.log
	o.Data, o.Evidence = d.data, d.evidence
	if d.redis != nil {
		o.Uploads = d.redis
	}
	o.Seat = &robot.Lease{Store: d.store, Name: leaseOf(o.ID), Owner: d.courier.Owner, Wall: time.Now}
	if d.robot, err = robot.New(o); err != nil {
		return err
	}
	d.courier.Channels[robot.Name] = d.robot
	return nil
}

// sitting is a platform's connection while this process serves.
type sitting struct{ leave func() }

// sit keeps the robot's connection, whenever it is this process's turn, until leave.
func (d *desk) sit(ctx context.Context) sitting {
	if d.robot == nil {
		return sitting{func() {}}
	}
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	var kept sync.WaitGroup
	kept.Go(func() { d.onceAwake(keeping, d.robot.Run) })
	return sitting{func() { stop(); kept.Wait() }}
}

// leaseOf is the lease of a robot's connection. Its id is not the platform's secret, but
// may be longer than a lease's name.
func leaseOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	return robot.Name + ":" + hex.EncodeToString(sum[:8])
}

// saidBefore is the reply that was delivered under an id.
func (d *desk) saidBefore(ctx context.Context, id int64) (r bot.Reply, err error) {
	err = d.store.View(ctx, func(tx *store.Tx) error {
		row, err := tx.Deliveries().Get(ctx, id)
		if err != nil {
			return err
		}
		return json.Unmarshal(row.Body, &r)
	})
	return r, err
}

// checkRobot looks at the robot without connecting: whoever connects cuts off the one
// that is.
func (c *checker) checkRobot(w *world, cfg *campaign) {
	if !cfg.WeCom.Bot.configured() {
		return
	}
	o := cfg.robotOptions()
	words, err := templates.Load()
	if err == nil {
		o.Desk, o.Templates, o.Log = nobody{}, words, w.log
		_, err = robot.New(o)
	}
	if err != nil {
		c.fault("wecom.bot", err.Error(), "correct it in config.yaml or in the environment")
		return
	}
	groups := 0
	for _, g := range cfg.Groups {
		if g.Robot != "" {
			groups++
		}
	}
	if o.Webhook {
		c.ok("wecom.bot", fmt.Sprintf("is called back at https://YOUR-HOST/wecom/robot; %d groups; it cannot speak unasked, so reminders need the self-built app or mode: socket", groups))
		return
	}
	host, err := robotReached(w.ctx, o)
	if err != nil {
		c.fault("wecom.bot", err.Error(), "let this machine reach that address (outbound only); a private deployment has its own: ws_url and ca_file")
		return
	}
	c.ok("wecom.bot", fmt.Sprintf("%s is reached; %d groups; whether the secret is right shows when serve connects (/readyz): a check would cut off the running robot", host, groups))
}

// robotReached opens a TLS connection to the robot's server, and nothing more.
func robotReached(ctx context.Context, o robot.Options) (host string, err error) {
	u, err := url.Parse(o.Address())
	if err != nil {
		return "", errors.New("the address is none")
	}
	host = u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[string]string{"wss": "443", "ws": "80"}[u.Scheme])
	}
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	if err := robot.Reach(ctx, u.Scheme == "wss", host, o.CAFile); err != nil {
		return host, fmt.Errorf("%s is not reached: %w", host, err)
	}
	return host, nil
}

const reachTime = 5 * time.Second
