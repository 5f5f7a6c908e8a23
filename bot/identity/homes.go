package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhuanban/store"
)

// Place is a platform on which people can be met.
type Place struct {
	Name string
	Book *Book // nil = its users are named by the roster's accounts
}

// HomesOptions are what Homes are made of.
type HomesOptions struct {
	Store  *store.Store
	Places []Place // the usual one first
	// As names the place that a message of another platform counts for: what comes through
	// a company's robot comes from that company.
	As  map[string]string
	Log *slog.Logger
}

// Homes knows where each person hears what they did not ask for: on the platform on
// which they wrote last, else on the usual one, else wherever they can be reached. It is
// bot.Homes, and safe for use by many goroutines.
type Homes struct {
	o       HomesOptions
	loading sync.Mutex
	known   atomic.Pointer[homes]
}

type homes struct {
	version string
	of      map[string]string // by account in small letters
}

// NewHomes checks the options. Everybody is met at the usual place, until Load.
func NewHomes(o HomesOptions) (*Homes, error) {
	if o.Store == nil || len(o.Places) == 0 || o.Log == nil {
		return nil, errors.New("identity: Store, Places and Log are required")
	}
	h := &Homes{o: o}
	h.known.Store(&homes{})
	return h, nil
}

// Load reads where people wrote from, through whichever replica.
func (h *Homes) Load(ctx context.Context) error {
	h.loading.Lock()
	defer h.loading.Unlock()
	var list []store.Home
	next := &homes{of: map[string]string{}}
	err := h.o.Store.View(ctx, func(tx *store.Tx) (err error) {
		if next.version, err = tx.Homes().Version(ctx); err != nil || next.version == h.known.Load().version {
			return err
		}
		list, err = tx.Homes().All(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading where people are met: %w", err)
	}
	if next.version == h.known.Load().version {
		return nil
	}
	for _, row := range list {
		next.of[row.Person] = row.Platform
	}
	h.known.Store(next)
	return nil
}

// Run keeps it up to date until the context ends.
func (h *Homes) Run(ctx context.Context) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := h.Load(ctx); err != nil && ctx.Err() == nil {
				h.o.Log.WarnContext(ctx, "looking where people are met", "err", err)
			}
		}
	}
}

// Home is where an account hears what it did not ask for.
func (h *Homes) Home(account string) string {
	last := h.known.Load().of[strings.ToLower(account)]
	usual := h.o.Places[0]
	if p, ok := h.place(last); ok && p.reaches(account) {
		return last
	}
	for _, p := range h.o.Places {
		if p.reaches(account) {
			return p.Name
		}
	}
	return usual.Name
}

// Reach is a platform other than one on which an account can be told something.
func (h *Homes) Reach(account, except string) (platform string, ok bool) {
	if at := h.Home(account); at != except {
		p, _ := h.place(at)
		return at, p.reaches(account)
	}
	for _, p := range h.o.Places {
		if p.Name != except && p.reaches(account) {
			return p.Name, true
		}
	}
	return "", false
}

// Heard notes, in the caller's transaction, that a person has written from a platform.
func (h *Homes) Heard(ctx context.Context, tx *store.Tx, account, platform string, now time.Time) error {
	if as, ok := h.o.As[platform]; ok {
		platform = as
	}
	if _, ok := h.place(platform); !ok || h.Home(account) == platform {
		return nil
	}
	person := strings.ToLower(account)
	was, err := tx.Homes().Get(ctx, person)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case was.Platform == platform: // through another replica
		return nil
	}
	return tx.Homes().Save(ctx, store.Home{Person: person, Platform: platform, ChangedAt: later(now, was.ChangedAt)})
}

func (h *Homes) place(name string) (Place, bool) {
	for _, p := range h.o.Places {
		if p.Name == name {
			return p, true
		}
	}
	return Place{}, false
}

// reaches says whether an account can be told something there. A stranger can be on their
// own platform only.
func (p Place) reaches(account string) bool {
	if p.Book != nil {
		return p.Book.Reaches(account)
	}
	return !strings.Contains(account, between)
}
