package templates

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"reflect"
	"sync"
	"testing"
	"testing/fstest"
	"text/template"
	"time"

	"github.com/stretchr/testify/require"
)

// sample has a value of every kind that a template may meet.
type sample struct {
	Text, Empty   string
	N, Zero       int
	Small         int8
	Big           int64
	U             uint
	F, NaN, Minus float64
	C             complex128
	Yes, No       bool
	Kind          kind
	List          []string
	None          []string
	Numbers       []int
	Mixed         []any
	Array         [2]int
	Rows          []row
	Pointers      []*row
	Row           row
	Pointer       *row
	NilPointer    *row
	Double        **row
	Any, NilAny   any
	AnyRow        any
	Map           map[string]int
	Ints          map[int]string
	Anys          map[any]int
	Structs       map[point]int
	Kinds         map[kind]string
	Bools         map[bool]int
	Floats        map[float64]int
	NilMap        map[string]int
	Stringer      fmt.Stringer
	NilStringer   fmt.Stringer
	Err           error
	Names         names
	At            time.Time
	Span          time.Duration
	Func          func() string
	Chan          chan int
	Seq           iter.Seq[int]
	Seq2          iter.Seq2[int, string]
	Bytes         []byte
	*embedded
	deep
	hidden int
}

type kind string

func (k kind) String() string { return "kind " + string(k) }

type names []string

type point struct{ X, Y int }

type row struct {
	Label string
	N     int
	Next  *row
}

func (r row) Name() string                   { return "row " + r.Label }
func (r *row) Renamed(to string) string      { return r.Label + "→" + to }
func (r row) Add(n int, more ...int8) int    { return r.N + n + len(more) }
func (r row) Fail(fail bool) (string, error) { return "fine", map[bool]error{true: errRow}[fail] }
func (r row) Panic() string                  { panic("row") }
func (r row) Two() (int, int)                { return 1, 2 }
func (r row) Value() reflect.Value           { return reflect.ValueOf(r.N) }
func (r row) Takes(v reflect.Value) string   { return v.Kind().String() }
func (r row) Float(f float64, u uint8) string {
	return fmt.Sprint(f, u)
}

type shout struct{ Text string }

func (s *shout) String() string { return s.Text + "!" }

var errRow = errors.New("row failed")

type embedded struct{ Inner string }

type deep struct{ Deep string }

func newSample() *sample {
	r := &row{Label: "甲", N: 1, Next: &row{Label: "乙", N: 2}}
	return &sample{Text: "字 <b>%d", N: 3, Small: 2, Big: 1 << 40, U: 2, F: 1.5, NaN: math.NaN(), Minus: math.Copysign(0, -1), C: 2i, Yes: true, Kind: "lead",
		List: []string{"一", "二", "三"}, Numbers: []int{3, 1}, Mixed: []any{"x", 2, nil, 1.5, r, []int{1}, kind("k")}, Array: [2]int{7, 8},
		Rows: []row{*r, {Label: "丙"}}, Pointers: []*row{r, nil}, Row: *r, Pointer: r, Double: &r, Any: "任", AnyRow: *r,
		Map: map[string]int{"b": 2, "a": 1}, Ints: map[int]string{10: "ten", 9: "nine"}, Anys: map[any]int{"s": 1, 3: 2, true: 3, 2: 5},
		Structs: map[point]int{{2, 1}: 1, {1, 9}: 2}, Kinds: map[kind]string{"z": "1", "y": "2"}, Bools: map[bool]int{true: 1, false: 0},
		Floats: map[float64]int{2.5: 1, -1: 2}, Stringer: &shout{"hey"}, Err: errRow, Names: names{"p", "q"},
		At: time.Date(2024, 1, 19, 9, 30, 0, 0, time.UTC), Span: 90 * time.Minute, Func: func() string { return "f" }, Chan: filled(),
		Seq: func(yield func(int) bool) { _ = yield(5) && yield(6) }, Seq2: maps.All(map[int]string{1: "one"}), Bytes: []byte("ab"),
		deep: deep{"tief"}, hidden: 1}
}

