package wecom

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// Whoever attacks the callback in these tests seals and signs with code of its own, which
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
