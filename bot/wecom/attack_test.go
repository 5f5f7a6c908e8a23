package wecom

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
)

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
