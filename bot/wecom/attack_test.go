package wecom

import (
	"bufio"
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
)

// Whoever attacks the callback in this file seals and signs with code of its own, which
// is neither ours nor the library's.

// foe is somebody who knows the app's keys, or some of them.
type foe struct{ token, key, receiver string }

var insider = foe{appToken, appKey, appCorp}

// encrypt seals a message; bend may change the plain bytes before they are encrypted,
// padding included.
func (f foe) encrypt(message string, bend func([]byte) []byte) string {
	key, err := base64.StdEncoding.DecodeString(f.key + "=")
	if err != nil {
		panic(err)
	}
	plain := binary.BigEndian.AppendUint32([]byte("0123456789abcdef"), uint32(len(message)))
	plain = append(append(plain, message...), f.receiver...)
	pad := 32 - len(plain)%32
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	if bend != nil {
		plain = bend(plain)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

func (f foe) signature(timestamp, nonce, sealed string) string {
	parts := []string{f.token, timestamp, nonce, sealed}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// query signs what was sealed, at the time at which the tests begin.
func (f foe) query(sealed string) url.Values {
	const timestamp, nonce = "1705626000", "1372623149"
	return url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "msg_signature": {f.signature(timestamp, nonce, sealed)}}
}

func enveloped(sealed string) string {
	return "<xml><ToUserName><![CDATA[" + appCorp + "]]></ToUserName><Encrypt><![CDATA[" + sealed + "]]></Encrypt><AgentID><![CDATA[" + appAgent + "]]></AgentID></xml>"
}

const honest = "<xml><ToUserName><![CDATA[" + appCorp + "]]></ToUserName><FromUserName><![CDATA[Hutou.Filer]]></FromUserName><CreateTime>1705626000</CreateTime>" +
	"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[在]]></Content><MsgId>4561255354251345929</MsgId><AgentID>" + appAgent + "</AgentID></xml>"

// post posts a body, and says what came of it. Whatever is not taken is refused with a
// bare status and heard by nobody.
func (w *world) post(q url.Values, body string) int {
	w.t.Helper()
	before := len(w.desk.messages())
	rec := httptest.NewRecorder()
	w.channel.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/wecom/callback?"+q.Encode(), strings.NewReader(body)))
	if rec.Code != http.StatusOK {
		require.Empty(w.t, rec.Body.String())
		require.Equal(w.t, before, len(w.desk.messages()), "refused and heard")
		require.Equal(w.t, "close", rec.Header().Get("Connection"))
	}
	return rec.Code
}

func TestAnHonestStrangerIsUnderstood(t *testing.T) {
	w := newWorld(t)
	sealed := insider.encrypt(honest, nil)
	require.Equal(t, http.StatusOK, w.post(insider.query(sealed), enveloped(sealed)))
	require.Equal(t, "4561255354251345929", w.desk.messages()[0].ID)
}

// TestNoByteCanBeChanged: of the query, of the sealed text, of what it says; and nothing
// can be left out at the end.
func TestNoByteCanBeChanged(t *testing.T) {
	w := newWorld(t)
	sealed := insider.encrypt(honest, nil)
	q, body := insider.query(sealed), enveloped(sealed)
	for key, values := range q {
		for i := range values[0] {
			bent := []byte(values[0])
			bent[i] ^= 1
			other := url.Values{}
			for k := range q {
				other.Set(k, q.Get(k))
			}
			other.Set(key, string(bent))
			require.Contains(t, []int{400, 403}, w.post(other, body), key)
		}
	}
	from := strings.Index(body, sealed)
	for i := range sealed {
		bent := []byte(body)
		bent[from+i] ^= 1
		require.Contains(t, []int{400, 403}, w.post(q, string(bent)), i)
	}
	for i := range body {
		require.Contains(t, []int{400, 403}, w.post(q, body[:i]), i)
	}
	for i := range honest { // by somebody who has the keys
		cut := insider.encrypt(honest[:i], nil)
		require.Equal(t, 400, w.post(insider.query(cut), enveloped(cut)), i)
	}
}

// TestWhyNothingOpensIsNotTold: padding, length, receiver and content that are wrong are
// answered alike.
func TestWhyNothingOpensIsNotTold(t *testing.T) {
	w := newWorld(t)
	last := func(to byte) func([]byte) []byte {
		return func(b []byte) []byte { b[len(b)-1] = to; return b }
	}
	for name, sealed := range map[string]string{
		"padding 0":         insider.encrypt(honest, last(0)),
		"padding 33":        insider.encrypt(honest, last(33)),
		"padding 255":       insider.encrypt(honest, last(255)),
		"a byte of padding": insider.encrypt(honest, func(b []byte) []byte { b[len(b)-2]++; return b }),
		"a length too long": insider.encrypt(honest, func(b []byte) []byte { b[16] = 0xFF; return b }),
		"a length too short": insider.encrypt(honest, func(b []byte) []byte {
			b[19]--
			return b
		}),
		"half a block":          insider.encrypt(honest, nil)[:64+4],
		"nothing":               "",
		"another receiver":      foe{appToken, appKey, "ww0000000000000000"}.encrypt(honest, nil),
		"a receiver and more":   foe{appToken, appKey, appCorp + "x"}.encrypt(honest, nil),
		"no receiver":           foe{appToken, appKey, ""}.encrypt(honest, nil),
		"a key of another":      foe{appToken, wecomtest.Official.Key, appCorp}.encrypt(honest, nil),
		"no document":           insider.encrypt("hello", nil),
		"nothing in it":         insider.encrypt("", nil),
		"a document of nothing": insider.encrypt("<xml></xml>", nil),
	} {
		require.Equal(t, 400, w.post(insider.query(sealed), enveloped(sealed)), name)
	}
}

// TestNoOtherWayToCutTimeFromNonce: the signature is over parts without marks between
// them, so that what is signed could be cut elsewhere.
func TestNoOtherWayToCutTimeFromNonce(t *testing.T) {
	sealed := insider.encrypt(honest, nil)
	for _, nonce := range []string{"1372623149", "9", "0123", "170562600", "1705626001", "17056260001705626000", "abc"} {
		w := newWorld(t)
		q := insider.query(sealed)
		q.Set("nonce", nonce)
		q.Set("msg_signature", insider.signature(q.Get("timestamp"), nonce, sealed))
		require.Equal(t, 200, w.post(q, enveloped(sealed)))
		joined := []string{q.Get("timestamp"), nonce}
		slices.Sort(joined)
		all := strings.Join(joined, "")
		for i := range len(all) + 1 {
			for _, pair := range [][2]string{{all[:i], all[i:]}, {all[i:], all[:i]}} {
				if pair[0] == q.Get("timestamp") {
					continue // as it was
				}
				other := url.Values{"timestamp": {pair[0]}, "nonce": {pair[1]}, "msg_signature": {q.Get("msg_signature")}}
				if status := w.post(other, enveloped(sealed)); status == 200 {
					// Only a nonce that is itself a time of these hours can be taken for one:
					// the message is the same, and known by its id.
					require.Equal(t, "1705626001", pair[0])
				}
			}
		}
		for _, m := range w.desk.messages() {
			require.Equal(t, w.desk.messages()[0], m)
		}
	}
}

// TestAReplayIsBoundAndKnown: within two hours it is the same message, which the desk
// knows by its id; after them it is refused.
func TestAReplayIsBoundAndKnown(t *testing.T) {
	w := newWorld(t)
	sealed := insider.encrypt(honest, nil)
	q, body := insider.query(sealed), enveloped(sealed)
	for range 4 {
		require.Equal(t, 200, w.post(q, body))
		w.clock.Forward(40 * time.Minute)
	}
	w.clock.Forward(time.Second)
	require.Equal(t, 403, w.post(q, body))
	heard := w.desk.messages()
	require.Len(t, heard, 4)
	for _, m := range heard {
		require.Equal(t, heard[0], m)
	}
	for _, other := range []string{"timestamp", "nonce"} { // without the token nobody makes it look new
		again := insider.query(sealed)
		again.Set(other, "1705633200")
		require.Equal(t, 403, w.post(again, body), other)
	}
}

// TestWhateverComesIsAnswered: kinds and events that nobody has heard of, and those of
// which something is missing.
func TestWhateverComesIsAnswered(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		old, new string
		status   int
		heard    bool
	}{
		"as it is":                   {"", "", 200, true},
		"a kind of tomorrow":         {"[text]", "[hologram]", 200, false},
		"an event of tomorrow":       {"<![CDATA[text]]></MsgType>", "event</MsgType><Event>of_tomorrow</Event>", 200, false},
		"an event without a name":    {"<![CDATA[text]]></MsgType>", "event</MsgType>", 200, false},
		"an event without a time":    {"<CreateTime>1705626000</CreateTime>", "", 400, false},
		"a time of nothing":          {"1705626000</Cr", "</Cr", 400, false},
		"a time before all":          {"1705626000</Cr", "-1</Cr", 400, false},
		"a time after all":           {"1705626000</Cr", "9223372036854775807</Cr", 400, false},
		"a time in words":            {"1705626000</Cr", "soon</Cr", 400, false},
		"a time twice":               {"<MsgType>", "<CreateTime>1</CreateTime><MsgType>", 400, false},
		"a sender twice":             {"<MsgType>", "<FromUserName>office.director</FromUserName><MsgType>", 400, false},
		"a sender inside another":    {"<MsgType>", "<X><FromUserName>office.director</FromUserName></X><MsgType>", 200, true},
		"words twice":                {"<MsgId>", "<Content>他</Content><MsgId>", 400, false},
		"no words":                   {"<Content><![CDATA[在]]></Content>", "", 200, true},
		"empty words":                {"<Content><![CDATA[在]]></Content>", "<Content/>", 200, true},
		"everybody as the sender":    {"Hutou.Filer", "@all", 400, false},
		"two senders":                {"Hutou.Filer", "a|b", 400, false},
		"a sender in characters":     {"Hutou.Filer", "湖头", 400, false},
		"an id of four kilobytes":    {"4561255354251345929", strings.Repeat("9", 4096), 200, true},
		"an entity of its own":       {"<![CDATA[在]]>", "&file;", 400, false},
		"a document type":            {"<xml>", "<!DOCTYPE x [<!ENTITY a \"b\">]><xml>", 400, false},
		"an entity from outside":     {"<xml>", "<!DOCTYPE x [<!ENTITY a SYSTEM \"http://127.0.0.1/\">]><xml>", 400, false},
		"a comment":                  {"<MsgType>", "<!-- --><MsgType>", 400, false},
		"a prolog":                   {"<xml>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><xml>", 200, true},
		"another corp inside":        {"[" + appCorp + "]", "[ww0000000000000000]", 400, false},
		"another app inside":         {"<AgentID>" + appAgent, "<AgentID>1000003", 403, false},
		"a million elements":         {"<MsgType>", strings.Repeat("<a></a>", 60000) + "<MsgType>", 200, true},
		"CDATA in a thousand pieces": {"<![CDATA[在]]>", strings.Repeat("<![CDATA[在]]>", 1000), 200, true},
		"entities by the thousand":   {"<![CDATA[在]]>", strings.Repeat("&#x4e2d;&amp;", 1000), 200, true},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(w.desk.messages())
			message := honest
			if c.old != "" {
				message = strings.Replace(honest, c.old, c.new, 1)
				require.NotEqual(t, honest, message)
			}
			sealed := insider.encrypt(message, nil)
			require.Equal(t, c.status, w.post(insider.query(sealed), enveloped(sealed)))
			heard := w.desk.messages()
			require.Equal(t, c.heard, len(heard) > before)
			for _, m := range heard {
				require.Equal(t, "hutou.filer", m.Sender)
			}
		})
	}
}

