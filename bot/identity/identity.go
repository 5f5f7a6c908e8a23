// Package identity knows which person of the roster a user of another platform is, and
// on which platform each person is met. It serves a platform whose users are not named
// by the roster's accounts; a channel of such a platform asks its Book.
//
// # Who is who
//
// In this order: what the configuration says of a person; what the office has confirmed
// (a binding, in the table identities); and where Options.Same is set, a user whose id
// is an account. Never a name. Everybody else is a stranger, whose account is
// "PLATFORM:USERID", which is nobody's in any roster. Whoever belongs to somebody who has
// left the roster is that somebody still, so that they hear it.
//
// # How a binding comes to be
//
// A user asks for an account (Ask); somebody of the office who is not the account's
// holder confirms (Confirm) or refuses; the holder may object (Object), before and
// after; and a binding ends (Unbind), also when the platform says that the user has left
// its organisation (Changed, Learn). Every step is a row of identity_steps, which nobody
// changes.
//
// # Replicas
//
// All of it is read from the database into memory; each replica looks every second
// whether it has changed, and rings the others when it was the one to change it.
package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/staff"
	"zhuanban/store"
)

// Options are what a Book is made of.
type Options struct {
	Store      *store.Store
	Platform   string            // the channel's name
	Configured map[string]string // user id → account, as the configuration says
	Same       bool              // a user whose id is an account is that person
	Roster     func() *bot.Roster
	// Directory is read every so often, for leavers and second names; nil = it is not, or
	// somebody else reads it through a Reader.
	Directory staff.Directory
	Every     time.Duration
	Ring      func() // tells the other replicas to look; may be nil
	Wall      func() time.Time
	Log       *slog.Logger
}

// Book is one platform's users and who they are. It is safe for use by many goroutines.
type Book struct {
	o     Options
	known atomic.Pointer[known]
	dirty atomic.Bool   // a step was written, and perhaps is not committed yet
	wake  chan struct{} // it is

	loading sync.Mutex
	period  time.Time // of the directory: the last one that was claimed, here or elsewhere; only Run touches it
}

// known is what the database said last, and what follows of it for one roster.
type known struct {
	version string
	rows    map[string]store.Identity // by user id

	roster   *bot.Roster
	accounts map[string]string // user id → account, of whom configuration or office have named
	users    map[string]string // account in small letters → user id, of the same
	spelled  map[string]string // user id in small letters → as the platform writes it
	left     map[string]bool   // user id in small letters
}

// New checks the options and makes a Book that knows the configuration, until Load.
func New(o Options) (*Book, error) {
	if o.Store == nil || o.Platform == "" || o.Roster == nil || o.Wall == nil || o.Log == nil {
		return nil, errors.New("identity: Store, Platform, Roster, Wall and Log are required")
	}
	o.Every = max(o.Every, time.Minute)
	b := &Book{o: o, wake: make(chan struct{}, 1)}
	b.known.Store(&known{})
	return b, nil
}

// Platform is whose users these are.
func (b *Book) Platform() string { return b.o.Platform }

// Load reads what was decided before, by whichever replica.
func (b *Book) Load(ctx context.Context) error {
	_, err := b.load(ctx)
	return err
}

func (b *Book) load(ctx context.Context) (changed bool, err error) {
	b.loading.Lock()
	defer b.loading.Unlock()
	was := b.known.Load().version
	var list []store.Identity
	var version string
	err = b.o.Store.View(ctx, func(tx *store.Tx) (err error) {
		if version, err = tx.Identities().Version(ctx, b.o.Platform); err != nil || version == was {
			return err
		}
		list, err = tx.Identities().All(ctx, b.o.Platform)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("reading who is who on %s: %w", b.o.Platform, err)
	}
	if version == was {
		return false, nil
	}
	k := &known{version: version, rows: make(map[string]store.Identity, len(list))}
	for _, i := range list {
		k.rows[i.UserID] = i
	}
	b.known.Store(k)
	return was != "", nil
}

// now is what is known, for the roster that is in force.
func (b *Book) now() *known {
	k, roster := b.known.Load(), b.o.Roster()
	if k.roster == roster {
		return k
	}
	next := k.of(roster, b.o.Configured)
	b.known.CompareAndSwap(k, next) // if it has changed meanwhile, the next to ask does it again
	return next
}

// of works out what follows of the rows for a roster.
func (k *known) of(roster *bot.Roster, configured map[string]string) *known {
	next := &known{version: k.version, rows: k.rows, roster: roster, accounts: map[string]string{}, users: map[string]string{},
		spelled: map[string]string{}, left: map[string]bool{}}
	for _, id := range slices.Sorted(maps.Keys(k.rows)) {
		small := strings.ToLower(id)
		if k.rows[id].State == store.IdentityLeft {
			next.left[small] = true
		} else if next.spelled[small] == "" {
			next.spelled[small] = id
		}
	}
	for _, id := range slices.Sorted(maps.Keys(configured)) {
		next.name(id, configured[id])
	}
	for _, id := range slices.Sorted(maps.Keys(k.rows)) {
		if row := k.rows[id]; row.State == store.IdentityBound && configured[id] == "" {
			next.name(id, row.Account)
		}
	}
	return next
}

// name takes a user for a person, if both are there. The first who is named for an
// account has it: the configuration goes before the office.
func (k *known) name(userID, account string) {
	account, ok := person(k.roster, account)
	key := strings.ToLower(account)
	if _, taken := k.users[key]; !ok || taken || k.left[strings.ToLower(userID)] {
		return
	}
	k.accounts[userID], k.users[key] = account, userID
}

// person is the account of a person of the roster, or of one who has left it, under
// whatever name they are known now.
func person(roster *bot.Roster, account string) (string, bool) {
	account = roster.Now(account)
	if p, ok := roster.Person(account); ok {
		return p.Account, true
	}
	p, ok := roster.Former(account)
	return p.Account, ok
}
