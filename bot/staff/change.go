package staff

import (
	"context"
	"maps"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Changed takes what the platform says by itself. When it returns without an error,
// it is in force here and durable; with one, the platform has to say it again, but
// whoever has left is locked out here all the same.
func (s *Staff) Changed(ctx context.Context, c bot.MemberChange) error {
	now := s.o.Wall()
	if err := s.change(ctx, func(rows map[string]store.Member) []store.Member { return s.told(rows, c, now) }); err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		rows := maps.Clone(s.rows)
		for _, m := range s.told(s.rows, c, now) {
			rows[m.Account] = m
		}
		s.show(rows)
		s.version = "" // the database does not know it: look again
		return err
	}
	s.ask()
	return nil
}

// told is the rows that a change makes new.
func (s *Staff) told(rows map[string]store.Member, c bot.MemberChange, now time.Time) []store.Member {
	if c.Account == "" {
		return nil
	}
	old, had := rows[c.Account]
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
