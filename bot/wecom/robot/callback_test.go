package robot

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"
	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

// called is a world whose robot is called back.
func called(t *testing.T) (*world, *wecomtest.RobotClient) {
	t.Helper()
	w := newWorld(t, func(_ *wecomtest.RobotOptions, o *Options) {
		o.Webhook, o.Token, o.AESKey = true, wecomtest.NoReceiver.Token, wecomtest.NoReceiver.Key
	})
	t.Cleanup(func() { w.channel.client.CloseIdleConnections() })
	return w, &wecomtest.RobotClient{Callback: w.channel, Token: w.o.Token, AESKey: w.o.AESKey, Now: w.clock.Now}
}

func post(t *testing.T, c *wecomtest.RobotClient, body map[string]any) wecomtest.RobotReply {
	t.Helper()
	reply, err := c.Post(t.Context(), body)
	require.NoError(t, err)
	return reply
}

// content is the text of a stream that is over.
func streamed(t *testing.T, r wecomtest.RobotReply) string {
	t.Helper()
	require.Equal(t, http.StatusOK, r.Status)
	require.Equal(t, "stream", r.Answer["msgtype"])
	s := r.Answer["stream"].(map[string]any)
	require.Equal(t, true, s["finish"])
	require.NotEmpty(t, s["id"])
	return wecomtest.Plain(s["content"].(string))
}

func TestTheConsolesQuestionIsAnswered(t *testing.T) {
	_, client := called(t)
	reply, err := client.Verify(t.Context(), "1288432023552776189")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, reply.Status)
	require.Equal(t, "1288432023552776189", string(reply.Body), "bare: no quotes, no line end")
}

// TestVectorF is a message without a receiver that others have sealed.
func TestVectorF(t *testing.T) {
	w, client := called(t)
	w.clock.Set(time.Unix(1409304348, 0))
	v := wecomtest.Vectors[len(wecomtest.Vectors)-1]
	q := url.Values{"timestamp": {v.Timestamp}, "nonce": {v.Nonce}, "msg_signature": {v.Signature}}
	q.Set("echostr", v.Sealed)
	reply, err := client.Do(t.Context(), http.MethodGet, q, nil)
	require.NoError(t, err)
	require.Equal(t, v.Plain, string(reply.Body))
	reply, err = client.Do(t.Context(), http.MethodPost, q, []byte(`{"encrypt":"`+v.Sealed+`"}`))
	require.NoError(t, err)
	require.Equal(t, http.StatusBadRequest, reply.Status, "genuine, and no message: it comes from nobody")
}

func TestTheAnswerGoesOutWithTheAcknowledgement(t *testing.T) {
	w, client := called(t)
	w.desk.answer = func(_ context.Context, m bot.Message) (bot.Answer, error) {
		return bot.Answer{Replies: []bot.Reply{{Kind: bot.TextReply, Text: "收到：" + m.Text}}, Carried: m.Carry > 0}, nil
	}
	body := w.server.Body("Ann", "", "text", map[string]any{"text": map[string]string{"content": "行动*3*次"}})
	require.Equal(t, "收到：行动*3*次", streamed(t, post(t, client, body)))
	require.Equal(t, "收到：行动*3*次", streamed(t, post(t, client, body)), "and with that of a re-delivery")
	m := w.desk.messages()[0]
	require.Equal(t, []any{Name, "ann", body["msgid"], mostCarried, true}, []any{m.Platform, m.Sender, m.ID, m.Carry, m.CarryCards})
}

