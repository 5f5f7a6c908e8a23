// Package templates holds every sentence that the bot says. A sentence is a
// text/template in one of the .tmpl files of this folder, named after the duty
// that says it: "lead.receipt", "weekly.card".
//
// A template becomes a Page: plain text, or a card when it calls title or
// button. Those two put control characters into the output that no person's
// words can contain (Clean removes them from all that comes in), so nothing that
// is typed into a form can turn into a button.
//
// What a template may call beside the standard functions is in funcs.go. The
// package knows no handler: it formats dates, numbers and lists, and leaves it to
// its callers what to say and to whom.
package templates

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
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

// Set is all templates, parsed.
type Set struct {
	root *template.Template
}

// Load parses the embedded templates. It fails if one does not parse or if two
// carry the same name, so that a mistake shows at the start and not on a phone.
func Load() (*Set, error) { return load(files) }

func load(fsys fs.FS) (*Set, error) {
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
	return &Set{root: root}, nil
}

// Names lists all templates.
func (s *Set) Names() []string {
	var out []string
	for _, t := range s.root.Templates() {
		if t.Name() != "" {
			out = append(out, t.Name())
		}
	}
	return out
}

// Has says whether a template of that name exists.
func (s *Set) Has(name string) bool { return s.root.Lookup(name) != nil }

// Render fills the named template with data.
func (s *Set) Render(name string, data any) (Page, error) {
	var b strings.Builder
	if err := s.root.ExecuteTemplate(&b, name, data); err != nil {
		return Page{}, fmt.Errorf("rendering template %q: %w", name, err)
	}
	return split(b.String()), nil
}

// The control characters that mark a title and a button.
const (
	titleMark  = '\x01'
	buttonMark = '\x02'
	fieldMark  = '\x03'
)

// split takes the marked lines out of a rendered text and tidies the rest: no
// spaces at the ends of lines, no empty lines at the ends, one between
// paragraphs.
func split(text string) Page {
	var p Page
	var body []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t")
		for strings.HasPrefix(strings.TrimLeft(line, " "), string(buttonMark)) {
			rest := strings.TrimLeft(line, " ")[1:]
			mark, after, _ := strings.Cut(rest, string(buttonMark))
			label, tap, _ := strings.Cut(mark, string(fieldMark))
			p.Buttons = append(p.Buttons, Button{Label: label, Tap: tap})
			line = after
			if strings.TrimSpace(line) == "" {
				line = "\x00"
			}
		}
		switch {
		case line == "\x00":
		case strings.HasPrefix(line, string(titleMark)):
			p.Title = line[1:]
		case line == "" && (len(body) == 0 || body[len(body)-1] == ""):
		default:
			body = append(body, line)
		}
	}
	for len(body) > 0 && body[len(body)-1] == "" {
		body = body[:len(body)-1]
	}
	p.Body = strings.Join(body, "\n")
	return p
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
