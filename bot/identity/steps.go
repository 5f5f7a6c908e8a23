package identity

import (
	"context"
	"slices"
	"strings"
	"time"

	"zhuanban/store"
)

const (
	// OpenFor is how long what was asked for can be confirmed.
	OpenFor = 3 * 24 * time.Hour
	// mostAsked is how often a user may ask within a day: each time the whole office is
	// spoken to.
	mostAsked = 3
	askedIn   = 24 * time.Hour
)

// Verdict is what became of a step.
type Verdict string

// The verdicts.
const (
	Done      Verdict = "done"
	Pending   Verdict = "pending"    // asked for already: the office has it
	TooMany   Verdict = "too_many"   // asked too often today
	Blocked   Verdict = "blocked"    // the holder of an account has objected to this user
	Bound     Verdict = "bound"      // they are somebody already
	Stale     Verdict = "stale"      // there is no such asking any more
	Expired   Verdict = "expired"    // it was not decided in time
	Decided   Verdict = "decided"    // somebody has decided it before
	NotTheirs Verdict = "not_theirs" // who decides holds the account, or does not
	Unknown   Verdict = "unknown"    // no person of the roster has the account
	Taken     Verdict = "taken"      // another user is that person
)

// The steps, as they are kept.
const (
	stepAsked     = "asked"
	stepConfirmed = "confirmed"
	stepRefused   = "refused"
	stepObjected  = "objected"
	stepUnbound   = "unbound"
	stepLeft      = "left"
	stepReturned  = "returned"
)

// Ask notes in the caller's transaction that a user asks to be bound to an account,
// whether or not there is such a person: that is the office's to see, not theirs.
func (b *Book) Ask(ctx context.Context, tx *store.Tx, userID, account string, now time.Time) (store.Identity, Verdict, error) {
	rows, err := b.lock(ctx, tx)
	if err != nil {
		return store.Identity{}, "", err
	}
	i := rows[userID]
	switch {
	case i.State == store.IdentityBlocked:
		return i, Blocked, nil
	case i.State == store.IdentityBound && b.holds(i.Account):
		return i, Bound, nil
	case i.State == store.IdentityAsked && strings.EqualFold(i.Account, account) && now.Sub(i.AskedAt) < OpenFor:
		return i, Pending, nil
	}
	steps, err := tx.Identities().Steps(ctx, b.o.Platform, userID, now.Add(-askedIn))
	if err != nil {
		return i, "", err
	}
	asked := 0
	for _, s := range steps {
		if s.Step == stepAsked {
			asked++
		}
	}
	if asked >= mostAsked {
		return i, TooMany, nil
	}
	i.UserID, i.Account, i.State, i.Request, i.AskedAt = userID, account, store.IdentityAsked, tx.NewID(), now
	i, err = b.write(ctx, tx, i, account, stepAsked, b.stranger(userID), now)
	return i, Done, err
}

// holds says whether an account is a person of the roster.
func (b *Book) holds(account string) bool {
	roster := b.o.Roster()
	_, ok := roster.Person(roster.Now(account))
	return ok
}

// Find gives what a request has led to; ok is false if another has followed it.
func (b *Book) Find(ctx context.Context, tx *store.Tx, request int64) (i store.Identity, ok bool, err error) {
	list, err := tx.Identities().All(ctx, b.o.Platform)
	i, ok = among(list, request)
	return i, ok, err
}

// find is Find for a change of what it finds.
func (b *Book) find(ctx context.Context, tx *store.Tx, request int64) (i store.Identity, ok bool, err error) {
	list, err := tx.Identities().Lock(ctx, b.o.Platform)
	i, ok = among(list, request)
	return i, ok, err
}

func among(list []store.Identity, request int64) (store.Identity, bool) {
	n := slices.IndexFunc(list, func(i store.Identity) bool { return i.Request == request && request != 0 })
	if n < 0 {
		return store.Identity{}, false
	}
	return list[n], true
}

// Open says whether an identity can still be confirmed.
func Open(i store.Identity, now time.Time) bool {
	return i.State == store.IdentityAsked && now.Sub(i.AskedAt) < OpenFor
}

// Confirm binds a user to the account that they have asked for. by must not be its
// holder.
func (b *Book) Confirm(ctx context.Context, tx *store.Tx, request int64, by string, now time.Time) (store.Identity, Verdict, error) {
	i, v, err := b.decide(ctx, tx, request, by, now)
	if err != nil || v != Done {
		return i, v, err
	}
	rows, err := tx.Identities().Lock(ctx, b.o.Platform)
	if err != nil {
		return i, "", err
	}
	if v := b.mistake(rows, i); v != Done {
		return i, v, nil
	}
	roster := b.o.Roster()
	p, _ := roster.Person(roster.Now(i.Account))
	i.Account, i.State = p.Account, store.IdentityBound // in the roster's letters
	i, err = b.write(ctx, tx, i, i.Account, stepConfirmed, by, now)
	return i, Done, err
}

