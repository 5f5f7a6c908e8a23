package wecomtest

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// app calls the server without any client of ours.
type app struct {
	t      *testing.T
	server *Server
	now    time.Time
	tasks  int
}

func newApp(t *testing.T, o Options) *app {
	a := &app{t: t, now: time.Date(2024, 1, 19, 9, 0, 0, 0, time.UTC)}
	o.CorpID, o.AgentID, o.Secret, o.Now = "ww1", 1000002, "secret", func() time.Time { return a.now }
	a.server = New(o)
	return a
}

func (a *app) call(method, path, body string) map[string]any {
	rec := httptest.NewRecorder()
	a.server.ServeHTTP(rec, httptest.NewRequest(method, path, strings.NewReader(body)))
	require.Equal(a.t, 200, rec.Code)
	var out map[string]any
	require.NoError(a.t, json.Unmarshal(rec.Body.Bytes(), &out))
	return out
}

func (a *app) token() string {
	out := a.call("GET", TokenPath+"?corpid=ww1&corpsecret=secret", "")
	return fmt.Sprint(out["access_token"])
}

func (a *app) send(body string) map[string]any {
	return a.call("POST", SendPath+"?access_token="+a.token(), body)
}

func text(to, content, more string) string {
	return fmt.Sprintf(`{"touser":%q,"msgtype":"text","agentid":1000002,"text":{"content":%q}%s}`, to, content, more)
}

func TestATokenIsTheSameWhileItIsGood(t *testing.T) {
	a := newApp(t, Options{})
	first := a.token()
	a.now = a.now.Add(7199 * time.Second)
	require.Equal(t, first, a.token())
	require.EqualValues(t, 1, a.call("GET", TokenPath+"?corpid=ww1&corpsecret=secret", "")["expires_in"])
	a.now = a.now.Add(time.Second)
	require.EqualValues(t, 42001, a.call("POST", SendPath+"?access_token="+first, "{}")["errcode"])
	second := a.token()
	require.NotEqual(t, first, second)
	require.EqualValues(t, 40014, a.call("POST", SendPath+"?access_token="+first, "{}")["errcode"])
	a.server.RevokeToken()
	require.EqualValues(t, 40014, a.call("POST", SendPath+"?access_token="+second, "{}")["errcode"])
	require.EqualValues(t, 41001, a.call("POST", SendPath, "{}")["errcode"])
	require.EqualValues(t, 40001, a.call("GET", TokenPath+"?corpid=ww1&corpsecret=x", "")["errcode"])
	require.EqualValues(t, 40013, a.call("GET", TokenPath+"?corpid=ww2&corpsecret=secret", "")["errcode"])
}

func TestWhatIsWrongWithARequestIsSaidInWeComsCodes(t *testing.T) {
	a := newApp(t, Options{Members: []string{"a"}})
	for body, code := range map[string]int{
		"{": 40058,
		`{"touser":"a","msgtype":"text","text":{"content":"x"}}`:             40056,
		`{"touser":"a","msgtype":"text","agentid":1,"text":{"content":"x"}}`: 301002,
		`{"touser":"a","msgtype":"song","agentid":1000002}`:                  40008,
		text("a", "", ""):    44004,
		text("", "x", ""):    40003,
		text("b|c", "x", ""): 81013,
		text("a"+strings.Repeat("|a", 1000), "x", ""):       40058,
		text("a", "x", `,"duplicate_check_interval":14401`): 40058,
		text("a", "x", ""): 0,
	} {
		require.EqualValues(t, code, a.send(body)["errcode"], body)
	}
	require.Contains(t, a.send("{")["errmsg"], "from ip: 203.0.113.7")
}

func TestWhoIsLeftOutComesBackInLowerCase(t *testing.T) {
	a := newApp(t, Options{Members: []string{"ZhangSan", "bare"}, Unlicensed: []string{"Bare"}})
	out := a.send(text("zhangsan|LiSi|BARE|ZHANGSAN", "在", ""))
	require.EqualValues(t, 0, out["errcode"])
	require.Equal(t, "lisi", out["invaliduser"])
	require.Equal(t, "bare", out["unlicenseduser"])
	require.Equal(t, []string{"在"}, a.server.Texts("ZhangSan"))
}

func TestTheSameRequestIsShownOnceWithinItsInterval(t *testing.T) {
	a := newApp(t, Options{})
	check := `,"enable_duplicate_check":1,"duplicate_check_interval":1800`
	a.send(text("a", "在", check))
	a.now = a.now.Add(1799 * time.Second)
	a.send(text("a", "在", check))
	require.Len(t, a.server.Shown("a"), 1)
	a.send(text("a", "在", check+" ")) // another byte, another request
	require.Len(t, a.server.Shown("a"), 2)
	a.now = a.now.Add(time.Second)
	a.send(text("a", "在", check))
	require.Len(t, a.server.Shown("a"), 3)
	a.send(text("a", "在", ""))
	a.send(text("a", "在", ""))
	require.Len(t, a.server.Shown("a"), 5)
	require.Equal(t, 1, a.server.Counts().Duplicates)
}

