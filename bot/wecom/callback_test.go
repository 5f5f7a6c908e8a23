package wecom

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/name"
	"zhuanban/bot/wecom/wecomtest"
)

func TestTheConsoleSeesThatTheAddressIsOurs(t *testing.T) {
	w := newWorld(t)
	reply, err := w.client.Verify(t.Context(), "1288432023552776189")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, reply.Status)
	require.Equal(t, "1288432023552776189", string(reply.Body), "bare: no quotes, no line end")
	require.Empty(t, w.desk.messages())
}

func TestWeComsOwnSamplesAreTaken(t *testing.T) {
	for _, v := range wecomtest.Vectors {
		if v.Name[:2] != "B1" && v.Name[:2] != "B2" {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			w := newWorld(t)
			w.clock.Set(time.Unix(1476422800, 0))
			q := url.Values{"timestamp": {v.Timestamp}, "nonce": {v.Nonce}, "msg_signature": {v.Signature}}
			if v.Name[:2] == "B1" {
				for _, onTheWay := range []string{v.Sealed, strings.ReplaceAll(v.Sealed, "+", " ")} {
					q.Set("echostr", onTheWay)
					reply, err := w.client.Do(t.Context(), http.MethodGet, q, nil)
					require.NoError(t, err)
					require.Equal(t, v.Plain, string(reply.Body))
				}
				return
			}
			reply, err := w.client.Do(t.Context(), http.MethodPost, q, []byte("<xml><ToUserName><![CDATA[ww1436e0e65a779aee]]></ToUserName>\n<Encrypt><![CDATA["+
				v.Sealed+"]]></Encrypt>\n<AgentID><![CDATA[1000002]]></AgentID>\n</xml>"))
			require.NoError(t, err)
			require.Equal(t, "收到：你好", reply.Text)
			require.Equal(t, "1456453720", w.desk.messages()[0].ID)
			require.Equal(t, "chenjiashun", w.desk.messages()[0].Sender)
		})
	}
}

func TestWhatMembersDoBecomesAMessage(t *testing.T) {
	at := time.Date(2024, 1, 19, 9, 0, 0, 0, shanghai)
	for name, c := range map[string]struct {
		inner func(*wecomtest.Client) string
		want  bot.Message
	}{
		"a text": {
			func(c *wecomtest.Client) string {
				return c.Message("Hutou.Filer", "text", "77", "<Content>"+wecomtest.CDATA("行动3次 ]]> 检查<42>户&\n\x08好")+"</Content>")
			},
			bot.Message{ID: "77", Text: "行动3次 ]]> 检查<42>户&\n\x08好"}},
		"a text with bytes that are no characters": {
			func(c *wecomtest.Client) string {
				return c.Message("hutou.filer", "text", "78", "<Content><![CDATA[a\xff\xfeb]]></Content>")
			},
			bot.Message{ID: "78", Text: "a\uFFFDb"}},
		"a click on the menu": {
			func(c *wecomtest.Client) string {
				return c.Message("hutou.filer", "event", "", "<Event><![CDATA[click]]></Event><EventKey><![CDATA[周报]]></EventKey>")
			},
			bot.Message{ID: "hutou.filer:1705626000:click:周报:", Text: "周报"}},
		"a link": {
			func(c *wecomtest.Client) string {
				return c.Message("hutou.filer", "link", "81", "<Title><![CDATA[ 网店卖假酒 ]]></Title><Description><![CDATA[x]]></Description><Url><![CDATA[http://example.invalid/1?a=b&c]]></Url><PicUrl><![CDATA[p]]></PicUrl>")
			},
			bot.Message{ID: "81", Text: "网店卖假酒\nhttp://example.invalid/1?a=b&c"}},
		"a place": {
			func(c *wecomtest.Client) string {
				return c.Message("hutou.filer", "location", "79", "<Location_X>25.05</Location_X><Location_Y>118.18</Location_Y><Scale>20</Scale><Label><![CDATA[凤城镇建设路]]></Label>")
			},
			bot.Message{ID: "79", Location: &bot.Location{Lat: 25.05, Lng: 118.18, Label: "凤城镇建设路"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.want.Platform, c.want.Sender, c.want.At, c.want.Carry, c.want.CarryCards = "wecom", "hutou.filer", at, 2048, true
			reply, err := w.client.Post(t.Context(), c.inner(w.client))
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, reply.Status)
			require.Equal(t, []bot.Message{c.want}, w.desk.messages())
		})
	}
}

