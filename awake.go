package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"zhuanban/bot"
	"zhuanban/handlers/ledger"
	"zhuanban/store"
)

// wakeUp does what a desk needs its database for before the first message: tables that
// are up to date, who is a member, since when there is a schedule.
func (d *desk) wakeUp(ctx context.Context) error {
	if err := d.store.Migrate(ctx); err != nil {
		return err
	}
	if err := d.store.RenewTerms(ctx, ledger.TermsVersion); err != nil {
		return err
	}
	if err := d.loadPeople(ctx); err != nil {
		return err
	}
	if err := d.runner.Start(ctx, d.clock.Now()); err != nil {
		return err
	}
	d.replicas.company.Store(time.Now().UnixMilli()) // nobody knows yet
	close(d.risen)
	return nil
}

// awake says whether the database was there once.
func (d *desk) awake() bool {
	select {
	case <-d.risen:
		return true
	default:
		return false
	}
}

// onceAwake does what goes on until the context ends, from when the desk is awake: before,
// nobody knows who a user of another platform is, or who has a connection.
func (d *desk) onceAwake(ctx context.Context, do func(ctx context.Context)) {
	select {
	case <-d.risen:
		do(ctx)
	case <-ctx.Done():
	}
}

// whenAwake lets nobody in before, for the same reason; the platform comes again.
func (d *desk) whenAwake(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.awake() {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// wakingEvery is how soon a database is asked again that was not there at the start:
// people wait for their answers from when it is back.
const wakingEvery = time.Second

// rise wakes the desk up, or begins without a database that is away: then the messages
// wait in the spool. Anything else is an error, as is a simulated clock that cannot be
// read.
func (d *desk) rise(ctx context.Context) error {
	err := d.wakeUp(ctx)
	if err == nil || d.stepped != nil || !store.IsAway(err) {
		return err
	}
	d.log.Error("the database is away at the start: messages are kept on disk until it is there", "err", err)
	return nil
}

// waken waits until the desk is awake; false if the context has ended before, or if what
// keeps it asleep will not pass by itself, which is an error of the whole program's.
func (d *desk) waken(ctx context.Context) (bool, error) {
	for !d.awake() {
		select {
		case <-ctx.Done():
			return false, nil
		case <-time.After(wakingEvery):
		}
		err := d.wakeUp(ctx)
		switch {
		case err == nil:
			d.log.Info("the database is there")
		case ctx.Err() != nil:
			return false, nil
		case !store.IsAway(err):
			return false, fmt.Errorf("beginning with a database that was away: %w", err)
		}
	}
	return true, nil
}

// errAsleep says that the database was not there yet.
var errAsleep = errors.New("the database was not there yet")

// away says whether an error means that the database is away for now.
func away(err error) bool { return errors.Is(err, errAsleep) || store.IsAway(err) }

// sleeper is the bot behind the spool, which hears nothing before the desk is awake: the
// tables could be those of an older version, and who has left not be known.
type sleeper struct {
	*bot.Bot
	desk *desk
}

// Handle hands a message to the bot.
func (s sleeper) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	if !s.desk.awake() {
		return bot.Answer{}, errAsleep
	}
	return s.Bot.Handle(ctx, m)
}

// Answered asks the bot for the answer to a message that was handled before.
func (s sleeper) Answered(ctx context.Context, m bot.Message) (bot.Answer, bool) {
	if !s.desk.awake() {
		return bot.Answer{}, false
	}
	return s.Bot.Answered(ctx, m)
}

// writable asks whether the database would take a write now.
func (d *desk) writable(ctx context.Context) error {
	if !d.awake() {
		return errAsleep
	}
	return d.store.Writable(ctx)
}
