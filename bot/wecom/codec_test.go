package wecom

import (
	"crypto/cipher"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/util"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sample is a published pair of keys.
type sample struct{ token, key, receiver string }

var (
	official  = sample{"QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"}
	python    = sample{"hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt", "ww1436e0e65a779aee"}
	tool1     = sample{"kjr2TKI8umCBfVF3wAHk8JiPwma5VBme", "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws", "ww6a112864f8022910"}
	tool2     = sample{"kz7Yx62CH8SaLN", "cD0d7jx4tYvVtzqrmh3Dm3QFCXe6f8SlHoMtMh3qQEP", "ww6a112864f8022910"}
	trailing  = sample{"", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6"}
	noBody    = sample{"pamtest", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", ""}
	chance    = "aaaabbbbccccdddd"
	a2Message = "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<FromUserName><![CDATA[mycreate]]></FromUserName>\n<CreateTime>1409659813</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[hello]]></Content>\n<MsgId>4561255354251345929</MsgId>\n<AgentID>218</AgentID>\n</xml>"
)

const (
	a2Sealed = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
	b2Sealed = "Kl7kjoSf6DMD1zh7rtrHjFaDapSCkaOnwu3bqLc5tAybhhMl9pFeK8NslNPVdMwmBQTNoW4mY7AIjeLvEl3NyeTkAgGzBhzTtRLNshw2AEew+kkYcD+Fq72Kt00fT0WnN87hGrW8SqGc+NcT3mu87Ha3dz1pSDi6GaUA6A0sqfde0VJPQbZ9U+3JWcoD4Z5jaU0y9GSh010wsHF8KZD24YhmZH4ch4Ka7ilEbjbfvhKkNL65HHL0J6EYJIZUC2pFrdkJ7MhmEbU2qARR4iQHE7wy24qy0cRX3Mfp6iELcDNfSsPGjUQVDGxQDCWjayJOpcwocugux082f49HKYg84EpHSGXAyh+/oxwaWbvL6aSDPOYuPDGOCI8jmnKiypE+"
	b2Plain  = "<xml><ToUserName>ww1436e0e65a779aee</ToUserName><FromUserName>ChenJiaShun</FromUserName><CreateTime>1476422779</CreateTime><MsgType>text</MsgType><Content>你好</Content><MsgId>1456453720</MsgId><AgentID>1000002</AgentID></xml>"
	cSealed  = "cjhLUX7UU4yCSelv1vz7T0zT8huF51bAMVWriNvO1FMegHrQZNrtvRxbwf0fUPsFvwqR0U0fgiJNEA5Y30F2MoI2S7vv3EjVQ68C0cjw9frBoUE2Hj0BvFp9h3u6Vbsg4lc1C8AtHdaN8orKuNKkLRLuYEL52R1J3v8olJGZRLnRdVKIivixmX/eQpzgeExtp20jI1HxRP1AAZ6xZoILdqDPO549LO4WeG+685JRUTdiwcY5fjZlqeMxuT4PpMn1X9OWsS7NRj06Wa5E3Tvg4twjWp39KPfOdRte6P1T4JU="
	cPlain   = `{ "ToUserName": "wx5823bf96d3bd56c7", "FromUserName": :mycreate", "CreateTime": 1409659813, "MsgType": "text", "Content": "hello", "MsgId": 4561255354251345929, "AgentID": 218}`
	d2Sealed = "EUCt7xMcNiyASzZj0Hjc5yDjFQrCum6AfQ3ntHiUzjGQ51xieKmbvtrZ40/EcB2W/W8yH0n4Lqx48gJl/T9HD/R309I0P/r5pIZucK3lyEn48FYMr4YdE0QdL2jIJ3xkcXUr6uzefzCxG6lMvwpAJaOyVCzN7sRRw47njfxy5EIqU6R9ZBhlTzfdnhhOhK/nTwzrZX3SoGlXFA9OBeZ6ru1NWpXFk76x9DUMe0lcxPPiUqK8ctnQcYXSGUHVqC6DfG7E7mab0OmruNN8cBZY5d3dYOBA4OgaH55Q0AJmUpdT8vNiXpXx+6TxT3TIjySXpDrHVyrsb772aYywgg/Nu4kUmGkALwFZlzhjNegR7wDwb9lr4ERXsSSS8JZ8lbBmaQ3F2Tq584xoPj5rIhXAF734ynm4no1g+SdHiNqR328="
	d2Plain  = "<xml><ToUserName><![CDATA[ww6a112864f8022910]]></ToUserName><FromUserName><![CDATA[foobar]]></FromUserName><CreateTime>1583995625</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[x123]]></Content><MsgId>2018405441</MsgId><AgentID>1000002</AgentID></xml>"
)

// vectors are published messages, sealed by others.
var vectors = []struct {
	name             string
	by               sample
	timestamp, nonce string
	signature        string
	sealed, plain    string
}{
	{"A1 official echo", official, "1409659589", "263014780", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
		"P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==", "1616140317555161061"},
	{"A2 official text", official, "1409659813", "1372623149", "477715d11cdb4164915debcba66cb864d751f3e6", a2Sealed, a2Message},
	{"B1 python echo", python, "1476416373", "47744683", "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb",
		"fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA==", "1288432023552776189"},
	{"B2 python text", python, "1476422779", "1597212914", "0c3914025cb4b4d68103f6bfc8db550f79dcf48e", b2Sealed, b2Plain},
	{"C official JSON, itself malformed", python, "1409659813", "1372623149", "e3647471e395139e2308c1fa963f2d648a00b90e", cSealed, cPlain},
	{"D1 online tool, echo", tool1, "1583940690", "VHh7ymSeb0jc4lSb", "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb011",
		"6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/nIX3ZNt9w==", "94966531020182955848408"},
	{"D2 online tool, text", tool2, "1583995625", "1584392382", "f265ae551b1932727204c3d707628d01376a6940", d2Sealed, d2Plain},
	{"F no receiver", noBody, "1409304348", "xxxxxx", "db33bd9fa1eb89711d2654f742e7b1f73ecfcdf8",
		"jn1L23DB+6ELqJ+6bruv2/3zu9BtWQu585BcmO077ShaLm1rOrF3IqxNHL67u+5858QXR88xGwk6BGjmYXd/nQ==", `{"msgtype":"text"}`},
}

func codecOf(t testing.TB, s sample) *codec {
	t.Helper()
	c, err := newCodec(s.token, s.key, s.receiver)
	require.NoError(t, err)
	return c
}

func TestMessagesSealedByOthersOpen(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			c := codecOf(t, v.by)
			s, _ := c.sign(nil, v.timestamp, v.nonce, []byte(v.sealed))
			require.Equal(t, v.signature, string(s[:]))
			require.True(t, s.genuine(v.signature))
			plain, _, err := c.open(nil, []byte(v.sealed))
			require.NoError(t, err)
			require.Equal(t, v.plain, string(plain))
		})
	}
}