// reads counts what is read of a body.
type reads struct {
	io.Reader
	n int
}

func (r *reads) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += n
	return n, err
}

func TestALargeBodyIsNotReadToItsEnd(t *testing.T) {
	w := newWorld(t)
	for announced, most := range map[int64]int{5 << 20: 0, -1: largestBody + 1<<20} {
		body := &reads{Reader: io.LimitReader(zeros{}, 5<<20)}
		r := httptest.NewRequest(http.MethodPost, "/wecom/callback", body)
		r.ContentLength = announced
		rec := httptest.NewRecorder()
		w.channel.ServeHTTP(rec, r)
		require.Equal(t, http.StatusRequestEntityTooLarge, rec.Code)
		require.Equal(t, "close", rec.Header().Get("Connection"))
		require.LessOrEqual(t, body.n, most)
	}
	// Over a connection the answer is there before any of it was sent, and the end behind it.
	web := httptest.NewServer(w.channel)
	defer web.Close()
	for _, head := range []string{"Content-Length: 5242880", "Content-Length: 5242880\r\nExpect: 100-continue", "Content-Length: 9223372036854775807"} {
		conn, err := net.Dial("tcp", web.Listener.Addr().String())
		require.NoError(t, err)
		fmt.Fprintf(conn, "POST /wecom/callback?msg_signature=1&timestamp=1&nonce=1 HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n", head)
		read := bufio.NewReader(conn)
		res, err := http.ReadResponse(read, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
		require.True(t, res.Close)
		_, err = read.ReadByte()
		require.ErrorIs(t, err, io.EOF)
		require.NoError(t, conn.Close())
	}
}

// pipes is a listener of connections within the process, whose time can be imitated.
type pipes struct {
	conns chan net.Conn
	ended chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// TestWhoeverDripsIsNotWaitedFor: a body of which a byte comes every second is given up
// after ten.
func TestWhoeverDripsIsNotWaitedFor(t *testing.T) {
	w := newWorld(t)
	for _, head := range []string{"Content-Length: 1000", "Transfer-Encoding: chunked"} {
		synctest.Test(t, func(t *testing.T) {
			at := &pipes{make(chan net.Conn), make(chan struct{})}
			server := &http.Server{Handler: w.channel}
			go server.Serve(at)
			ours, theirs := net.Pipe()
			at.conns <- theirs
			begun := time.Now()
			var writing sync.WaitGroup
			writing.Go(func() {
				_, err := fmt.Fprintf(ours, "POST /wecom/callback HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n", head)
				for err == nil {
					time.Sleep(time.Second)
					drop := "a"
					if strings.Contains(head, "chunked") {
						drop = "1\r\na\r\n"
					}
					_, err = io.WriteString(ours, drop)
				}
			})
			res, err := http.ReadResponse(bufio.NewReader(ours), nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusBadRequest, res.StatusCode)
			require.True(t, res.Close)
			require.InDelta(t, reading.Seconds(), time.Since(begun).Seconds(), 1)
			require.NoError(t, ours.Close())
			writing.Wait()
			close(at.ended)
			require.NoError(t, server.Shutdown(context.Background()))
		})
	}
}

// TestAnEchoWithBlanksIsTheSame, and any other is nobody's.
func TestAnEchoWithBlanksIsTheSame(t *testing.T) {
	w := newWorld(t)
	for i := range 64 { // until there is a plus in it
		sealed := insider.encrypt(fmt.Sprint("128843202355277618", i), nil)
		if !strings.Contains(sealed, "+") {
			continue
		}
		for wire, status := range map[string]int{sealed: 200, strings.ReplaceAll(sealed, "+", " "): 200, sealed[1:]: 403, "": 403, sealed + "=": 403} {
			q := insider.query(sealed)
			q.Set("echostr", wire)
			rec := httptest.NewRecorder()
			w.channel.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/wecom/callback?"+q.Encode(), nil))
			require.Equal(t, status, rec.Code, "%q", wire)
			require.Equal(t, status == 200, rec.Body.Len() > 0)
		}
		return
	}
	t.Fatal("no plus")
}