// more are functions of signatures that are called by reflection.
var more = template.FuncMap{
	"fails":   func(s string) (string, error) { return s, errRow },
	"works":   func(s string) (string, error) { return s, nil },
	"panics":  func() string { panic(errRow) },
	"mixed":   func(a int8, b float64, c any, d ...bool) string { return fmt.Sprint(a, b, c, d) },
	"isrow":   func(r *row) bool { return r != nil },
	"byvalue": func(r row) string { return r.Label },
	"stringer": func(s fmt.Stringer) string {
		return s.String()
	},
	"give": func(v any) any { return v },
}

func withMore() template.FuncMap {
	all := maps.Clone(funcs)
	maps.Copy(all, more)
	return all
}

// agree renders with both engines. An error of one, be it at load, must be one of
// the other; it says whether there was one.
func agree(t *testing.T, text string) (failed bool) {
	t.Helper()
	one := newSample()
	data := func() any {
		one.Chan = filled()
		return one
	}
	text = `{{define "x"}}` + text + `{{end}}`
	s, err := load(fstest.MapFS{"a.tmpl": {Data: []byte(text)}}, withMore())
	if err != nil {
		plain, perr := uncompiled(text, withMore())
		if perr == nil {
			_, perr = plain.Reference("x", data())
		}
		require.Error(t, perr, "%s is an error only of ours: %v", text, err)
		return true
	}
	for range 2 { // the second time the caches are full
		ours, theirs := s.written("x", data)
		require.Equal(t, theirs.err == nil, ours.err == nil, "%s: %v, %v", text, theirs.err, ours.err)
		if failed = ours.err != nil; !failed {
			require.Equal(t, theirs.text, ours.text, text)
		}
	}
	return failed
}

// filled has three numbers to receive.
func filled() chan int {
	c := make(chan int, 3)
	for i := range cap(c) {
		c <- i
	}
	close(c)
	return c
}

