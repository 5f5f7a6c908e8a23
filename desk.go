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
	"zhuanban/handlers"
	"zhuanban/handlers/announce"
	"zhuanban/handlers/audit"
	"zhuanban/handlers/casefile"
	"zhuanban/handlers/evidence"
	"zhuanban/handlers/informant"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/ledger"
	"zhuanban/handlers/stage"
	"zhuanban/handlers/weekly"
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

// duties makes the handlers and what they have to say by themselves.
func (d *desk) duties() ([]bot.Handler, []schedule.Job, error) {
	w, err := weeklyDuty(d.cfg)
	if err != nil {
		return nil, nil, err
	}
	st := stage.New(d.cfg.Stages, d.cfg.Reminders.Stage, d.cfg.calendar, d.Roster)
	book := ledgerDuty(d.cfg, d.clock)
	d.ledger = book
	d.maker = &ledger.Maker{Duty: book, Store: d.store, Clock: d.clock, Wall: time.Now, Staff: d.Roster, Wake: d.wake, Log: d.log}
	leads := lead.New(lead.Config{Prefix: d.cfg.settings.Campaign.Prefix, Form: d.cfg.Forms.Lead, Hash: d.cfg.leadHash,
		Body: d.cfg.leadBody, Places: d.cfg.places, Alarm: d.cfg.settings.Lead.Alarm, Calendar: d.cfg.calendar, Triage: d.cfg.triage(),
		Sees: book.Sees, Registered: book.Registered, Handled: book.Handled})
	book.Adopt(leads.Adopt)
	cases := casefile.New(casefile.Config{Calendar: d.cfg.calendar, Figures: d.cfg.figureWords(), Digest: d.cfg.settings.Lead.Digest,
		Notice: d.cfg.settings.Lead.Notice}, leads)
	rights := leadRights{d.cfg.settings.Campaign.Prefix, leads}
	list := handlers.All(handlers.Duties{
		Lead: leads, Case: cases, Ledger: book,
		Informant: informant.New(informant.Config{Seal: d.sealer(), Leads: rights, Tell: d.cfg.Informants.Tell}),
		Evidence:  evidence.New(evidence.Config{Leads: rights, Title: d.cfg.settings.Campaign.Title, Save: d.saveDocument}),
		Audit:     audit.New(rights),
		Weekly:    w, Stage: st, Announce: announce.New(), Bind: d.binding(), Table: d.cfg.table, Periods: d.cfg.periods,
	})
	return list, []schedule.Job{w.Reminders(d.Roster), st, cases.Clocks(d.Roster)}, nil
}

// exportsFolder is where exports are made, below the data folder.
const exportsFolder = "exports"

func ledgerDuty(c *campaign, clock bot.Clock) *ledger.Duty {
	return ledger.New(ledger.Config{Prefix: c.settings.Campaign.Prefix, Title: c.settings.Campaign.Title, Form: &c.Forms.Lead, Places: c.places,
		Lines: c.settings.Lead.Lines, Window: time.Duration(c.settings.Lead.Duplicate.Days) * 24 * time.Hour, Calendar: c.calendar,
		Dir: c.dataPath(exportsFolder), Below: exportsFolder, Audit: auditor{clock}})
}

func weeklyDuty(c *campaign) (*weekly.Duty, error) {
	return weekly.New(weekly.Config{Table: c.table, Periods: c.periods, Calendar: c.calendar, Steps: c.Reminders.Weekly, Ledger: weekly.Ledger(c.table, c.Ledger)})
}

// weeklyTimes counts out all reminders, so that a missing calendar year shows
// when the program starts and not on a Friday.
func weeklyTimes(c *campaign) ([]schedule.Occurrence, error) {
	w, err := weeklyDuty(c)
	if err != nil {
		return nil, err
	}
	from, until := c.table.Campaign.Start.Time(), c.table.Campaign.End.AddDays(60).Time()
	all, err := w.Reminders(c.configured).Due(from, until)
	if err != nil {
		return nil, err
	}
	dates, err := stage.New(c.Stages, c.Reminders.Stage, c.calendar, c.configured).Due(from, until)
	return append(all, dates...), err
}

// configured is the roster of the configuration alone.
func (c *campaign) configured() *bot.Roster { return c.roster }

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

// AdvanceTo steps the simulated clock, firing and delivering on the way what
// falls due, each thing at its own time.
func (d *desk) AdvanceTo(ctx context.Context, to time.Time) error {
	_, err := d.advance(ctx, to)
	return err
}

func (d *desk) advance(ctx context.Context, to time.Time) ([]schedule.Fired, error) {
	var last time.Time
	fired, err := d.runner.RunDue(ctx, to, func(at time.Time) error {
		if at.After(last) { // what was due before leaves at its own time
			if err := d.drain(ctx); err != nil {
				return err
			}
			if err := d.passHolds(ctx, at); err != nil {
				return err
			}
			last = at
		}
		return d.stepped.set(ctx, at)
	})
	if err != nil {
		return fired, err
	}
	if err := d.drain(ctx); err != nil {
		return fired, err
	}
	if err := d.passHolds(ctx, to); err != nil {
		return fired, err
	}
	if err := d.stepped.set(ctx, to); err != nil {
		return fired, err
	}
	return fired, nil
}

// passHolds stops at each time up to a time until which deliveries are held (quiet
// hours, a day's cap), so that they leave at it and not later.
func (d *desk) passHolds(ctx context.Context, until time.Time) error {
	for {
		var next time.Time
		err := d.store.View(ctx, func(tx *store.Tx) (err error) {
			next, err = tx.Deliveries().NextHold(ctx)
			return err
		})
		if err != nil || next.IsZero() || next.After(until) || !next.After(d.clock.Now()) {
			return err
		}
		if err := d.stepped.set(ctx, next); err != nil {
			return err
		}
		if err := d.drain(ctx); err != nil {
			return err
		}
	}
}

// flush fetches what is due, makes the exports that were approved, and delivers what is
// due, with the broadcasts that have begun: their next batch is queued when the one before
// has left.
func (d *desk) flush(ctx context.Context) error {
	if _, err := d.fetcher.Flush(ctx); err != nil {
		return err
	}
	if _, err := d.maker.Step(ctx); err != nil {
		return err
	}
	for {
		queued, err := d.caster.Step(ctx)
		if err != nil {
			return err
		}
		if _, err := d.courier.Flush(ctx); err != nil || queued == 0 {
			return err
		}
	}
}

// drain delivers all that is due, and waits for what another process has in its
// hands, as long as its lease may last: what is said at one time must have left
// before the clock is stepped to the next.
func (d *desk) drain(ctx context.Context) error {
	for range drainTries {
		if err := d.flush(ctx); err != nil {
			return err
		}
		var waiting int
		err := d.store.View(ctx, func(tx *store.Tx) error {
			held, err := tx.Deliveries().Undone(ctx, store.Sending)
			waiting = len(held)
			return err
		})
		if err != nil || waiting == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(drainPause):
		}
	}
	return nil
}

// A lease is over after ten seconds.
const (
	drainTries = 60
	drainPause = 200 * time.Millisecond
)

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