func TestSealingIsTheSameAsThatOfOthers(t *testing.T) {
	reply := "<xml><ToUserName><![CDATA[mycreate]]></ToUserName><FromUserName><![CDATA[wx5823bf96d3bd56c7]]></FromUserName><CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[this is a test]]></Content></xml>"
	a3 := "ZA4HuQypHxnRrA+A6SOHGCfP55t6K2KftxRPyDIpiZ5MdKRUimloVJP1Hhwcfpohp0wHVXItMTeCcPp27TrwWNWV4j3wXT/LHoM4iS/qu3WSwE4OiMjg1M5sThRi2E0Y9K9CH+WuoDRoi6HYzemoqk8eljtD2odOvp9Wt34PVfke9NAiIKrW/LKgytNK6HHydLP/VpLHep7YPreZwLtCjmvsghDE+qdZKCBMwY+HrVsJAKTFjil6ZD4h3/vXmyI3yTPLYZm7bLexZcm4QmPtKi5vbzZhKGCa4W95g7V+q1g1E/W8OawJz3LYqKEi1m1V2O7KozIz/z1zR6RWJmuH8/pv3DxCIrWlwMezgFR5UzZDc1b9zlZQMRUb4fCFTb5E"
	for _, v := range []struct {
		name           string
		by             sample
		message, seals string
	}{
		{"A3 official", official, reply, a3},
		{"E Chinese, and a key with bits to spare", trailing, "我是中文abcd123", "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="},
		{"F no receiver", noBody, `{"msgtype":"text"}`, vectors[len(vectors)-1].sealed},
	} {
		t.Run(v.name, func(t *testing.T) {
			c := codecOf(t, v.by)
			for range 2 { // the second time with a mode that was used before
				require.Equal(t, "before "+v.seals, string(c.seal([]byte("before "), [16]byte([]byte(chance)), []byte(v.message))))
			}
		})
	}
	s, _ := codecOf(t, official).sign(nil, "1409659813", "1372623149", []byte(a3))
	require.Equal(t, "503f857712055355c745229d33c54aa382d83dba", string(s[:]))
}

