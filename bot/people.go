package bot

import (
	"slices"
	"strings"

	"zhuanban/bot/dialog"
)

// Person is a member of staff: one identity, whatever platform they write from.
type Person struct {
	Account string `json:"account" yaml:"account" required:"true"`
	Name    string `json:"name" yaml:"name" required:"true"` // as others see it
	Unit    string `json:"unit" yaml:"unit" required:"true"` // id of the unit they belong to
	Role    Role   `json:"role" yaml:"role" required:"true"`
	Deputy  string `json:"deputy,omitempty" yaml:"deputy"` // account of who stands in for them
}

// Role is what a person does in the campaign.
type Role string

// The roles. What each may see and do is asked through the methods of Person.
const (
	Filer     Role = "filer"     // reports leads and figures for a unit
	Head      Role = "head"      // heads a unit and reviews its figures
	Director  Role = "director"  // runs the office (专项办主任)
	Clerk     Role = "clerk"     // works in the office
	Chief     Role = "chief"     // leads the campaign (组长)
	DeputyOf  Role = "deputy"    // deputy leader (副组长)
	Admin     Role = "admin"     // keeps the system, sees no contents
	Custodian Role = "custodian" // keeps sealed identities
)

// Allowed lists the roles, for the configuration's errors.
func (Role) Allowed() []string {
	return []string{string(Filer), string(Head), string(Director), string(Clerk), string(Chief), string(DeputyOf), string(Admin), string(Custodian)}
}

// Office says whether the person works in the campaign's office.
func (p Person) Office() bool { return p.Role == Director || p.Role == Clerk }

// Leader says whether the person leads the campaign.
func (p Person) Leader() bool { return p.Role == Chief || p.Role == DeputyOf }

// SeesAll says whether figures and records of every unit are open to the person.
func (p Person) SeesAll() bool { return p.Office() || p.Leader() }

// Files says whether the person reports for a unit.
func (p Person) Files() bool { return p.Role == Filer || p.Role == Head }

// Unit is a section (股室), brigade (大队), station (所) or the office itself.
type Unit struct {
	ID     string   `json:"id" yaml:"id" required:"true"`
	Name   string   `json:"name" yaml:"name" required:"true"`
	Kind   UnitKind `json:"kind" yaml:"kind" required:"true"`
	Alias  []string `json:"alias,omitempty" yaml:"alias"`
	Places []string `json:"places,omitempty" yaml:"places"` // townships it answers for
}

// UnitKind is the kind of a unit.
type UnitKind string

// The kinds of unit.
const (
	Section  UnitKind = "section"
	Brigade  UnitKind = "brigade"
	Station  UnitKind = "station"
	Office   UnitKind = "office"
	Leading  UnitKind = "leaders"
	External UnitKind = "external"
)

// Allowed lists the kinds, for the configuration's errors.
func (UnitKind) Allowed() []string {
	return []string{string(Section), string(Brigade), string(Station), string(Office), string(Leading), string(External)}
}

// Reports says whether the unit owes figures.
func (u Unit) Reports() bool {
	return u.Kind == Section || u.Kind == Brigade || u.Kind == Station
}

// Group is a group chat that the bot speaks in.
type Group struct {
	Name    string   `json:"name" yaml:"name" required:"true"`
	Members []string `json:"members" yaml:"members"` // accounts; empty = everyone
}

// Roster is who and what the campaign consists of, in the order configured. It never
// changes: when somebody comes or leaves, the bot is given another one (Bot.Put).
type Roster struct {
	People []Person // who may use the bot
	Units  []Unit
	Groups []Group

	people map[string]int // by account in lower case
	units  map[string]int
	former map[string]Person // likewise: who has left, for their names
	now    map[string]string // likewise: the account that one of before has become

	unitNames, personNames []dialog.Name
}