func TestWhatIsNotGenuineIsRefused(t *testing.T) {
	w, client := called(t)
	message := []byte(`{"msgid":"1","msgtype":"text","chattype":"single","from":{"userid":"ann"},"text":{"content":"x"}}`)
	for name, c := range map[string]struct {
		bend func(q url.Values, sealed *string)
		want int
	}{
		"a wrong signature": {func(q url.Values, _ *string) { q.Set("msg_signature", strings.Repeat("0", 40)) }, 403},
		"another message":   {func(_ url.Values, s *string) { *s = wecomtest.Vectors[0].Sealed }, 403},
		"a timestamp with a sign": {func(q url.Values, s *string) {
			q.Set("timestamp", "+"+q.Get("timestamp"))
			q.Set("msg_signature", util.Signature(w.o.Token, q.Get("timestamp"), q.Get("nonce"), *s))
		}, 400},
		"too old": {func(url.Values, *string) { w.clock.Forward(3 * time.Hour) }, 403},
		"nothing": {func(_ url.Values, s *string) { *s = "" }, 400},
	} {
		q, sealed, err := client.Seal(message)
		require.NoError(t, err)
		c.bend(q, &sealed)
		reply, err := client.Do(t.Context(), http.MethodPost, q, []byte(`{"encrypt":"`+sealed+`"}`))
		require.NoError(t, err)
		require.Equal(t, c.want, reply.Status, name)
		require.Empty(t, reply.Body)
	}
	q, _, err := client.Seal(message)
	require.NoError(t, err)
	for _, broken := range []string{"", "{", "[]", `{"encrypt":1}`, strings.Repeat("x", 1<<19)} {
		reply, err := client.Do(t.Context(), http.MethodPost, q, []byte(broken))
		require.NoError(t, err)
		require.Equal(t, http.StatusBadRequest, reply.Status)
	}
	reply, err := client.Do(t.Context(), http.MethodPut, q, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusMethodNotAllowed, reply.Status)
	require.Empty(t, w.desk.messages())
}

func TestALargeBodyIsNotReadToItsEnd(t *testing.T) {
	w, _ := called(t)
	for announced, most := range map[int64]int{5 << 20: 0, -1: 3 << 19} {
		body := strings.NewReader(strings.Repeat("a", 5<<20))
		r := httptest.NewRequest(http.MethodPost, "/wecom/robot", body)
		r.ContentLength = announced
		rec := httptest.NewRecorder()
		w.channel.ServeHTTP(rec, r)
		require.Equal(t, http.StatusRequestEntityTooLarge, rec.Code)
		require.Equal(t, "close", rec.Header().Get("Connection"))
		require.LessOrEqual(t, 5<<20-body.Len(), most)
	}
}

func TestATimeThatNoClockShowsIsNow(t *testing.T) {
	w, client := called(t)
	for i, at := range []int64{-1, 0, 1 << 62} {
		body := w.server.Body("ann", "", "text", map[string]any{"text": map[string]string{"content": "一"}})
		body["create_time"] = at
		require.Equal(t, http.StatusOK, post(t, client, body).Status)
		require.Equal(t, w.clock.Now(), w.desk.messages()[i].At)
	}
}

func TestARobotOnAConnectionIsNotCalledBack(t *testing.T) {
	w := newWorld(t)
	rec := httptest.NewRecorder()
	w.channel.ServeHTTP(rec, httptest.NewRequest("POST", "/wecom/robot", nil))
	require.Equal(t, http.StatusNotFound, rec.Code)
}

func TestWhatWasNotHandledIsNotAcknowledged(t *testing.T) {
	w, client := called(t)
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) { return bot.Answer{}, errors.New("a deadlock") }
	require.Equal(t, http.StatusInternalServerError, post(t, client, w.server.Body("ann", "", "text", map[string]any{"text": map[string]string{"content": "一"}})).Status)
}

