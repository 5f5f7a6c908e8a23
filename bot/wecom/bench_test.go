package wecom

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/silenceper/wechat/v2/util"
	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/internal/seal"
	"zhuanban/bot/wecom/wecomtest"
)

const weekly = "周报 行动3次 出动18人次 检查42户 立案2件 案值3.5万元 移送1件 查获假冒商品126件 约谈5家"

const receipt = "第2期统计表已报送（1月19日 09:00）\n行动 3次 · 出动 18人次 · 检查 42户\n立案 2件 · 案值 35,000元\n要改：发「更正」"

// BenchmarkCallback is one message in and one answer out, HTTP left out: check the
// signature, open, read, answer, seal, sign. naive does it with the library and
// encoding/xml; ours says how many times as fast it is (x-naive).
func BenchmarkCallback(b *testing.B) {
	w := newWorld(b)
	q, body, err := w.client.Seal(w.client.Message("hutou.filer", "text", "1", "<Content>"+wecomtest.CDATA(weekly)+"</Content>"))
	require.NoError(b, err)
	var slow float64
	b.Run("naive", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := naive(q, body); err != nil {
				b.Fatal(err)
			}
		}
		slow = float64(b.Elapsed()) / float64(b.N)
	})
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			room := w.channel.rooms.Get().(*room)
			room.body = append(room.body[:0], body...)
			if _, err := w.channel.opens(room, q); err != nil {
				b.Fatal(err)
			}
			in, err := w.channel.inbound(&room.doc, []byte(appAgent))
			if err != nil || in.message.Text != weekly {
				b.Fatal(err)
			}
			if len(w.channel.passive(room, in.from, receipt)) == 0 {
				b.Fatal("no answer")
			}
			w.channel.leave(room)
		}
		b.ReportMetric(slow*float64(b.N)/float64(b.Elapsed()), "x-naive")
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	})
	b.Run("handler", func(b *testing.B) { // the same through ServeHTTP, with a desk that echoes
		b.ReportAllocs()
		u, err := url.Parse("http://localhost/wecom/callback?" + q.Encode())
		require.NoError(b, err)
		for b.Loop() {
			w.desk.heard = w.desk.heard[:0]
			r := &http.Request{Method: http.MethodPost, URL: u, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Header: http.Header{}}
			sink := &sink{header: http.Header{}}
			w.channel.ServeHTTP(sink, r)
			if sink.n == 0 {
				b.Fatal("no answer")
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
	})
}

// sink is a response that nobody reads.
type sink struct {
	header http.Header
	n      int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { s.n += len(p); return len(p), nil }

type cdata struct {
	Value string `xml:",cdata"`
}

// naive is the way of the library's own examples.
func naive(q url.Values, body []byte) ([]byte, error) {
	var e reference
	if err := xml.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	if util.Signature(appToken, q.Get("timestamp"), q.Get("nonce"), e.Encrypt) != q.Get("msg_signature") || e.AgentID != appAgent {
		return nil, errors.New("signature")
	}
	_, plain, err := util.DecryptMsg(appCorp, e.Encrypt, appKey)
	if err != nil {
		return nil, err
	}
	var m reference
	if err := xml.Unmarshal(plain, &m); err != nil {
		return nil, err
	}
	reply, err := xml.Marshal(struct {
		XMLName                                    xml.Name `xml:"xml"`
		ToUserName, FromUserName, MsgType, Content cdata
		CreateTime                                 string
	}{ToUserName: cdata{strings.ToLower(m.FromUserName)}, FromUserName: cdata{appCorp}, MsgType: cdata{"text"}, Content: cdata{receipt}, CreateTime: q.Get("timestamp")})
	if err != nil {
		return nil, err
	}
	random := make([]byte, seal.RandomSize)
	rand.Read(random)
	sealed, err := util.EncryptMsg(random, reply, appCorp, appKey)
	if err != nil {
		return nil, err
	}
	return xml.Marshal(struct {
		XMLName                      xml.Name `xml:"xml"`
		Encrypt, MsgSignature, Nonce cdata
		TimeStamp                    string
	}{Encrypt: cdata{string(sealed)}, MsgSignature: cdata{util.Signature(appToken, q.Get("timestamp"), "1", string(sealed))}, Nonce: cdata{"1"}, TimeStamp: q.Get("timestamp")})
}

// BenchmarkSend is one parcel to the imitation over a real connection, from as
// many senders as there are processors; the imitation's share is in it.
func BenchmarkSend(b *testing.B) {
	w := newWorld(b, func(o *wecomtest.Options, _ *Options) { o.PerMinute, o.MemberMinute = 1<<30, -1 })
	var id atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.channel.Send(b.Context(), parcel(id.Add(1), "hutou.filer", receipt)); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "parcels/s")
}
