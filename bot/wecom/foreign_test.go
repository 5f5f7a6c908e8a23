package wecom

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWeComsOwnPackageUnderstandsTheCallback lets @wecom/crypto, WeCom's package for
// Node, seal what comes in and open what goes out. npm fetches it once, the
// version and the hash that are locked in testdata/foreign.
func TestWeComsOwnPackageUnderstandsTheCallback(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "callback.js"} {
		text, err := os.ReadFile(filepath.Join("testdata", "foreign", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		var complaint strings.Builder
		cmd.Stderr = &complaint
		out, err := cmd.Output()
		require.NoError(t, err, "%s is needed (tools/need): %s%s", name, out, complaint.String())
		return string(out)
	}
	run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")

	w := newWorld(t)
	web := httptest.NewServer(w.channel)
	defer web.Close()
	out := run("node", "callback.js", web.URL+"/wecom/callback", appToken, appKey, appCorp, appAgent, strconv.FormatInt(w.clock.Now().Unix(), 10))
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 4)
	require.JSONEq(t, `{"status":200,"text":"1288432023552776189"}`, lines[0])
	require.JSONEq(t, `{"status":200,"to":"Hutou.Filer","from":"`+appCorp+`","kind":"text","text":"收到：行动3次 检查<42>户 & ]]> 好"}`, lines[1])
	require.JSONEq(t, `{"status":200,"to":"Hutou.Filer","from":"`+appCorp+`","kind":"text","text":"收到：`+strings.Repeat("好", 300)+`"}`, lines[2])
	require.JSONEq(t, `{"status":403,"body":""}`, lines[3])
	require.Equal(t, "行动3次 检查<42>户 & ]]> 好", w.desk.messages()[0].Text)
}
