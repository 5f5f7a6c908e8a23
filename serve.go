package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"zhuanban/bot/dingtalk"
	"zhuanban/bot/spool"
	"zhuanban/bot/wecom/robot"
	"zhuanban/store"
)

type serveCommand struct {
	Listen string `help:"Address of HTTP, instead of the configured one." placeholder:"HOST:PORT"`
}

// Run serves until the process is told to stop, and then stops in the reverse
// order: no new requests, what is under way ends, delivery puts down its bag.
func (c *serveCommand) Run(w *world) (err error) {
	cfg, err := w.campaign()
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.Listen = c.Listen
	}
	if cfg.settings.Phone.Enabled && !loopback(cfg.Listen) {
		w.log.Warn("the phone page has no login: whoever reaches this address can speak as anybody", "listen", cfg.Listen)
	}
	d, err := newDesk(cfg, w.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := d.rise(w.ctx); err != nil {
		return err
	}
	ended, end := context.WithCancel(context.WithoutCancel(w.ctx))
	var watch sync.WaitGroup
	defer func() { end(); watch.Wait() }()
	watch.Go(func() { d.hangUp(w.ctx, ended) })
	if err := d.openSpool(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.spool.Close()) }()
	return d.serve(w)
}

// mostSpools is how many processes may serve from one data folder.
const mostSpools = 64

// openSpool puts the spool before the bot. Processes that share a data folder have a
// spool each, the first that is free; what a process that is gone has left in its own
// is handed in by the next that takes it, or after a while by one that runs; see inherit.
func (d *desk) openSpool() error {
	for n := 1; ; n++ {
		s, err := spool.Open(d.cfg.dataPath("spool", strconv.Itoa(n)), d.spoolOptions())
		if errors.Is(err, spool.ErrInUse) && n < mostSpools {
			continue
		}
		if err != nil {
			return err
		}
		d.front, d.spool = s, s
		return nil
	}
}

func (d *desk) spoolOptions() spool.Options {
	return spool.Options{Next: sleeper{d.bot, d}, Away: away, Ping: d.writable, Wall: time.Now, Log: d.log, Seal: d.sealer(), Others: &d.replicas,
		MaxBytes: d.cfg.settings.Spool.MaxMB << 20, MinFree: uint64(d.cfg.settings.Spool.MinFreeMB) << 20}
}

// How long things may take at the entrance and at the end.
const (
	headerTime = 10 * time.Second
	idleTime   = 2 * time.Minute // of a connection between two requests: a proxy keeps its own for one
	drainTime  = 20 * time.Second
	// While it stops, a database that has not answered for as long is not waited for.
	// Supervisors kill after thirty seconds or later.
	hangTime = 5 * time.Second
)

// hangUp sees to it that a process which is told to stop does not wait for a database
// that hangs: a COMMIT under way would, for half a minute and more.
func (d *desk) hangUp(told, ended context.Context) {
	select {
	case <-told.Done():
	case <-ended.Done():
	}
	for ended.Err() == nil {
		ctx, cancel := context.WithTimeout(ended, hangTime)
		err := d.store.Ping(ctx)
		hangs := err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded)
		cancel()
		if hangs {
			d.log.Warn("the database does not answer: stopping without it", "err", err)
			d.store.HangUp()
			return
		}
		select { // it may stop to answer later
		case <-ended.Done():
		case <-time.After(hangTime / 5):
		}
	}
}

func (d *desk) serve(w *world) error {
	listener, err := net.Listen("tcp", d.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w (another zhuanban? choose another with --listen)", d.cfg.Listen, err)
	}
	work, stop := context.WithCancel(context.WithoutCancel(w.ctx))
	defer stop()
	server := &http.Server{Handler: d.routes(), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, BaseContext: func(net.Listener) context.Context { return work }}
	var running sync.WaitGroup
	failed := make(chan error, 2)
	running.Go(func() { d.spool.Run(work) })
	running.Go(func() {
		awake, err := d.waken(work)
		switch {
		case err != nil:
			failed <- err
		case awake:
			d.work(work, &running)
			debug.FreeOSMemory() // what reading the configuration took, a large office's 30 MB
		}
	})
	seated, heard := d.sit(w.ctx), d.hear(w.ctx)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintf(w.out, "%s\nhttp://%s/\n", d.cfg.settings.Campaign.Title, listener.Addr())
	select {
	case err = <-failed:
	case <-w.ctx.Done():
		heard.leave()   // nothing new; what is in hand is kept and acknowledged
		d.phone.Close() // ends the event streams, which would never end by themselves
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), drainTime)
		err = server.Shutdown(ctx)
		cancel()
	}
	heard.leave()
	stop()
	running.Wait()
	seated.leave() // after the courier, which sends through it until it stops
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