func TestTwoEventsInOneSecondAreTold(t *testing.T) {
	w := newWorld(t)
	for _, key := range []string{"周报", "进度", "周报"} {
		_, err := w.client.Click(t.Context(), "hutou.filer", key)
		require.NoError(t, err)
	}
	heard := w.desk.messages()
	require.NotEqual(t, heard[0].ID, heard[1].ID)
	require.Equal(t, heard[0].ID, heard[2].ID, "the same again is a re-delivery")
}

func TestEventsThatNeedNoAnswerAreAcknowledged(t *testing.T) {
	for _, event := range []string{"unsubscribe", "LOCATION", "view", "change_contact", "batch_job_result", "inactive_alert", "of_tomorrow"} {
		t.Run(event, func(t *testing.T) {
			w := newWorld(t)
			reply, err := w.client.Post(t.Context(), w.client.Message("sys", "event", "", "<Event><![CDATA["+event+"]]></Event><EventKey></EventKey><BatchJob><JobId>1</JobId></BatchJob>"))
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, reply.Status)
			require.Empty(t, reply.Body)
			require.Empty(t, w.desk.messages())
		})
	}
}

func TestWhatCannotBeTakenYetIsSaidSo(t *testing.T) {
	for kind, rest := range map[string]string{
		"image": "<PicUrl><![CDATA[http://example.invalid/1]]></PicUrl>",
		"voice": "<MediaId></MediaId><Format>amr</Format>",
		"file":  "<MediaId>" + strings.Repeat("m", 2000) + "</MediaId>",
		"music": "<MediaId><![CDATA[m]]></MediaId>",
	} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			for range 2 { // a re-delivery is answered the same
				reply, err := w.client.Post(t.Context(), w.client.Message("hutou.filer", kind, "80", rest))
				require.NoError(t, err)
				require.Contains(t, reply.Text, "没有收下")
			}
			require.Empty(t, w.desk.messages())
		})
	}
}

func TestTheAcknowledgementCarriesTheAnswerOrNothing(t *testing.T) {
	long := strings.Repeat("好", 800) // 2400 bytes
	for name, c := range map[string]struct {
		answer bot.Answer
		err    error
		status int
		text   string
	}{
		"one text":                  {answer: carried("第2期 已报送 ]]> <ok>&"), status: 200, text: "第2期 已报送 ]]> <ok>&"},
		"as long as it may be":      {answer: carried(strings.Repeat("a", 2048)), status: 200, text: strings.Repeat("a", 2048)},
		"longer than it may be":     {answer: carried(long), status: 200, text: strings.Repeat("好", 682)},
		"what is queued":            {answer: bot.Answer{Replies: []bot.Reply{{Kind: bot.CardReply, Text: "卡片"}}}, status: 200},
		"nothing":                   {answer: bot.Answer{Carried: true}, status: 200},
		"what waits on disk":        {answer: bot.Answer{Spooled: true}, status: 200},
		"what could not be handled": {err: errors.New("the database is away, and 举报人 said " + appSecret), status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) { return c.answer, c.err }
			reply, err := w.client.Say(t.Context(), "Hutou.Filer", "1", "秘密的话")
			require.NoError(t, err)
			require.Equal(t, c.status, reply.Status)
			require.Equal(t, c.text, reply.Text)
			if c.text == "" {
				require.Empty(t, reply.Body)
			}
			require.NotContains(t, w.log.String(), "秘密的话")
			w.withoutSecrets(w.log.String())
		})
	}
}

func TestAMessageIsHandledEvenIfNobodyListensAnyMore(t *testing.T) {
	w := newWorld(t)
	var deadline time.Time
	w.desk.answer = func(ctx context.Context, _ bot.Message) (bot.Answer, error) {
		deadline, _ = ctx.Deadline()
		return bot.Answer{}, ctx.Err()
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	reply, err := w.client.Say(gone, "hutou.filer", "1", "在")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, reply.Status)
	require.False(t, deadline.IsZero(), "but not for ever")
}

