package wecom

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// official is the app of the sample code that WeCom published.
func official(t *testing.T) *Codec {
	t.Helper()
	return codec(t, "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
}

func codec(t *testing.T, token, aesKey, corp string) *Codec {
	t.Helper()
	c, err := NewCodec(token, aesKey, corp)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// officialPost is the body of that sample's message.
const officialPost = "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><Encrypt><![CDATA[RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==]]></Encrypt><AgentID><![CDATA[218]]></AgentID></xml>"

func TestTheOfficialSampleIsReceived(t *testing.T) {
	c := official(t)
	got, err := c.Receive("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149", officialPost)
	want := Text{From: "mycreate", To: "wx5823bf96d3bd56c7", Content: "hello", ID: 4561255354251345929}
	if err != nil || got != want {
		t.Fatalf("got %+v, %v; want %+v", got, err, want)
	}
	if _, err := c.Receive("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623140", officialPost); !errors.Is(err, ErrSignature) {
		t.Errorf("with another nonce: %v", err)
	}
}

// TestSealing is what two other implementations compute of the same.
func TestSealing(t *testing.T) {
	random := [randomSize]byte([]byte("aaaabbbbccccdddd"))
	for name, v := range map[string]struct {
		codec                 *Codec
		message, sealed, sign string
	}{
		"an answer": {
			official(t),
			"<xml><ToUserName><![CDATA[mycreate]]></ToUserName><FromUserName><![CDATA[wx5823bf96d3bd56c7]]></FromUserName><CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[this is a test]]></Content></xml>",
			"ZA4HuQypHxnRrA+A6SOHGCfP55t6K2KftxRPyDIpiZ5MdKRUimloVJP1Hhwcfpohp0wHVXItMTeCcPp27TrwWNWV4j3wXT/LHoM4iS/qu3WSwE4OiMjg1M5sThRi2E0Y9K9CH+WuoDRoi6HYzemoqk8eljtD2odOvp9Wt34PVfke9NAiIKrW/LKgytNK6HHydLP/VpLHep7YPreZwLtCjmvsghDE+qdZKCBMwY+HrVsJAKTFjil6ZD4h3/vXmyI3yTPLYZm7bLexZcm4QmPtKi5vbzZhKGCa4W95g7V+q1g1E/W8OawJz3LYqKEi1m1V2O7KozIz/z1zR6RWJmuH8/pv3DxCIrWlwMezgFR5UzZDc1b9zlZQMRUb4fCFTb5E",
			"503f857712055355c745229d33c54aa382d83dba",
		},
		"Chinese, and a key with bits left over": {
			codec(t, "", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wxb11529c136998cb6"),
			"我是中文abcd123",
			"jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==",
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := v.codec.Seal(random, v.message); got != v.sealed {
				t.Errorf("sealed: %s", got)
			}
			if got, err := v.codec.Open(v.sealed); err != nil || got != v.message {
				t.Errorf("opened: %q, %v", got, err)
			}
			if got := v.codec.Sign("1409659813", "1372623149", v.sealed); v.sign != "" && got != v.sign {
				t.Errorf("signature: %s", got)
			}
		})
	}
}

func TestEveryLengthOfPadding(t *testing.T) {
	c := official(t)
	for n := range 3 * blockSize {
		message := strings.Repeat("x", n)
		if got, err := c.Open(c.Seal(chance(), message)); err != nil || got != message {
			t.Fatalf("%d bytes: %q, %v", n, got, err)
		}
	}
}

func TestBothEndsUnderstandEachOther(t *testing.T) {
	c := official(t)
	said := Text{From: "user0001", To: "wx5823bf96d3bd56c7", Content: "货值 3万 <&>", ID: 7}
	post := c.Callback(said, "218", time.Unix(1409659813, 0))
	var signature, timestamp, nonce string
	for part := range strings.SplitSeq(post.Query, "&") {
		name, value, _ := strings.Cut(part, "=")
		*map[string]*string{"msg_signature": &signature, "timestamp": &timestamp, "nonce": &nonce}[name] = value
	}
	heard, err := c.Receive(signature, timestamp, nonce, post.Body)
	if err != nil || heard != said {
		t.Fatalf("received %+v, %v", heard, err)
	}
	response := c.Answer(Text{From: said.To, To: said.From, Content: "好的"}, nonce, time.Unix(1409659813, 0))
	if text, answered, err := c.Hear(response); text != "好的" || !answered || err != nil {
		t.Errorf("heard %q, %v, %v", text, answered, err)
	}
	if _, _, err := c.Hear(strings.Replace(response, nonce, "1", 1)); !errors.Is(err, ErrSignature) {
		t.Errorf("an answer that was tampered with: %v", err)
	}
	if _, _, err := c.Hear("<html>no</html>"); err == nil {
		t.Error("an answer that is not sealed was taken")
	}
	for _, none := range []string{"", "success", " \n"} {
		if _, answered, err := c.Hear(none); answered || err != nil {
			t.Errorf("%q is no answer: %v, %v", none, answered, err)
		}
	}
}

func TestWhatIsNotMeantForUsIsRefused(t *testing.T) {
	c := official(t)
	other := codec(t, "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wwother")
	for name, sealed := range map[string]string{
		"no base64": "§", "nothing": "", "half a block": "YWFhYWJiYmJjY2NjZGRkZA==",
		"another key":         codec(t, "QDG6eK", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx5823bf96d3bd56c7").Seal(chance(), "hello"),
		"another corporation": other.Seal(chance(), "hello"),
	} {
		if got, err := c.Open(sealed); err == nil {
			t.Errorf("%s: opened as %q", name, got)
		}
	}
	for _, key := range []string{"", "short", strings.Repeat("!", 43)} {
		if _, err := NewCodec("", key, ""); err == nil {
			t.Errorf("the key %q was taken", key)
		}
	}
}

func TestElement(t *testing.T) {
	for doc, want := range map[string]string{
		"<xml><A><![CDATA[a<b]]></A></xml>": "a<b",
		"<A>a&lt;b</A>":                     "a<b",
		"<A>\n 1 </A>":                      "1",
		"<A></A>":                           "",
		"<B>1</B>":                          "",
		"<A>unfinished":                     "",
	} {
		if got := Element(doc, "A"); got != want {
			t.Errorf("%s: %q instead of %q", doc, got, want)
		}
	}
}
