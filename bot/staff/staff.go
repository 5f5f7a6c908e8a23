// Package staff keeps the bot's roster up to date: the people of the configuration,
// and those whom a platform's directory has in a department or under a tag that the
// configuration gives a meaning to.
//
// # Who counts
//
// A person of the configuration is who the configuration says, whatever the directory
// thinks; the directory may only say that they have left. Everybody else is mapped
// by Rules. Whoever has left, is disabled or is in no such department any more is
// nobody's person from then on (bot.Roster.Former), their drafts and what they filed
// stay.
//
// # When somebody has left
//
// At once, when the platform says so (Changed). Otherwise when a sync that has read
// everything does not find them and the platform, asked for exactly this account,
// does not know it either. A sync that failed, that could not read all, or that saw
// nobody locks nobody out.
//
// # Replicas
//
// What was learned is the table members. Each replica looks every few seconds whether
// it has changed; one of them reads the directory in each period, which it claims in
// the table occurrences. A replica that dies in the middle leaves the period unread.
package staff

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Directory is a platform that shows its directory.
type Directory interface {
	// Directory reads it, with the members of these tags. An error says that nothing
	// can be said.
	Directory(ctx context.Context, tags []string) (bot.Directory, error)
	// Member asks for one account. found is false if the platform knows no such
	// account, or none that the app may see; an error says that nothing is known.
	Member(ctx context.Context, account string) (m bot.Member, found bool, err error)
}

// Options are what a Staff is made of.
type Options struct {
	Store    *store.Store
	Config   *bot.Roster // the people of the configuration
	Platform string
	// Directory is what is read every so often; nil = nothing, only what the platform
	// says by itself counts.
	Directory Directory
	Every     time.Duration // how often; a minute at least
	Rules     Rules
	Put       func(*bot.Roster) // puts a roster in force
	Ring      func()            // tells the other replicas to look; may be nil
	Wall      func() time.Time
	Log       *slog.Logger
}

// Staff is one platform's people. It is safe for use by many goroutines.
type Staff struct {
	o   Options
	job string // of the syncs, in the table of occurrences

	mu      sync.Mutex // of what follows, held while the database is asked
	rows    map[string]store.Member
	version string
	pending []bot.MemberChange // in force here, and not written yet

	asking sync.Mutex
	asked  time.Time // when the platform last said that something has changed; zero = seen to
	turn   turn
}

// New checks the options and makes a Staff. The roster is the configuration's until
// Load.
func New(o Options) (*Staff, error) {
	if o.Store == nil || o.Config == nil || o.Platform == "" || o.Put == nil || o.Wall == nil || o.Log == nil {
		return nil, errors.New("staff: Store, Config, Platform, Put, Wall and Log are required")
	}
	o.Every = max(o.Every, time.Minute)
	return &Staff{o: o, job: "directory:" + o.Platform + ":" + o.Rules.fingerprint(), rows: map[string]store.Member{}}, nil
}

// Load reads what was learned before, by whichever replica, and puts the roster in
// force that comes of it.
func (s *Staff) Load(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load(ctx)
}

func (s *Staff) load(ctx context.Context) error {
	var list []store.Member
	var version string
	err := s.o.Store.View(ctx, func(tx *store.Tx) (err error) {
		if version, err = tx.Members().Version(ctx, s.o.Platform); err != nil || version == s.version {
			return err
		}
		list, err = tx.Members().All(ctx, s.o.Platform)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading who is a member: %w", err)
	}
	if version == s.version {
		return nil
	}
	s.version = version
	s.show(index(list))
	return nil
}

// show puts the roster in force that comes of these rows, and of what could not be
// written yet.
func (s *Staff) show(rows map[string]store.Member) {
	s.rows = rows
	s.o.Put(roster(s.o.Config, s.o.Rules, s.after(rows, s.pending, s.o.Wall())))
}

// change computes new rows from those of the database and writes them. They are in
// force when it returns; with an error, nothing has changed.
func (s *Staff) change(ctx context.Context, of func(rows map[string]store.Member) []store.Member) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows map[string]store.Member
	changed := false
	err := s.o.Store.Update(ctx, func(tx *store.Tx) error { // may run again: it starts from nothing
		list, err := tx.Members().Lock(ctx, s.o.Platform)
		if err != nil {
			return err
		}
		rows, changed = index(list), false
		out := of(rows)
		for _, m := range out {
			old := rows[m.Account]
			changed = changed || !old.ChangedAt.Equal(m.ChangedAt)
			rows[m.Account] = m
		}
		return tx.Members().Save(ctx, out...)
	})
	if err != nil {
		return fmt.Errorf("keeping who is a member: %w", err)
	}
	s.show(rows)
	if changed && s.o.Ring != nil {
		s.o.Ring()
	}
	return nil
}

func index(list []store.Member) map[string]store.Member {
	out := make(map[string]store.Member, len(list))
	for _, m := range list {
		out[m.Account] = m
	}
	return out
}
