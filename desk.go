package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/delivery"
	"zhuanban/bot/dingtalk"
	"zhuanban/bot/identity"
	"zhuanban/bot/media"
	"zhuanban/bot/phone"
	"zhuanban/bot/schedule"
	"zhuanban/bot/spool"
	"zhuanban/bot/staff"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/robot"
	"zhuanban/handlers/announce"
	"zhuanban/handlers/ledger"
	"zhuanban/seal"
	"zhuanban/store"
	"zhuanban/store/redis"
	"zhuanban/templates"
)

// desk is the whole program but for its entrances: records, bot, delivery,
// schedule and the phone.
type desk struct {
	cfg      *campaign
	words    *templates.Set
	store    *store.Store
	evidence *store.Evidence
	data     *os.Root
	bot      *bot.Bot
	courier  *delivery.Courier
	caster   *delivery.Broadcaster
	fetcher  *media.Fetcher
	runner   *schedule.Runner
	maker    *ledger.Maker
	ledger   *ledger.Duty
	clock    bot.Clock
	stepped  *steppedClock // nil when the clock is real
	phone    *phone.Phone
	wecom    *wecom.Channel    // nil where WeCom is not configured
	robot    *robot.Channel    // nil where there is no smart robot
	people   *staff.Staff      // keeps the roster by a platform's directory; nil where there is none
	dingtalk *dingtalk.Channel // nil where DingTalk is not configured
	book     *identity.Book    // who its users are; nil likewise
	homes    *identity.Homes   // on which platform each person is met; nil where there is only one
	redis    *redis.Redis      // nil where none is configured
	seal     *seal.Ring        // nil where there is no master key
	spool    *spool.Spool      // of the process that serves
	replicas replicas
	metrics  *metrics
	risen    chan struct{} // closed when the database was there once; see wakeUp
	// front is who takes messages: the bot, or before it the spool.
	front interface {
		Handle(ctx context.Context, m bot.Message) (bot.Answer, error)
	}
	log *slog.Logger
}

// openDesk builds the desk in order, with its database, and takes it down again if a
// step fails.
func openDesk(ctx context.Context, cfg *campaign, log *slog.Logger) (*desk, error) {
	d, err := newDesk(cfg, log)
	if err != nil {
		return d, err
	}
	if err := d.wakeUp(ctx); err != nil {
		return d, errors.Join(err, d.close())
	}
	return d, nil
}

// newDesk builds a desk whose database was not asked for anything yet; see wakeUp.
func newDesk(cfg *campaign, log *slog.Logger) (d *desk, err error) {
	d = &desk{cfg: cfg, log: log, risen: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return d, fmt.Errorf("making the data folder: %w", err)
	}
	if d.data, err = os.OpenRoot(cfg.DataDir); err != nil {
		return d, fmt.Errorf("opening the data folder: %w", err)
	}
	if d.seal, err = cfg.ring(); err != nil {
		return d, err
	}
	if d.evidence, err = store.OpenEvidence(cfg.dataPath("evidence")); err != nil {
		return d, err
	}
	if d.store, err = store.Connect(cfg.Database.URL, store.Options{Wall: time.Now, Logger: log, Terms: ledger.Terms}); err != nil {
		return d, err
	}
	if cfg.Redis.URL != "" {
		if d.redis, err = redis.Open(cfg.Redis.URL, redis.Options{Log: log}); err != nil {
			return d, err
		}
	}
	d.clock = bot.ClockFunc(func() time.Time { return time.Now().In(calendar.Shanghai) })
	if cfg.Clock == simulatedClock {
		d.stepped = &steppedClock{store: d.store, start: cfg.start(), log: log}
		d.stepped.last.Store(cfg.start().UnixMilli())
		d.clock = d.stepped
	}
	return d, d.build()
}