func TestTheLibraryAndThisCodecUnderstandEachOther(t *testing.T) {
	c := codecOf(t, python)
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		random := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "random"))
		theirs, err := util.EncryptMsg(random[:], message, python.receiver, python.key)
		require.NoError(t, err)
		require.Equal(t, string(theirs), string(c.seal(nil, random, message)))
		opened, _, err := c.open(nil, theirs)
		require.NoError(t, err)
		require.Equal(t, string(message), string(opened))

		part := rapid.StringMatching(`[0-9A-Za-z+/=]{0,12}`)
		timestamp, nonce, sealed := part.Draw(t, "timestamp"), part.Draw(t, "nonce"), part.Draw(t, "sealed")
		s, _ := c.sign(nil, timestamp, nonce, []byte(sealed))
		require.Equal(t, util.Signature(python.token, timestamp, nonce, sealed), string(s[:]))
	})
}

// sealRaw encrypts bytes as they are, padding included.
func sealRaw(c *codec, plain []byte) []byte {
	b := append([]byte(nil), plain...)
	newEncrypter(c).CryptBlocks(b, b)
	return []byte(base64.StdEncoding.EncodeToString(b))
}

func TestWhatIsNotSealedRightDoesNotOpen(t *testing.T) {
	c := codecOf(t, python)
	whole := func(message, receiver string, length uint32, pad int) []byte {
		b := append([]byte(chance), byte(length>>24), byte(length>>16), byte(length>>8), byte(length))
		b = append(b, message...)
		b = append(b, receiver...)
		return append(b, strings.Repeat(string(rune(pad)), pad)...)
	}
	good := whole("0123456789", python.receiver, 10, 16) // 16+4+10+18 = 48
	bent := func(at int, to byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = to
		return b
	}
	_, _, err := c.open(nil, sealRaw(c, good))
	require.NoError(t, err)
	for name, v := range map[string]struct {
		sealed []byte
		want   error
	}{
		"empty":                              {nil, errBlocks},
		"not base64":                         {[]byte("好好好好"), errBase64},
		"not whole blocks":                   {[]byte("YWJj"), errBlocks},
		"cut short":                          {sealRaw(c, good)[:64], errPadding},
		"padding of 0":                       {sealRaw(c, bent(63, 0)), errPadding},
		"padding of 33":                      {sealRaw(c, whole("012345678", python.receiver, 9, 33)), errPadding},
		"one byte of the padding is another": {sealRaw(c, bent(50, 15)), errPadding},
		"nothing but padding":                {sealRaw(c, []byte(strings.Repeat("\x20", 32))), errLength},
		"longer than it is":                  {sealRaw(c, whole("0123456789", python.receiver, 1<<31, 16)), errLength},
		"just longer":                        {sealRaw(c, whole("0123456789", python.receiver, 29, 16)), errLength},
		"for another corp":                   {sealRaw(c, whole("0123456789", "ww1436e0e65a779aef", 10, 16)), errReceiver},
		"for nobody":                         {sealRaw(c, whole("0123456789", python.receiver, 28, 16)), errReceiver},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := c.open(nil, v.sealed)
			require.ErrorIs(t, err, v.want)
		})
	}
}

func newEncrypter(c *codec) cipher.BlockMode { return cipher.NewCBCEncrypter(c.block, c.iv) }
