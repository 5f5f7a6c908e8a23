package staff

import (
	"context"
	"maps"
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Changed takes what the platform says by itself. When it returns without an error,
// it is in force here and durable; with one, the platform has to say it again, but it
// is in force here all the same, and is written as soon as the database is there.
func (s *Staff) Changed(ctx context.Context, c bot.MemberChange) error {
	defer s.ask()
	err := s.keep(ctx, c)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.pending) < mostPending {
			s.pending = append(s.pending, c)
		}
		s.show(s.rows)
	}
	return err
}

// mostPending is how many changes wait for the database: a reorganisation's. Of those
// beyond the next sync learns.
const mostPending = 10000

// keep writes changes, one after the other.
func (s *Staff) keep(ctx context.Context, cs ...bot.MemberChange) error {
	now := s.o.Wall()
	return s.change(ctx, func(rows map[string]store.Member) (out []store.Member) {
		after := s.after(rows, cs, now)
		for account, m := range after {
			if m != rows[account] {
				out = append(out, m)
			}
		}
		return out
	})
}

// after is rows with changes made.
func (s *Staff) after(rows map[string]store.Member, cs []bot.MemberChange, now time.Time) map[string]store.Member {
	rows = maps.Clone(rows)
	for _, c := range cs {
		for _, m := range s.told(rows, c, now) {
			rows[m.Account] = m
		}
	}
	return rows
}

// settle writes the changes that could not be written.
func (s *Staff) settle(ctx context.Context) error {
	s.mu.Lock()
	cs := slices.Clone(s.pending)
	s.mu.Unlock()
	if len(cs) == 0 {
		return nil
	}
	if err := s.keep(ctx, cs...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = s.pending[len(cs):]
	return nil
}

// stale is how much older than what is known a change may be that still counts:
// platforms say it again for a quarter of a minute, and clocks differ.
const stale = 30 * time.Second

// told is the rows that a change makes new.
func (s *Staff) told(rows map[string]store.Member, c bot.MemberChange, now time.Time) []store.Member {
	if c.Account == "" {
		return nil
	}
	old, had := rows[c.Account]
	if had && !c.At.IsZero() && c.At.Add(stale).Before(old.ChangedAt) {
		return nil // said again, by whomever, after something newer
	}
	if !had {
		old = store.Member{Platform: s.o.Platform, Account: c.Account, Active: true}
		p, ours := s.o.Config.Person(c.Account)
		if !ours && c.Kind != bot.MemberLeft { // who leaves may be in a sync that has not ended
			return nil
		}
		old.Name = p.Name
	}
	m := old
	switch {
	case c.Kind == bot.MemberLeft:
		m.Active = false
	case c.Kind == bot.MemberJoined:
		m.Active = m.Active || configured(s.o.Config, rows, c.Account) // the others must be in a department of ours
	case c.Kind == bot.MemberChanged && c.Renamed != "" && c.Renamed != c.Account:
		return s.renamed(rows, m, c, now)
	case c.Kind == bot.MemberChanged && c.Active != nil && !*c.Active:
		m.Active = false
	case c.Kind == bot.MemberChanged && c.Active != nil:
		m.Active = m.Active || configured(s.o.Config, rows, c.Account)
	}
	if m.Active == old.Active {
		return nil
	}
	m.ChangedAt = later(now, old.ChangedAt)
	return []store.Member{m}
}

// renamed gives somebody's place to their new account.
func (s *Staff) renamed(rows map[string]store.Member, m store.Member, c bot.MemberChange, now time.Time) []store.Member {
	next := m
	next.Account, next.Formerly = c.Renamed, m.Account
	if rows[m.Account].Formerly == c.Renamed { // back to the name before
		next.Formerly = ""
	}
	if c.Active != nil {
		next.Active = *c.Active
	}
	m.Active = false
	if next.Formerly == "" {
		m.Formerly = ""
	}
	next.ChangedAt, m.ChangedAt = later(now, rows[next.Account].ChangedAt), later(now, m.ChangedAt)
	if rows[next.Account].Formerly == m.Account && !rows[m.Account].Active {
		return nil // said a second time
	}
	return []store.Member{m, next}
}

// later is now, or a little after what was, if now is not after it: so that what was
// written by another clock is seen to have changed.
func later(now, was time.Time) time.Time {
	if now.After(was) {
		return now
	}
	return was.Add(time.Millisecond)
}
