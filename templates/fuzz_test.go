package templates

import (
	"regexp"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// FuzzTemplate: whatever text is a template for both engines writes the same with
// both. go test -fuzz FuzzTemplate ./templates goes on beyond the seeds.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{`{{range $i, $o := .List}}{{if eq $o "二"}}{{break}}{{end}}{{$i}}{{end}}`, `{{with $x := .Row}}{{$x.Name | printf "%5s"}}{{else with .N}}{{.}}{{end}}`,
		`{{(index .Rows 0).Label}}{{or .Empty .N | print 1}}`, `{{template "y" .Map}}{{end}}{{define "y"}}{{.a}}`, `{{$x := 1}}{{range 3}}{{$x = .}}{{end}}{{$x}}`} {
		f.Add(seed)
	}
	long := regexp.MustCompile(`[0-9_]{4}|0x|[eEpP][0-9+]|\*`) // loops and widths without end
	f.Fuzz(func(t *testing.T, text string) {
		if long.MatchString(text) {
			t.Skip("too long for a test")
		}
		sameOf(t, text)
	})
}

// sameOf holds a template that ours can load against text/template.
func sameOf(t require.TestingT, text string) {
	s, err := load(fstest.MapFS{"a.tmpl": {Data: []byte(`{{define "x"}}` + text + `{{end}}`)}}, withMore())
	if err != nil || s.programs["x"] == nil {
		return
	}
	one := newSample()
	ours, theirs := s.written("x", func() any {
		one.Chan = filled()
		return one
	})
	require.Equal(t, theirs.err == nil, ours.err == nil, "%s: %v, %v", text, theirs.err, ours.err)
	require.Equal(t, theirs.text, ours.text, "%s: up to the error, if there is one", text)
}

// TestAnyTemplate does the same with templates made by the grammar.
func TestAnyTemplate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sameOf(t, list(t, 3))
	})
}

func list(t *rapid.T, depth int) string {
	text := ""
	for range rapid.IntRange(1, 3).Draw(t, "actions") {
		text += node(t, depth)
	}
	return text
}

func node(t *rapid.T, depth int) string {
	kinds := []string{"print", "print", "print", "text", "set"}
	if depth > 0 {
		kinds = append(kinds, "if", "with", "range", "range2", "else", "loop")
	}
	value := func() string { return pipeline(t, depth) }
	inner := func() string { return list(t, depth-1) }
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "text":
		return " 字\n"
	case "set":
		return `{{$v := ` + value() + `}}{{$v}}`
	case "if":
		return `{{if ` + value() + `}}` + inner() + `{{else if ` + value() + `}}` + inner() + `{{else}}` + inner() + `{{end}}`
	case "with":
		return `{{with $w := ` + value() + `}}{{$w}}` + inner() + `{{else}}` + inner() + `{{end}}`
	case "range":
		return `{{range ` + value() + `}}` + inner() + `{{else}}` + inner() + `{{end}}`
	case "range2":
		return `{{range $i, $e := ` + value() + `}}{{$i}}{{$e}}` + inner() + `{{end}}`
	case "loop":
		return `{{range .Numbers}}` + inner() + `{{if ` + value() + `}}{{break}}{{else}}{{continue}}{{end}}{{end}}`
	case "else":
		return `{{with ` + value() + `}}{{.}}{{else with ` + value() + `}}{{.}}{{end}}`
	}
	return `{{` + value() + `}}`
}

// pipeline is a value: mostly one that is there, of any type.
func pipeline(t *rapid.T, depth int) string {
	kinds := []string{"word", "word", "word"}
	if depth > 0 {
		kinds = append(kinds, "two", "two", "one", "pipe", "many")
	}
	value := func() string {
		v := pipeline(t, depth-1)
		if regexp.MustCompile(`[ |]`).MatchString(v) {
			v = "(" + v + ")"
		}
		return v
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "one":
		return rapid.SampledFrom([]string{"len", "not", "print", "give", "oneline", "works", "title"}).Draw(t, "function") + " " + value()
	case "two":
		return rapid.SampledFrom([]string{"eq", "ne", "lt", "le", "gt", "ge", "and", "or", "index", "print", "add", "brief", "join"}).Draw(t, "function") +
			" " + value() + " " + value()
	case "many":
		return rapid.SampledFrom([]string{"eq", "and", "or", "print", "println", "printf \"%v %s %q\"", "button"}).Draw(t, "function") +
			" " + value() + " " + value() + " " + value()
	case "pipe":
		return pipeline(t, depth-1) + " | " + rapid.SampledFrom([]string{"print", "len", "not", "or .Zero", "and 1", "index $.List", "add 1", "give", "eq 3"}).Draw(t, "stage")
	}
	return rapid.SampledFrom([]string{".", ".Text", ".N", ".Zero", ".Empty", ".Small", ".U", ".F", ".Yes", ".No", ".Kind", ".List", ".None", ".Mixed", ".Array",
		".Rows", ".Row", ".Row.Name", ".Row.Label", ".Pointer.Next", ".NilPointer", ".AnyRow", ".NilAny", ".Map", ".Map.a", ".Anys", ".Stringer", ".NilStringer", ".Err",
		".Names", ".At", ".Label", "$.N", "$.Text", "$.List", "$.Rows", "$.Pointer.Name", "$.Numbers", "$.Mixed", "1", "0", `"字"`, `""`, "true", "1.5", "'a'"}).Draw(t, "word")
}
