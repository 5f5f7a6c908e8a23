package wecom

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot"
	"zhuanban/bot/channeltest"
	"zhuanban/bot/wecom/wecomtest"
)

func TestWeComHoldsWhatEveryPlatformMust(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Kit {
		w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.Members = []string{"hutou.filer", "hutou.head"} })
		return channeltest.Kit{Channel: w.channel, Person: "hutou.filer", Put: w.put, Seen: w.seen, Tap: w.tap}
	})
}

// seen is what a member reads, and can tap.
func seen(m wecomtest.Shown) bot.Reply {
	if m.Card == nil {
		return bot.Reply{Kind: bot.TextReply, Text: m.Text}
	}
	r := bot.Reply{Kind: bot.CardReply, Title: m.Card.Title, Text: strings.Join(m.Card.Words, "\n") + m.Card.Grey}
	if m.Card.Grey == "" {
		for _, b := range m.Card.Buttons {
			r.Buttons = append(r.Buttons, bot.Button{Label: b.Text, Tap: b.Key})
		}
	}
	return r
}

func TestARequestIsWhatTheDocumentationAsksFor(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, `{"touser":"a|B","msgtype":"text","agentid":1000002,"text":{"content":"<a href=\"x\">1&2</a>\n好"},"enable_duplicate_check":1,"duplicate_check_interval":1807,"parcel":"7.0"}`,
		string(w.channel.encode(7, 0, []string{"a", "B"}, message{Text: &text{"<a href=\"x\">1&2</a>\n好"}})))
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.SendPath {
			require.NotEmpty(t, c.Token)
		}
		return nil
	})
	_, err := w.channel.Send(t.Context(), parcel(7, "a", "在"))
	require.NoError(t, err)
}

func TestTheSameWordsAreSaidTwiceAndTheSameParcelOnce(t *testing.T) {
	w := newWorld(t)
	send := func(id int64) bot.Receipt {
		r, err := w.channel.Send(t.Context(), parcel(id, "hutou.filer", "已报送"))
		require.NoError(t, err)
		return r
	}
	first := send(1)
	require.Equal(t, first, send(1))
	w.clock.Forward(29 * time.Minute)
	require.Equal(t, first, send(1))
	require.Equal(t, []string{"已报送"}, w.server.Texts("hutou.filer"))
	require.NotEqual(t, first, send(2))
	require.Equal(t, []string{"已报送", "已报送"}, w.server.Texts("hutou.filer"))
}

func TestTheCheckOfEveryParcelIsWhatWeComAllows(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		id, piece := rapid.Int64Range(1, 1<<62).Draw(t, "id"), rapid.IntRange(0, 20).Draw(t, "piece")
		body := string(w.channel.encode(id, piece, []string{"a"}, message{Text: &text{"x"}}))
		require.Equal(t, body, string(w.channel.encode(id, piece, []string{"a"}, message{Text: &text{"x"}})))
		_, tail, _ := strings.Cut(body, `"duplicate_check_interval":`)
		interval, _, _ := strings.Cut(tail, ",")
		n, err := strconv.Atoi(interval)
		require.NoError(t, err)
		require.True(t, n >= 1800 && n <= 14400)
		require.NotEqual(t, body, string(w.channel.encode(id+rapid.Int64Range(1, 1<<40).Draw(t, "after"), piece, []string{"a"}, message{Text: &text{"x"}})))
		require.NotEqual(t, body, string(w.channel.encode(id, piece+1, []string{"a"}, message{Text: &text{"x"}})))
	})
}