// NewRoster indexes people and units. Accounts and unit ids must be unique; the
// configuration has seen to that. former are those who have left: they are nobody's
// Person any more, but what they did keeps their names.
func NewRoster(people []Person, units []Unit, groups []Group, former ...Person) *Roster {
	r := &Roster{People: people, Units: units, Groups: groups, former: make(map[string]Person, len(former)),
		people: make(map[string]int, len(people)), units: make(map[string]int, len(units))}
	for _, p := range former {
		r.former[strings.ToLower(p.Account)] = p
	}
	for i, p := range people {
		r.people[strings.ToLower(p.Account)] = i
		r.personNames = append(r.personNames, dialog.Name{Value: p.Account, Words: []string{p.Name}})
	}
	for i, u := range units {
		r.units[u.ID] = i
		r.unitNames = append(r.unitNames, dialog.Name{Value: u.ID, Words: append([]string{u.Name}, u.Alias...)})
	}
	return r
}

// UnitNames is what the units are called, for forms that ask for one. It is shared
// by all forms: nobody may change it.
func (r *Roster) UnitNames() []dialog.Name { return r.unitNames }

// PersonNames is what the people are called, likewise.
func (r *Roster) PersonNames() []dialog.Name { return r.personNames }

// Person finds a person by account, in whatever letters it is written. Somebody who
// has left is not found.
func (r *Roster) Person(account string) (Person, bool) {
	i, ok := r.people[strings.ToLower(account)]
	if !ok {
		return Person{}, false
	}
	return r.People[i], true
}

// Former finds somebody who has left.
func (r *Roster) Former(account string) (Person, bool) {
	p, ok := r.former[strings.ToLower(account)]
	return p, ok
}

// Renamed is the roster with accounts that have become others, each as it is
// configured by what it has become.
func (r *Roster) Renamed(now map[string]string) *Roster {
	out := *r
	out.now = make(map[string]string, len(now))
	for before, after := range now {
		out.now[strings.ToLower(before)] = after
	}
	return &out
}

// Now is the account that this one has become; itself, if it is what it was.
func (r *Roster) Now(account string) string {
	if after, ok := r.now[strings.ToLower(account)]; ok {
		return after
	}
	return account
}

// Unit finds a unit by id.
func (r *Roster) Unit(id string) (Unit, bool) {
	i, ok := r.units[id]
	if !ok {
		return Unit{}, false
	}
	return r.Units[i], true
}

// UnitName is a unit's name, or its id if it is no longer in the roster.
func (r *Roster) UnitName(id string) string {
	if u, ok := r.Unit(id); ok {
		return u.Name
	}
	return id
}

// PersonName is a person's name, also of one who has left, or the account if it was
// never in the roster.
func (r *Roster) PersonName(account string) string {
	if p, ok := r.Person(account); ok {
		return p.Name
	}
	if p, ok := r.Former(account); ok {
		return p.Name
	}
	return account
}

// Reporting lists the units that owe figures, in order.
func (r *Roster) Reporting() []Unit {
	var out []Unit
	for _, u := range r.Units {
		if u.Reports() {
			out = append(out, u)
		}
	}
	return out
}

// Of lists a unit's people of the given roles, in order.
func (r *Roster) Of(unit string, roles ...Role) []Person {
	var out []Person
	for _, p := range r.People {
		if p.Unit == unit && slices.Contains(roles, p.Role) {
			out = append(out, p)
		}
	}
	return out
}

// WithRole lists everyone of the given roles, in order.
func (r *Roster) WithRole(roles ...Role) []Person {
	var out []Person
	for _, p := range r.People {
		if slices.Contains(roles, p.Role) {
			out = append(out, p)
		}
	}
	return out
}

// Group finds a group by name.
func (r *Roster) Group(name string) (Group, bool) {
	i := slices.IndexFunc(r.Groups, func(g Group) bool { return g.Name == name })
	if i < 0 {
		return Group{}, false
	}
	return r.Groups[i], true
}

// In says whether a person belongs to a group.
func (g Group) In(account string) bool {
	return len(g.Members) == 0 || slices.Contains(g.Members, account)
}
