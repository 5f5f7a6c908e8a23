package dialog

import (
	"time"
)

// Input is one thing that a person did about a form.
type Input struct {
	Action Action // a button, or a word that means the same
	Text   string
	Files  []File
	Place  string // a place from the phone's map, as words
}

// Action is what a button on a form's card does.
type Action string

// The actions.
const (
	Submit Action = "submit"
	Edit   Action = "edit"   // how do I change something?
	Guide  Action = "guide"  // one step after the other
	More   Action = "more"   // the guided mode, for the follow-ups only
	Back   Action = "back"   // the guided step before
	Skip   Action = "skip"   // the guided step after
	Finish Action = "finish" // leave the guided mode and see the card
	Show   Action = "show"   // the card again
	Undo   Action = "undo"   // the last change
	Drop   Action = "drop"   // forget the draft
)

// Env is what a step needs to know of the world.
type Env struct {
	Now time.Time
	// Places are the names of townships and the like, longest first.
	Places []Name
	Units  []Name
	People []Name
	// Defaults are values that stand where nobody said anything: from the
	// records, from the last report, from the speaker.
	Defaults map[string]Value
	// Check looks at all values and says what is wrong. It is pure.
	Check func(values map[string]Value) []Finding
	// Zero says whether the values report that there is nothing to report.
	Zero func(values map[string]Value) bool
	// Followups are the keys worth asking for, given these values.
	Followups func(values map[string]Value) []string
}

// Name is a thing of the roster or the gazetteer and what it is called.
type Name struct {
	Value string // id, account or the full name of a place
	Words []string
}

// Finding is something that the checks say about the values.
type Finding struct {
	ID      string
	Blocks  bool     // must be mended; otherwise it may stand with a reason
	Message string   // what the rule says
	Reading string   // the numbers it says it of
	Fields  []string // the fields concerned, in order
	Why     Why      // of a finding of the form itself; Message is then a label
	Arg     string
}

// Outcome is what became of an input.
type Outcome struct {
	// Taken says how surely the input was meant for this form.
	Taken Taken
	// Event is what happens next.
	Event Event
	// Missing are the keys to ask for (Ask), in order.
	Missing []string
	// Changed are the keys whose values this input changed.
	Changed []string
	// Problems are the words that could not be taken, and why.
	Problems []Problem
	// Findings are what the checks say of the values now.
	Findings []Finding
}

// Taken is how surely an input was meant for a form.
type Taken int

// The degrees of certainty.
const (
	NotTaken Taken = iota // the form can make nothing of it
	Weakly                // only as free text
	Surely                // by a label, a type or a word of command
)

// Event is what happens after a step.
type Event string

// The events.
const (
	Ask      Event = "ask"      // ask for everything that is missing
	Confirm  Event = "confirm"  // show the card
	Question Event = "question" // ask the guided step
	HowTo    Event = "howto"    // say how to change a value
	Explain  Event = "explain"  // ask for the reasons that are wanting
	Fix      Event = "fix"      // it cannot be submitted like this
	Done     Event = "done"     // submit it
	Dropped  Event = "dropped"  // forget it
	Nothing  Event = ""         // the input was not taken
)

// Problem is something said that could not become a value.
type Problem struct {
	Field string // key; "" when it is not known what was meant
	Raw   string // the words
	Why   Why
	Arg   string // of Why: the limit, the names that could be meant
}

// Why is the reason that words could not become a value; each has a sentence in
// the templates.
type Why string

// The reasons.
const (
	NoSuchField  Why = "no_such_field" // nothing has that name
	NoSuchItem   Why = "no_such_item"  // the card has no item of that number
	NotANumber   Why = "not_a_number"
	NotWhole     Why = "not_whole"
	TooFine      Why = "too_fine" // more decimals than there may be
	TooLarge     Why = "too_large"
	Negative     Why = "negative"
	NotMoney     Why = "not_money"
	NotATime     Why = "not_a_time"
	InFuture     Why = "in_future"
	NotAPhone    Why = "not_a_phone"
	NotAChoice   Why = "not_a_choice"
	NotAUnit     Why = "not_a_unit"
	NotAPerson   Why = "not_a_person"
	TooShort     Why = "too_short"
	TooLong      Why = "too_long"
	KnownAlready Why = "fixed"      // it comes from the records
	Cumulative   Why = "cumulative" // the sum so far instead of this period's figure
	Unclear      Why = "unclear"    // words that belong to no field
	NotAsked     Why = "not_asked"
)

