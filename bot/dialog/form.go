// Package dialog is forms in conversation: what a person says to a form, and
// what the form says back.
//
// Step is a pure function over a Form (data), a Draft (what has been said so
// far) and one Input. It reads what it can out of one line, keeps the rest of
// the draft, and returns the new draft and an Outcome: ask for what is missing,
// show the card, submit. It has no clock, no database and no words of its own:
// the time, what the records already know and the checks come in through Env;
// how the outcome is put into words is the business of package templates.
//
// A message is read in passes, from what is sure to what is likely; what one pass
// has taken no later one reads again:
//
//   - a form of mixed fields (a lead): labels (label.go), what its own form gives
//     away (find.go: amounts, times, phones; place.go; phrase.go: names and goods),
//     answers in the order that was asked (answer.go), and the words themselves
//     (fill.go);
//   - a form of lines (the weekly table): every number finds its name before,
//     around or behind it (figures.go, names.go), or shares it (rows.go); what is
//     said to be none (zero.go); what is no figure of this period (scope.go).
//
// How shops are called, the platforms, the words of trade, the names of figures
// are data of the form; how Chinese goes on around them is here.
//
// What it promises, and its tests repeat:
//   - nothing that was entered is lost by what is said later, unless it is
//     corrected by name, taken back or the whole draft is dropped;
//   - a value is shown as it was read, beside what was typed;
//   - what cannot be read is named and never guessed;
//   - everything missing is asked for at once.
package dialog

import (
	"fmt"

	"zhuanban/bot/zh"
)

// Form is a form as data: from the configuration, or made from a table.
type Form struct {
	Key    string  `json:"key" yaml:"-"`
	Title  string  `json:"title" yaml:"title" required:"true"`
	Fields []Field `json:"fields" yaml:"fields" required:"true"`
	// Steps are the questions of the guided mode: the keys asked for together,
	// with a heading. Without them each field is a step.
	Steps []Group `json:"steps,omitempty" yaml:"steps"`
	// Lines says that one line of labelled numbers fills the form and that what
	// it does not name stays as it is: nothing is missing, everything else takes
	// its default. (The weekly table.)
	Lines bool `json:"lines,omitempty" yaml:"-"`

	// See Prepare.
	names []name  // of its numeric fields
	each  []Group // a step for each field, where there are no Steps
}

// Prepare makes ready once what every message to a form needs. The form must not
// change after it.
func (f *Form) Prepare() *Form {
	f.names, f.each = f.numericNames(), f.steps()
	return f
}

// Group is fields that are asked for together in the guided mode.
type Group struct {
	Label  string   `json:"label" yaml:"label"`
	Fields []string `json:"fields" yaml:"fields"`
}

// Field is one thing to know.
type Field struct {
	Key      string   `json:"key" yaml:"key" required:"true"`
	Label    string   `json:"label" yaml:"label" required:"true"`
	Alias    []string `json:"alias,omitempty" yaml:"alias"` // other names that people use for it
	Type     Type     `json:"type" yaml:"type" required:"true"`
	Unit     string   `json:"unit,omitempty" yaml:"unit"` // of a number: 次, 户次; of money: 元 or 万元
	Scale    int      `json:"scale,omitempty" yaml:"scale"`
	Required bool     `json:"required,omitempty" yaml:"required"`
	Default  string   `json:"default,omitempty" yaml:"default"` // taken when nothing is said, and shown as such
	Prompt   string   `json:"prompt,omitempty" yaml:"prompt"`   // the guided question
	Example  string   `json:"example,omitempty" yaml:"example"`
	Unknown  string   `json:"unknown,omitempty" yaml:"unknown"` // the word for "nobody knows": 待查
	Options  []Option `json:"options,omitempty" yaml:"options"` // of a choice
	Max      int64    `json:"max,omitempty" yaml:"max"`         // characters of a text; units of a number
	Rest     bool     `json:"rest,omitempty" yaml:"rest"`       // the whole of what was said belongs here
	Ends     []string `json:"ends,omitempty" yaml:"ends"`       // of a text: how such names end (店, 公司)
	After    []string `json:"after,omitempty" yaml:"after"`     // of a text: the words it follows (销售, 卖)
	Starts   []string `json:"starts,omitempty" yaml:"starts"`   // of a text: how it begins (假冒, 三无)
	Words    []string `json:"words,omitempty" yaml:"words"`     // of a text: values that are known (淘宝, 抖音)
	Else     string   `json:"else,omitempty" yaml:"else"`       // the key of a field whose value stands in
	Past     bool     `json:"past,omitempty" yaml:"past"`       // of a time: it lies behind us
	Fixed    bool     `json:"fixed,omitempty" yaml:"-"`         // known from records; nobody types it
	// Core marks the figures that a card names when they stand at 0.
	Core bool `json:"core,omitempty" yaml:"-"`
	// Conditional fields are asked for only while Env.Followups lists them.
	Conditional bool `json:"conditional,omitempty" yaml:"-"`
}

