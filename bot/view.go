package bot

import (
	"maps"
	"unicode/utf8"

	"zhuanban/bot/dialog"
)

// FormView is what the templates of a form are filled with.
type FormView struct {
	ID      int64
	Rev     int
	Title   string
	Heading string
	Note    string
	// Lines are the values that count, by group, numbered through.
	Groups []LineGroup
	// Zeros are the labels of the core figures that nobody named and that stand at
	// 0; MoreZeros counts the other required ones.
	Zeros     []string
	MoreZeros int
	// Photos and Files count what is attached.
	Photos, Files int
	// Missing are the fields to ask for.
	Missing  []FieldView
	Problems []ProblemView
	Errors   []FindingView
	Warnings []FindingView
	// Unchanged says that a correction changes nothing yet.
	Unchanged bool
	// Held says that it was to be submitted and could not be.
	Held bool
	// Wanting says that a reason is wanted before it can be submitted.
	Wanting    bool
	Correcting bool
	Reason     string
	Changed    []string // labels
	Zero       bool
	Followups  []string // labels of what could be added
	// Question is the guided step.
	Question *QuestionView
	Lines    bool // the form is filled by lines of labelled numbers
	CanUndo  bool
	Data     any // what the form's owner adds for its own templates

	keys []string
}

// LineGroup is lines under a heading.
type LineGroup struct {
	Label string
	Lines []LineView
}

// LineView is one value on a card.
type LineView struct {
	No     int
	Label  string
	Show   string
	Raw    string // the words it was read from, where they differ
	Was    string // in a correction: what was filed
	Origin string
}

// FieldView is a field that is asked for.
type FieldView struct {
	Label, Prompt, Example, Unknown, Unit string
	Now                                   string // its value, if it has one
	Options                               []string
}

// ProblemView is something that could not be read.
type ProblemView struct {
	Label, Raw, Why, Arg string
}

// FindingView is something that the checks say.
type FindingView struct {
	Message, Reading, Reason string
	Why, Arg                 string
}

// QuestionView is a step of the guided mode.
type QuestionView struct {
	At, Of int
	Label  string
	Fields []FieldView
}

// view prepares what a template needs to show the draft.
func (s *Session) view(out dialog.Outcome) FormView {
	v := FormView{ID: s.ID, Rev: s.Draft.Rev, Title: s.Form.Title, Heading: s.Heading, Note: s.Note,
		Correcting: s.Draft.Correcting, Reason: s.Draft.Reason, Lines: s.Form.Lines,
		CanUndo: len(s.Draft.Undo) > 0, Data: s.Data}
	for _, f := range s.Draft.Files {
		if f.Kind == string(Photo) {
			v.Photos++
		} else {
			v.Files++
		}
	}
	values := s.Form.Values(s.Draft, s.Env)
	v.Zero = s.Env.Zero != nil && s.Env.Zero(s.Draft.Values)
	v.lines(s, values, out.Event)
	for _, k := range out.Missing {
		v.Missing = append(v.Missing, s.fieldView(k, values))
	}
	for _, k := range out.Changed {
		v.Changed = append(v.Changed, s.label(k))
	}
	for _, p := range out.Problems {
		v.Problems = append(v.Problems, ProblemView{Label: s.label(p.Field), Raw: cut(p.Raw), Why: string(p.Why), Arg: p.Arg})
	}
	v.Unchanged = s.Draft.Correcting && maps.EqualFunc(s.Draft.Values, s.Draft.Base, dialog.Value.Same)
	v.findings(s, out)
	v.Held = out.Event == dialog.Fix || out.Event == dialog.Explain
	if s.Env.Followups != nil {
		for _, k := range s.Env.Followups(s.Draft.Values) {
			v.Followups = append(v.Followups, s.label(k))
		}
	}
	if out.Event == dialog.Question {
		v.Question = s.question(values)
	}
	return v
}

// lines puts the values into numbered lines, by section where the form is one of
// lines. While values are asked for, defaults are left out. A question shows no lines;
// they only keep their numbers.
func (v *FormView) lines(s *Session, values map[string]dialog.Value, e dialog.Event) {
	asking := e == dialog.Ask
	sections := s.sections()
	for _, g := range sections {
		var group LineGroup
		for _, fd := range g.fields {
			val, ok := values[fd.Key]
			if !ok || fd.Type == dialog.Files || asking && val.Origin == dialog.Defaulted || s.Form.Lines && v.folded(s, fd, val) {
				continue
			}
			v.keys = append(v.keys, fd.Key)
			if e == dialog.Question {
				continue
			}
			group.Lines = append(group.Lines, s.line(len(v.keys), fd, val))
		}
		if len(group.Lines) > 0 {
			group.Label = g.label
			v.Groups = append(v.Groups, group)
		}
	}
}