// TestSameAsTextTemplate: every construct writes what it writes there.
func TestSameAsTextTemplate(t *testing.T) {
	for _, text := range []string{
		// printing
		`{{.Text}}{{.N}}{{.Big}}{{.Small}}{{.U}}{{.F}}{{.C}}{{.Yes}}{{.Kind}}{{.Err}}{{.Stringer}}{{.At}}{{.Span}}`,
		`{{.NilPointer}}|{{.NilAny}}|{{.NilStringer}}|{{.NilMap}}|{{.None}}|{{.Pointer}}|{{.Double}}|{{.Mixed}}|{{.Bytes}}|{{.Map}}`,
		`{{1}} {{-2}} {{1.5}} {{1e3}} {{0x1F}} {{'a'}} {{0b11}} {{1_000}} {{"s"}} {{` + "`raw`" + `}} {{true}} {{0x1p4}} {{.Row.N}}`,
		`{{index .Mixed 2}}|{{range .Mixed}}{{.}};{{end}}`,
		`{{range .Rows}}{{.}}{{end}}`,
		`{{/* nothing */}} a {{- " b " -}} c {{"d"}}`,
		// fields
		`{{.Row.Label}}{{.Pointer.Next.Label}}{{.Double.Next.N}}{{.AnyRow.Label}}{{.Deep}}{{.Map.a}}`,
		`{{.Row.Name}}{{.Pointer.Name}}{{.Pointer.Renamed "x"}}{{(index .Rows 0).Renamed "y"}}{{"z" | .Pointer.Renamed}}`,
		`{{.Row.Add 1}}{{.Row.Add 1 2 3}}{{.Row.Add .N}}{{.Small | .Row.Add 1}}{{.Row.Fail false}}{{.Row.Value}}{{.Row.Takes .N}}{{.Row.Takes nil}}{{.Row.Takes 2}}`,
		`{{.Row.Float 1 2}}{{(.Pointer).Next.Name}}`,
		`{{.Row.Renamed "x"}}`,
		`{{.Anys.s}}`,
		`{{.Stringer.Text}}`,
		`{{.Stringer.String}}`,
		`{{.Kind.String}}`,
		`{{.At.Unix}}`,
		`{{.At.Format "2006"}}`,
		// variables
		`{{$x := .N}}{{$x}}{{$y := $x}}{{$x = 7}}{{$x}}{{$y}}{{$.Text}}{{$.N}}`,
		`{{$x := 1}}{{if .Yes}}{{$x := 2}}{{$x}}{{end}}{{$x}}{{with .Row}}{{$x = .Label}}{{end}}{{$x}}`,
		`{{if $x := .N}}{{$x}}{{else}}{{$x}}{{end}}{{if $x := .Zero}}{{else}}{{$x}}{{end}}{{with $x := .Row}}{{$x.Label}}{{.Label}}{{$.N}}{{end}}`,
		`{{range $i, $o := .List}}{{$i}}{{$o}}{{.}}{{end}}{{range $o := .List}}{{$o}}{{end}}{{range $i, $o := .None}}{{else}}{{$i}}{{$o}}{{end}}`,
		`{{$i := 0}}{{$o := ""}}{{range $i, $o = .List}}{{end}}{{$i}}{{$o}}{{range $o = .Numbers}}{{end}}{{$o}}`,
		`{{range $i, $r := .Rows}}{{range $j, $x := $.List}}{{$i}}{{$j}}{{$r.Label}}{{$x}}{{end}}{{end}}`,
		`{{$x := .Pointer}}{{$x.Next.Label}}{{$x.Renamed "q"}}`,
		`{{$x := .NilAny}}{{$x}}`,
		// if, with
		`{{if .Yes}}1{{end}}{{if .No}}2{{else}}3{{end}}{{if .Empty}}4{{else if .N}}5{{else}}6{{end}}{{if .No}}{{else if .Zero}}{{else}}7{{end}}`,
		`{{range .Mixed}}{{if .}}t{{else}}f{{end}}{{end}}{{if .NaN}}t{{end}}{{if .Minus}}t{{else}}f{{end}}{{if .C}}c{{end}}{{if .NilPointer}}{{else}}n{{end}}{{if .Func}}f{{end}}{{if .Chan}}c{{end}}`,
		`{{if .None}}{{else}}e{{end}}{{if .Map}}m{{end}}{{if .NilMap}}{{else}}m{{end}}{{if .Array}}a{{end}}{{if .Row}}r{{end}}{{if .NilStringer}}{{else}}s{{end}}{{if .U}}u{{end}}`,
		`{{with .Text}}{{.}}{{end}}{{with .Empty}}x{{else}}{{.N}}{{end}}{{with .Empty}}{{else with .List}}{{len .}}{{end}}{{with .NilAny}}{{else}}n{{end}}`,
		// range
		`{{range .List}}{{.}},{{end}}{{range .Array}}{{.}}{{end}}{{range .None}}x{{else}}none{{end}}{{range .NilMap}}{{else}}nil{{end}}{{range .NilAny}}{{else}}any{{end}}`,
		`{{range $k, $v := .Map}}{{$k}}{{$v}}{{end}}{{range $k, $v := .Ints}}{{$k}}{{$v}}{{end}}{{range $k, $v := .Structs}}{{$k}}{{$v}}{{end}}`,
		`{{range $k, $v := .Kinds}}{{$k}}{{$v}}{{end}}{{range $k, $v := .Bools}}{{$k}}{{$v}}{{end}}{{range $k, $v := .Floats}}{{$k}}{{$v}}{{end}}{{range .Map}}{{.}}{{end}}`,
		`{{range 3}}{{.}}{{end}}{{range $i := 3}}{{$i}}{{end}}{{range .N}}{{.}}{{end}}{{range .Small}}{{.}}{{end}}{{range .U}}{{.}}{{end}}{{range 0}}{{else}}0{{end}}{{range .Zero}}{{else}}0{{end}}`,
		`{{range .Chan}}{{.}}{{end}}`,
		`{{range $i, $o := .Chan}}{{$i}}{{$o}}{{break}}{{end}}`,
		`{{range .Seq}}{{.}}{{end}}`,
		`{{range $k, $v := .Seq2}}{{$k}}{{$v}}{{end}}`,
		`{{range .Seq2}}{{.}}{{end}}`,
		`{{range .List}}{{if eq . "二"}}{{continue}}{{end}}{{.}}{{end}}{{range .List}}{{.}}{{if eq . "二"}}{{break}}{{end}}{{else}}no{{end}}`,
		`{{range .List}}{{range $.Numbers}}{{if eq . 1}}{{break}}{{end}}{{.}}{{end}}{{.}}{{end}}{{range .List}}{{range $.None}}{{else}}{{continue}}{{end}}{{.}}{{end}}`,
		`{{range .Map}}{{break}}{{end}}{{range 5}}{{break}}{{end}}{{range .Seq2}}{{break}}{{end}}`,
		// pipelines
		`{{.Text | printf "%q"}}{{.N | printf "%s %d" .Text}}{{"a" | print "b" | print "c"}}{{.List | len}}{{(.List | len) | add 2}}{{0 | index .List | oneline}}`,
		`{{(index .Rows 0).Label}}{{((index .Pointers 0).Next).Label}}{{add (len .List) (add 1 2)}}`,
		// builtins
		`{{eq .N 3}}{{eq .N 1 2 3}}{{eq .N 1 2}}{{eq .Text "x"}}{{eq .Kind "lead"}}{{eq .U 2}}{{eq .N .U}}{{eq .F 1.5}}{{eq .Yes true}}{{eq .C .C}}{{eq .NilPointer nil}}{{eq .NilAny nil}}{{eq .Any "任"}}{{eq .Row .Row}}{{eq nil nil}}`,
		`{{ne .N 3}}{{ne .Text ""}}{{lt 1 2}}{{lt .U 7}}{{lt .N .U}}{{le 2 2}}{{gt .F 1.0}}{{ge "b" "a"}}{{lt .NaN 1.0}}{{le .NaN 1.0}}{{gt .NaN 1.0}}{{ge .NaN 1.0}}{{lt .U .N}}{{ge .U .N}}{{le .Small .Big}}`,
		`{{eq .Map nil}}`,
		`{{eq .List nil}}`,
		`{{eq .N 3 "x"}}`,
		`{{eq .Func nil}}`,
		`{{eq .AnyRow .Row}}`,
		`{{and .N .Text}}{{and .Zero .Text}}{{or .Zero .Text}}{{or .Empty .Zero}}{{and 1}}{{or 0}}{{and .Zero .Row.Panic}}{{or .N .Row.Panic}}{{.N | and .Yes}}{{.N | or .Yes}}{{.NilAny | or .No}}{{not .N}}{{not .Empty}}{{not nil}}`,
		`{{and nil 1}}|{{or nil nil}}`,
		`{{len .List}}{{len .Text}}{{len .Map}}{{len .Array}}{{len .Any}}{{len .Chan}}{{len .NilMap}}`,
		`{{index .List 1}}{{index .Map "a"}}{{index .Map "zz"}}{{index .Ints 9}}{{index .Text 1}}{{index .Array 1}}{{index .Anys 3}}{{index .Kinds .Kind}}{{index .List .Small}}{{index .List .U | print}}`,
		`{{index .List .Zero}}{{index .Mixed 5 0}}{{index .List}}{{index .Ints .Small}}`,
		`{{index .Anys nil}}`,
		`{{print}}|{{print .N .N}}|{{print .Text .N "x" .Kind .Kind}}|{{print nil .Yes .F}}|{{print .Any .Mixed .Row}}|{{print .Pointer.Label .NilAny}}|{{println .N "x"}}|{{printf "%v %v %5.1f" .Row nil .F}}|{{print 1 2 3 4 5 6 7 8}}`,
		`{{printf "%d"}}`,
		`{{printf .Any .N}}`,
		// functions
		`{{title "a  b"}}{{button "A" "b:%d:%s" .N .Text}}{{button "A" "b"}}{{day .At}}{{days .At .At}}{{dayweek .At}}{{clock .At}}{{moment .At}}{{join "、" .List}}{{join "、" .Names}}{{brief 2 .Text}}{{add 1 .N}}{{left .Span}}`,
		`{{join "," nil}}`,
		`{{add 1.0 2}}`,
		`{{left 3}}`,
		`{{oneline .Any}}{{brief .N .Any}}`,
		`{{works "x"}}{{mixed 1 2 nil}}{{mixed 1 2.5 .N true false}}{{mixed .Small .F "x" .Yes}}{{isrow .Pointer}}{{isrow nil}}{{isrow .Row}}{{byvalue .Pointer}}{{byvalue .AnyRow}}{{stringer .Kind}}{{stringer .Stringer}}{{give .N | add 1}}{{(give .Row).Label}}{{give nil}}`,
		// templates
		`{{template "y" .Row}}{{template "y" .Pointer}}{{end}}{{define "y"}}{{.Label}}{{$.N}}{{$x := 1}}{{with .Next}}{{template "y" .}}{{end}}`,
		`{{template "y"}}{{end}}{{define "y"}}{{.}}`,
		`{{template "y" "s" | print "t"}}{{end}}{{define "y"}}{{.}}`,
		`{{block "b" .Row}}{{.Label}}{{end}}`,
		`{{template "y" $x := .N}}{{$x}}{{end}}{{define "y"}}{{.}}`,
		`{{template "y"}}{{end}}{{define "y"}}`,
		`{{$x := 1}}{{range .Rows}}{{template "y" .}}{{$x}}{{end}}{{end}}{{define "y"}}{{$x := .Label}}{{$y := .N}}{{$x}}{{$y}}`,
	} {
		t.Run(text, func(t *testing.T) { require.False(t, agree(t, text)) })
	}
}

