package seal

import (
	"bytes"
	"crypto/cipher"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/util"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot/wecom/wecomtest"
)

var (
	official = wecomtest.Official
	python   = wecomtest.Python
	vectors  = wecomtest.Vectors
)

const chance = "aaaabbbbccccdddd"

func codecOf(t testing.TB, s wecomtest.Sample) *Codec {
	t.Helper()
	c, err := New(s.Token, s.Key, s.Receiver)
	require.NoError(t, err)
	return c
}

func TestMessagesSealedByOthersOpen(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			c := codecOf(t, v.By)
			s, _ := c.Sign(nil, v.Timestamp, v.Nonce, []byte(v.Sealed))
			require.Equal(t, v.Signature, string(s[:]))
			require.True(t, s.Genuine(v.Signature))
			plain, _, err := c.Open(nil, []byte(v.Sealed))
			require.NoError(t, err)
			require.Equal(t, v.Plain, string(plain))
		})
	}
}

func TestSealingIsTheSameAsThatOfOthers(t *testing.T) {
	reply := "<xml><ToUserName><![CDATA[mycreate]]></ToUserName><FromUserName><![CDATA[wx5823bf96d3bd56c7]]></FromUserName><CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[this is a test]]></Content></xml>"
	a3 := "ZA4HuQypHxnRrA+A6SOHGCfP55t6K2KftxRPyDIpiZ5MdKRUimloVJP1Hhwcfpohp0wHVXItMTeCcPp27TrwWNWV4j3wXT/LHoM4iS/qu3WSwE4OiMjg1M5sThRi2E0Y9K9CH+WuoDRoi6HYzemoqk8eljtD2odOvp9Wt34PVfke9NAiIKrW/LKgytNK6HHydLP/VpLHep7YPreZwLtCjmvsghDE+qdZKCBMwY+HrVsJAKTFjil6ZD4h3/vXmyI3yTPLYZm7bLexZcm4QmPtKi5vbzZhKGCa4W95g7V+q1g1E/W8OawJz3LYqKEi1m1V2O7KozIz/z1zR6RWJmuH8/pv3DxCIrWlwMezgFR5UzZDc1b9zlZQMRUb4fCFTb5E"
	for _, v := range []struct {
		name           string
		by             wecomtest.Sample
		message, seals string
	}{
		{"A3 official", official, reply, a3},
		{"E Chinese, and a key with bits to spare", wecomtest.Trailing, "我是中文abcd123", "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="},
		{"F no receiver", wecomtest.NoReceiver, `{"msgtype":"text"}`, vectors[len(vectors)-1].Sealed},
	} {
		t.Run(v.name, func(t *testing.T) {
			c := codecOf(t, v.by)
			for range 2 { // the second time with a mode that was used before
				require.Equal(t, "before "+v.seals, string(c.Seal([]byte("before "), [16]byte([]byte(chance)), []byte(v.message))))
			}
		})
	}
	s, _ := codecOf(t, official).Sign(nil, "1409659813", "1372623149", []byte(a3))
	require.Equal(t, "503f857712055355c745229d33c54aa382d83dba", string(s[:]))
}

func TestTheLibraryAndThisCodecUnderstandEachOther(t *testing.T) {
	c := codecOf(t, python)
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOf(rapid.Byte()).Draw(t, "message")
		random := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "random"))
		theirs, err := util.EncryptMsg(random[:], message, python.Receiver, python.Key)
		require.NoError(t, err)
		require.Equal(t, string(theirs), string(c.Seal(nil, random, message)))
		opened, _, err := c.Open(nil, theirs)
		require.NoError(t, err)
		require.Equal(t, string(message), string(opened))

		part := rapid.StringMatching(`[0-9A-Za-z+/=]{0,12}`)
		timestamp, nonce, sealed := part.Draw(t, "timestamp"), part.Draw(t, "nonce"), part.Draw(t, "sealed")
		s, _ := c.Sign(nil, timestamp, nonce, []byte(sealed))
		require.Equal(t, util.Signature(python.Token, timestamp, nonce, sealed), string(s[:]))
	})
}

// sealRaw encrypts bytes as they are, padding included.
func sealRaw(c *Codec, plain []byte) []byte {
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
	good := whole("0123456789", python.Receiver, 10, 16) // 16+4+10+18 = 48
	bent := func(at int, to byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = to
		return b
	}
	_, _, err := c.Open(nil, sealRaw(c, good))
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
		"padding of 33":                      {sealRaw(c, whole("012345678", python.Receiver, 9, 33)), errPadding},
		"one byte of the padding is another": {sealRaw(c, bent(50, 15)), errPadding},
		"nothing but padding":                {sealRaw(c, []byte(strings.Repeat("\x20", 32))), errLength},
		"longer than it is":                  {sealRaw(c, whole("0123456789", python.Receiver, 1<<31, 16)), errLength},
		"just longer":                        {sealRaw(c, whole("0123456789", python.Receiver, 29, 16)), errLength},
		"for another corp":                   {sealRaw(c, whole("0123456789", "ww1436e0e65a779aef", 10, 16)), errReceiver},
		"for nobody":                         {sealRaw(c, whole("0123456789", python.Receiver, 28, 16)), errReceiver},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := c.Open(nil, v.sealed)
			require.ErrorIs(t, err, v.want)
		})
	}
}

func newEncrypter(c *Codec) cipher.BlockMode { return cipher.NewCBCEncrypter(c.block, c.iv) }

// FuzzOpen: whatever is handed in as sealed, nothing breaks; and what was sealed
// opens as it was.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(vectors[1].Sealed))
	f.Add([]byte(vectors[4].Sealed))
	f.Add([]byte("YWJj"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := codecOf(t, official)
		if plain, _, err := c.Open(nil, b); err == nil {
			require.LessOrEqual(t, len(plain), len(b))
		}
		c.Open(nil, sealRaw(c, append(bytes.Clone(b), make([]byte, 32-len(b)%32)...)))
		plain, _, err := c.Open(nil, c.Seal(nil, [16]byte{}, b))
		require.NoError(t, err)
		require.Equal(t, string(b), string(plain))
	})
}
