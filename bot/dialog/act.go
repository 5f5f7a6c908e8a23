package dialog

import "slices"

// act does what a button, or the word for it, asks for.
func (s *step) act(a Action) {
	s.out.Taken = Surely
	switch a {
	case Submit:
		s.submit()
	case Edit:
		s.out.Event = HowTo
		s.out.Findings = s.findings()
	case Guide:
		s.d.Only = nil
		s.guide()
	case More:
		s.more()
	case Back:
		s.move(-1)
	case Skip:
		s.move(+1)
	case Finish:
		s.d.Phase = Collecting
		s.d.Rounds = 0
		s.review()
	case Undo:
		s.undo()
	case Drop:
		s.out.Event = Dropped
	default: // Show
		if s.d.Phase == Guided {
			s.out.Event = Question
			return
		}
		s.review()
	}
}

// submit sends the draft off, if nothing stands in the way.
func (s *step) submit() {
	if m := s.missing(); len(m) > 0 {
		s.review()
		return
	}
	s.d.Phase = Confirming
	s.out.Findings = s.findings()
	switch {
	case blocking(s.out.Findings):
		s.out.Event = Fix
	case s.d.Correcting && !s.d.changed():
		s.out.Event = HowTo
	case len(s.unexplained(s.out.Findings)) > 0, s.d.Correcting && s.d.Reason == "":
		s.out.Event = Explain
	default:
		s.out.Event = Done
	}
}

// changed says whether a correction changes anything of what was filed.
func (d *Draft) changed() bool {
	if len(d.Values) != len(d.Base) {
		return true
	}
	for k, v := range d.Values {
		if b, ok := d.Base[k]; !ok || !b.Same(v) {
			return true
		}
	}
	return false
}

// undo takes the last change back; once more brings it again.
func (s *step) undo() {
	if s.d.Undo == nil {
		s.review()
		return
	}
	was := s.d.Values
	s.d.Values = s.d.Undo
	if s.d.Values == nil {
		s.d.Values = map[string]Value{}
	}
	for k := range was {
		if v, ok := s.d.Values[k]; !ok || !v.Same(was[k]) {
			s.changed(k)
		}
	}
	slices.Sort(s.out.Changed)
	s.d.Rev++
	s.d.Undo = was
	s.review()
}

// guide begins the guided mode at the first step that wants an answer.
func (s *step) guide() {
	s.d.Phase = Guided
	s.d.Step = -1
	s.move(+1)
}

// more begins the guided mode over the follow-ups alone.
func (s *step) more() {
	keys := s.followups()
	s.d.Only = nil
	for i, g := range s.form.steps() {
		if slices.ContainsFunc(g.Fields, func(k string) bool { return slices.Contains(keys, k) }) {
			s.d.Only = append(s.d.Only, i)
		}
	}
	if len(s.d.Only) == 0 {
		s.review()
		return
	}
	s.guide()
}

func (s *step) followups() []string {
	if s.env.Followups == nil {
		return nil
	}
	return s.env.Followups(s.d.Values)
}

// path are the steps that the guided mode takes: those with something to ask.
func (s *step) path() []int {
	var out []int
	steps, asked := s.form.steps(), s.env.followups(s.d)
	for i := range steps {
		if len(s.d.Only) > 0 && !slices.Contains(s.d.Only, i) {
			continue
		}
		if len(s.form.open(steps[i], s.d, asked)) > 0 {
			out = append(out, i)
		}
	}
	return out
}

// open are the fields of a step that are asked for: not those that the records
// know, and those with a condition only where it holds.
func (s *step) open(i int) []string { return s.form.Open(i, s.d, s.env) }

// Open are the fields asked for in a step of the guided mode.
func (f *Form) Open(i int, d Draft, env Env) []string {
	steps := f.steps()
	if i < 0 || i >= len(steps) {
		return nil
	}
	return f.open(steps[i], d, env.followups(d))
}

// followups are the conditional fields that are worth asking for now.
func (e Env) followups(d Draft) []string {
	if e.Followups == nil {
		return nil
	}
	return e.Followups(d.Values)
}

// open are the fields of a step that are asked for, the conditional ones among those
// asked.
func (f *Form) open(step Group, d Draft, asked []string) []string {
	var out []string
	for _, k := range step.Fields {
		fd, ok := f.Field(k)
		if !ok || fd.Fixed {
			continue
		}
		_, said := d.Values[k]
		if f.Lines && !said && (!fd.Required || fd.Conditional) && !slices.Contains(asked, k) {
			continue
		}
		out = append(out, k)
	}
	return out
}

// Progress is where the guided mode stands: the how-manieth step of how many.
func (f *Form) Progress(d Draft, env Env) (at, of int) {
	s := &step{form: f, d: d, env: env}
	path := s.path()
	return slices.Index(path, d.Step) + 1, len(path)
}

// GroupAt is the group that the guided mode stands at.
func (f *Form) GroupAt(d Draft) Group {
	steps := f.steps()
	if d.Step < 0 || d.Step >= len(steps) {
		return Group{}
	}
	return steps[d.Step]
}

// move goes to the step before or after; past the last one the card comes.
func (s *step) move(by int) {
	path := s.path()
	next := -1
	if by > 0 {
		for _, i := range path {
			if i > s.d.Step {
				next = i
				break
			}
		}
		if next < 0 {
			s.d.Phase = Collecting
			s.d.Rounds = 0
			s.review()
			return
		}
	} else {
		for _, i := range path {
			if i < s.d.Step {
				next = i
			}
		}
		if next < 0 && len(path) > 0 {
			next = path[0]
		}
	}
	s.d.Phase = Guided
	s.d.Step = next
	s.out.Event = Question
}
