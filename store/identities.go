package store

import (
	"context"
	"fmt"
	"time"
)

// IdentityState is what is known of who a user of a platform is.
type IdentityState string

// The states of an identity.
const (
	IdentitySeen    IdentityState = "seen"    // the directory knows the user; nothing binds them to an account
	IdentityAsked   IdentityState = "asked"   // the user asks to be bound to the account
	IdentityBound   IdentityState = "bound"   // the office has confirmed it
	IdentityBlocked IdentityState = "blocked" // the account's holder says that it is not theirs; asks no more
	IdentityLeft    IdentityState = "left"    // the user has left the platform's organisation
)

// Identity is a user of a platform and the account of the roster that is theirs.
type Identity struct {
	Platform  string
	UserID    string // as the platform writes it
	Account   string // "" = none
	UnionID   string // the platform's other name for the user; "" = not learned yet
	State     IdentityState
	Request   int64     // of the asking that led to this; 0 = nobody has asked
	DecidedBy string    // the account that took the last step; "" = the user or the directory
	AskedAt   time.Time // when it was asked for last
	ChangedAt time.Time // when any of this became as it is
}

// IdentityStep is one step on the way to an identity, or away from it.
type IdentityStep struct {
	Platform string
	UserID   string
	Account  string
	Step     string // "asked", "confirmed", …, as package bot/identity names them
	By       string // the account, or for the user themself platform:userID
	At       time.Time
}

// Identities is who the users of platforms are.
type Identities struct{ tx *Tx }

// Identities gives who the users of platforms are.
func (tx *Tx) Identities() Identities { return Identities{tx} }

var identityCols = []string{"account", "union_id", "state", "request", "decided_by", "asked_at", "changed_at"}

var selectIdentities = "SELECT platform, user_id, " + columns(identityCols) + " FROM identities WHERE "

func scanIdentity(r scanner) (i Identity, err error) {
	err = r.Scan(&i.Platform, &i.UserID, &i.Account, &i.UnionID, &i.State, &i.Request, &i.DecidedBy, at(&i.AskedAt), at(&i.ChangedAt))
	return i, err
}

// All lists a platform's identities by user, in every state.
func (r Identities) All(ctx context.Context, platform string) ([]Identity, error) {
	out, err := all(ctx, r.tx, scanIdentity, selectIdentities+"platform = ? ORDER BY user_id", platform)
	if err != nil {
		return nil, fmt.Errorf("listing the identities of %s: %w", platform, err)
	}
	return out, nil
}

// Lock is All, and keeps the rows for this transaction.
func (r Identities) Lock(ctx context.Context, platform string) ([]Identity, error) {
	out, err := all(ctx, r.tx, scanIdentity, selectIdentities+"platform = ? ORDER BY user_id"+r.tx.dialect.forUpdate(), platform)
	if err != nil {
		return nil, fmt.Errorf("locking the identities of %s: %w", platform, err)
	}
	return out, nil
}

// Save writes identities, those that are there anew.
func (r Identities) Save(ctx context.Context, identities ...Identity) error {
	rows := make([][]any, len(identities))
	for n, i := range identities {
		rows[n] = []any{i.Platform, i.UserID, i.Account, i.UnionID, string(i.State), i.Request, i.DecidedBy, millis(i.AskedAt), millis(i.ChangedAt)}
	}
	if err := r.tx.upsert(ctx, "identities", []string{"platform", "user_id"}, identityCols, rows...); err != nil {
		return fmt.Errorf("writing identities: %w", err)
	}
	return nil
}

// Version differs from what it was if an identity of the platform was added or has
// changed, whichever replica did it.
func (r Identities) Version(ctx context.Context, platform string) (string, error) {
	v, err := one(ctx, r.tx, scanVersion, "SELECT COUNT(*), COALESCE(SUM(changed_at), 0) FROM identities WHERE platform = ?", platform)
	if err != nil {
		return "", fmt.Errorf("looking for changed identities of %s: %w", platform, err)
	}
	return v, nil
}

// Record adds steps to the history. There is no way to change or remove one.
func (r Identities) Record(ctx context.Context, steps ...IdentityStep) error {
	rows := make([][]any, len(steps))
	for n, s := range steps {
		rows[n] = []any{r.tx.NewID(), s.Platform, s.UserID, s.Account, s.Step, s.By, millis(s.At)}
	}
	err := r.tx.insert(ctx, "identity_steps", []string{"id", "platform", "user_id", "account", "step", "by_whom", "taken_at"}, rows...)
	if err != nil {
		return fmt.Errorf("recording a step of an identity: %w", err)
	}
	return nil
}

// Steps lists the steps of one user since a time, the first first.
func (r Identities) Steps(ctx context.Context, platform, userID string, since time.Time) ([]IdentityStep, error) {
	out, err := all(ctx, r.tx, func(s scanner) (v IdentityStep, err error) {
		err = s.Scan(&v.Platform, &v.UserID, &v.Account, &v.Step, &v.By, at(&v.At))
		return v, err
	}, "SELECT platform, user_id, account, step, by_whom, taken_at FROM identity_steps WHERE platform = ? AND user_id = ? AND taken_at >= ? ORDER BY taken_at, id",
		platform, userID, millis(since))
	if err != nil {
		return nil, fmt.Errorf("listing the steps of an identity: %w", err)
	}
	return out, nil
}
