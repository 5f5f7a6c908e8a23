// Package templates holds every sentence that the bot says. A sentence is a
// text/template in one of the .tmpl files of this folder, named after the duty
// that says it: "lead.receipt", "weekly.card".
//
// A template becomes a Page: plain text, or a card when it calls title or
// button. Those two put control characters into the output that no person's
// words can contain (Clean removes them from all that comes in), so nothing that
// is typed into a form can turn into a button.
//
// text/template parses the templates and says what they mean, but does not render
// them: on a profile of whole turns its look-ups by name and calls by reflection
// were 23 % of the time, some 75 to 90 µs for a form's card. Load compiles the parse
// trees into closures (compile.go) that remember for each field where the types met
// so far have it; that takes 10 µs (BenchmarkRender).
//
// All of the template language is supported but complex numbers, variables declared
// in parentheses, break in the else of a range, and the builtins call, slice, html,
// js and urlquery. To use one of them is an error of Load; so is a template or
// function that is not there, and a wrong number or kind of arguments of a function.
// What Render writes and refuses is what text/template writes and refuses, but that
// templates within templates end at a depth of 1000: the tests render every
// construct, every template and any template with both, and Compare does so within
// a whole program.
//
// What a template may call beside the standard functions is in funcs.go. The
// package knows no handler: it formats dates, numbers and lists, and leaves it to
// its callers what to say and to whom.
package templates

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"
)

//go:embed *.tmpl
var files embed.FS

// Page is a rendered template.
type Page struct {
	Title   string // of a card; "" on plain text without buttons
	Body    string
	Buttons []Button
}

// Button is a choice on a card. Tap is what tapping it sends to the bot.
type Button struct {
	Label string
	Tap   string
}

// Set is all templates, compiled. It can be used by many goroutines.
type Set struct {
	programs map[string]*program
	states   sync.Pool
	parsed   *template.Template // the same by text/template, for Compare
	compare  atomic.Pointer[comparison]
}

// Load compiles the embedded templates. It fails if one does not parse, if two
// carry the same name or if one uses what is not supported, so that a mistake shows
// at the start and not on a phone.
func Load() (*Set, error) { return load(files, funcs) }

func load(fsys fs.FS, funcs template.FuncMap) (*Set, error) {
	root, err := parseAll(fsys, funcs)
	if err != nil {
		return nil, err
	}
	s := &Set{programs: map[string]*program{}, parsed: root}
	s.states.New = func() any { return &state{} }
	for _, t := range root.Templates() {
		s.programs[t.Name()] = &program{name: t.Name()}
	}
	for _, t := range root.Templates() {
		if err := compile(s.programs[t.Name()], t.Tree, funcs, s.programs); err != nil {
			return nil, fmt.Errorf("compiling templates: %w", err)
		}
	}
	return s, nil
}

func parseAll(fsys fs.FS, funcs template.FuncMap) (*template.Template, error) {
	names, err := fs.Glob(fsys, "*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("listing templates: %w", err)
	}
	root := template.New("").Funcs(funcs).Option("missingkey=error")
	from := map[string]string{}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("reading templates: %w", err)
		}
		one, err := template.New(name).Funcs(funcs).Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("parsing templates: %w", err)
		}
		for _, t := range one.Templates() {
			if t.Name() == name {
				continue // the text between the definitions
			}
			if other, ok := from[t.Name()]; ok {
				return nil, fmt.Errorf("template %q is in %s and in %s", t.Name(), other, name)
			}
			from[t.Name()] = name
			if _, err := root.AddParseTree(t.Name(), t.Tree); err != nil {
				return nil, fmt.Errorf("adding template %q: %w", t.Name(), err)
			}
		}
	}
	return root, nil
}

// Names lists all templates, in order.
func (s *Set) Names() []string { return slices.Sorted(maps.Keys(s.programs)) }

// Has says whether a template of that name exists.
func (s *Set) Has(name string) bool { return s.programs[name] != nil }

// Render fills the named template with data.
func (s *Set) Render(name string, data any) (Page, error) {
	page, err := s.render(name, data)
	if c := s.compare.Load(); c != nil {
		c.check(s.parsed, name, data, page, err)
	}
	return page, err
}

func (s *Set) render(name string, data any) (Page, error) {
	p := s.programs[name]
	if p == nil {
		return Page{}, fmt.Errorf("there is no template %q", name)
	}
	st := s.states.Get().(*state)
	defer func() {
		if cap(st.out) <= largestKept {
			st.reset()
			s.states.Put(st)
		}
	}()
	if err := st.execute(p, data); err != nil {
		return Page{}, fmt.Errorf("rendering template %q: %w", name, err)
	}
	return st.split(), nil
}

// Clean removes control characters other than line breaks and tabs from what a
// person typed, and line ends that are not "\n".
func Clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\u2028', r == '\u2029':
			return '\n'
		case r == '\n', r == '\t':
			return r
		case r < ' ', r == 0x7f, r >= 0x80 && r < 0xa0, r == '\ufeff', r == '\u200b':
			return -1
		}
		return r
	}, s)
}