func TestALongTextGoesInPiecesAndAgainInTheSame(t *testing.T) {
	w := newWorld(t)
	line := strings.Repeat("凤城所 检查42户 ", 20) // 500 bytes or so
	text := strings.TrimSpace(strings.Repeat(line+"\n", 12))
	first, err := w.channel.Send(t.Context(), parcel(1, "hutou.filer", text))
	require.NoError(t, err)
	shown := w.server.Texts("hutou.filer")
	require.Greater(t, len(shown), 2)
	require.Equal(t, text, strings.Join(shown, "\n"))

	broken := 0
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.SendPath && strings.Contains(string(c.Body), "end") && broken < 2 {
			broken++
			return &wecomtest.Answer{ErrCode: -1, ErrMsg: "system busy"}
		}
		return nil
	})
	for range 2 {
		_, err = w.channel.Send(t.Context(), parcel(2, "hutou.head", text+"\nend"))
		require.Equal(t, bot.NotSent, failure(t, err).Fate)
	}
	_, err = w.channel.Send(t.Context(), parcel(2, "hutou.head", text+"\nend"))
	require.NoError(t, err)
	require.Equal(t, text+"\nend", strings.Join(w.server.Texts("hutou.head"), "\n"), "what had arrived is not shown again")
	require.Len(t, strings.Split(first.Ref, "|"), len(shown), "one name for each piece")
}

func TestCardsGoAsTheirPlainTextAndWhatCannotGoIsRefused(t *testing.T) {
	w := newWorld(t, func(_ *wecomtest.Options, o *Options) { o.Cards = CardNever })
	card := bot.Parcel{ID: 1, To: person("a"), Reply: bot.Reply{Kind: bot.CardReply, Title: "线索", Text: "【线索】\n回复 1 提交", Body: "x", Buttons: []bot.Button{{Label: "提交"}}}}
	_, err := w.channel.Send(t.Context(), card)
	require.NoError(t, err)
	require.Equal(t, []string{"【线索】\n回复 1 提交"}, w.server.Texts("a"))
	for name, c := range map[string]struct {
		p      bot.Parcel
		reason bot.Reason
	}{
		"an image that is not":     {bot.Parcel{ID: 1, To: person("a"), Reply: bot.Reply{Kind: bot.ImageReply, Text: "x", Path: "x"}}, bot.NoSuchFile},
		"a file of another folder": {bot.Parcel{ID: 1, To: person("a"), Reply: bot.Reply{Kind: bot.FileReply, Text: "x", Path: "../x"}}, bot.NoSuchFile},
		"another kind of reply":    {bot.Parcel{ID: 1, To: person("a"), Reply: bot.Reply{Kind: "song", Text: "x"}}, bot.BadContent},
		"no words":                 {parcel(1, "a", " \n"), bot.BadContent},
		"a group":                  {bot.Parcel{ID: 1, To: bot.Recipient{Kind: bot.ToGroup, Account: "专班工作群"}, Reply: card.Reply}, bot.NoSuchGroup},
		"everybody":                {parcel(1, "@all", "x"), bot.NoSuchAccount},
		"everybody, shouted":       {parcel(1, "@ALL", "x"), bot.NoSuchAccount},
		"two accounts in one":      {parcel(1, "a|b", "x"), bot.NoSuchAccount},
		"an account that injects":  {parcel(1, "zhang san&x=1", "x"), bot.NoSuchAccount},
		"nobody":                   {parcel(1, "", "x"), bot.NoSuchAccount},
		"an account far too long":  {parcel(1, strings.Repeat("a", 65), "x"), bot.NoSuchAccount},
		"an account in characters": {parcel(1, "凤城所", "x"), bot.NoSuchAccount},
	} {
		t.Run(name, func(t *testing.T) {
			calls := w.server.Calls(wecomtest.SendPath)
			_, err := w.channel.Send(t.Context(), c.p)
			require.Equal(t, bot.Refused, failure(t, err).Fate)
			require.Equal(t, c.reason, failure(t, err).Reason)
			require.Equal(t, err, w.channel.SendAll(t.Context(), []bot.Parcel{c.p})[0].Err)
			require.Equal(t, calls, w.server.Calls(wecomtest.SendPath), "WeCom is not even asked")
		})
	}
}

