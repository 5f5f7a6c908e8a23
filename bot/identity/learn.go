package identity

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/staff"
	"zhuanban/store"
)

// Reader is a directory whose reading teaches the book, and whose members have the
// roster's accounts.
type Reader struct {
	Book *Book
	Of   staff.Directory
}

// Directory reads it. Users who are nobody's are members only where their id is their
// account (Options.Same).
func (r Reader) Directory(ctx context.Context, tags []string) (bot.Directory, error) {
	begun := r.Book.o.Wall()
	dir, err := r.Of.Directory(ctx, tags)
	if err != nil {
		return dir, err
	}
	gone := r.Book.missing(ctx, dir, r.Of)
	if err := ctx.Err(); err != nil {
		return dir, err
	}
	if err := r.Book.Learn(ctx, dir.Members, gone, begun); err != nil {
		return dir, err
	}
	members := dir.Members
	dir.Members = nil
	for _, m := range members {
		if m, ok := r.member(m); ok {
			dir.Members = append(dir.Members, m)
		}
	}
	return dir, nil
}

// member is a user as the member that they are in the roster.
func (r Reader) member(m bot.Member) (bot.Member, bool) {
	account := r.Book.Account(m.UserID)
	if _, strange := r.Book.Stranger(account); strange {
		return m, r.Book.o.Same
	}
	m.Account = strings.ToLower(account)
	return m, true
}

// Member asks for one account.
func (r Reader) Member(ctx context.Context, account string) (bot.Member, bool, error) {
	userID, ok := r.Book.UserID(account)
	if !ok {
		userID = account
	}
	m, found, err := r.Of.Member(ctx, userID)
	m.Account = strings.ToLower(account)
	return m, found, err
}

// missing finds which of our users a complete reading did not show, and asks for each
// of them once more. Those about whom nothing could be learned are not gone.
func (b *Book) missing(ctx context.Context, dir bot.Directory, of staff.Directory) (gone []string) {
	if !dir.Complete || len(dir.Members) == 0 {
		return nil
	}
	there := map[string]bool{}
	for _, m := range dir.Members {
		there[strings.ToLower(m.UserID)] = true
	}
	for _, userID := range slices.Sorted(maps.Keys(b.ours())) {
		if there[strings.ToLower(userID)] {
			continue
		}
		_, found, err := of.Member(ctx, userID)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			b.o.Log.WarnContext(ctx, "nobody knows whether a user has left", "platform", b.o.Platform, "user", userID, "err", err)
		case !found:
			gone = append(gone, userID)
		}
	}
	return gone
}

// ours are the users whom a row or the configuration names, and who have not left.
func (b *Book) ours() map[string]bool {
	k, out := b.now(), map[string]bool{}
	for userID, row := range k.rows {
		out[userID] = row.State != store.IdentityLeft
	}
	for userID := range b.o.Configured {
		out[userID] = k.rows[userID].State != store.IdentityLeft
	}
	maps.DeleteFunc(out, func(_ string, in bool) bool { return !in })
	return out
}

// Learn takes what a directory has shown that was read from begun on: second names, who
// is back, and who is gone. What the platform has said of somebody since counts more.
func (b *Book) Learn(ctx context.Context, members []bot.Member, gone []string, begun time.Time) error {
	return b.change(ctx, func(c *change) {
		for _, m := range members {
			if c.rows[m.UserID].ChangedAt.After(begun) || m.UserID == "" {
				continue
			}
			c.seen(m)
		}
		for _, userID := range gone {
			if !c.rows[userID].ChangedAt.After(begun) {
				c.leave(userID)
			}
		}
	})
}

// Changed takes what the platform says by itself of one user, named in small letters. A
// binding of somebody who has left ends here, whatever else is theirs elsewhere.
func (b *Book) Changed(ctx context.Context, m bot.MemberChange) error {
	if m.Account == "" || m.Kind == bot.OtherChange {
		return nil
	}
	return b.change(ctx, func(c *change) {
		here := m.Kind != bot.MemberLeft && (m.Active == nil || *m.Active)
		for _, userID := range c.spelt(m.Account) {
			row := c.rows[userID]
			switch {
			case !m.At.IsZero() && m.At.Add(stale).Before(row.ChangedAt): // said again, after something newer
			case here && row.State == store.IdentityLeft:
				c.back(userID)
			case !here:
				c.leave(userID)
			}
		}
	})
}