// work begins all that goes on by itself, until the context ends.
func (d *desk) work(work context.Context, running *sync.WaitGroup) {
	running.Go(func() { d.courier.Run(work) })
	running.Go(func() { d.caster.Run(work) })
	running.Go(func() { d.maker.Run(work) })
	running.Go(func() { d.fetcher.Run(work) })
	running.Go(func() { d.inherit(work) })
	running.Go(func() { d.replicas.run(work) })
	if d.wecom != nil {
		running.Go(func() { d.wecom.Tend(work) })
	}
	if d.redis != nil {
		running.Go(func() { d.redis.Listen(work, outboxTopic, d.courier.Wake) })
	}
	d.keepPeople(work, running)
	if d.stepped == nil {
		running.Go(func() {
			d.runner.Run(work, d.clock, func(err error) { d.log.Error("schedule", "err", err) })
		})
		running.Go(func() { d.housekeep(work) })
	}
}

// A platform sends a message again within hours; after a month nobody asks for
// its answer any more.
const (
	keepAnswers = 30 * 24 * time.Hour
	cleaning    = time.Hour
	broom       = 1000
)

// housekeep forgets the answers to old messages, a little at a time, and broadcasts
// that were never begun.
func (d *desk) housekeep(ctx context.Context) {
	tick := time.NewTicker(cleaning)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for n := broom; n == broom && ctx.Err() == nil; {
			err := d.store.Update(ctx, func(tx *store.Tx) (err error) {
				if err = tx.Broadcasts().DropOld(ctx, d.clock.Now().Add(-keepAnswers)); err != nil {
					return err
				}
				n, err = tx.Messages().Prune(ctx, d.clock.Now().Add(-keepAnswers), broom)
				return err
			})
			if err != nil {
				d.log.Error("forgetting what is old", "err", err)
				break
			}
		}
	}
}

// routes are the HTTP paths of the contract.
func (d *desk) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", d.ready)
	mux.Handle("GET /metrics", d.metrics.handler())
	if d.wecom != nil {
		mux.Handle("/wecom/callback", d.wecom)
	}
	if d.robot != nil {
		mux.Handle("/wecom/robot", d.robot)
	}
	if d.dingtalk != nil && d.cfg.DingTalk.Mode == dingtalk.HTTP {
		mux.Handle("/dingtalk/callback", d.whenAwake(d.dingtalk))
	}
	if d.cfg.settings.Phone.Enabled {
		mux.Handle("/", d.phone)
	}
	return mux
}

// ready says whether a message could be handled now, and not only kept, and whether the
// platforms are connected.
func (d *desk) ready(w http.ResponseWriter, r *http.Request) {
	err := d.store.Ping(r.Context())
	if err == nil && !d.awake() {
		err = errAsleep
	}
	if err != nil {
		d.log.Error("not ready", "err", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	states, connected := d.connections()
	if connected {
		fmt.Fprintln(w, "ok")
	} else {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, "a platform is not connected")
	}
	for _, s := range states {
		fmt.Fprintln(w, s)
	}
}

// connections says how each connection to a platform stands, and whether all that are this
// process's to keep are up.
func (d *desk) connections() (states []string, up bool) {
	up = true
	if d.robot != nil {
		s := d.robot.State()
		states = append(states, fmt.Sprintf("%s: %s", robot.Name, s))
		up = up && slices.Contains([]robot.Phase{robot.Connected, robot.Elsewhere, robot.Callback}, s.Phase)
	}
	if d.dingtalk != nil {
		s := d.dingtalk.State()
		states = append(states, fmt.Sprintf("%s: %s", dingtalk.Name, s))
		up = up && (s.Phase == dingtalk.Connected || s.Phase == dingtalk.CalledBack)
	}
	return states, up
}