// build makes bot, delivery, schedule and phone, and ties them together.
func (d *desk) build() error {
	var err error
	if d.words, err = templates.Load(); err != nil {
		return err
	}
	if err := d.openIdentities(); err != nil {
		return err
	}
	duties, jobs, err := d.duties()
	if err != nil {
		return err
	}
	d.courier = &delivery.Courier{Store: d.store, Clock: d.clock, Wall: time.Now, Owner: ownerName(), Log: d.log,
		Channels: map[string]bot.Channel{}, Manners: d.cfg.manners(), Accounts: d.cfg.settings.Delivery.Accounts}
	d.caster = &delivery.Broadcaster{Store: d.store, Clock: d.clock, Wall: time.Now, Wake: d.wake, Log: d.log}
	d.replicas.desk = d
	d.courier.Budget = redis.NewFallback(d.redis, d.replicas.count)
	d.metrics = newMetrics(d)
	d.bot, err = bot.New(bot.Options{Store: d.store, Roster: d.cfg.roster, Templates: d.words, Handlers: duties,
		Clock: d.clock, Wall: time.Now, Wake: d.wake, Fetch: d.fetch, Platform: d.cfg.platform(), Homes: d.met(), Groups: d.cfg.groupPlatforms(), Answers: d.answers(), Seal: d.sealer(), Log: d.log})
	if err != nil {
		return err
	}
	d.front, d.caster.Home = d.bot, d.bot.Home
	d.courier.Writer, d.courier.Office = d.bot, d.bot
	d.courier.Reveal = d.bot.RevealRow
	d.caster.Done = announce.Done(d.bot)
	d.runner = &schedule.Runner{Store: d.store, Jobs: jobs, Queue: d.bot.Queue, Wake: d.wake}
	o := phone.Options{Desk: d, Inbox: phone.NewSealedInbox(d.store, d.sealer(), d.clock.Now), Evidence: d.evidence, Now: d.clock.Now, Data: d.data,
		Title: d.cfg.settings.Campaign.Title, Words: d.cfg.settings.Phone.Words, Here: d.cfg.settings.Phone.Here, Log: d.log}
	if d.stepped != nil {
		o.Clock = d
	}
	if d.phone, err = phone.New(o); err != nil {
		return err
	}
	d.courier.Channels[phone.Name] = d.phone
	if err := d.openRobot(); err != nil {
		return err
	}
	if err := d.openWeCom(); err != nil {
		return err
	}
	if err := d.openDingTalk(); err != nil {
		return err
	}
	d.openMedia()
	return nil
}

// answers is where the replicas share the answers given last; nil without Redis.
func (d *desk) answers() bot.Answers {
	if d.redis == nil {
		return nil
	}
	return d.redis
}

// Handle takes one message of any platform, and counts what became of it.
func (d *desk) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	begin := time.Now()
	a, err := d.front.Handle(ctx, m)
	d.metrics.handled(m.Platform, a, time.Since(begin), err)
	return a, err
}

// Roster is who and what the campaign consists of now.
func (d *desk) Roster() *bot.Roster { return d.bot.Roster() }

// outboxTopic is where replicas tell each other that something was queued.
const outboxTopic = "outbox"

// wake says that something was queued: to the courier here, and, should this one be
// on its way out or busy, to those of the other replicas.
func (d *desk) wake() {
	d.courier.Wake()
	if d.book != nil {
		d.book.Wake()
	}
	if d.redis != nil {
		d.redis.Ring(outboxTopic)
	}
}

// ownerName tells this process's leases from all others'.
func ownerName() string {
	host, _ := os.Hostname()
	var random [6]byte
	_, _ = rand.Read(random[:])
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), hex.EncodeToString(random[:]))
}

// Now is the campaign's time, for the phone page's clock.
func (d *desk) Now() time.Time { return d.clock.Now() }

// Next is the next reminder, for the phone page's clock.
func (d *desk) Next(context.Context) (at time.Time, what string, ok bool, err error) {
	o, ok, err := d.runner.Next(d.clock.Now())
	return o.Due.In(calendar.Shanghai), o.What, ok, err
}

// close takes the desk down, the last opened first.
func (d *desk) close() error {
	var errs []error
	if d.phone != nil {
		d.phone.Close()
	}
	if d.wecom != nil {
		d.wecom.Close()
	}
	if d.dingtalk != nil {
		d.dingtalk.Close()
	}
	if d.redis != nil {
		errs = append(errs, d.redis.Close())
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	if d.evidence != nil {
		errs = append(errs, d.evidence.Close())
	}
	if d.data != nil {
		errs = append(errs, d.data.Close())
	}
	return errors.Join(errs...)
}
