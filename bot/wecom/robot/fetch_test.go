package robot

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/internal/line"
	"zhuanban/bot/media"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/store"
)

var photo = append([]byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00"), bytes.Repeat([]byte("店"), 40000)...)

// fetched fetches what a message came with and gives its bytes. No error may show what
// opens the file.
func (w *world) fetched(c *Channel, a bot.Attachment) (media.Body, []byte, error) {
	w.t.Helper()
	body, err := c.Fetch(w.t.Context(), a.Ref)
	var b []byte
	if err == nil {
		b, err = io.ReadAll(body.Reader)
		require.NoError(w.t, body.Reader.Close())
	}
	if err != nil {
		var r ref
		_ = json.Unmarshal([]byte(a.Ref), &r)
		require.NotContains(w.t, err.Error(), wecomtest.RobotSign)
		if r.Key != "" {
			require.NotContains(w.t, err.Error(), r.Key)
		}
	}
	c.client.CloseIdleConnections()
	return body, b, err
}

// sent lets a member send a file, and gives what the desk hears of it.
func (w *world) sent(kind, name string, f wecomtest.RobotFile) bot.Attachment {
	w.t.Helper()
	n := len(w.desk.messages())
	require.NoError(w.t, w.server.Enclose("Ann", kind, w.web.URL, name, f))
	m := w.heard(n + 1)[n]
	require.Len(w.t, m.Attachments, 1)
	return m.Attachments[0]
}

func TestWhatMembersSendIsFetchedAndOpened(t *testing.T) {
	w := newWorld(t)
	w.up()
	for kind, c := range map[string]struct {
		name string
		file wecomtest.RobotFile
		want bot.Attachment
		told string
	}{
		"image": {"", wecomtest.RobotFile{Bytes: photo, Disposition: `attachment; filename="a.jpg"`}, bot.Attachment{Kind: bot.Photo}, "a.jpg"},
		"file": {"通报.docx", wecomtest.RobotFile{Bytes: []byte("PK\x03\x04 text"), Disposition: `attachment; filename*=UTF-8''%E9%80%9A%E6%8A%A5.docx`},
			bot.Attachment{Kind: bot.File, Name: "通报.docx"}, "通报.docx"},
		"video": {"", wecomtest.RobotFile{Bytes: []byte("\x00\x00\x00\x18ftypmp42")}, bot.Attachment{Kind: bot.Video}, ""},
	} {
		a := w.sent(kind, c.name, c.file)
		body, b, err := w.fetched(w.channel, a)
		require.NoError(t, err)
		require.True(t, bytes.Equal(c.file.Bytes, b), kind)
		require.Equal(t, c.told, body.Name)
		a.Ref = ""
		require.Equal(t, c.want, a)
	}
	require.Empty(t, w.server.Shown("ann"), "nothing is said by the channel itself")
}

func TestTheTextOfAMixedMessageHasItsPictures(t *testing.T) {
	w := newWorld(t)
	w.up()
	text := func(s string) map[string]any {
		return map[string]any{"msgtype": "text", "text": map[string]string{"content": s}}
	}
	picture := func(b string) map[string]any {
		return map[string]any{"msgtype": "image", "image": w.server.Enclosure(w.web.URL, "", wecomtest.RobotFile{Bytes: []byte(b)})}
	}
	for _, body := range []map[string]any{
		{"mixed": map[string]any{"msg_item": []any{text("@专班助手 湖头镇"), picture("one"), text("假酒"), picture("two")}}},
		{"mixed": map[string]any{"msg_item": []any{text("@专班助手")}}, "quote": map[string]any{"msgtype": "mixed", // what is only quoted is said
			"mixed": map[string]any{"msg_item": []any{text("湖头镇"), picture("one"), text("假酒"), picture("two")}}}},
	} {
		n := len(w.desk.messages())
		_, err := w.server.Push(cmdMessage, w.server.Body("Ann", groupChat, "mixed", body))
		require.NoError(t, err)
		m := w.heard(n + 1)[n]
		require.Equal(t, []string{"湖头镇\n假酒", groupName}, []string{m.Text, m.Group})
		require.Len(t, m.Attachments, 2)
		for i, want := range []string{"one", "two"} {
			_, b, err := w.fetched(w.channel, m.Attachments[i])
			require.NoError(t, err)
			require.Equal(t, want, string(b))
		}
	}
}

func TestARobotThatIsCalledBackOpensFilesWithItsOwnKey(t *testing.T) {
	w, client := called(t)
	body := w.server.Body("ann", "", "image", map[string]any{"image": w.server.Enclosure(w.web.URL, "", wecomtest.RobotFile{Bytes: photo, Key: w.o.AESKey})})
	require.Equal(t, http.StatusOK, post(t, client, body).Status)
	a := w.desk.messages()[0].Attachments[0]
	require.NotContains(t, a.Ref, w.o.AESKey)
	_, b, err := w.fetched(w.channel, a)
	require.NoError(t, err)
	require.True(t, bytes.Equal(photo, b))
}

func TestWhatIsGoneIsGoneAndWhatMayComeIsAskedForAgain(t *testing.T) {
	other := wecomtest.SealFile(photo, strings.Repeat("A", 43))
	for name, c := range map[string]struct {
		file   wecomtest.RobotFile
		status int
		late   time.Duration
		want   bot.Fate // "" = it comes
	}{
		"at once":                    {},
		"in the last second":         {late: addressLife - time.Second},
		"after five minutes":         {late: addressLife, want: bot.Refused},
		"forbidden":                  {status: 403, want: bot.Refused},
		"not found":                  {status: 404, want: bot.Refused},
		"busy":                       {status: 503, want: bot.NotSent},
		"busy after five minutes":    {status: 503, late: addressLife, want: bot.Refused},
		"a redirect":                 {status: 302, want: bot.NotSent},
		"with another's key":         {file: wecomtest.RobotFile{Sealed: other}, want: bot.NotSent},
		"cut off within a block":     {file: wecomtest.RobotFile{Sealed: make([]byte, 100)}, want: bot.NotSent},
		"nothing at all":             {file: wecomtest.RobotFile{Sealed: []byte{}}, want: bot.NotSent},
		"sealed with a wrong length": {file: wecomtest.RobotFile{Sealed: other[:len(other)-16]}, want: bot.NotSent},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.up()
			c.file.Bytes = photo
			a := w.sent("image", "", c.file)
			w.clock.Forward(c.late)
			w.server.BendFiles(func(int) int { return c.status })
			_, b, err := w.fetched(w.channel, a)
			require.Equal(t, 1, w.server.Asked(), "a redirect is not followed")
			if c.want == "" {
				require.NoError(t, err)
				require.True(t, bytes.Equal(photo, b))
				return
			}
			require.Equal(t, c.want, failure(t, err).Fate)
		})
	}
}

