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

// written is what both engines write, before it becomes a page.
func (s *Set) written(name string, data any) (ours string, err error, theirs string, theirErr error) {
	var b strings.Builder
	theirErr = s.parsed.ExecuteTemplate(&b, name, data)
	st := &state{}
	err = st.execute(s.programs[name], data)
	return string(st.out), err, b.String(), theirErr
}

// uncompiled has only what text/template makes of a text.
func uncompiled(text string, funcs template.FuncMap) (*Set, error) {
	parsed, err := parseAll(fstest.MapFS{"a.tmpl": {Data: []byte(text)}}, funcs)
	return &Set{parsed: parsed}, err
}