// TestWhatWeComSaysBecomesAFate is the table of codes.
func TestWhatWeComSaysBecomesAFate(t *testing.T) {
	for code, want := range map[int]bot.SendError{
		-1:     {Fate: bot.NotSent, Reason: bot.PlatformAway, Wait: 5 * time.Second},
		45033:  {Fate: bot.NotSent, Reason: bot.Throttled, Wait: 5 * time.Second, Everybody: true},
		45009:  {Fate: bot.NotSent, Reason: bot.Throttled, Wait: time.Minute, Everybody: true},
		60020:  {Fate: bot.NotSent, Reason: bot.NotTrusted, Wait: time.Minute, Everybody: true},
		40001:  {Fate: bot.NotSent, Reason: bot.NotTrusted, Wait: time.Minute, Everybody: true},
		40014:  {Fate: bot.NotSent, Reason: bot.NotTrusted, Wait: time.Minute, Everybody: true},
		41001:  {Fate: bot.NotSent, Reason: bot.NotTrusted, Wait: time.Minute, Everybody: true},
		42001:  {Fate: bot.NotSent, Reason: bot.NotTrusted, Wait: time.Minute, Everybody: true},
		40013:  {Fate: bot.NotSent, Reason: bot.NotTrusted, Wait: time.Minute, Everybody: true},
		301002: {Fate: bot.NotSent, Reason: bot.NotPermitted, Wait: 5 * time.Minute, Everybody: true},
		40056:  {Fate: bot.NotSent, Reason: bot.NotPermitted, Wait: 5 * time.Minute, Everybody: true},
		48002:  {Fate: bot.NotSent, Reason: bot.NotPermitted, Wait: 5 * time.Minute, Everybody: true},
		60011:  {Fate: bot.Refused, Reason: bot.NotPermitted},
		40003:  {Fate: bot.Refused, Reason: bot.NoSuchAccount},
		46004:  {Fate: bot.Refused, Reason: bot.NoSuchAccount},
		60111:  {Fate: bot.Refused, Reason: bot.NoSuchAccount},
		301021: {Fate: bot.Refused, Reason: bot.NoSuchAccount},
		40050:  {Fate: bot.Refused, Reason: bot.NoSuchGroup},
		86001:  {Fate: bot.Refused, Reason: bot.NoSuchGroup},
		86216:  {Fate: bot.Refused, Reason: bot.NoSuchGroup},
		93000:  {Fate: bot.Refused, Reason: bot.NoSuchGroup},
		846607: {Fate: bot.Refused}, // a smart robot's
		81013:  {Fate: bot.Refused, Reason: bot.NotVisible},
		82001:  {Fate: bot.Refused, Reason: bot.NotVisible},
		45002:  {Fate: bot.Refused, Reason: bot.BadContent},
		44004:  {Fate: bot.Refused, Reason: bot.BadContent},
		40058:  {Fate: bot.Refused, Reason: bot.BadContent},
		40035:  {Fate: bot.Refused, Reason: bot.BadContent},
		40008:  {Fate: bot.Refused, Reason: bot.BadContent},
		99999:  {Fate: bot.Refused},
	} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			w := newWorld(t)
			w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
				if c.Path != wecomtest.SendPath {
					return nil
				}
				return &wecomtest.Answer{ErrCode: code, ErrMsg: "no, hint: [1], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=" + strconv.Itoa(code)}
			})
			_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
			got := failure(t, err)
			var theirs *util.CommonError
			require.ErrorAs(t, err, &theirs)
			require.EqualValues(t, code, theirs.ErrCode)
			require.Contains(t, err.Error(), strconv.Itoa(code))
			if code == 60020 {
				require.Contains(t, err.Error(), "address 203.0.113.7 is not")
			}
			want.Err = got.Err
			require.Equal(t, &want, got)
		})
	}
}