func TestWithoutAConnectionToTheFileItIsAskedForAgainForFiveMinutes(t *testing.T) {
	w := newWorld(t)
	a, ok := file{bot.Photo, enclosure{URL: "http://127.0.0.1:1/f?sign=" + wecomtest.RobotSign, AESKey: "c2VjcmV0"}}.attachment(w.clock.Now())
	require.True(t, ok)
	_, _, err := w.fetched(w.channel, a)
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.clock.Forward(addressLife)
	_, err = w.channel.Fetch(ctx, a.Ref)
	require.Equal(t, bot.NotSent, failure(t, err).Fate, "a process that stops says nothing of the file")
	_, _, err = w.fetched(w.channel, a)
	require.Equal(t, bot.Refused, failure(t, err).Fate)
}

func TestOnlyAddressesThatCanBeTrustedAreAsked(t *testing.T) {
	asked := 0
	web := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked++; io.WriteString(w, "x") }))
	defer web.Close()
	for address, c := range map[string]struct {
		ws string
		ok bool
	}{
		web.URL + "/private":                       {"wss://im.example.cn", true}, // a private deployment's lie in its network
		web.URL + "/public":                        {"", false},
		"https://localhost:" + port(web) + "/":     {"", false},
		"https://[::ffff:127.0.0.1]:" + port(web):  {"wss://openws.work.weixin.qq.com/", false},
		"http" + web.URL[len("https"):] + "/plain": {"wss://im.example.cn", false},
		"https://a:b@127.0.0.1:" + port(web):       {"wss://im.example.cn", false},
		"ftp://im.example.cn/f":                    {"ws://im.example.cn", false},
		"https:///f":                               {"wss://im.example.cn", false},
	} {
		w := newWorld(t)
		channel := w.replica(func(o *Options) { o.WSURL = c.ws })
		for _, client := range []*http.Client{channel.client, channel.outside} {
			client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
		}
		before := asked
		a, ok := file{bot.Photo, enclosure{URL: address, AESKey: ""}}.attachment(w.clock.Now())
		require.True(t, ok)
		_, _, err := w.fetched(channel, a)
		if c.ok {
			require.NoError(t, err, address)
			continue
		}
		require.Equal(t, bot.Refused, failure(t, err).Fate, address)
		require.Equal(t, before, asked, address)
	}
	for _, private := range []string{"10.0.0.1:443", "172.16.0.1:443", "192.168.1.1:443", "169.254.169.254:80", "100.64.0.1:443", "[fd00::1]:443", "[fe80::1]:443", "0.0.0.0:443", "x"} {
		require.ErrorIs(t, line.OutsideOnly("tcp", private, nil), line.ErrInside, private)
	}
	require.NoError(t, line.OutsideOnly("tcp", "183.3.224.1:443", nil))
}

