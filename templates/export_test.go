package templates

import (
	"regexp"
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

// addresses are printed for pointers within values; a channel is filled anew for
// each engine.
var addresses = regexp.MustCompile(`0x[0-9a-f]{6,}`)

// written is what both engines write.
func (s *Set) written(name string, data func() any) (ours, theirs writing) {
	var b strings.Builder
	theirs.err = s.parsed.ExecuteTemplate(&b, name, data())
	theirs.text = addresses.ReplaceAllString(b.String(), "0x")
	st := &state{}
	ours.err = st.execute(s.programs[name], data())
	ours.text = addresses.ReplaceAllString(string(st.out), "0x")
	return ours, theirs
}

// uncompiled has only what text/template makes of a text.
func uncompiled(text string, funcs template.FuncMap) (*Set, error) {
	parsed, err := parseAll(fstest.MapFS{"a.tmpl": {Data: []byte(text)}}, funcs)
	return &Set{parsed: parsed}, err
}