// stale is how much older than what is known a change may be that still counts: clocks
// differ.
const stale = 30 * time.Second

// change is rows on their way to be changed, in one transaction.
type change struct {
	b     *Book
	rows  map[string]store.Identity
	now   time.Time
	out   map[string]store.Identity
	steps []store.IdentityStep
}

// change changes rows and puts them in force.
func (b *Book) change(ctx context.Context, do func(*change)) error {
	changed := false
	err := b.o.Store.Update(ctx, func(tx *store.Tx) error { // may run again: it starts from nothing
		rows, err := b.lock(ctx, tx)
		if err != nil {
			return err
		}
		c := &change{b: b, rows: rows, now: b.o.Wall(), out: map[string]store.Identity{}}
		do(c)
		changed = len(c.out) > 0
		if err := tx.Identities().Save(ctx, slices.Collect(maps.Values(c.out))...); err != nil {
			return err
		}
		return tx.Identities().Record(ctx, c.steps...)
	})
	if err != nil || !changed {
		return err
	}
	err = b.Load(ctx)
	if b.o.Ring != nil {
		b.o.Ring()
	}
	return err
}

// spelt are the users of ours whose id is this in small letters; the id itself, if there
// is none and it may be somebody's.
func (c *change) spelt(small string) (out []string) {
	for userID := range c.rows {
		if strings.EqualFold(userID, small) {
			out = append(out, userID)
		}
	}
	for userID := range c.b.o.Configured {
		if strings.EqualFold(userID, small) && !slices.Contains(out, userID) {
			out = append(out, userID)
		}
	}
	if _, ours := c.b.same(c.b.now(), small); ours && len(out) == 0 {
		out = append(out, small)
	}
	return out
}

func (c *change) put(i store.Identity, step string) {
	i.Platform, i.ChangedAt = c.b.o.Platform, later(c.now, i.ChangedAt)
	c.rows[i.UserID], c.out[i.UserID] = i, i
	if step != "" {
		c.steps = append(c.steps, store.IdentityStep{Platform: i.Platform, UserID: i.UserID, Account: i.Account, Step: step, At: c.now})
	}
}

// seen takes one user as the directory shows them. Only those are kept whom somebody
// has named, or who are somebody.
func (c *change) seen(m bot.Member) {
	row, had := c.rows[m.UserID]
	if small, ok := c.rows[strings.ToLower(m.UserID)]; ok && !had && small.State == store.IdentityLeft && m.Active {
		c.back(small.UserID) // who had left was named without their spelling
	}
	if !had {
		_, same := c.b.same(c.b.now(), m.UserID)
		if !same && c.b.o.Configured[m.UserID] == "" {
			return
		}
		row = store.Identity{UserID: m.UserID, State: store.IdentitySeen}
	}
	if !m.Active {
		c.leave(m.UserID)
		return
	}
	if row.State == store.IdentityLeft {
		c.back(m.UserID)
		row = c.rows[m.UserID]
	}
	if m.UnionID != "" && m.UnionID != row.UnionID || !had {
		row.UnionID = m.UnionID
		c.put(row, "")
	}
}

// leave ends what a user is. A block stays.
func (c *change) leave(userID string) {
	row := c.rows[userID]
	if row.State == store.IdentityLeft || row.State == store.IdentityBlocked {
		return
	}
	row.UserID, row.State, row.DecidedBy = userID, store.IdentityLeft, ""
	c.put(row, stepLeft)
}

// back lets a user in again who had left: as a stranger, unless the configuration says
// who they are.
func (c *change) back(userID string) {
	row := c.rows[userID]
	row.State, row.Account, row.Request = store.IdentitySeen, "", 0
	c.put(row, stepReturned)
}
