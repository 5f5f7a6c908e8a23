package media

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// settle writes what has become of a claim. One that was interrupted because we stop
// is given back at once.
func (f *Fetcher) settle(ctx context.Context, stopping bool, m store.Media, err error) error {
	var gone *lost
	switch {
	case err == nil:
		return f.done(ctx, m)
	case errors.As(err, &gone):
		return f.lose(ctx, m, gone.why, err)
	case stopping:
		m.DueAt = f.Wall()
	default:
		if m.DueAt = f.Wall().Add(f.wait(m, err)); m.DueAt.Sub(m.WantedAt) > patience {
			return f.lose(ctx, m, GivenUp, err)
		}
		f.Log.WarnContext(ctx, "a file could not be fetched yet", "media", m.ID, "platform", m.Platform, "try", m.Attempts, "err", err)
	}
	m.Error = err.Error()
	return f.Store.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Media().Later(ctx, m)
		return err
	})
}

// wait is how long to wait before the next try.
func (f *Fetcher) wait(m store.Media, err error) time.Duration {
	var failed *bot.SendError
	if errors.As(err, &failed) {
		return max(failed.Wait, f.backoff(m.Attempts))
	}
	return f.backoff(m.Attempts)
}

// done ends a claim whose bytes are here.
func (f *Fetcher) done(ctx context.Context, m store.Media) error {
	m.DoneAt = f.Clock.Now()
	return f.Store.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Media().Fetched(ctx, m)
		return err
	})
}

// LostView is what a person is told of what was lost.
type LostView struct {
	Kind string    // a bot.AttachmentKind
	Name string    // of a file; "" = it has none
	At   time.Time // when it was sent
	Why  string    // a Why
	Most int64     // megabytes that a file may have
}

// lose gives something up and tells the person, in one transaction. Of several photos
// (they have no names) of the same minute that are lost alike the person is told once.
func (f *Fetcher) lose(ctx context.Context, m store.Media, why Why, err error) error {
	m.Why, m.Error, m.DoneAt = string(why), err.Error(), f.Clock.Now()
	told := false
	minute := m.SaidAt.Truncate(time.Minute)
	failed := f.Store.Update(ctx, func(tx *store.Tx) error {
		told = false
		mine, err := tx.Media().Lost(ctx, m)
		if err != nil || !mine {
			return err
		}
		alike, err := tx.Media().LostAlike(ctx, m, minute, minute.Add(time.Minute))
		if err != nil || alike > 0 && m.Kind != string(bot.File) {
			return err
		}
		told = true
		return f.Notices.Queue(ctx, tx, fmt.Sprintf("media:%d", m.ID), m.DoneAt, bot.Notice{
			To: bot.Recipient{Kind: bot.ToPerson, Account: m.Person}, Template: "media.lost",
			Data: LostView{Kind: m.Kind, Name: m.Name, At: m.SaidAt, Why: m.Why, Most: f.MaxBytes >> 20}})
	})
	if failed != nil {
		return failed
	}
	f.Log.WarnContext(ctx, "a file is lost", "media", m.ID, "platform", m.Platform, "why", why, "err", err)
	if told && f.Wake != nil {
		f.Wake()
	}
	return nil
}