// TestNothingWrongGetsIn: every bent callback is refused with a bare status.
func TestNothingWrongGetsIn(t *testing.T) {
	type request struct {
		method string
		q      url.Values
		body   []byte
	}
	set := func(key, value string) func(*request) { return func(r *request) { r.q.Set(key, value) } }
	other := func(change func(*wecomtest.Client)) func(*world, *request) {
		return func(w *world, r *request) {
			c := *w.client
			change(&c)
			var err error
			r.q, r.body, err = c.Seal(c.Message("hutou.filer", "text", "1", "<Content>在</Content>"))
			require.NoError(t, err)
		}
	}
	inner := func(text string) func(*world, *request) {
		return func(w *world, r *request) {
			var err error
			r.q, r.body, err = w.client.Seal(text)
			require.NoError(t, err)
		}
	}
	plain := func(f func(*request)) func(*world, *request) { return func(_ *world, r *request) { f(r) } }
	body := func(text string) func(*world, *request) { return plain(func(r *request) { r.body = []byte(text) }) }
	// signed is genuine but for the way in which its time is written.
	signed := func(timestamp string) func(*world, *request) {
		return plain(func(r *request) {
			var d document
			require.NoError(t, parse(bytes.Clone(r.body), &d))
			r.q.Set("timestamp", timestamp)
			r.q.Set("msg_signature", util.Signature(appToken, timestamp, r.q.Get("nonce"), string(d.value[fEncrypt])))
		})
	}
	deep := "<xml>" + strings.Repeat("<a>", 5000)
	for name, c := range map[string]struct {
		bend   func(*world, *request)
		status int
	}{
		"no signature":            {plain(func(r *request) { r.q.Del("msg_signature") }), 403},
		"a wrong signature":       {plain(set("msg_signature", strings.Repeat("0", 40))), 403},
		"a signature in capitals": {plain(func(r *request) { r.q.Set("msg_signature", strings.ToUpper(r.q.Get("msg_signature"))) }), 403},
		"another nonce":           {plain(set("nonce", "1")), 403},
		"another timestamp":       {plain(set("timestamp", "1705626001")), 403},
		"another token":           {other(func(c *wecomtest.Client) { c.Token = "another" }), 403},
		"another key":             {other(func(c *wecomtest.Client) { c.AESKey = wecomtest.Official.Key }), 400},
		"another corp":            {other(func(c *wecomtest.Client) { c.CorpID = "ww0000000000000000" }), 400},
		"another app":             {other(func(c *wecomtest.Client) { c.AgentID = "1000003" }), 403},
		"a timestamp with a sign": {signed("+1705626000"), 400},
		"a timestamp hours ago": {other(func(c *wecomtest.Client) {
			c.Now = func() time.Time { return time.Date(2024, 1, 19, 6, 59, 0, 0, shanghai) }
		}), 403},
		"a timestamp hours ahead": {other(func(c *wecomtest.Client) {
			c.Now = func() time.Time { return time.Date(2024, 1, 19, 11, 1, 0, 0, shanghai) }
		}), 403},
		"an empty body":                 {body(""), 400},
		"no XML":                        {body("hello"), 400},
		"XML cut short":                 {plain(func(r *request) { r.body = r.body[:len(r.body)-9] }), 400},
		"no Encrypt":                    {body("<xml><ToUserName>a</ToUserName></xml>"), 403},
		"Encrypt that is not base64":    {body("<xml><Encrypt>好</Encrypt></xml>"), 403},
		"an entity in the envelope":     {body("<!DOCTYPE x [<!ENTITY a \"b\">]><xml><Encrypt>&a;</Encrypt></xml>"), 400},
		"a deep envelope":               {body(deep), 400},
		"5 MB":                          {body("<xml><Encrypt>" + strings.Repeat("A", 5<<20) + "</Encrypt></xml>"), 413},
		"just too large":                {body(strings.Repeat("A", 1<<20+1)), 413},
		"an inner text that is no XML":  {inner("hello"), 400},
		"an inner document cut short":   {inner("<xml><Content>a"), 400},
		"an inner document type":        {inner("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><xml><Content>&a;</Content></xml>"), 400},
		"a deep inner document":         {inner(deep), 400},
		"an inner document for another": {inner("<xml><ToUserName>ww2</ToUserName></xml>"), 400},
		"PUT":                           {plain(func(r *request) { r.method = http.MethodPut }), 405},
		"GET without echostr":           {plain(func(r *request) { r.method = http.MethodGet }), 403},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			q, sealed, err := w.client.Seal(w.client.Message("hutou.filer", "text", "1", "<Content>在</Content>"))
			require.NoError(t, err)
			r := &request{http.MethodPost, q, sealed}
			c.bend(w, r)
			reply, err := w.client.Do(t.Context(), r.method, r.q, r.body)
			require.NoError(t, err)
			require.Equal(t, c.status, reply.Status)
			if c.status != http.StatusOK {
				require.Empty(t, reply.Body, "no detail")
				require.Empty(t, w.desk.messages())
			}
			w.withoutSecrets(w.log.String())
		})
	}
}