// TestSameMistakesAsTextTemplate: what is an error there is one here, at load or when
// it is rendered.
func TestSameMistakesAsTextTemplate(t *testing.T) {
	for _, text := range []string{
		// fields
		`{{(print .Text).Foo}}`, `{{.Row.Float .F "2"}}`,
		`{{.No.Such}}`, `{{.Nosuch}}`, `{{.NilPointer.Label}}`, `{{.NilPointer.Name}}`, `{{.NilAny.X}}`, `{{.NilStringer.String}}`, `{{.hidden}}`, `{{.Inner}}`,
		`{{.Map.zz}}`, `{{.NilMap.a}}`, `{{.Ints.a}}`, `{{.Kinds.y}}`, `{{.Text 1}}`, `{{.Map.a 1}}`, `{{1 | .Text}}`, `{{.Func}}`,
		`{{.Row.Add}}`, `{{.Row.Add "x"}}`, `{{.Row.Fail true}}`, `{{.Row.Panic}}`, `{{.Row.Two}}`, `{{.Row.Add 1 "x"}}`, `{{.Chan}}`, `{{.Pointer.Nosuch}}`,
		`{{range .Pointers}}{{.Label}}{{end}}`,
		// variables
		`{{$x := .N}}{{$x 1}}`, `{{$x := nil}}`,
		// range
		`{{range .F}}{{end}}`, `{{range .Text}}{{.}}{{end}}`, `{{range .NilPointer}}{{end}}`, `{{range .Row}}{{end}}`, `{{range $i, $o := 3}}{{end}}`, `{{range $i, $o := .Seq}}{{end}}`, `{{range .Func}}{{end}}`, `{{range .NilStringer}}{{end}}`,
		// pipelines
		`{{.N | .Text}}`, `{{3 | (print)}}`, `{{.Text .N}}`,
		// builtins
		`{{eq .N "3"}}`, `{{eq .N}}`, `{{eq .List .List}}`, `{{lt .Yes true}}`, `{{lt .Row .Row}}`, `{{eq .N 3 .Nosuch}}`, `{{eq .N "x" 3}}`, `{{lt 1 nil}}`, `{{ne .Row .N}}`, `{{lt .N 1.5}}`, `{{lt .C .C}}`, `{{eq .Func .Func}}`, `{{eq .Pointer .Row}}`,
		`{{.Row.Panic | or .N}}`, `{{and}}`, `{{not}}`, `{{not 1 2}}`, `{{or .Zero .Row.Panic}}`,
		`{{len .N}}`, `{{len nil}}`, `{{len .NilPointer}}`, `{{len .NilAny}}`,
		`{{index .List 3}}`, `{{index .List 4}}`, `{{index .List -1}}`, `{{index .List "a"}}`, `{{index .Map 1}}`, `{{index nil 1}}`, `{{index .N 1}}`, `{{index .NilPointer 1}}`, `{{index .List nil}}`, `{{index .Map nil}}`, `{{index .NilAny 0}}`, `{{index .Mixed 2 0}}`, `{{index .Kinds "y"}}`, `{{index .List 1.5}}`,
		`{{printf}}`, `{{printf 1}}`, `{{printf .N}}`, `{{printf .Kind}}`,
		// functions
		`{{oneline .Kind}}`, `{{oneline nil}}`, `{{oneline .NilAny}}`, `{{oneline 1}}`, `{{day .Text}}`, `{{add .Big 1}}`, `{{join "," .Numbers}}`, `{{add 1.5 2}}`, `{{add 1}}`, `{{button "a"}}`, `{{brief "1" "x"}}`,
		`{{fails "x"}}`, `{{panics}}`, `{{byvalue .NilPointer}}`, `{{isrow .AnyRow}}`, `{{stringer .Text}}`, `{{stringer "x"}}`, `{{stringer nil}}`, `{{mixed 1}}`, `{{mixed .N 1.5 nil}}`, `{{mixed 1 2 3 4}}`, `{{byvalue nil}}`, `{{oneline (give nil)}}`,
		// templates
		`{{template "y"}}{{end}}{{define "y"}}{{.X}}`, `{{template "no"}}`,
		`{{template "x" .}}`,
	} {
		t.Run(text, func(t *testing.T) { require.True(t, agree(t, text)) })
	}
}

