package templates

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func set(t *testing.T, text string) *Set {
	t.Helper()
	s, err := load(fstest.MapFS{"a.tmpl": {Data: []byte(text)}}, funcs)
	require.NoError(t, err)
	return s
}

func TestEmbeddedTemplatesLoad(t *testing.T) {
	s, err := Load()
	require.NoError(t, err)
	require.NotEmpty(t, s.Names())
}

func TestCard(t *testing.T) {
	s := set(t, `{{define "x"}}{{title "线索"}}
第一行


第二行  
{{button "提交" "form.submit:%d" .}}{{button "修改" "form.edit"}}
{{end}}`)
	p, err := s.Render("x", 7)
	require.NoError(t, err)
	require.Equal(t, Page{Title: "线索", Body: "第一行\n\n第二行",
		Buttons: []Button{{"提交", "form.submit:7"}, {"修改", "form.edit"}}}, p)
}

// TestPagesAreSplitLineByLine: the single pass finds what the plain way finds.
func TestPagesAreSplitLineByLine(t *testing.T) {
	parts := rapid.SliceOf(rapid.SampledFrom([]string{"\n", "\n", " ", "\t", "字", "a b", string(titleMark), string(buttonMark),
		string(fieldMark), "\u3000", string(buttonMark) + "提交" + string(fieldMark) + "x:1" + string(buttonMark)}))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(parts.Draw(t, "parts"), "")
		s := state{out: []byte(text)}
		got, want := s.split(), splitPlainly(text)
		require.Equal(t, want.Title, got.Title)
		require.Equal(t, want.Body, got.Body)
		require.True(t, slices.Equal(want.Buttons, got.Buttons))
	})
}

// splitPlainly is what split promises, in the plainest way.
func splitPlainly(text string) Page {
	var p Page
	var body []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimRight(line, " \t")
		button := regexp.MustCompile(`^ *\x02([^\x02]*)\x02?`)
		marked := button.MatchString(line)
		for m := button.FindStringSubmatch(line); m != nil; m = button.FindStringSubmatch(line) {
			label, tap, _ := strings.Cut(m[1], "\x03")
			p.Buttons = append(p.Buttons, Button{label, tap})
			line = line[len(m[0]):]
		}
		switch {
		case marked && strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "\x01"):
			p.Title = line[1:]
		default:
			body = append(body, line)
		}
	}
	p.Body = strings.Trim(regexp.MustCompile(`\n{3,}`).ReplaceAllString(strings.Join(body, "\n"), "\n\n"), "\n")
	return p
}

// TestCompareReportsWhatDiffers, and only as long as it is wanted.
func TestCompareReportsWhatDiffers(t *testing.T) {
	s := set(t, `{{define "x"}}{{.}}{{end}}{{define "y"}}{{.}}!{{end}}`)
	var heard []string
	s.Compare(func(name string, data any, difference string) {
		heard = append(heard, fmt.Sprint(name, data, difference))
	})
	render := func() {
		_, err := s.Render("x", "a")
		require.NoError(t, err)
	}
	render()
	require.Empty(t, heard)
	s.programs["x"] = s.programs["y"]
	render()
	require.Len(t, heard, 1)
	require.Contains(t, heard[0], `xathe page is {"" "a!" []} and should be {"" "a" []}`)
	s.Compare(nil)
	render()
	require.Len(t, heard, 1)
}

func TestOneLine(t *testing.T) {
	for _, s := range []string{"", " ", "a", "a b", " a", "a ", "a  b", "a\tb", "字\n字", "字\u3000字", "a b ", "\n"} {
		require.Equal(t, strings.Join(strings.Fields(s), " "), oneLine(s), "%q", s)
	}
}

func TestTypedWordsNeverBecomeButtons(t *testing.T) {
	s := set(t, `{{define "x"}}{{.}}{{end}}`)
	p, err := s.Render("x", Clean("\x02假\x03lead.drop:1\x02\x01题"))
	require.NoError(t, err)
	require.Empty(t, p.Buttons)
	require.Empty(t, p.Title)
}

func TestCleanKeepsLines(t *testing.T) {
	require.Equal(t, "一\n二\t三", Clean("一\r\n二\t三\x00\u200b"))
}

func TestDuplicateNameIsAnError(t *testing.T) {
	_, err := load(fstest.MapFS{
		"a.tmpl": {Data: []byte(`{{define "x"}}1{{end}}`)},
		"b.tmpl": {Data: []byte(`{{define "x"}}2{{end}}`)}}, funcs)
	require.ErrorContains(t, err, `template "x" is in a.tmpl and in b.tmpl`)
}

func TestMissingValueIsAnError(t *testing.T) {
	s := set(t, `{{define "x"}}{{.no}}{{end}}`)
	_, err := s.Render("x", map[string]any{})
	require.Error(t, err)
}

func TestWordsForTime(t *testing.T) {
	at := time.Date(2024, 1, 19, 9, 30, 0, 0, time.UTC)
	require.Equal(t, "1月19日 17:30", Moment(at))
	for d, want := range map[time.Duration]string{
		40 * time.Minute: "40分钟", 2 * time.Hour: "2小时", 51 * time.Hour: "2天3小时", 48 * time.Hour: "2天",
		90 * time.Minute: "1小时30分钟",
	} {
		require.Equal(t, want, Left(d))
	}
}

func TestBrief(t *testing.T) {
	require.Equal(t, "一二…", Brief(2, "一二三"))
	require.Equal(t, "一二三", Brief(3, "一二三"))
}
