package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"zhuanban/bot/config"
)

type mode string

func (mode) Allowed() []string { return []string{"stream", "http"} }

// date reads itself, as the calendar's does.
type date struct{ day time.Time }

func (d *date) UnmarshalText(text []byte) (err error) {
	if d.day, err = time.Parse(time.DateOnly, string(text)); err != nil {
		return errors.New("a date such as 2024-01-19")
	}
	return nil
}

// pair reads itself from a node.
type pair struct{ a, b string }

func (p *pair) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		return errors.New("a list of two")
	}
	p.a, p.b = n.Content[0].Value, n.Content[1].Value
	return nil
}

type common struct {
	Note string `yaml:"note"`
}

type figure struct {
	Key   string   `yaml:"key" required:"true"`
	Unit  string   `yaml:"unit"`
	Max   *int     `yaml:"max"`
	Alias []string `yaml:"alias"`
}

type settings struct {
	common `yaml:",inline"`
	Listen string        `yaml:"listen"`
	Every  time.Duration `yaml:"every"`
	Start  date          `yaml:"start"`
	Pair   pair          `yaml:"pair"`
	On     bool          `yaml:"on"`
	Rate   float64       `yaml:"rate"`
	Small  uint8         `yaml:"small"`
	Robot  struct {
		Mode   mode   `yaml:"mode"`
		ID     int    `yaml:"id"`
		Secret string `yaml:"secret" secret:"true"`
		Until  date   `yaml:"until" secret:"true"`
		PIN    int    `yaml:"pin" secret:"true"`
	} `yaml:"robot"`
	Weekly struct {
		Title  string         `yaml:"title"`
		Fields []figure       `yaml:"fields"`
		Open   map[string]int `yaml:"open"`
	} `yaml:"weekly"`
	Later *yaml.Node `yaml:"later"`
	Any   any        `yaml:"any"`
}

func parse(t *testing.T, text string) *config.File {
	t.Helper()
	f, err := config.Parse("config.yaml", []byte(text))
	require.NoError(t, err)
	return f
}

func TestDecodeReadsEveryKindOfValue(t *testing.T) {
	f := parse(t, `
note: 备注
listen: 127.0.0.1:8080
every: 15m
start: 2024-01-19
pair: [x, y]
on: true
rate: 2
small: 7
robot: {mode: http, id: 42, secret: 12345}
weekly:
  fields:
    - &first {key: a, unit: 次, max: 3, alias: [甲, 乙]}
    - *first
  open: {fengcheng: 2}
later: {what: ever}
any: [1, two]
`)
	var got settings
	require.NoError(t, f.Decode("", &got))
	require.Equal(t, "备注", got.Note)
	require.Equal(t, "127.0.0.1:8080", got.Listen)
	require.Equal(t, 15*time.Minute, got.Every)
	require.Equal(t, 19, got.Start.day.Day())
	require.Equal(t, pair{"x", "y"}, got.Pair)
	require.True(t, got.On)
	require.Equal(t, 2.0, got.Rate)
	require.Equal(t, uint8(7), got.Small)
	require.Equal(t, mode("http"), got.Robot.Mode)
	require.Equal(t, "12345", got.Robot.Secret, "a text need not be quoted")
	require.Equal(t, 3, *got.Weekly.Fields[1].Max)
	require.Equal(t, []string{"甲", "乙"}, got.Weekly.Fields[1].Alias)
	require.Equal(t, map[string]int{"fengcheng": 2}, got.Weekly.Open)
	require.Equal(t, yaml.MappingNode, got.Later.Kind)
	require.Equal(t, []any{1, "two"}, got.Any)
}

func TestDecodeKeepsDefaultsAndReadsAPart(t *testing.T) {
	f := parse(t, "robot:\n  id: 5\n")
	got := settings{Listen: ":8080"}
	got.Robot.Mode = "stream"
	require.NoError(t, f.Decode("robot", &got.Robot))
	require.NoError(t, f.Decode("nowhere", &got))
	require.Equal(t, 5, got.Robot.ID)
	require.Equal(t, mode("stream"), got.Robot.Mode)
	require.Equal(t, ":8080", got.Listen)
	require.True(t, f.Has("robot.id"))
	require.False(t, f.Has("robot.mode"))
	require.Equal(t, 2, f.Line("robot.id"))
	require.ErrorContains(t, f.Decode("", settings{}), "no pointer")
}