// TestDataOfManyTypes: one node may meet any type after any other.
func TestDataOfManyTypes(t *testing.T) {
	s := set(t, `{{define "x"}}{{.Label}}{{end}}`)
	r := row{Label: "甲"}
	p := &r
	for range 2 {
		for _, data := range []any{r, p, &p, map[string]string{"Label": "乙"}, map[string]any{"Label": nil}, struct{ Label int }{3}, []row{r}, nil, (*row)(nil),
			map[string]any{}, struct{ X int }{}, 3, "s", struct{ *row }{p}, struct{ *row }{}, errRow} {
			ours, theirs := s.written("x", func() any { return data })
			require.Equal(t, theirs.err == nil, ours.err == nil, "%#v: %v, %v", data, theirs.err, ours.err)
			require.True(t, ours.err != nil || ours.text == theirs.text, "%#v: %q, %q", data, ours.text, theirs.text)
		}
	}
}

// TestNotSupportedIsAnErrorAtLoad, with its place.
func TestNotSupportedIsAnErrorAtLoad(t *testing.T) {
	for text, want := range map[string]string{
		`{{html .}}`:                    `a.tmpl:1:16: "x" at <html>: function html is not supported`,
		`{{call .}}`:                    "function call is not supported",
		`{{2i}}`:                        "complex numbers are not supported",
		`{{if and ($x := 1) 2}}{{end}}`: "a variable declared in parentheses is not supported",
		`{{range .}}{{range .}}{{else}}{{break}}{{end}}{{end}}`: "break in the else of a range is not supported",
		`{{template "no"}}`: `there is no template "no"`,
		`{{add 1 "x"}}`:     `"x" is no int`,
		`{{add 1}}`:         "add wants 2 arguments, not 1",
		`{{button "x"}}`:    "button wants at least 2 arguments, not 1",
		`{{not 1 2}}`:       "not: wrong number of arguments: 2",
		`{{nil}}`:           "this is not a value",
		`{{. 1}}`:           "what is not a function takes no argument",
	} {
		_, err := load(fstest.MapFS{"a.tmpl": {Data: []byte(`{{define "x"}}` + text + `{{end}}`)}}, funcs)
		require.ErrorContains(t, err, want, text)
	}
}