func TestLimitsAreKeptWithoutAWordOrWithOne(t *testing.T) {
	a := newApp(t, Options{PerMinute: 32})
	for range 32 {
		require.EqualValues(t, 0, a.send(text("a", strings.Repeat("好", 800), ""))["errcode"])
	}
	require.Len(t, a.server.Shown("a"), 30)
	require.Equal(t, 2, a.server.Counts().Lost)
	require.Equal(t, strings.Repeat("好", 682), a.server.Texts("a")[0], "cut off at 2048 bytes")
	require.EqualValues(t, 45009, a.send(text("b", "在", ""))["errcode"])
	a.now = a.now.Add(time.Minute)
	require.EqualValues(t, 0, a.send(text("a", "在", ""))["errcode"])
	require.Len(t, a.server.Shown("a"), 31)
}

// upload posts a form with one part.
func (a *app) upload(path, disposition string, body []byte) map[string]any {
	form := "--x\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + string(body) + "\r\n--x--\r\n"
	r := httptest.NewRequest("POST", path+"access_token="+a.token(), strings.NewReader(form))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	rec := httptest.NewRecorder()
	a.server.ServeHTTP(rec, r)
	var out map[string]any
	require.NoError(a.t, json.Unmarshal(rec.Body.Bytes(), &out))
	return out
}

func TestUploadsKeepToTheirLimits(t *testing.T) {
	a := newApp(t, Options{})
	jpeg := "\xFF\xD8\xFF"
	named := `name="media"; filename="通报.jpg"`
	for name, c := range map[string]struct {
		kind, disposition, head string
		size, code              int
	}{
		"an image":              {"image", named, jpeg, 1000, 0},
		"no type":               {"", named, jpeg, 1000, 40004},
		"an image over 10 MB":   {"image", named, jpeg, 10<<20 + 1, 45001},
		"an image that is none": {"image", named, "GIF89a", 1000, 40005},
		"a voice over 2 MB":     {"voice", named, "#!AMR\n", 2<<20 + 1, 45001},
		"a file of 20 MB":       {"file", named, "x", 20 << 20, 0},
		"a file over 20 MB":     {"file", named, "x", 20<<20 + 1, 45001},
		"five bytes":            {"file", named, "x", 5, 40006},
		"another part":          {"file", `name="file"; filename="a"`, "x", 9, 41005},
		"no name":               {"file", `name="media"`, "x", 9, 44001},
		"an encoded name":       {"file", `name="media"; filename*=utf-8''%E6%B5%8B.txt`, "x", 9, 44001},
		"a wrong length":        {"file", named + `; filelength=8`, "x", 9, 40006},
		"the right length":      {"file", named + `; filelength=9`, "x", 9, 0},
	} {
		body := append([]byte(c.head), make([]byte, c.size-len(c.head))...)
		out := a.upload(UploadPath+"?type="+c.kind+"&", c.disposition, body)
		require.EqualValues(t, c.code, out["errcode"], name)
		require.Equal(t, c.code == 0, out["media_id"] != nil, name)
	}
	require.NotNil(t, a.upload(UploadImgPath+"?", named, []byte(jpeg+"1234"))["url"])
	require.EqualValues(t, 40006, a.upload(UploadImgPath+"?", named, append([]byte(jpeg), make([]byte, 2<<20)...))["errcode"])
}

func TestWhatWasUploadedIsThereForThreeDays(t *testing.T) {
	a := newApp(t, Options{})
	id := fmt.Sprint(a.upload(UploadPath+"?type=file&", `name="media"; filename="通报.pdf"`, []byte("%PDF-1.7"))["media_id"])
	get := func() (string, string) {
		rec := httptest.NewRecorder()
		a.server.ServeHTTP(rec, httptest.NewRequest("GET", GetMediaPath+"?access_token="+a.token()+"&media_id="+id, nil))
		return rec.Header().Get("Content-Disposition"), rec.Body.String()
	}
	name, body := get()
	require.Equal(t, []string{`attachment; filename="通报.pdf"`, "%PDF-1.7"}, []string{name, body})
	file := func(kind string) string {
		return fmt.Sprintf(`{"touser":"a","msgtype":%q,"agentid":1000002,%q:{"media_id":%q}}`, kind, kind, id)
	}
	require.EqualValues(t, 0, a.send(file("file"))["errcode"])
	require.Equal(t, "%PDF-1.7", string(a.server.Shown("a")[0].Media.Bytes))
	require.EqualValues(t, 40007, a.send(file("image"))["errcode"], "it is of another type")
	a.now = a.now.Add(72 * time.Hour)
	_, body = get()
	require.Contains(t, body, "40007")
	require.EqualValues(t, 40007, a.send(file("file"))["errcode"])
}

func TestManyMayCallAtOnce(t *testing.T) {
	a := newApp(t, Options{MemberMinute: -1})
	a.token()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 100 {
				a.send(text("a", fmt.Sprint(i, j), ""))
				a.server.Shown("a")
			}
		})
	}
	all.Wait()
	require.Equal(t, 800, a.server.Counts().Shown)
	a.server.Forget()
	require.Empty(t, a.server.Shown("a"))
}