func TestAnAnswerThatIsNotWeComsBecomesAFate(t *testing.T) {
	for name, c := range map[string]struct {
		answer    wecomtest.Answer
		fate      bot.Fate
		wait      time.Duration
		everybody bool
	}{
		"a page":                        {wecomtest.Answer{Type: "text/html", Body: "<html>请登录</html>"}, bot.Unknown, soon, false},
		"broken JSON":                   {wecomtest.Answer{Body: `{"errcode":0,`}, bot.Unknown, soon, false},
		"JSON of another kind":          {wecomtest.Answer{Body: `{"code":0}`}, bot.Unknown, soon, false},
		"JSON with a code in words":     {wecomtest.Answer{Body: `{"errcode":"ok"}`}, bot.Unknown, soon, false},
		"nothing":                       {wecomtest.Answer{Status: 200}, bot.Unknown, soon, false},
		"a broken connection":           {wecomtest.Answer{Drop: true}, bot.Unknown, soon, false},
		"a gateway in between":          {wecomtest.Answer{Status: 502, Body: "<html>"}, bot.Unknown, soon, false},
		"a gateway that lost patience":  {wecomtest.Answer{Status: 504}, bot.Unknown, soon, false},
		"a server that is out of order": {wecomtest.Answer{Status: 503, Body: "<html>"}, bot.NotSent, soon, true},
		"a wrong address":               {wecomtest.Answer{Status: 404, Body: "<html>"}, bot.NotSent, time.Minute, true},
		"a redirect":                    {wecomtest.Answer{Status: 302}, bot.NotSent, time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.server.Bend(func(call wecomtest.Call) *wecomtest.Answer {
				if call.Path != wecomtest.SendPath {
					return nil
				}
				return &c.answer
			})
			_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
			got := failure(t, err)
			require.Equal(t, bot.SendError{Fate: c.fate, Reason: bot.PlatformAway, Wait: c.wait, Everybody: c.everybody, Err: got.Err}, *got)
			require.Equal(t, 1, w.server.Calls(wecomtest.SendPath), "nothing is tried again behind the courier's back")
		})
	}
}