func TestAMessageThatIsNoneIsRefused(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"no sender":             func(s string) string { return strings.Replace(s, wecomtest.CDATA("hutou.filer"), "", 1) },
		"a sender with blanks":  func(s string) string { return strings.Replace(s, "hutou.filer", "hutou filer", 1) },
		"a sender far too long": func(s string) string { return strings.Replace(s, "hutou.filer", strings.Repeat("a", 65), 1) },
		"no kind":               func(s string) string { return strings.Replace(s, "<MsgType><![CDATA[text]]></MsgType>", "", 1) },
		"no id":                 func(s string) string { return strings.Replace(s, "<MsgId>1</MsgId>", "", 1) },
		"a time that is none":   func(s string) string { return strings.Replace(s, "<CreateTime>", "<CreateTime>x", 1) },
		"no app":                func(s string) string { return s }, // and none in the envelope, see below
		"a place beyond the poles": func(s string) string {
			return strings.Replace(s, "<MsgType><![CDATA[text]]></MsgType>", "<MsgType>location</MsgType><Location_X>91</Location_X><Location_Y>0</Location_Y>", 1)
		},
		"a place that is no number": func(s string) string {
			return strings.Replace(s, "<MsgType><![CDATA[text]]></MsgType>", "<MsgType>location</MsgType><Location_X>NaN</Location_X><Location_Y>0</Location_Y>", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			text := change(w.client.Message("hutou.filer", "text", "1", "<Content>在</Content>"))
			if name == "no app" {
				text = strings.Replace(text, "<AgentID>1000002</AgentID>", "", 1)
			}
			q, body, err := w.client.Seal(text)
			require.NoError(t, err)
			if name == "no app" {
				body = bytes.Replace(body, []byte("<AgentID><![CDATA[1000002]]></AgentID>"), nil, 1)
			}
			reply, err := w.client.Do(t.Context(), http.MethodPost, q, body)
			require.NoError(t, err)
			require.Equal(t, http.StatusBadRequest, reply.Status)
			require.Empty(t, w.desk.messages())
		})
	}
}

func TestAReDeliveryIsHandedInAgain(t *testing.T) {
	w := newWorld(t)
	q, body, err := w.client.Seal(w.client.Message("hutou.filer", "text", "1", "<Content>在</Content>"))
	require.NoError(t, err)
	for range 3 { // to the byte: same timestamp, same nonce
		reply, err := w.client.Do(t.Context(), http.MethodPost, q, body)
		require.NoError(t, err)
		require.Equal(t, "收到：在", reply.Text)
	}
	heard := w.desk.messages()
	require.Len(t, heard, 3)
	require.Equal(t, heard[0], heard[2])
}

