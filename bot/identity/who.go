package identity

import (
	"strings"

	"zhuanban/store"
)

// Account is the account of the person who has this user id; of a stranger, the name
// under which they can be answered.
func (b *Book) Account(userID string) string {
	k := b.now()
	if account, ok := k.accounts[userID]; ok {
		return account
	}
	if account, ok := b.same(k, userID); ok {
		return account
	}
	if account, ok := gone(k, userID, b.o.Configured[userID]); ok {
		return account
	}
	return b.stranger(userID)
}

// same is the account that a user id itself is. It is not if that account's user is
// another, or this user is another person.
func (b *Book) same(k *known, userID string) (string, bool) {
	if !b.o.Same || k.left[strings.ToLower(userID)] || k.accounts[userID] != "" {
		return "", false
	}
	account, ok := person(k.roster, userID)
	if ok {
		_, ok = k.users[strings.ToLower(account)]
		ok = !ok
	}
	return account, ok
}

// gone is the account of a user who has left, if that account has left the roster as
// well: they are told so.
func gone(k *known, userID, configured string) (string, bool) {
	if !k.left[strings.ToLower(userID)] {
		return "", false
	}
	for _, account := range []string{configured, k.rows[userID].Account, userID} {
		if p, ok := k.roster.Former(account); ok {
			return p.Account, true
		}
	}
	return "", false
}

// Holder is the account of the person whose user id is this in small letters; ok is false
// for a stranger.
func (b *Book) Holder(small string) (account string, ok bool) {
	k := b.now()
	ids := []string{small}
	for userID := range k.accounts {
		if strings.EqualFold(userID, small) {
			ids = append(ids, userID)
		}
	}
	for _, userID := range ids {
		account = b.Account(userID)
		if _, strange := b.Stranger(account); !strange {
			return account, true
		}
	}
	return "", false
}

// UserID is the user id of an account, also of a stranger's; ok is false where the person
// has none.
func (b *Book) UserID(account string) (userID string, ok bool) {
	if userID, ok = b.Stranger(account); ok {
		return userID, true
	}
	k := b.now()
	account, ok = person(k.roster, account)
	if !ok {
		return "", false
	}
	if userID, ok = k.users[strings.ToLower(account)]; ok {
		return userID, true
	}
	if userID, ok = k.spelled[strings.ToLower(account)]; !ok {
		userID = account
	}
	_, ok = b.same(k, userID)
	return userID, ok
}

// Reaches says whether an account can be told something on this platform.
func (b *Book) Reaches(account string) bool {
	_, ok := b.UserID(account)
	return ok
}

// Union is the platform's second name for an account's user; "" = not known.
func (b *Book) Union(account string) string {
	userID, ok := b.UserID(account)
	if !ok {
		return ""
	}
	return b.now().rows[userID].UnionID
}

// between stands between the platform and the user id in a stranger's account. No
// account of a roster has it.
const between = ":"

func (b *Book) stranger(userID string) string { return b.o.Platform + between + userID }

// Stranger is the user id of a stranger's account; ok is false for every other one.
func (b *Book) Stranger(account string) (userID string, ok bool) {
	userID, ok = strings.CutPrefix(account, b.o.Platform+between)
	return userID, ok && userID != ""
}

// Bound is the binding of an account, if it has one that the office has confirmed.
func (b *Book) Bound(account string) (store.Identity, bool) {
	k := b.now()
	userID, ok := k.users[strings.ToLower(account)]
	i := k.rows[userID]
	return i, ok && i.State == store.IdentityBound && b.o.Configured[userID] == ""
}
