package flow

import "slices"

// Person is whoever wants to make a move, as far as it matters here.
type Person struct {
	Account string
	Unit    string
	Filer   bool // reports for the unit
	Head    bool // heads it
	Office  bool // works in the campaign's office
	// Director heads the office or leads the campaign; Chief leads it.
	Director, Chief bool
	// For are those whom the person stands in for.
	For []Person
}

// Lead is a lead, as far as it matters here.
type Lead struct {
	State    State
	Before   State  // before it was laid aside
	Reporter string // the account
	Unit     string // of the reporter
	Handling string // the unit that it is assigned to; "" = none
}

// Why is the kind of a refusal.
type Why string

// Why a move may not be made.
const (
	WrongState Why = "state"  // the lead does not stand where the move begins
	NotTheirs  Why = "rights" // others may, this person may not
)

// Refusal says why a move may not be made; the zero value says that it may.
type Refusal struct {
	Why  Why
	Move Move
	// Next are the moves that the person could make instead, for what to say next.
	Next []Move
}

// OK says that the move may be made.
func (r Refusal) OK() bool { return r.Why == "" }

// Check says whether a person may make a move with a lead.
func Check(m Move, l Lead, p Person) Refusal {
	switch {
	case !slices.Contains(m.From, l.State):
		return Refusal{Why: WrongState, Move: m, Next: Possible(l, p)}
	case !Entitled(m, l, p):
		return Refusal{Why: NotTheirs, Move: m, Next: Possible(l, p)}
	}
	return Refusal{}
}

// Choose finds, among the moves that a word orders, the one that fits a lead and a
// person; if none does, the refusal is of the one that comes nearest.
func Choose(word string, l Lead, p Person) (Move, Refusal) {
	var first Refusal
	for _, m := range Called(word) {
		r := Check(m, l, p)
		if r.OK() {
			return m, r
		}
		if first.OK() || r.Why == NotTheirs && first.Why == WrongState {
			first = r
		}
	}
	return first.Move, first
}

// Possible lists the moves that a person could make with a lead.
func Possible(l Lead, p Person) []Move {
	var out []Move
	for _, m := range Moves() {
		if slices.Contains(m.From, l.State) && Entitled(m, l, p) {
			out = append(out, m)
		}
	}
	return out
}

// Entitled says whether a person, or somebody whom they stand in for, has one of the
// rights that a move asks for.
func Entitled(m Move, l Lead, p Person) bool {
	if slices.ContainsFunc(m.Who, func(r Right) bool { return p.has(r, l) }) {
		return true
	}
	return slices.ContainsFunc(p.For, func(q Person) bool {
		q.For = nil
		return Entitled(m, l, q)
	})
}

// has says whether a person has a right with a lead, themselves.
func (p Person) has(r Right, l Lead) bool {
	member := p.Filer || p.Head
	switch r {
	case Anyone:
		return member || p.Office
	case Reporter:
		return p.Account == l.Reporter || member && p.Unit == l.Unit
	case Office:
		return p.Office
	case Handler:
		return member && l.Handling != "" && p.Unit == l.Handling
	case HandlingHead:
		return p.Head && l.Handling != "" && p.Unit == l.Handling
	case Director:
		return p.Director
	case Chief:
		return p.Chief
	}
	return false
}