func TestSilenceIsUnknownAndNobodyThereIsNotSent(t *testing.T) {
	w := newWorld(t)
	_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
	require.NoError(t, err)
	arrived := make(chan struct{})
	w.server.Bend(func(wecomtest.Call) *wecomtest.Answer {
		close(arrived)
		return &wecomtest.Answer{Until: make(chan struct{})}
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err = w.channel.Send(ctx, parcel(2, "a", "在"))
	require.Equal(t, bot.Unknown, failure(t, err).Fate, "it may have been read")
	require.ErrorIs(t, err, context.Canceled)

	late, stop := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer stop()
	_, err = w.channel.Send(late, parcel(2, "a", "在"))
	require.Equal(t, bot.SendError{Fate: bot.NotSent, Reason: bot.PlatformAway, Wait: soon, Everybody: true, Err: failure(t, err).Err}, *failure(t, err))

	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := l.Addr().String()
	l.Close()
	away := w.replica(func(o *Options) { o.APIBase = "http://" + nobody })
	_, err = away.Send(t.Context(), parcel(3, "a", "在"))
	got := failure(t, err)
	require.Equal(t, bot.SendError{Fate: bot.NotSent, Reason: bot.PlatformAway, Wait: soon, Everybody: true, Err: got.Err}, *got)

	// The token is there, the server is gone.
	w.web.Close()
	w.channel.client.CloseIdleConnections()
	_, err = w.channel.Send(t.Context(), parcel(4, "a", "在"))
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
}

func TestWhatArrivedWithoutAWordIsNotShownAgain(t *testing.T) {
	w := newWorld(t)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path != wecomtest.SendPath {
			return nil
		}
		return &wecomtest.Answer{Done: true, Drop: true}
	})
	ps := []bot.Parcel{parcel(1, "a", "周五截止"), parcel(2, "b", "周五截止")}
	_, err := w.channel.Send(t.Context(), parcel(3, "a", "已报送"))
	require.Equal(t, bot.Unknown, failure(t, err).Fate)
	for _, o := range w.channel.SendAll(t.Context(), ps) {
		require.Equal(t, bot.Unknown, failure(t, o.Err).Fate)
	}
	w.server.Bend(nil)
	_, err = w.channel.Send(t.Context(), parcel(3, "a", "已报送"))
	require.NoError(t, err)
	for _, o := range w.channel.SendAll(t.Context(), ps) {
		require.NoError(t, o.Err)
	}
	require.Equal(t, []string{"已报送", "周五截止"}, w.server.Texts("a"))
	require.Equal(t, []string{"周五截止"}, w.server.Texts("b"))
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	for name, c := range map[string]struct {
		answer wecomtest.Answer
		reason bot.Reason
		wait   time.Duration
	}{
		"a page":            {wecomtest.Answer{Type: "text/html", Body: "<html>"}, bot.PlatformAway, soon},
		"a lost connection": {wecomtest.Answer{Drop: true}, bot.PlatformAway, soon},
		"no token":          {wecomtest.Answer{Body: `{"errcode":0,"errmsg":"ok"}`}, bot.PlatformAway, soon},
		"busy":              {wecomtest.Answer{ErrCode: -1}, bot.PlatformAway, soon},
		"too often":         {wecomtest.Answer{ErrCode: 45009}, bot.Throttled, time.Minute},
		"a strange code":    {wecomtest.Answer{ErrCode: 99999}, bot.NotTrusted, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.server.Bend(func(wecomtest.Call) *wecomtest.Answer { return &c.answer })
			_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
			got := failure(t, err)
			require.Equal(t, bot.NotSent, got.Fate)
			require.Equal(t, c.reason, got.Reason)
			require.Equal(t, c.wait, got.Wait)
			require.Zero(t, w.server.Calls(wecomtest.SendPath))
		})
	}
}

func TestABroadcastTellsOfEachRecipient(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) {
		o.Members, o.Unlicensed = []string{"a", "b", "c", "d"}, []string{"c"}
	})
	out := w.channel.SendAll(t.Context(), []bot.Parcel{parcel(15, "D", "周五截止"), parcel(11, "A", "周五截止"), parcel(12, "Nobody", "周五截止"),
		parcel(13, "c", "周五截止"), parcel(14, "b", "周五截止"), parcel(16, "@all", "周五截止")})
	require.NoError(t, out[0].Err)
	require.NoError(t, out[1].Err)
	require.Equal(t, bot.NotVisible, failure(t, out[2].Err).Reason)
	require.Contains(t, out[2].Err.Error(), "invaliduser")
	require.Equal(t, bot.NotVisible, failure(t, out[3].Err).Reason)
	require.Contains(t, out[3].Err.Error(), "unlicenseduser")
	require.NoError(t, out[4].Err)
	require.Equal(t, out[0].Receipt, out[4].Receipt)
	require.Equal(t, bot.NoSuchAccount, failure(t, out[5].Err).Reason)
	require.Equal(t, 1, w.server.Calls(wecomtest.SendPath))
	for _, member := range []string{"a", "b", "d"} {
		require.Equal(t, []string{"周五截止"}, w.server.Texts(member))
	}
}

func TestABroadcastOfAThousandIsOneCallAndAgainTheSame(t *testing.T) {
	w := newWorld(t)
	var ps []bot.Parcel
	for i := range 1000 {
		ps = append(ps, parcel(int64(2000-i), fmt.Sprintf("user%d", i), "周五截止"))
	}
	for _, o := range w.channel.SendAll(t.Context(), ps) {
		require.NoError(t, o.Err)
	}
	for i, j := 0, len(ps)-1; i < j; i, j = i+1, j-1 {
		ps[i], ps[j] = ps[j], ps[i]
	}
	w.channel.SendAll(t.Context(), ps) // a retry, in whatever order
	require.Equal(t, 2, w.server.Calls(wecomtest.SendPath))
	require.Equal(t, 1000, w.server.Counts().Shown)
	require.Equal(t, 1, w.server.Counts().Duplicates)
}

