package bot

import "time"

// Member is somebody of the organisation as a platform's directory has them: without
// a phone number, which nobody here needs.
type Member struct {
	Account     string   // in lower case
	UserID      string   // as the platform writes it, where it tells that from the account; "" = it does not
	UnionID     string   // the platform's second name for them; "" = it has none
	Name        string   // "" = the directory does not say
	Departments []string // ids, the main one first
	Tags        []string // ids of those that were asked for
	Active      bool     // not disabled, not left
	Alone       bool     // asked for by itself: its tags are not known
}

// Directory is what a platform's directory has shown.
type Directory struct {
	Members []Member
	Parent  map[string]string // the department above a department
	// Complete says that everything the app may see was read: who is not among the
	// members is not there.
	Complete bool
	// Tagged says that all tags that were asked for were read.
	Tagged bool
}

// MemberChange is something that a platform says of its directory by itself.
type MemberChange struct {
	Kind    ChangeKind
	Account string    // in lower case
	Renamed string    // MemberChanged: the new account, in lower case; "" = the same
	Active  *bool     // MemberChanged: nil = it did not say
	At      time.Time // when it happened, by the platform's clock; zero = it did not say
}

// ChangeKind is what has changed.
type ChangeKind string

// The kinds of change.
const (
	MemberJoined  ChangeKind = "joined"
	MemberChanged ChangeKind = "changed"
	MemberLeft    ChangeKind = "left"
	OtherChange   ChangeKind = "other" // departments, tags
)