// Every fault, in the words that the clerk reads.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown key, nearest": {"weekly:\n  fields:\n    - {key: a, unt: 次}",
			`config.yaml:3: weekly.fields[0].unt: unknown key; did you mean "unit"?`},
		"unknown key, none near": {"weekly:\n  fields:\n    - {key: a, colour: red}",
			`config.yaml:3: weekly.fields[0].colour: unknown key; the keys here are key, unit, max, alias`},
		"second time":              {"on: true\nlisten: a\non: false", `config.yaml:3: on: a second time; it is already on line 1; keep one of them`},
		"second in a map":          {"weekly:\n  open:\n    a: 1\n    a: 2", `config.yaml:4: weekly.open.a: a second time; it is already on line 3; keep one of them`},
		"missing":                  {"weekly:\n  fields:\n    - {unit: 次}", `config.yaml:3: weekly.fields[0].key: missing`},
		"empty is missing":         {"weekly:\n  fields:\n    - {key: \"\"}", `config.yaml:3: weekly.fields[0].key: missing`},
		"null is missing":          {"weekly:\n  fields:\n    - {key: }", `config.yaml:3: weekly.fields[0].key: missing`},
		"number":                   {"robot: {id: abc}", `config.yaml:1: robot.id: found "abc", want a whole number`},
		"quoted number":            {"robot: {id: \"7\"}", `config.yaml:1: robot.id: found "7", want a whole number; remove the quotes`},
		"fraction":                 {"robot: {id: 7.5}", `config.yaml:1: robot.id: found "7.5", want a whole number`},
		"too large":                {"small: 300", `config.yaml:1: small: found "300", want a whole number, not negative`},
		"not a number":             {"rate: .nan", `config.yaml:1: rate: found ".nan", want a number`},
		"bool":                     {"on: yes", `config.yaml:1: on: found "yes", want true or false`},
		"duration":                 {"every: 15", `config.yaml:1: every: found "15", want a duration such as "90s", "15m" or "2h"`},
		"enum, nearest":            {"robot: {mode: steam}", `config.yaml:1: robot.mode: unknown value "steam"; did you mean "stream"?`},
		"enum, none near":          {"robot: {mode: carrier pigeon}", `config.yaml:1: robot.mode: unknown value "carrier pigeon"; the values here are stream, http`},
		"reads itself":             {"start: 2024-13-01", `config.yaml:1: start: found "2024-13-01", want a date such as 2024-01-19`},
		"reads itself, node":       {"pair: [x]", `config.yaml:1: pair: found a list, want a list of two`},
		"list":                     {"weekly: {fields: x}", `config.yaml:1: weekly.fields: found "x", want a list; write it in brackets, [a, b], or each on its own line after a dash`},
		"keys":                     {"weekly: [1]", `config.yaml:1: weekly: found a list, want keys with values`},
		"single":                   {"listen: {a: 1}", `config.yaml:1: listen: found keys with values, want a single value`},
		"Chinese colon":            {"weekly:\n  title:x", `config.yaml:2: weekly: found "title:x", want keys with values; use the half-width colon and a space: "key: value"`},
		"secret":                   {"robot: {pin: hunter2}", `config.yaml:1: robot.pin: found something else (hidden), want a whole number`},
		"secret that reads itself": {"robot: {until: hunter2}", `config.yaml:1: robot.until: found something else (hidden), want a valid value`},
		"circle":                   {"any: 1\nweekly:\n  fields: &f\n    - *f", `config.yaml:3: weekly.fields[0]: found a list, want keys with values`},
	} {
		t.Run(name, func(t *testing.T) {
			var into settings
			err := parse(t, c.text).Decode("", &into)
			require.EqualError(t, err, c.want)
		})
	}
}

// tree can be nested as deep as a file likes.
type tree struct {
	Sub []tree `yaml:"sub"`
}

func TestAnAliasInACircleIsAFault(t *testing.T) {
	var into tree
	err := parse(t, "sub: &s\n  - sub: *s\n").Decode("", &into)
	require.ErrorContains(t, err, "values nested too deep; an alias (*name) must not contain itself")
}

func TestAllFaultsAreReportedInOrder(t *testing.T) {
	f := parse(t, "on: maybe\nrobot:\n  id: x\nlisten: []\nevry: 1s\n")
	var into settings
	err := f.Decode("", &into)
	var faults config.Faults
	require.ErrorAs(t, err, &faults)
	require.Len(t, faults, 4)
	require.Equal(t, []int{1, 3, 4, 5}, []int{faults[0].Line, faults[1].Line, faults[2].Line, faults[3].Line})
	require.Equal(t, config.Fault{File: "config.yaml", Line: 3, Column: 7, Key: "robot.id", Found: `"x"`, Want: "a whole number"}, *faults[1])
	require.Equal(t, 4, strings.Count(err.Error(), "config.yaml:"))
}

