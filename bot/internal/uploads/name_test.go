package uploads

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestANameIsOneThatAFileMayHave(t *testing.T) {
	for name, want := range map[string]string{
		"第2期统计表.xlsx":                  "第2期统计表.xlsx",
		"a\"b\\c/d\r\n\x00e.csv":       "a'b_c_d___e.csv",
		"a\xffb.csv":                   "a_b.csv",
		"通报\u202Egnp.exe":              "通报_gnp.exe",
		strings.Repeat("a", 240):       strings.Repeat("a", 240),
		"":                             "",
		strings.Repeat("统", 100):       strings.Repeat("统", 80),
		"x" + strings.Repeat(".", 300): "x" + strings.Repeat(".", 239),
	} {
		require.Equal(t, want, FileName(name), "%q", name)
	}
	long := FileName(strings.Repeat("统计", 60) + ".docx")
	require.LessOrEqual(t, len(long), 240)
	require.True(t, utf8.ValidString(long))
	require.True(t, strings.HasSuffix(long, "统.docx") || strings.HasSuffix(long, "计.docx"), long)
	require.LessOrEqual(t, len(FileName("a."+strings.Repeat("格", 200))), 240)
}
