package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

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
	d, err := openDesk(w.ctx, cfg, w.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	return d.serve(w)
}

// How long things may take at the entrance and at the end.
const (
	headerTime = 10 * time.Second
	drainTime  = 20 * time.Second
)

func (d *desk) serve(w *world) error {
	listener, err := net.Listen("tcp", d.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w (another zhuanban? choose another with --listen)", d.cfg.Listen, err)
	}
	work, stop := context.WithCancel(context.WithoutCancel(w.ctx))
	defer stop()
	server := &http.Server{Handler: d.routes(), ReadHeaderTimeout: headerTime, BaseContext: func(net.Listener) context.Context { return work }}
	var running sync.WaitGroup
	running.Go(func() { d.courier.Run(work) })
	if d.stepped == nil {
		running.Go(func() {
			d.runner.Run(work, d.clock, func(err error) { d.log.Error("schedule", "err", err) })
		})
		running.Go(func() { d.housekeep(work) })
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintf(w.out, "%s\nhttp://%s/\n", d.cfg.settings.Campaign.Title, listener.Addr())
	select {
	case err = <-failed:
	case <-w.ctx.Done():
		d.phone.Close() // ends the event streams, which would never end by themselves
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), drainTime)
		err = server.Shutdown(ctx)
		cancel()
	}
	stop()
	running.Wait()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

// A platform sends a message again within hours; after a month nobody asks for
// its answer any more.
const (
	keepAnswers = 30 * 24 * time.Hour
	cleaning    = time.Hour
	broom       = 1000
)

// housekeep forgets the answers to old messages, a little at a time.
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
				n, err = tx.Messages().Prune(ctx, d.clock.Now().Add(-keepAnswers), broom)
				return err
			})
			if err != nil {
				d.log.Error("forgetting old answers", "err", err)
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
	mux.HandleFunc("GET /metrics", d.metrics)
	if d.wecom != nil {
		mux.Handle("/wecom/callback", d.wecom)
	}
	if d.cfg.settings.Phone.Enabled {
		mux.Handle("/", d.phone)
	}
	return mux
}

// ready says whether a message could be taken now. The store migrated when it
// was opened.
func (d *desk) ready(w http.ResponseWriter, r *http.Request) {
	if err := d.store.Ping(r.Context()); err != nil {
		d.log.Error("not ready", "err", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// metrics says how the outbox stands, in Prometheus' text format.
func (d *desk) metrics(w http.ResponseWriter, r *http.Request) {
	var queued int
	var age time.Duration
	err := d.store.View(r.Context(), func(tx *store.Tx) error {
		now := time.Now()
		n, oldest, err := tx.Deliveries().Depth(r.Context(), now)
		if queued = n; n > 0 {
			age = max(0, now.Sub(oldest))
		}
		return err
	})
	if err != nil {
		d.log.Error("metrics", "err", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprintf(w, "# HELP zhuanban_outbox_queued Deliveries that are due and not yet ended.\n# TYPE zhuanban_outbox_queued gauge\nzhuanban_outbox_queued %d\n", queued)
	fmt.Fprintf(w, "# HELP zhuanban_outbox_oldest_seconds How long the oldest of them has waited.\n# TYPE zhuanban_outbox_oldest_seconds gauge\nzhuanban_outbox_oldest_seconds %.3f\n", age.Seconds())
}