// Option is one answer of a choice.
type Option struct {
	Value string   `json:"value" yaml:"value" required:"true"`
	Label string   `json:"label" yaml:"label" required:"true"`
	Words []string `json:"words,omitempty" yaml:"words"` // words in free text that mean it
}

// Type is what kind of value a field holds.
type Type string

// The types of field.
const (
	Text     Type = "text"     // a name or a sentence
	Choice   Type = "choice"   // one of Options
	Number   Type = "number"   // a count or a decimal, in Unit
	Money    Type = "money"    // kept in 分
	Quantity Type = "quantity" // a number with the unit that was said: 200双
	Time     Type = "time"     // a day, or a day and an hour
	Phone    Type = "phone"
	Place    Type = "place" // an address, its township known where possible
	Link     Type = "link"
	Files    Type = "files" // photos and files
	Unit     Type = "unit"  // a unit of the roster
	Person   Type = "person"
)

// Allowed lists the types, for the configuration's errors.
func (Type) Allowed() []string {
	return []string{string(Text), string(Choice), string(Number), string(Money), string(Quantity), string(Time),
		string(Phone), string(Place), string(Link), string(Files), string(Unit), string(Person)}
}

// Field finds a field by key.
func (f *Form) Field(key string) (*Field, bool) {
	for i := range f.Fields {
		if f.Fields[i].Key == key {
			return &f.Fields[i], true
		}
	}
	return nil, false
}

// Named finds the field that a label or alias names exactly.
func (f *Form) Named(label string) (*Field, bool) {
	label = fold(label)
	for i := range f.Fields {
		if f.Fields[i].Fixed {
			continue
		}
		if fold(f.Fields[i].Label) == label {
			return &f.Fields[i], true
		}
		for _, a := range f.Fields[i].Alias {
			if fold(a) == label {
				return &f.Fields[i], true
			}
		}
	}
	return nil, false
}

// fold is zh.Fold, quick where there is nothing to fold, as in most names.
func fold(s string) string {
	for i := 0; i < len(s); i++ { // full-width forms begin with these bytes
		if c := s[i]; c == 0xEF || c == 0xE3 || c == 0xC2 || c == ' ' {
			return zh.Fold(s)
		}
	}
	return s
}

// names are all the ways to call a field.
func (f *Field) names() []string { return append([]string{f.Label}, f.Alias...) }

// Short is the name that people use for the field.
func (f *Field) Short() string {
	if len(f.Alias) > 0 {
		return f.Alias[0]
	}
	return f.Label
}

// numeric says whether labelled numbers can fill the field.
func (f *Field) numeric() bool { return f.Type == Number || f.Type == Money }

// option finds an option by value, label or exact word.
func (f *Field) option(s string) (Option, bool) {
	s = fold(s)
	for _, o := range f.Options {
		if o.Value == s || fold(o.Label) == s {
			return o, true
		}
	}
	for _, o := range f.Options {
		for _, w := range o.Words {
			if fold(w) == s {
				return o, true
			}
		}
	}
	return Option{}, false
}

// steps are the groups of the guided mode.
func (f *Form) steps() []Group {
	if len(f.Steps) > 0 {
		return f.Steps
	}
	if f.each != nil {
		return f.each
	}
	var out []Group
	for _, fd := range f.Fields {
		if !fd.Fixed && fd.Type != Files {
			out = append(out, Group{Fields: []string{fd.Key}})
		}
	}
	return out
}

// Mistake is something wrong in a form as configured.
type Mistake struct {
	Key    string // where, as a path below the form: fields[3].options
	Found  string
	Remedy string
}

// Mistakes finds what would make a form useless or unclear: keys and names that
// two fields share, choices without options, steps that name no field.
func (f *Form) Mistakes() []Mistake {
	var out []Mistake
	keys, names := map[string]bool{}, map[string]string{}
	for i := range f.Fields {
		fd := &f.Fields[i]
		at := fmt.Sprintf("fields[%d]", i)
		if keys[fd.Key] {
			out = append(out, Mistake{at + ".key", fmt.Sprintf("the key %q is taken by another field", fd.Key), "give every field a key of its own"})
		}
		keys[fd.Key] = true
		for _, n := range fd.names() {
			n = fold(n)
			if other, ok := names[n]; ok && other != fd.Key {
				out = append(out, Mistake{at, fmt.Sprintf("the name %q is a name of %s too", n, other), "a name may mean one field only: take it out of one of the two"})
			}
			names[n] = fd.Key
		}
		if fd.Type == Choice && len(fd.Options) == 0 {
			out = append(out, Mistake{at + ".type", "a choice without options", "list its options"})
		}
		if fd.Default != "" && fd.Type == Choice {
			if _, ok := fd.option(fd.Default); !ok {
				out = append(out, Mistake{at + ".default", fmt.Sprintf("%q is none of the options", fd.Default), "use the value of an option"})
			}
		}
	}
	for i, g := range f.Steps {
		for j, k := range g.Fields {
			if !keys[k] {
				out = append(out, Mistake{fmt.Sprintf("steps[%d].fields[%d]", i, j), fmt.Sprintf("there is no field %q", k), "use the key of a field"})
			}
		}
	}
	return out
}
