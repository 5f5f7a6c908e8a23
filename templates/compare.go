package templates

import (
	"fmt"
	"strings"
	"text/template"
)

// comparison holds what Render says against text/template.
type comparison struct {
	report func(name string, data any, difference string)
}

// Compare makes every Render from now on render with text/template too and report
// where the two differ. It is for tests: it makes Render ten times slower. report may
// be called by many goroutines; nil ends it.
func (s *Set) Compare(report func(name string, data any, difference string)) {
	if report == nil {
		s.compare.Store(nil)
		return
	}
	s.compare.Store(&comparison{report})
}

// check reports where the page or the error is not text/template's. Errors need not
// have the same words.
func (c *comparison) check(parsed *template.Template, name string, data any, page Page, err error) {
	want, wantErr := reference(parsed, name, data)
	switch {
	case (err == nil) != (wantErr == nil):
		c.report(name, data, fmt.Sprintf("the error is %v and should be %v", err, wantErr))
	case err == nil && fmt.Sprintf("%q", page) != fmt.Sprintf("%q", want):
		c.report(name, data, fmt.Sprintf("the page is %q and should be %q", page, want))
	}
}

// reference renders with text/template.
func reference(parsed *template.Template, name string, data any) (Page, error) {
	var b strings.Builder
	if err := parsed.ExecuteTemplate(&b, name, data); err != nil {
		return Page{}, fmt.Errorf("rendering template %q: %w", name, err)
	}
	s := state{out: []byte(b.String())}
	return s.split(), nil
}
