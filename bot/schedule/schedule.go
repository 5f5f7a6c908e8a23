// Package schedule is what falls due when: each occurrence exactly once, however
// many replicas run, however long the bot was down.
//
// A Job knows its occurrences (pure); an occurrence knows, when it is due, who is
// to hear what because of it. The Runner fires them in the order of their times: it writes the
// occurrence as a unique row in the same transaction that queues its notices, so
// whoever writes it first has done it, and a crash between the two cannot be. No
// timer is ever cancelled: a notice carries the question whether it is still
// wanted, and the courier asks it before sending.
//
// An occurrence that is found only after it has lost its use (its Until has
// passed, because the bot was down) is written as missed and says nothing.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Occurrence is one falling due of a job.
type Occurrence struct {
	Job   string    // unique together with Due
	Due   time.Time //
	Until time.Time // of no use after that; zero = always of use
	What  string    // for the operator and the clock: 第2期 到期日提醒
	// Fire says who is to hear what because of it, as of now. It reads records and
	// writes none.
	Fire func(ctx context.Context, tx *store.Tx, now time.Time) ([]bot.Notice, error)
}

// Job is something with occurrences.
type Job interface {
	// Due lists the occurrences after from, up to and including until.
	Due(from, until time.Time) ([]Occurrence, error)
}

// Queue puts notices into the outbox: Bot.Queue.
type Queue func(ctx context.Context, tx *store.Tx, cause string, now time.Time, notices ...bot.Notice) error

// Runner fires what falls due.
type Runner struct {
	Store *store.Store
	Jobs  []Job
	Queue Queue
	Wake  func()
}

// Fired is an occurrence with what it caused.
type Fired struct {
	Occurrence
	Notices []bot.Notice
	Missed  bool // it was too late to be of use
}

// Cause names what an occurrence brings about in the outbox.
func Cause(o Occurrence) string { return fmt.Sprintf("o:%s:%d", o.Job, o.Due.Unix()) }

// The kinds of outcome that are written with an occurrence.
const (
	outcomeFired  = "fired"
	outcomeMissed = "missed"
)

// sinceSetting is the time up to which everything has been looked at.
const sinceSetting = "schedule.since"

// Upcoming lists the occurrences of all jobs in (from, until], by time.
func (r *Runner) Upcoming(from, until time.Time) ([]Occurrence, error) {
	var all []Occurrence
	for _, j := range r.Jobs {
		due, err := j.Due(from, until)
		if err != nil {
			return nil, err
		}
		all = append(all, due...)
	}
	slices.SortStableFunc(all, func(a, b Occurrence) int {
		if c := a.Due.Compare(b.Due); c != 0 {
			return c
		}
		return strings.Compare(a.Job, b.Job)
	})
	return all, nil
}

// Start sets the time from which occurrences count, the first time a database is
// used: what fell due before the bot was there is nobody's business.
func (r *Runner) Start(ctx context.Context, now time.Time) error {
	return r.Store.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Settings().Get(ctx, sinceSetting)
		if errors.Is(err, store.ErrNotFound) {
			return tx.Settings().Set(ctx, sinceSetting, now.UTC().Format(time.RFC3339))
		}
		return err
	})
}

// RunDue fires, in order, everything that is due up to now and has not been
// fired. at is called with each occurrence's time before it is fired, for clocks
// that are stepped; nil for the real one.
func (r *Runner) RunDue(ctx context.Context, now time.Time, at func(time.Time) error) ([]Fired, error) {
	since, err := r.since(ctx)
	if err != nil {
		return nil, err
	}
	if since.IsZero() || since.After(now) {
		since = now
	}
	all, err := r.Upcoming(since, now)
	if err != nil {
		return nil, err
	}
	var fired []Fired
	for _, o := range all {
		moment := now
		if at != nil {
			moment = o.Due
		}
		f, fresh, err := r.fire(ctx, o, moment, at)
		if err != nil {
			return fired, err
		}
		if fresh {
			fired = append(fired, f)
		}
	}
	if !now.After(since) {
		return fired, nil
	}
	return fired, r.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Settings().Set(ctx, sinceSetting, now.UTC().Format(time.RFC3339))
	})
}