// Mistake is why what was asked for cannot be confirmed: Unknown or Taken; Done if it can.
func (b *Book) Mistake(ctx context.Context, tx *store.Tx, i store.Identity) (Verdict, error) {
	rows, err := tx.Identities().All(ctx, b.o.Platform)
	return b.mistake(rows, i), err
}

func (b *Book) mistake(rows []store.Identity, i store.Identity) Verdict {
	if !b.holds(i.Account) {
		return Unknown
	}
	now := b.o.Roster().Now
	for _, other := range rows {
		if other.State == store.IdentityBound && other.UserID != i.UserID && strings.EqualFold(now(other.Account), now(i.Account)) {
			return Taken
		}
	}
	for userID, account := range b.o.Configured {
		if userID != i.UserID && strings.EqualFold(now(account), now(i.Account)) {
			return Taken
		}
	}
	return Done
}

// Refuse ends what a user has asked for.
func (b *Book) Refuse(ctx context.Context, tx *store.Tx, request int64, by string, now time.Time) (store.Identity, Verdict, error) {
	i, v, err := b.decide(ctx, tx, request, by, now)
	if err != nil || v != Done {
		return i, v, err
	}
	was := i
	i.State, i.Account = store.IdentitySeen, ""
	_, err = b.write(ctx, tx, i, was.Account, stepRefused, by, now)
	return was, Done, err
}

// decide finds what is to be decided, and says whether this person may decide it.
func (b *Book) decide(ctx context.Context, tx *store.Tx, request int64, by string, now time.Time) (store.Identity, Verdict, error) {
	i, ok, err := b.find(ctx, tx, request)
	switch {
	case err != nil:
		return i, "", err
	case !ok:
		return i, Stale, nil
	case i.State != store.IdentityAsked:
		return i, Decided, nil
	case !Open(i, now):
		return i, Expired, nil
	case strings.EqualFold(b.o.Roster().Now(i.Account), by):
		return i, NotTheirs, nil
	}
	return i, Done, nil
}

// Object ends a binding, or the asking for it, because the account's holder says that
// this user is not them. The user asks no more, until the office unbinds them.
func (b *Book) Object(ctx context.Context, tx *store.Tx, request int64, by string, now time.Time) (store.Identity, Verdict, error) {
	i, ok, err := b.find(ctx, tx, request)
	switch {
	case err != nil:
		return i, "", err
	case !ok || i.State == store.IdentitySeen || i.State == store.IdentityLeft:
		return i, Stale, nil
	case i.State == store.IdentityBlocked:
		return i, Decided, nil
	case !strings.EqualFold(b.o.Roster().Now(i.Account), by):
		return i, NotTheirs, nil
	}
	i.State = store.IdentityBlocked
	i, err = b.write(ctx, tx, i, i.Account, stepObjected, by, now)
	return i, Done, err
}

// Unbind ends whatever there is between a user and an account, a block included. It
// gives back what that was.
func (b *Book) Unbind(ctx context.Context, tx *store.Tx, userID, by string, now time.Time) (store.Identity, Verdict, error) {
	rows, err := b.lock(ctx, tx)
	if err != nil {
		return store.Identity{}, "", err
	}
	was, ok := rows[userID]
	if !ok || was.State == store.IdentitySeen || was.State == store.IdentityLeft {
		return was, Stale, nil
	}
	i := was
	i.State, i.Account = store.IdentitySeen, ""
	_, err = b.write(ctx, tx, i, was.Account, stepUnbound, by, now)
	return was, Done, err
}

// lock reads the rows for a change of them.
func (b *Book) lock(ctx context.Context, tx *store.Tx) (map[string]store.Identity, error) {
	list, err := tx.Identities().Lock(ctx, b.o.Platform)
	rows := make(map[string]store.Identity, len(list))
	for _, i := range list {
		rows[i.UserID] = i
	}
	return rows, err
}

// write writes an identity as it is now, and the step that led to it. The step is about
// an account that the identity may have lost with it.
func (b *Book) write(ctx context.Context, tx *store.Tx, i store.Identity, account, step, by string, now time.Time) (store.Identity, error) {
	i.Platform, i.DecidedBy, i.ChangedAt = b.o.Platform, by, later(now, i.ChangedAt)
	if err := tx.Identities().Save(ctx, i); err != nil {
		return i, err
	}
	b.dirty.Store(true)
	return i, tx.Identities().Record(ctx, store.IdentityStep{Platform: b.o.Platform, UserID: i.UserID, Account: account, Step: step, By: by, At: now})
}

// later is now, or a little after what was, if now is not after it: so that every
// replica sees that something has changed.
func later(now, was time.Time) time.Time {
	if now.After(was) {
		return now
	}
	return was.Add(time.Millisecond)
}

// Of gives what there is of one user, in the caller's transaction.
func (b *Book) Of(ctx context.Context, tx *store.Tx, userID string) (store.Identity, error) {
	list, err := tx.Identities().All(ctx, b.o.Platform)
	for _, i := range list {
		if i.UserID == userID {
			return i, err
		}
	}
	return store.Identity{}, err
}