func TestSyntax(t *testing.T) {
	const brackets = "check the indentation, and that quotes and brackets on this line and around it are closed"
	for text, want := range map[string]string{
		"x: 1\ny: [1, 2\nz: 3":        "2: did not find expected ',' or ']'; " + brackets,
		"a: 1\nb:\n  - {k: 1, v: )\n": "3: did not find expected ',' or '}'; " + brackets,
		"x: 1\n- y":                   "2: did not find expected key; " + brackets,
		"x: \"abc\ny: 2\n":            "2: found unexpected end of stream; " + brackets,
		"a: [1, 2":                    "1: did not find expected ',' or ']'; " + brackets,
		"a:\n\t- b":                   "2: found character that cannot start any token; indent with spaces, not with tabs, and quote a value that begins with a sign",
		"a: b: c":                     "1: mapping values are not allowed in this context; quote a value that contains a colon, and check the indentation",
		"x: 1\ny: 2\na: b: c":         "3: mapping values are not allowed in this context; quote a value that contains a colon, and check the indentation",
		"x: 1\nb：2\nc: 2":             "2: could not find expected ':'; write a half-width colon and a space after the key",
		"a: 1\nb: *nobody":            "2: unknown anchor 'nobody' referenced; quote a value that begins with *",
		"a: 1\n---\nb: 2":             "2: a second document after ---; keep everything in one document",
		"a: 1\nb: \xb1\xa8":           "2: characters that are not UTF-8; save the file with the encoding UTF-8",
		"- a\n- b":                    "1: found a list, want keys with values, such as \"listen: 127.0.0.1:8080\"",
	} {
		_, err := config.Parse("config.yaml", []byte(text))
		require.EqualError(t, err, "config.yaml:"+want, text)
		var faults config.Faults
		require.ErrorAs(t, err, &faults, text)
	}
	for _, empty := range []string{"", "# nothing\n", "---\n"} {
		f := parse(t, empty)
		require.False(t, f.Has("a"))
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "campaign.yaml")
	require.NoError(t, os.WriteFile(path, []byte("listen: x\n"), 0o600))
	f, err := config.Load(path)
	require.NoError(t, err)
	require.Equal(t, "campaign.yaml", f.Name)
	_, err = config.Load(path + ".not")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestFaultAt(t *testing.T) {
	f := parse(t, "weekly:\n  fields:\n    - {key: a}\n    - {key: b,\n       unit: 个}\n")
	require.EqualError(t, f.FaultAt("weekly.fields[1].unit", "次", "change it"),
		`config.yaml:5: weekly.fields[1].unit: found "个", want 次; change it`)
	require.EqualError(t, f.FaultAt("weekly.fields[1].max", "a limit", ""),
		`config.yaml:4: weekly.fields[1].max: want a limit`)
	require.EqualError(t, f.FaultAt("weekly.fields[7].unit", "", ""), `config.yaml:3: weekly.fields[7].unit: missing`)
	require.EqualError(t, f.FaultAt("weekly.fields[x]", "", ""), `config.yaml:3: weekly.fields[x]: missing`)
}

func TestFaultsAdd(t *testing.T) {
	var fs config.Faults
	one := &config.Fault{File: "a", Found: "one"}
	require.NoError(t, fs.Add(nil))
	require.NoError(t, fs.Add(one))
	require.NoError(t, fs.Add(fmt.Errorf("reading: %w", config.Faults{{Found: "two"}, {Found: "three"}})))
	require.Len(t, fs, 3)
	require.ErrorIs(t, fs.Add(os.ErrPermission), os.ErrPermission)
	require.NoError(t, config.Faults{}.Err())
}

func TestNearest(t *testing.T) {
	among := []string{"unit", "key", "a01_actions", "a02_officers", "报线索"}
	for word, want := range map[string]string{
		"unt": "unit", "untis": "", "nuit": "unit", "kye": "key", "a01_action": "a01_actions",
		"a01_actiosn": "a01_actions", "xyz": "", "": "", "报浅索": "报线索",
	} {
		require.Equal(t, want, config.Nearest(word, among), word)
	}
}

// Whatever the text is, parsing and decoding end with a value or with faults.
func TestDecodeNeverPanics(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"robot", "weekly", "fields", "key", "any", "later", ": ", "- ", "\n", "  ", "[", "]",
		"{", "}", "&a ", "*a", "!!int ", "null", "3", "'", "\"", ",", "<<", "|", "---\n", "?"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(pieces, 0, 40).Draw(t, "text"), "")
		f, err := config.Parse("config.yaml", []byte(text))
		if err == nil {
			var into settings
			err = f.Decode("", &into)
		}
		var faults config.Faults
		if err != nil && !errors.As(err, &faults) {
			t.Fatalf("%q: %v is no Faults", text, err)
		}
	})
}
