package templates

import (
	"strings"
	"testing/fstest"
	"text/template"
)

// Reference renders with text/template.
func (s *Set) Reference(name string, data any) (Page, error) {
	return reference(s.parsed, name, data)
}

// writing is what an engine writes, before it becomes a page.
type writing struct {
	text string
	err  error
}

// written is what both engines write.
func (s *Set) written(name string, data func() any) (ours, theirs writing) {
	var b strings.Builder
	theirs.err = s.parsed.ExecuteTemplate(&b, name, data())
	theirs.text = b.String()
	st := &state{}
	ours.err = st.execute(s.programs[name], data())
	ours.text = string(st.out)
	return ours, theirs
}

// uncompiled has only what text/template makes of a text.
func uncompiled(text string, funcs template.FuncMap) (*Set, error) {
	parsed, err := parseAll(fstest.MapFS{"a.tmpl": {Data: []byte(text)}}, funcs)
	return &Set{parsed: parsed}, err
}