func TestABodyThatBreaksOffIsRefused(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest(http.MethodPost, "/wecom/callback", io.MultiReader(strings.NewReader("<xml>"), failingReader{}))
	r.ContentLength = -1
	rec := httptest.NewRecorder()
	w.channel.ServeHTTP(rec, r)
	require.Equal(t, http.StatusBadRequest, rec.Code)

	r = httptest.NewRequest(http.MethodPost, "/wecom/callback", io.LimitReader(zeros{}, 5<<20)) // of no announced length
	r.ContentLength = -1
	rec = httptest.NewRecorder()
	w.channel.ServeHTTP(rec, r)
	require.Equal(t, http.StatusRequestEntityTooLarge, rec.Code)
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestBeyondItsLimitTheCallbackSaysBusy(t *testing.T) {
	w := newWorld(t)
	var inside sync.WaitGroup
	inside.Add(inFlight)
	release := make(chan struct{})
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) {
		inside.Done()
		<-release
		return bot.Answer{}, nil
	}
	q, body, err := w.client.Seal(w.client.Message("hutou.filer", "text", "1", "<Content>在</Content>"))
	require.NoError(t, err)
	var all sync.WaitGroup
	for range inFlight {
		all.Go(func() { w.client.Do(context.Background(), http.MethodPost, q, body) })
	}
	inside.Wait()
	reply, err := w.client.Say(t.Context(), "hutou.filer", "2", "还在吗")
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, reply.Status)
	close(release)
	all.Wait()
}

func TestOverARealConnection(t *testing.T) {
	w := newWorld(t)
	web := httptest.NewServer(w.channel)
	defer web.Close()
	c := *w.client
	c.Callback, c.URL, c.HTTP = nil, web.URL+"/wecom/callback", web.Client()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				reply, err := c.Say(context.Background(), "hutou.filer", "1", "在")
				if err != nil || reply.Text != "收到：在" {
					t.Errorf("%v %+v", err, reply)
				}
			}
		})
	}
	all.Wait()
	r, err := c.Do(t.Context(), http.MethodPost, url.Values{}, bytes.Repeat([]byte("A"), 5<<20))
	if err == nil { // or the connection is closed before all of it is sent
		require.Equal(t, http.StatusRequestEntityTooLarge, r.Status)
	}
}

func TestTheFirstRefusalOfAMinuteIsAWarning(t *testing.T) {
	w := newWorld(t)
	w.clock.Forward(3 * time.Hour) // ours alone: WeCom's clock is right
	theirs := *w.client
	theirs.Now = func() time.Time { return time.Date(2024, 1, 19, 9, 0, 0, 0, shanghai) }
	for range 100 {
		_, err := theirs.Say(t.Context(), "hutou.filer", "1", "在")
		require.NoError(t, err)
	}
	require.Equal(t, 1, strings.Count(w.log.String(), "level=WARN"))
	require.Contains(t, w.log.String(), "timestamp too far from our clock")
	w.clock.Forward(time.Minute)
	_, err := theirs.Say(t.Context(), "hutou.filer", "1", "在")
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(w.log.String(), "level=WARN"))
}

// FuzzCallback: whatever WeCom should seal and sign, and in whatever envelope, it is
// taken or refused, and nothing breaks.
func FuzzCallback(f *testing.F) {
	f.Add([]byte(wecomtest.Vectors[3].Plain), []byte(appAgent))
	f.Add([]byte(cardEvent), []byte(""))
	f.Add([]byte("<xml><MsgType>location</MsgType></xml>"), []byte("1"))
	w := newWorld(f)
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) { return carried("在"), nil }
	f.Fuzz(func(t *testing.T, inner, agent []byte) {
		w.desk.heard = w.desk.heard[:0]
		q, body, err := w.client.Seal(string(inner))
		require.NoError(t, err)
		body = bytes.Replace(body, []byte("<![CDATA["+appAgent+"]]>"), agent, 1)
		reply, err := w.client.Do(context.Background(), http.MethodPost, q, body)
		require.NoError(t, err)
		require.Contains(t, []int{200, 400, 403}, reply.Status)
		if reply.Text != "" {
			require.Contains(t, []string{"在", w.channel.unsupported}, reply.Text)
		}
		for _, m := range w.desk.messages() {
			require.True(t, name.Account(m.Sender) && m.ID != "" && m.Sender == strings.ToLower(m.Sender))
		}
	})
}
