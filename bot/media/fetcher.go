package media

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Fetcher fetches what is put down. One runs per process, beside those of the other
// replicas.
type Fetcher struct {
	Store    *store.Store
	Evidence Evidence
	Sources  map[string]Source // by the platform's name
	Notices  Notices
	Clock    bot.Clock        // the campaign's time
	Wall     func() time.Time // the real time: leases, tries
	Log      *slog.Logger
	Wake     func()         // called when a notice was queued; nil = nobody
	Chance   func() float64 // from 0 to below 1, for waits; nil = by real chance
	MaxBytes int64          // of one file; 0 = 100 MB

	once sync.Once
	bell chan struct{}
}

// Evidence keeps bytes by their hash: store.Evidence.
type Evidence interface {
	Put(ctx context.Context, r io.Reader, max int64) (sha string, size int64, err error)
}

// Notices queues what a person is told: package bot's Bot.
type Notices interface {
	Queue(ctx context.Context, tx *store.Tx, cause string, now time.Time, notices ...bot.Notice) error
}

// The fetcher's pace. A lease is made longer while bytes flow; silence is how long
// they may not, and is shorter than a lease.
const (
	workers   = 4
	glance    = 3 * time.Second // the safety net
	lease     = 30 * time.Second
	extension = lease / 3
	silence   = 20 * time.Second
	fetchTime = 10 * time.Minute // for one file, however it flows
	largest   = 100 << 20
	// How often it is tried: as long as the platforms keep things.
	patience  = 3 * 24 * time.Hour
	firstWait = 2 * time.Second
	lastWait  = 10 * time.Minute
)

func (f *Fetcher) ready() {
	f.once.Do(func() {
		f.bell = make(chan struct{}, 1)
		if f.Chance == nil {
			f.Chance = rand.Float64
		}
		if f.MaxBytes == 0 {
			f.MaxBytes = largest
		}
	})
}

// Ring says that something was put down. It never blocks.
func (f *Fetcher) Ring() {
	f.ready()
	select {
	case f.bell <- struct{}{}:
	default:
	}
}

// Run fetches until the context ends, gives back what is in its hands, and returns.
func (f *Fetcher) Run(ctx context.Context) {
	f.ready()
	if len(f.Sources) == 0 {
		return // there is nobody to ask
	}
	slots := make(chan struct{}, workers)
	var working sync.WaitGroup
	defer working.Wait()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for ctx.Err() == nil {
		claimed, err := f.claim(ctx, workers-len(slots))
		if err != nil && ctx.Err() == nil {
			f.Log.ErrorContext(ctx, "fetching", "err", err)
		}
		for _, m := range claimed {
			slots <- struct{}{}
			working.Go(func() {
				f.fetch(ctx, m)
				<-slots
				f.Ring()
			})
		}
		select {
		case <-ctx.Done():
		case <-f.bell:
		case <-tick.C:
		}
	}
}

// Flush fetches everything that is due now, one after the other, and returns how
// many it tried. It may be used beside Run.
func (f *Fetcher) Flush(ctx context.Context) (tried int, err error) {
	f.ready()
	if len(f.Sources) == 0 {
		return 0, nil
	}
	for ctx.Err() == nil {
		claimed, err := f.claim(ctx, 1)
		if err != nil || len(claimed) == 0 {
			return tried, err
		}
		tried++
		f.fetch(ctx, claimed[0])
	}
	return tried, ctx.Err()
}

func (f *Fetcher) claim(ctx context.Context, limit int) (out []store.Media, err error) {
	if limit == 0 {
		return nil, nil
	}
	platforms := slices.Sorted(maps.Keys(f.Sources))
	err = f.Store.Update(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Media().Claim(ctx, platforms, f.Wall(), lease, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claiming what is to be fetched: %w", err)
	}
	return out, nil
}

// backoff is how long to wait before a try: a time that doubles with every one, by
// chance anything from half of it.
func (f *Fetcher) backoff(tries int) time.Duration {
	wait := min(firstWait<<min(tries-1, 10), lastWait)
	return wait/2 + time.Duration(float64(wait/2)*f.Chance())
}

// Depth is how many wait to be fetched, and since when the oldest (zero if none).
func (f *Fetcher) Depth(ctx context.Context) (waiting int, oldest time.Time, err error) {
	err = f.Store.View(ctx, func(tx *store.Tx) (err error) {
		waiting, oldest, err = tx.Media().Depth(ctx)
		return err
	})
	return waiting, oldest, err
}