// TestErrorNamesItsPlace and keeps the error of a function.
func TestErrorNamesItsPlace(t *testing.T) {
	s, err := load(fstest.MapFS{"a.tmpl": {Data: []byte("{{define \"x\"}}\n{{.Fail true}}{{end}}")}}, funcs)
	require.NoError(t, err)
	_, err = s.Render("x", row{})
	require.ErrorIs(t, err, errRow)
	require.ErrorContains(t, err, `rendering template "x": a.tmpl:2:2: "x" at <.Fail>: calling Fail: row failed`)
	_, err = s.Render("y", nil)
	require.EqualError(t, err, `there is no template "y"`)
}

// TestManyGoroutinesRenderAtOnce: what the fields remember is shared by all.
func TestManyGoroutinesRenderAtOnce(t *testing.T) {
	s := set(t, `{{define "x"}}{{range .}}{{.Label}}{{$x := .N}}{{$x}}{{end}}{{end}}`)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 200 {
				var data any = []row{{Label: "甲", N: i}}
				if i%2 == 1 {
					data = []any{map[string]any{"Label": "甲", "N": i}}
				}
				if p, err := s.Render("x", data); err != nil || p.Body != fmt.Sprint("甲", i) {
					t.Errorf("%d: %v %v", i, p, err)
				}
			}
		})
	}
	wg.Wait()
}
