package templates

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
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
