package store

import (
	"context"
	"fmt"
	"time"
)

// Member is what a platform's directory has told about one account. It holds no
// phone number and nothing else that the bot can do without.
type Member struct {
	Platform string
	Account  string // in lower case
	Name     string
	Unit     string // "" = nobody of ours by the directory
	Role     string
	Active   bool
	Formerly string    // the account before it was renamed; "" = it never was
	SeenAt   time.Time // last in the directory
	// ChangedAt is when anything but SeenAt became as it is.
	ChangedAt time.Time
}

// Members is the register of what directories have told about people.
type Members struct{ tx *Tx }

// Members gives the register of what directories have told about people.
func (tx *Tx) Members() Members { return Members{tx} }

const selectMembers = "SELECT platform, account, name, unit, role, active, formerly, seen_at, changed_at FROM members WHERE platform = ?"

func scanMember(r scanner) (m Member, err error) {
	err = r.Scan(&m.Platform, &m.Account, &m.Name, &m.Unit, &m.Role, &m.Active, &m.Formerly, at(&m.SeenAt), at(&m.ChangedAt))
	return m, err
}

// All lists a platform's members by account, those who have left included.
func (r Members) All(ctx context.Context, platform string) ([]Member, error) {
	out, err := all(ctx, r.tx, scanMember, selectMembers+" ORDER BY account", platform)
	if err != nil {
		return nil, fmt.Errorf("listing the members of %s: %w", platform, err)
	}
	return out, nil
}

// Lock is All, and keeps the rows for this transaction: what is computed from them may
// be written.
func (r Members) Lock(ctx context.Context, platform string) ([]Member, error) {
	out, err := all(ctx, r.tx, scanMember, selectMembers+" ORDER BY account"+r.tx.dialect.forUpdate(), platform)
	if err != nil {
		return nil, fmt.Errorf("locking the members of %s: %w", platform, err)
	}
	return out, nil
}

// Save writes members, those that are there anew.
func (r Members) Save(ctx context.Context, members ...Member) error {
	rows := make([][]any, len(members))
	for i, m := range members {
		rows[i] = []any{m.Platform, m.Account, m.Name, m.Unit, m.Role, bit(m.Active), m.Formerly, millis(m.SeenAt), millis(m.ChangedAt)}
	}
	err := r.tx.upsert(ctx, "members", []string{"platform", "account"},
		[]string{"name", "unit", "role", "active", "formerly", "seen_at", "changed_at"}, rows...)
	if err != nil {
		return fmt.Errorf("writing members: %w", err)
	}
	return nil
}

// Version differs from what it was if a member of the platform was added or has
// changed, whichever replica did it and whatever its clock says. That somebody was
// seen again is no change.
func (r Members) Version(ctx context.Context, platform string) (string, error) {
	v, err := one(ctx, r.tx, scanVersion, "SELECT COUNT(*), COALESCE(SUM(changed_at), 0) FROM members WHERE platform = ?", platform)
	if err != nil {
		return "", fmt.Errorf("looking for changed members of %s: %w", platform, err)
	}
	return v, nil
}

func scanVersion(r scanner) (string, error) {
	var n int64
	var sum any
	if err := r.Scan(&n, &sum); err != nil {
		return "", err
	}
	total, err := number(sum)
	return fmt.Sprintf("%d.%d", n, total), err
}