func (r *Runner) since(ctx context.Context) (since time.Time, err error) {
	err = r.Store.View(ctx, func(tx *store.Tx) error {
		text, err := tx.Settings().Get(ctx, sinceSetting)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		since, err = time.Parse(time.RFC3339, text)
		return err
	})
	if err != nil {
		return since, fmt.Errorf("reading how far the schedule has come: %w", err)
	}
	return since, nil
}

// fire does one occurrence in one transaction. fresh is false if it was done
// before.
func (r *Runner) fire(ctx context.Context, o Occurrence, now time.Time, at func(time.Time) error) (f Fired, fresh bool, err error) {
	done, err := r.done(ctx, o)
	if err != nil || done {
		return f, false, err
	}
	if at != nil {
		if err := at(o.Due); err != nil {
			return f, false, err
		}
	}
	err = r.Store.Update(ctx, func(tx *store.Tx) error {
		f, fresh = Fired{Occurrence: o}, false
		f.Missed = !o.Until.IsZero() && now.After(o.Until)
		outcome := outcomeFired
		if f.Missed {
			outcome = outcomeMissed
		}
		err := tx.Occurrences().Insert(ctx, store.Occurrence{Job: o.Job, DueAt: o.Due, FiredAt: now, Outcome: outcome})
		if errors.Is(err, store.ErrDuplicate) {
			return nil
		}
		if err != nil {
			return err
		}
		fresh = true
		if f.Missed {
			return nil
		}
		if f.Notices, err = o.Fire(ctx, tx, now); err != nil {
			return err
		}
		return r.Queue(ctx, tx, Cause(o), now, f.Notices...)
	})
	if err != nil {
		return f, false, fmt.Errorf("firing %s of %s: %w", o.Job, o.Due.Format(time.RFC3339), err)
	}
	if fresh && len(f.Notices) > 0 && r.Wake != nil {
		r.Wake()
	}
	return f, fresh, nil
}

// done says whether an occurrence was fired, without taking the write lock.
func (r *Runner) done(ctx context.Context, o Occurrence) (done bool, err error) {
	err = r.Store.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Occurrences().Fired(ctx, o.Job, o.Due, o.Due.Add(time.Second))
		if err != nil {
			return err
		}
		done = len(rows) > 0
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("asking whether %s was fired: %w", o.Job, err)
	}
	return done, nil
}

// Preview says what would be fired in (from, until], to whom and why, judged by
// the records as they are. It stores nothing.
func (r *Runner) Preview(ctx context.Context, from, until time.Time) ([]Fired, error) {
	all, err := r.Upcoming(from, until)
	if err != nil {
		return nil, err
	}
	var out []Fired
	err = r.Store.View(ctx, func(tx *store.Tx) error {
		for _, o := range all {
			notices, err := o.Fire(ctx, tx, o.Due)
			if err != nil {
				return err
			}
			out = append(out, Fired{Occurrence: o, Notices: notices})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("previewing the schedule: %w", err)
	}
	return out, nil
}

// horizon is how far ahead Next looks.
const horizon = 400 * 24 * time.Hour

// Next is the first occurrence after a time.
func (r *Runner) Next(after time.Time) (o Occurrence, ok bool, err error) {
	all, err := r.Upcoming(after, after.Add(horizon))
	if err != nil || len(all) == 0 {
		return o, false, err
	}
	return all[0], true, nil
}

// Run fires what falls due until the context ends, looking every half minute and
// whenever an occurrence's time comes. failed hears of errors; the work goes on.
func (r *Runner) Run(ctx context.Context, clock bot.Clock, failed func(error)) {
	for {
		now := clock.Now()
		if _, err := r.RunDue(ctx, now, nil); err != nil && ctx.Err() == nil {
			failed(err)
		}
		wait := 30 * time.Second
		if o, ok, err := r.Next(now); err == nil && ok {
			wait = min(wait, o.Due.Sub(now))
		}
		timer := time.NewTimer(max(wait, 10*time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}