func TestEventsAreAnsweredWithTheAcknowledgement(t *testing.T) {
	w, client := called(t)
	welcome := post(t, client, w.server.Body("ann", "", "event", map[string]any{"event": map[string]any{"eventtype": "enter_chat"}}))
	require.Equal(t, "text", welcome.Answer["msgtype"])
	tap := w.server.Body("ann", "", "event", map[string]any{"event": map[string]any{"eventtype": "template_card_event",
		"template_card_event": map[string]any{"event_key": "lead.new", "task_id": "zb-1-0"}}})
	update := post(t, client, tap).Answer
	require.Equal(t, "update_template_card", update["response_type"])
	card := update["template_card"].(map[string]any)
	require.Equal(t, []any{"text_notice", "zb-1-0"}, []any{card["card_type"], card["task_id"]})
	require.NotNil(t, card["card_action"])
	require.Equal(t, "已处理", card["sub_title_text"], "nobody knows any more what was on it")
	require.Equal(t, "lead.new", w.desk.messages()[0].Tap)
	for _, kind := range []string{"feedback_event", "what_may_come"} {
		reply := post(t, client, w.server.Body("ann", "", "event", map[string]any{"event": map[string]any{"eventtype": kind}}))
		require.Equal(t, http.StatusOK, reply.Status)
		require.Empty(t, reply.Body)
	}
	refresh := post(t, client, map[string]any{"msgtype": "stream", "stream": map[string]string{"id": "x"}})
	require.Equal(t, http.StatusOK, refresh.Status)
	require.Contains(t, streamed(t, post(t, client, w.server.Body("ann", "wrX", "text", map[string]any{"text": map[string]string{"content": "@a b"}}))), "robot: wrX")
	require.Contains(t, streamed(t, post(t, client, w.server.Body("ann", "", "location", nil))), "收不了")
}

// TestWhatCannotGoWithTheAcknowledgementGoesToTheAddressThatCame, once for each
// message, within the hour.
func TestWhatCannotGoWithTheAcknowledgementGoesToTheAddressThatCame(t *testing.T) {
	w, client := called(t)
	var got []string
	answer := `{"errcode":0,"errmsg":"ok"}`
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		var m outgoingBack
		require.NoError(t, json.Unmarshal(b, &m))
		got = append(got, r.URL.Query().Get("response_code")+" "+m.Kind+" "+m.Markdown.Content)
		io.WriteString(rw, answer)
	}))
	defer web.Close()
	say := func(chat, code string) {
		body := w.server.Body("Ann", chat, "text", map[string]any{"text": map[string]string{"content": "进度"}})
		body["response_url"] = web.URL + "/cgi-bin/aibot/response?response_code=" + code
		require.Equal(t, http.StatusOK, post(t, client, body).Status)
	}
	require.False(t, w.channel.Here(), "a process that does not serve has no addresses")
	w.up()
	require.False(t, w.channel.Traits().Buttons)
	_, err := w.channel.Send(t.Context(), parcel(1, "ann", "提醒"))
	require.Equal(t, bot.NotVisible, failure(t, err).Reason, "it cannot speak unasked")
	say("", "c1")
	say(groupChat, "c2")
	answer = `{"errcode":45009,"errmsg":"too often"}`
	_, err = w.channel.Send(t.Context(), parcel(2, "ann", "一"))
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	answer = `{"errcode":0,"errmsg":"ok"}`
	_, err = w.channel.Send(t.Context(), parcel(2, "ann", "一"))
	require.NoError(t, err)
	_, err = w.channel.Send(t.Context(), bot.Parcel{ID: 3, To: bot.Recipient{Kind: bot.ToGroup, Account: groupName}, Reply: bot.Reply{Kind: bot.TextReply, Text: "二"}})
	require.NoError(t, err)
	require.Equal(t, []string{"c1 markdown 一", "c1 markdown 一", "c2 markdown 二"}, got)
	_, err = w.channel.Send(t.Context(), parcel(4, "ann", "三"))
	require.Equal(t, bot.Refused, failure(t, err).Fate, "once")
	say("", "c3")
	w.clock.Forward(time.Hour)
	_, err = w.channel.Send(t.Context(), parcel(5, "ann", "四"))
	require.Equal(t, bot.Refused, failure(t, err).Fate, "within the hour")

	say("", "s3cr3t-code")
	web.Close()
	w.channel.client.CloseIdleConnections()
	_, err = w.channel.Send(t.Context(), parcel(6, "ann", "五"))
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	require.NotContains(t, err.Error(), "s3cr3t-code")
}