// section is fields of the form under a heading.
type section struct {
	label  string
	fields []*dialog.Field
}

// sections are the form's fields as a card shows them: a form of lines by its
// steps, another in one piece.
func (s *Session) sections() []section {
	if !s.Form.Lines {
		var all section
		for i := range s.Form.Fields {
			all.fields = append(all.fields, &s.Form.Fields[i])
		}
		return []section{all}
	}
	var out []section
	for _, g := range s.Form.Steps {
		one := section{label: g.Label}
		for _, k := range g.Fields {
			if fd, ok := s.Form.Field(k); ok {
				one.fields = append(one.fields, fd)
			}
		}
		out = append(out, one)
	}
	return out
}

// folded says whether a figure has no line of its own: one that stands at 0
// because nobody named it is only counted, the core ones by name. What a
// correction brings down to 0 is not folded.
func (v *FormView) folded(s *Session, fd *dialog.Field, val dialog.Value) bool {
	if val.Num != 0 || s.Draft.Base[fd.Key].Num != 0 || val.Origin != dialog.Defaulted && !fd.Fixed {
		return false
	}
	switch {
	case fd.Fixed:
	case fd.Core:
		v.Zeros = append(v.Zeros, fd.Short())
	case fd.Required && !fd.Conditional:
		v.MoreZeros++
	}
	return true
}

// line is one value of the card, with what it was if the draft corrects it.
func (s *Session) line(no int, fd *dialog.Field, val dialog.Value) LineView {
	l := LineView{No: no, Label: fd.Label, Show: fd.Show(val), Raw: fd.Reading(val), Origin: string(val.Origin)}
	if !s.Draft.Correcting || fd.Fixed {
		return l
	}
	_, said := s.Draft.Values[fd.Key]
	switch was, ok := s.Draft.Base[fd.Key]; {
	case !ok && (!said || val.Num == 0):
	case !ok:
		l.Was = "0"
	case !was.Same(val):
		l.Was = fd.Show(was)
	}
	return l
}

func (v *FormView) findings(s *Session, out dialog.Outcome) {
	for _, f := range out.Findings {
		fv := FindingView{Message: f.Message, Reading: f.Reading, Why: string(f.Why), Arg: f.Arg}
		if f.Blocks {
			v.Errors = append(v.Errors, fv)
			continue
		}
		if s.Draft.Explained(f) {
			fv.Reason = s.Draft.Notes[f.ID].Reason
		} else {
			v.Wanting = true
		}
		v.Warnings = append(v.Warnings, fv)
	}
	if s.Draft.Correcting && s.Draft.Reason == "" {
		v.Wanting = true
	}
}

// template is the template that says an event.
func (v *FormView) template(e dialog.Event) string {
	switch e {
	case dialog.Ask:
		return "form.ask"
	case dialog.Question:
		return "form.question"
	case dialog.HowTo:
		return "form.howto"
	}
	return "form.card"
}

func (s *Session) question(values map[string]dialog.Value) *QuestionView {
	q := &QuestionView{Label: s.Form.GroupAt(s.Draft).Label}
	q.At, q.Of = s.Form.Progress(s.Draft, s.Env)
	for _, k := range s.Form.Open(s.Draft.Step, s.Draft, s.Env) {
		q.Fields = append(q.Fields, s.fieldView(k, values))
	}
	return q
}

func (s *Session) fieldView(key string, values map[string]dialog.Value) FieldView {
	fd, ok := s.Form.Field(key)
	if !ok {
		return FieldView{Label: key}
	}
	fv := FieldView{Label: fd.Label, Prompt: fd.Prompt, Example: fd.Example, Unknown: fd.Unknown, Unit: fd.Unit}
	for _, o := range fd.Options {
		fv.Options = append(fv.Options, o.Label)
	}
	if val, ok := values[key]; ok && val.Origin != dialog.Defaulted {
		fv.Now = fd.Show(val)
	}
	return fv
}

func (s *Session) label(key string) string {
	if fd, ok := s.Form.Field(key); ok {
		return fd.Label
	}
	return key
}

// cut keeps a quotation short enough for a phone.
func cut(s string) string {
	if utf8.RuneCountInString(s) <= 24 {
		return s
	}
	return string([]rune(s)[:24]) + "…"
}