// Step takes one input and says what becomes of the draft. It changes nothing
// that it is given.
func Step(f *Form, d Draft, in Input, env Env) (Draft, Outcome) {
	s := &step{form: f, d: d.clone(), env: env, before: d}
	switch {
	case in.Action != "":
		s.act(in.Action)
	case len(in.Files) > 0 || in.Place != "":
		s.attach(in)
	default:
		s.text(in.Text)
	}
	return s.d, s.out
}

// step is one run of Step.
type step struct {
	form   *Form
	d      Draft
	env    Env
	before Draft
	out    Outcome
}

// values are what is said and, where nothing is, what stands by default.
func (s *step) values() map[string]Value { return s.form.Values(s.d, s.env) }

// Values are all values of a draft: what was said and, where nothing was, the
// defaults of the surroundings and of the form.
func (f *Form) Values(d Draft, env Env) map[string]Value {
	all := make(map[string]Value, len(d.Values)+len(env.Defaults))
	for i := range f.Fields {
		fd := &f.Fields[i]
		if v, ok := d.Values[fd.Key]; ok {
			all[fd.Key] = v
			continue
		}
		if v, ok := env.Defaults[fd.Key]; ok {
			all[fd.Key] = v
			continue
		}
		if fd.Default != "" {
			if v, why, _ := fd.read(fd.Default, env); why == "" {
				v.Origin, v.Raw = Defaulted, ""
				all[fd.Key] = v
			}
		}
	}
	f.standIns(all)
	return all
}

// standIns lets other values stand where one is not known otherwise: of an online
// shop, the platform is the place.
func (f *Form) standIns(all map[string]Value) {
	for i := range f.Fields {
		fd := &f.Fields[i]
		if _, known := all[fd.Key]; known || fd.Else == "" {
			continue
		}
		if v, ok := all[fd.Else]; ok && v.Text != "" {
			all[fd.Key] = Value{Text: v.Text, Origin: Inferred}
		}
	}
}

// missing are the required keys without a value, in the order of the form. A form
// of lines has none: what it does not name takes its default.
func (s *step) missing() []string {
	if s.form.Lines {
		return nil
	}
	all := s.values()
	var out []string
	for _, fd := range s.form.Fields {
		if fd.Required && !fd.Fixed {
			if _, ok := all[fd.Key]; !ok {
				out = append(out, fd.Key)
			}
		}
	}
	return out
}

// settle decides what comes next, after values may have changed.
func (s *step) settle() {
	if len(s.out.Changed) > 0 {
		s.d.Rev++
		s.d.Undo = s.before.Values
		if s.d.Undo == nil {
			s.d.Undo = map[string]Value{}
		}
	}
	if s.d.Phase == Guided {
		s.out.Event = Question
		return
	}
	s.review()
}

// review leaves the guided mode: ask for what is missing, or show the card.
func (s *step) review() {
	if m := s.missing(); len(m) > 0 {
		s.d.Phase = Collecting
		s.d.Asked = m
		s.d.Rounds++
		s.out.Missing = m
		s.out.Event = Ask
		return
	}
	s.d.Phase = Confirming
	s.d.Asked = nil
	s.out.Findings = s.findings()
	s.out.Event = Confirm
}

func (s *step) findings() []Finding {
	if s.env.Check == nil {
		return nil
	}
	return s.env.Check(s.d.Values)
}

// Explained says whether a finding has been given a reason for these numbers.
func (d Draft) Explained(fi Finding) bool {
	n, ok := d.Notes[fi.ID]
	return ok && n.Reading == fi.Reading
}

// unexplained are the findings that may stand but have no reason yet.
func (s *step) unexplained(all []Finding) []Finding {
	var out []Finding
	for _, fi := range all {
		if !fi.Blocks && !s.d.Explained(fi) {
			out = append(out, fi)
		}
	}
	return out
}

func blocking(all []Finding) bool {
	for _, fi := range all {
		if fi.Blocks {
			return true
		}
	}
	return false
}
