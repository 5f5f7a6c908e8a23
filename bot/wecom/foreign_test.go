package wecom

import (
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/internal/worldtest"
)

// TestWeComsOwnPackageUnderstandsTheCallback lets @wecom/crypto, WeCom's package for
// Node, seal what comes in and open what goes out. npm fetches it once, the
// version and the hash that are locked in testdata/foreign.
func TestWeComsOwnPackageUnderstandsTheCallback(t *testing.T) {
	dir := worldtest.NPM(t, "foreign", "callback.js")
	w := newWorld(t)
	web := httptest.NewServer(w.channel)
	defer web.Close()
	cmd := exec.CommandContext(t.Context(), "node", "callback.js", web.URL+"/wecom/callback", appToken, appKey, appCorp, appAgent, strconv.FormatInt(w.clock.Now().Unix(), 10))
	cmd.Dir = dir
	complaint := &worldtest.Log{}
	cmd.Stderr = complaint
	out, err := cmd.Output()
	require.NoError(t, err, "%s%s", out, complaint)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, lines, 4)
	require.JSONEq(t, `{"status":200,"text":"1288432023552776189"}`, lines[0])
	require.JSONEq(t, `{"status":200,"to":"Hutou.Filer","from":"`+appCorp+`","kind":"text","text":"收到：行动3次 检查<42>户 & ]]> 好"}`, lines[1])
	require.JSONEq(t, `{"status":200,"to":"Hutou.Filer","from":"`+appCorp+`","kind":"text","text":"收到：`+strings.Repeat("好", 300)+`"}`, lines[2])
	require.JSONEq(t, `{"status":403,"body":""}`, lines[3])
	require.Equal(t, "行动3次 检查<42>户 & ]]> 好", w.desk.messages()[0].Text)
}