func TestNobodyGetsWhatWasMeantForAnother(t *testing.T) {
	w := newWorld(t)
	for _, o := range w.channel.SendAll(t.Context(), []bot.Parcel{parcel(1, "a", "给甲"), parcel(2, "b", "给乙"), parcel(3, "A", "给甲")}) {
		require.NoError(t, o.Err)
	}
	require.Equal(t, []string{"给甲", "给甲"}, w.server.Texts("a"))
	require.Equal(t, []string{"给乙"}, w.server.Texts("b"))
	require.Empty(t, w.channel.SendAll(t.Context(), nil))
}

func TestOneWrongAccountDoesNotSpoilABroadcast(t *testing.T) {
	w := newWorld(t)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer { // a server that refuses the whole call for one
		if strings.Contains(string(c.Body), "user13|") || strings.Contains(string(c.Body), "user13\"") {
			return &wecomtest.Answer{ErrCode: 60111, ErrMsg: "userid not found"}
		}
		return nil
	})
	var ps []bot.Parcel
	for i := range 64 {
		ps = append(ps, parcel(int64(i+1), fmt.Sprintf("user%d", i), "周五截止"))
	}
	for i, o := range w.channel.SendAll(t.Context(), ps) {
		if i == 13 {
			require.Equal(t, bot.NoSuchAccount, failure(t, o.Err).Reason)
			continue
		}
		require.NoError(t, o.Err)
	}
	require.Equal(t, 63, w.server.Counts().Shown)
	require.Less(t, w.server.Calls(wecomtest.SendPath), 16)
}

func TestTheImitationLosesAndBlocksAsWeComDoes(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.PerMinute = 40 })
	for i := range 40 {
		_, err := w.channel.Send(t.Context(), parcel(int64(i+1), "a", "在"))
		require.NoError(t, err, "what is lost is lost without a word")
	}
	require.Len(t, w.server.Shown("a"), 30)
	_, err := w.channel.Send(t.Context(), parcel(99, "b", "在"))
	require.Equal(t, bot.Throttled, failure(t, err).Reason)
	w.clock.Forward(time.Minute)
	_, err = w.channel.Send(t.Context(), parcel(99, "b", "在"))
	require.NoError(t, err)
}

func TestNewNamesTheOptionThatIsWrong(t *testing.T) {
	w := newWorld(t)
	for option, bend := range map[string]func(*Options){
		"Desk":    func(o *Options) { o.Desk = nil },
		"CorpID":  func(o *Options) { o.CorpID = "" },
		"AgentID": func(o *Options) { o.AgentID = "app" },
		"Secret":  func(o *Options) { o.Secret = appSecret + "\n" },
		"Token":   func(o *Options) { o.Token = strings.Repeat(appToken, 2) },
		"AESKey":  func(o *Options) { o.AESKey = appKey[:42] + "!" },
		"APIBase": func(o *Options) { o.APIBase = "qyapi.weixin.qq.com" },
		"CAFile":  func(o *Options) { o.CAFile = "doc.go" },
	} {
		o := w.o
		bend(&o)
		_, err := New(o)
		require.ErrorContains(t, err, option)
		w.withoutSecrets(err.Error())
	}
	o := w.o
	o.AESKey, o.APIBase = "short", ""
	_, err := New(o)
	require.ErrorContains(t, err, "AESKey: it has 5 characters, 43 are right")
	o.AESKey = appKey
	c, err := New(o)
	require.NoError(t, err)
	require.Equal(t, "https://qyapi.weixin.qq.com", c.o.APIBase)
	require.Equal(t, http.DefaultTransport != c.client.Transport, true)
}