func port(s *httptest.Server) string { return s.URL[strings.LastIndex(s.URL, ":")+1:] }

func TestANameThatIsNoneIsGone(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"", "{", "media-id", `{"key":"s3cr3t"}`} {
		_, err := w.channel.Fetch(t.Context(), name)
		require.Equal(t, bot.Refused, failure(t, err).Fate)
		require.NotContains(t, err.Error(), "s3cr3t")
	}
	path, _ := w.server.Keep(wecomtest.RobotFile{Bytes: photo})
	a, ok := file{bot.Photo, enclosure{URL: w.web.URL + path, AESKey: "tooshort"}}.attachment(w.clock.Now())
	require.True(t, ok)
	_, _, err := w.fetched(w.channel, a)
	require.Equal(t, bot.Refused, failure(t, err).Fate, "a key that opens nothing")
}

func TestAFileThatIsTooLargeIsKnownByItsLength(t *testing.T) {
	w := newWorld(t)
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Length", "104857664")
	}))
	defer web.Close()
	a, ok := file{bot.File, enclosure{URL: web.URL, AESKey: strings.Repeat("A", 43)}}.attachment(w.clock.Now())
	require.True(t, ok)
	body, err := w.channel.Fetch(t.Context(), a.Ref)
	require.NoError(t, err)
	require.Greater(t, body.Size, int64(100<<20))
	require.NoError(t, body.Reader.Close())
	w.channel.client.CloseIdleConnections()
}

// TestADamagedFileIsTriedAgainAndThenLost, through the fetcher and the engine: its
// sender is asked for it again.
func TestADamagedFileIsTriedAgainAndThenLost(t *testing.T) {
	office := bottest.New(t)
	w := newWorld(t, func(theirs *wecomtest.RobotOptions, o *Options) {
		theirs.Now, o.Wall, o.Desk = office.Wall.Now, office.Wall.Now, office.Bot
	})
	w.up()
	office.Courier.Channels[Name] = w.channel
	kept, err := store.OpenEvidence(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	fetcher := &media.Fetcher{Store: office.Store, Evidence: kept, Sources: map[string]media.Source{Name: w.channel},
		Notices: office.Bot, Clock: office.Clock, Wall: office.Wall.Now, Log: w.o.Log}
	require.NoError(t, w.server.Enclose("ann", "image", w.web.URL, "", wecomtest.RobotFile{Sealed: make([]byte, 64)}))
	waits := func() bool {
		n, _, err := fetcher.Depth(t.Context())
		require.NoError(t, err)
		return n > 0
	}
	w.eventually(waits, "wanted")
	for tries := 0; waits(); tries++ {
		require.Less(t, tries, 20)
		_, err := fetcher.Flush(t.Context())
		require.NoError(t, err)
		office.Wall.Set(office.Wall.Now().Add(time.Minute))
	}
	require.GreaterOrEqual(t, w.server.Asked(), 4)
	require.Contains(t, w.log.String(), "why=gone")
	w.channel.client.CloseIdleConnections()
}
