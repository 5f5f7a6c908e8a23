// Package flow is a lead's whole life as data: the states that it can stand in, and
// the moves between them, each with who may make it, what it needs and who hears of
// it. Moves is the table; read it from top to bottom.
//
// The package is pure. It knows no conversation, no database and no clock: Check
// says of a move, a lead and a person whether the move may be made and, if not, why,
// as a value that somebody else puts into words. What the law allows for each step,
// and until when, is package limits.
//
// The states are those of the campaign's rules: draft → registered → triaged →
// assigned → accepted → checking → {filed | not_filed | transferred_other |
// transferred_out | transferred_police | merged} → investigating → decided → closed →
// fed_back → archived. Beside the way stand returned, conference and suspended, out
// of which a lead goes back to where it was. Supervised and series are no states but
// marks: a lead that is supervised goes on.
package flow

import "slices"

// State is where a lead stands.
type State string

// The states.
const (
	Draft             State = "draft"              // being written down; not in the ledger yet
	Registered        State = "registered"         // in the ledger, waiting for triage
	Withdrawn         State = "withdrawn"          // taken back by its reporter before triage
	Triaged           State = "triaged"            // judged, or sent back by a unit: waiting for assignment
	Returned          State = "returned"           // back with its reporter, who is to add something
	Assigned          State = "assigned"           // given to a unit that has not accepted it yet
	Accepted          State = "accepted"           // the unit has it
	Checking          State = "checking"           // the unit checks it
	Conference        State = "conference"         // waits for a case conference
	Suspended         State = "suspended"          // its limits stand still
	Filed             State = "filed"              // it has become a case
	NotFiled          State = "not_filed"          // checked: no case
	TransferredOther  State = "transferred_other"  // another department's duty
	TransferredOut    State = "transferred_out"    // handed over to another place
	TransferredPolice State = "transferred_police" // a suspected crime
	Merged            State = "merged"             // part of another lead
	Investigating     State = "investigating"      // the case is being investigated
	Decided           State = "decided"            // the decision is made
	Closed            State = "closed"             // the work is done
	FedBack           State = "fed_back"           // whoever it came from has been told
	Archived          State = "archived"           // on the shelf
)

// States lists all states in the order of a lead's life.
func States() []State {
	return []State{Draft, Registered, Withdrawn, Triaged, Returned, Assigned, Accepted, Checking, Conference, Suspended, Filed,
		NotFiled, TransferredOther, TransferredOut, TransferredPolice, Merged, Investigating, Decided, Closed, FedBack, Archived}
}

// The groups of states that moves share.
var (
	desk     = []State{Registered, Triaged}                                                    // with the office
	checking = []State{Assigned, Accepted, Checking}                                           // with a unit, no outcome yet
	inCase   = []State{Filed, Investigating}                                                   // a case without a decision
	working  = append(slices.Clone(checking), inCase...)                                       // with a unit that has to do something
	open     = append(slices.Clone(desk), working...)                                          // all that is not decided
	outcomes = []State{NotFiled, TransferredOther, TransferredOut, TransferredPolice, Decided} // what may be closed
)

// Right is what entitles somebody to a move.
type Right string

// The rights.
const (
	Anyone       Right = "anyone"        // who reports leads at all
	Reporter     Right = "reporter"      // who registered it, and their unit's filers and head
	Office       Right = "office"        // the campaign's office
	Handler      Right = "handler"       // filers and head of the unit that it is assigned to
	HandlingHead Right = "handling_head" // the head of that unit
	Director     Right = "director"      // the office's director, and the leaders
	Chief        Right = "chief"         // the leader of all, who decides on transfers to the police
)

// Need is what a move cannot be made without.
type Need string

// The needs.
const (
	Document Need = "document" // the number of an official document (文号)
	Reason   Need = "reason"   // in words
	Unit     Need = "unit"     // of the campaign
	Agency   Need = "agency"   // another department, or the authority of another place
	Other    Need = "other"    // another lead's number
	Days     Need = "days"     // how many
	Money    Need = "money"    // an amount
	Text     Need = "text"     // what is fed back
)

// Party is who hears of a move. The one who makes it never does.
type Party string

// The parties.
const (
	ToReporter Party = "reporter" // who registered it: number and state, no more
	ToUnit     Party = "unit"     // filers and head of the unit that has it after the move
	ToFormer   Party = "former"   // the unit that had it before
	ToHead     Party = "head"     // the head of the unit
	ToOffice   Party = "office"
	ToDirector Party = "director"
	ToChief    Party = "chief"
)

// Name names a move.
type Name string

// Move is a line of the table.
type Move struct {
	Name  Name
	From  []State
	To    State // "" = stays where it is
	Back  bool  // goes back to the state that it had before returned, conference or suspended
	Who   []Right
	Needs []Need
	Tells []Party
	// Words are how people order it, the first of them also the name on the timeline.
	// Words that several moves share are told apart by the lead's state.
	Words []string
}

// Outcome says whether the move ends the checking of a lead.
func (m Move) Outcome() bool {
	return slices.Contains([]State{Filed, NotFiled, TransferredOther, TransferredOut, TransferredPolice, Merged}, m.To)
}

// Target is the state after the move, for a lead that stood in was before it was laid
// aside.
func (m Move) Target(now, was State) State {
	switch {
	case m.Back && was != "":
		return was
	case m.Back:
		return Registered
	case m.To == "":
		return now
	}
	return m.To
}

// Find gives the move of a name.
func Find(n Name) (Move, bool) {
	moves := Moves()
	i := slices.IndexFunc(moves, func(m Move) bool { return m.Name == n })
	if i < 0 {
		return Move{}, false
	}
	return moves[i], true
}

// Called lists the moves that a word orders.
func Called(word string) []Move {
	var out []Move
	for _, m := range Moves() {
		if slices.Contains(m.Words, word) {
			out = append(out, m)
		}
	}
	return out
}

// Open says whether a state is one of somebody's work: no outcome that is closed, fed
// back or archived.
func Open(s State) bool {
	return !slices.Contains([]State{Draft, Withdrawn, Merged, Closed, FedBack, Archived}, s)
}

// BeforeOutcome says whether the checking of a lead in that state goes on, so that the
// limit for it runs (or stands still).
func BeforeOutcome(s State) bool {
	return slices.Contains([]State{Registered, Triaged, Returned, Assigned, Accepted, Checking, Conference, Suspended}, s)
}

// InCase says whether a state is one of a case without a decision.
func InCase(s State) bool { return slices.Contains(inCase, s) }
