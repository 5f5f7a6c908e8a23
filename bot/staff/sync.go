package staff

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Outcome is what a sync has come to.
type Outcome struct {
	Seen     int  // members that the directory showed
	Complete bool // it was read to the end
	Came     []string
	Left     []string
}

// Sync reads the directory once and puts in force what comes of it. An error says
// that nothing was changed.
func (s *Staff) Sync(ctx context.Context) (Outcome, error) {
	if s.o.Directory == nil {
		return Outcome{}, errors.New("staff: no directory to read")
	}
	begun := s.o.Wall()
	dir, err := s.o.Directory.Directory(ctx, s.o.Rules.tags())
	if err != nil {
		return Outcome{}, err
	}
	if err := s.Load(ctx); err != nil { // who was learned elsewhere is looked for, too
		return Outcome{}, err
	}
	gone := s.missing(ctx, &dir)
	if err := ctx.Err(); err != nil {
		return Outcome{}, err
	}
	out := Outcome{Seen: len(dir.Members), Complete: dir.Complete}
	now := s.o.Wall()
	err = s.change(ctx, func(rows map[string]store.Member) []store.Member {
		out.Came, out.Left = nil, nil
		n := news{s: s, rows: rows, begun: begun, now: now, out: &out}
		for _, m := range dir.Members {
			if row, ok := s.seen(rows, m, dir); ok {
				row.SeenAt = now
				n.keep(row)
			}
		}
		for _, account := range gone {
			row := rows[account]
			row.Account, row.Active = account, false
			if p, ok := s.o.Config.Person(account); ok && row.Name == "" {
				row.Name = p.Name
			}
			n.keep(row)
		}
		return n.changed
	})
	return out, err
}

// news are the rows that a sync makes new.
type news struct {
	s          *Staff
	rows       map[string]store.Member
	begun, now time.Time
	out        *Outcome
	changed    []store.Member
}

// keep keeps a row as it is now, unless the platform has said something of it since the
// reading began.
func (n *news) keep(m store.Member) {
	old, had := n.rows[m.Account]
	if old.ChangedAt.After(n.begun) {
		return
	}
	m.Platform, m.ChangedAt = n.s.o.Platform, old.ChangedAt
	seen := old
	seen.SeenAt = m.SeenAt
	if !had || m != seen {
		m.ChangedAt = later(n.now, old.ChangedAt)
	}
	was := old.Active || !had && configured(n.s.o.Config, n.rows, m.Account)
	switch {
	case m.Active && !was:
		n.out.Came = append(n.out.Came, m.Account)
	case !m.Active && was:
		n.out.Left = append(n.out.Left, m.Account)
	}
	n.changed = append(n.changed, m)
}

// seen is the row of a member whom the directory shows; ok is false for those who are
// none of ours and never were.
func (s *Staff) seen(rows map[string]store.Member, m bot.Member, dir bot.Directory) (row store.Member, ok bool) {
	row, had := rows[m.Account]
	row.Account, row.Active = m.Account, m.Active
	if m.Name != "" {
		row.Name = m.Name
	}
	if configured(s.o.Config, rows, m.Account) {
		return row, true
	}
	row.Unit = s.o.Rules.unit(m, dir.Parent)
	if row.Unit == "" {
		row.Role, row.Active = "", false
		return row, had
	}
	if dir.Tagged && !m.Alone || row.Role == "" {
		row.Role = string(s.o.Rules.role(m))
	}
	return row, true
}

// missing finds whom a complete reading did not show, and asks for each of them once
// more. Those who are found after all join the directory's members; those about whom
// nothing could be learned are neither.
func (s *Staff) missing(ctx context.Context, dir *bot.Directory) (gone []string) {
	if !dir.Complete || len(dir.Members) == 0 {
		return nil
	}
	s.mu.Lock()
	rows := s.rows
	s.mu.Unlock()
	there := map[string]bool{}
	for _, m := range dir.Members {
		there[m.Account] = true
	}
	ask := map[string]bool{}
	for _, p := range s.o.Config.People {
		account := strings.ToLower(p.Account)
		if row, told := rows[account]; !told || row.Active {
			ask[account] = true
		}
	}
	for account, row := range rows {
		if row.Active {
			ask[account] = true
		}
	}
	for _, account := range slices.Sorted(maps.Keys(ask)) {
		if there[account] {
			continue
		}
		m, found, err := s.o.Directory.Member(ctx, account)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			s.o.Log.WarnContext(ctx, "nobody knows whether somebody has left", "account", account, "err", err)
		case found:
			m.Alone = true
			dir.Members = append(dir.Members, m)
		default:
			gone = append(gone, account)
		}
	}
	return gone
}

// claim takes a period, so that no other replica reads the directory in it; false = it
// is taken.
func (s *Staff) claim(ctx context.Context, job string, due time.Time) (bool, error) {
	err := s.o.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Occurrences().Insert(ctx, store.Occurrence{Job: job, DueAt: due, FiredAt: s.o.Wall(), Outcome: "begun"})
	})
	if errors.Is(err, store.ErrDuplicate) {
		return false, nil
	}
	return err == nil, err
}
