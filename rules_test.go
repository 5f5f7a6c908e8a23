package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/robot"
	"zhuanban/handlers/weekly"
	"zhuanban/templates"
)

// source is one Go file of ours, tests left out.
type source struct {
	path string // slashes, from the top folder
	file *ast.File
	text string
}

func (s source) folder() string { return filepath.ToSlash(filepath.Dir(s.path)) }

func (s source) imports() []string {
	var out []string
	for _, i := range s.file.Imports {
		out = append(out, strings.Trim(i.Path.Value, `"`))
	}
	return out
}

// sources reads all Go files of ours.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	require.NoError(t, filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && path != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata" || path == "tools" || path == "data") {
			return filepath.SkipDir
		}
		if e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		out = append(out, source{filepath.ToSlash(path), f, string(text)})
		return err
	}))
	require.Greater(t, len(out), 50)
	return out
}

// forTests are the packages that only tests import.
func forTests(folder string) bool { return strings.HasSuffix(filepath.Base(folder), "test") }

// TestImportsRunOneWay: main → handlers → bot → store, templates beside them.
func TestImportsRunOneWay(t *testing.T) {
	below := func(path, of string) bool { return path == of || strings.HasPrefix(path, of+"/") }
	for _, s := range sources(t) {
		dir := s.folder()
		for _, i := range s.imports() {
			ours, isOurs := strings.CutPrefix(i, "zhuanban/")
			switch {
			case forTests(dir) && !below(dir, "bot/wecom") && !below(dir, "bot/dingtalk"):
			case below(dir, "store"):
				require.False(t, isOurs && !below(ours, "store"), "store imports nothing else of ours: %s imports %s", s.path, i)
			case below(dir, "bot"):
				require.False(t, isOurs && below(ours, "handlers"), "bot knows no handler: %s imports %s", s.path, i)
			case dir == "templates":
				require.False(t, isOurs && !below(ours, "bot/calendar") && !below(ours, "bot/zh"), "templates know nobody: %s imports %s", s.path, i)
			case below(dir, "handlers") && dir != "handlers":
				duty := strings.Split(dir, "/")[1]
				other := strings.HasPrefix(ours, "handlers/") && strings.Split(ours, "/")[1] != duty
				// What becomes of a lead needs the lead; the states that it can have are for everybody.
				leads := below(ours, "handlers/lead/flow") || duty == "casefile" && below(ours, "handlers/lead") ||
					duty == "ledger" && below(ours, "handlers/lead/dup") // what two leads are alike in
				require.False(t, other && !below(ours, "handlers/weekly") && !leads, "duties know the weekly table, and cases their leads, at most: %s imports %s", s.path, i)
			}
			for platform, other := range map[string]string{"bot/wecom": "bot/dingtalk", "bot/dingtalk": "bot/wecom"} {
				require.False(t, below(dir, platform) && isOurs && below(ours, other), "no platform knows another, what they share is in bot/internal: %s imports %s", s.path, i)
				require.False(t, isOurs && below(ours, platform) && dir != "." && !below(dir, platform), "only main knows a platform: %s imports %s", s.path, i)
			}
			require.False(t, isOurs && forTests(ours) && !forTests(dir), "%s imports %s, which is for tests", s.path, i)
			require.False(t, strings.Contains(i, "silenceper/wechat") && !below(dir, "bot/wecom"), "only the channel of WeCom knows its library: %s imports %s", s.path, i)
		}
	}
}

// TestPurePackagesDoNoIO: what they say depends on what they are given, and on
// nothing else.
func TestPurePackagesDoNoIO(t *testing.T) {
	pure := []string{"bot/zh", "bot/calendar", "bot/dialog", "handlers/weekly/table", "handlers/lead/flow", "handlers/lead/limits", "handlers/lead/threshold",
		"handlers/lead/triage"}
	for _, s := range sources(t) {
		for _, i := range s.imports() {
			io := i == "os" || i == "net" || strings.HasPrefix(i, "net/http") || strings.HasPrefix(i, "os/") || strings.HasPrefix(i, "database/") ||
				i == "math/rand" || i == "math/rand/v2" || strings.HasPrefix(i, "zhuanban/store") || i == "log/slog"
			require.False(t, io && slices.Contains(pure, s.folder()), "%s imports %s", s.path, i)
			require.False(t, io && i != "os" && s.folder() == "bot/config", "the configuration reads files and nothing else: %s imports %s", s.path, i)
		}
	}
}

// TestNoPackageIsABagOfThings.
func TestNoPackageIsABagOfThings(t *testing.T) {
	for _, s := range sources(t) {
		require.NotContains(t, []string{"util", "utils", "common", "helper", "helpers", "base", "misc"}, s.file.Name.Name, s.path)
	}
}

// TestTimeComesFromMain: nobody else looks at the machine's clock, or sleeps.
func TestTimeComesFromMain(t *testing.T) {
	for _, s := range sources(t) {
		if s.folder() == "." || forTests(s.folder()) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := call.X.(*ast.Ident); ok && pkg.Name == "time" {
				require.NotContains(t, []string{"Now", "Sleep", "Since", "Until", "AfterFunc"}, call.Sel.Name, s.path)
			}
			return true
		})
	}
}

// TestNobodyAsksWhichPlatformItIs, outside the platforms' own folders.
func TestNobodyAsksWhichPlatformItIs(t *testing.T) {
	asks := regexp.MustCompile(`(Platform|platform|Name\(\))\s*[!=]=\s*"(phone|wecom|dingtalk)"`)
	for _, s := range sources(t) {
		require.Empty(t, asks.FindString(s.text), s.path)
	}
}

// TestEveryTemplateIsUsedAndEveryUsedOneExists.
func TestEveryTemplateIsUsedAndEveryUsedOneExists(t *testing.T) {
	words, err := templates.Load()
	require.NoError(t, err)
	named := regexp.MustCompile(`^"((?:announce|audit|bind|bot|case|delivery|dingtalk|evidence|form|help|informant|lead|ledger|media|robot|stage|stats|wecom|weekly)\.[a-z_]+)"$`)
	used := map[string]bool{}
	for _, s := range sources(t) {
		if s.folder() == "." || strings.HasPrefix(s.path, "store/") || forTests(s.folder()) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok {
				return true
			}
			if m := named.FindStringSubmatch(lit.Value); m != nil && m[1] != robot.Name {
				used[m[1]] = true
				require.True(t, words.Has(m[1]), "%s uses %s, which is not there", s.path, m[1])
			}
			return true
		})
	}
	for _, step := range []weekly.StepKind{weekly.Day, weekly.Heads} { // named by the step
		used["weekly."+string(step)] = true
		require.True(t, words.Has("weekly."+string(step)))
	}
	files, err := filepath.Glob("templates/*.tmpl")
	require.NoError(t, err)
	calls := regexp.MustCompile(`\{\{-?\s*template "([^"]+)"`)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		for _, m := range calls.FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = true
			require.True(t, words.Has(m[1]), "%s calls %s, which is not there", f, m[1])
		}
	}
	for _, name := range words.Names() {
		require.True(t, used[name], "template %s is used by nobody", name)
	}
}
