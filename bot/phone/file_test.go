package phone

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

func TestOnlyPicturesAreShownInThePage(t *testing.T) {
	w := newWorld(t)
	sha, _, err := w.files.Put(t.Context(), strings.NewReader(pngHead), maxFile)
	require.NoError(t, err)
	for kind, want := range map[string][2]string{
		"image/png":       {"image/png", "inline"},
		"image/svg+xml":   {"application/octet-stream", "attachment"},
		"text/html":       {"application/octet-stream", "attachment"},
		"application/pdf": {"application/octet-stream", "attachment"},
		"":                {"image/png", "inline"},
	} {
		query := url.Values{"type": {kind}, "name": {"门头\r\n照.png"}}
		rec := w.request("GET", "/phone/file/"+sha+"?"+query.Encode(), nil)
		require.Equal(t, http.StatusOK, rec.Code)
		require.Equal(t, want[0], rec.Header().Get("Content-Type"), kind)
		require.True(t, strings.HasPrefix(rec.Header().Get("Content-Disposition"), want[1]), kind)
		require.Contains(t, rec.Header().Get("Content-Disposition"), url.PathEscape("门头照.png"))
		require.Equal(t, pngHead, rec.Body.String())
	}
}

func TestFilesThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/phone/file/" + strings.Repeat("a", 64), "/phone/file/abc", "/phone/file/..%2f..%2fetc%2fpasswd", "/phone/data/1?as=hutou.filer", "/phone/data/x?as=hutou.filer"} {
		require.Equal(t, http.StatusNotFound, w.request("GET", path, nil).Code, path)
	}
}

func TestAFileOfTheBotIsReachedThroughItsEntry(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, os.Mkdir(filepath.Join(w.data, "exports"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(w.data, "exports", "w3.xlsx"), []byte("PK"), 0o600))
	sha, _, err := w.files.Put(t.Context(), strings.NewReader(pngHead), maxFile)
	require.NoError(t, err)
	outside := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(outside, []byte("secret"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(w.data, "link")))
	for _, path := range []string{"exports/w3.xlsx", sha, "../" + filepath.Base(w.data) + "/exports/w3.xlsx", outside, "exports", "gone.xlsx", "link"} {
		w.send(person("hutou.filer"), bot.Reply{Kind: bot.FileReply, Path: path, Name: "统计表.xlsx"})
	}
	rec := w.request("GET", "/phone/data/1?as=hutou.filer", nil)
	require.Equal(t, http.StatusOK, rec.Code)
	require.Equal(t, "PK", rec.Body.String())
	require.Contains(t, rec.Header().Get("Content-Disposition"), "attachment")
	rec = w.request("GET", "/phone/data/2?as=hutou.filer", nil)
	require.Equal(t, "image/png", rec.Header().Get("Content-Type"))
	for entry, why := range map[string]string{"3": "outside", "4": "absolute", "5": "a folder", "6": "gone", "7": "a link to outside"} {
		rec := w.request("GET", "/phone/data/"+entry+"?as=hutou.filer", nil)
		require.GreaterOrEqual(t, rec.Code, 400, why)
		require.NotContains(t, rec.Body.String(), "secret", why)
	}
	require.Equal(t, http.StatusForbidden, w.request("GET", "/phone/data/1?as=hutou.head", nil).Code, "who is not in the chat")
}
