package dingtalk

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

// sample is the documentation's own, with another text and kind.
const sample = `{"senderPlatform":"Win","conversationId":"cidJ8k4=","openThreadId":"cidJ8k4=","chatbotCorpId":"ding534","chatbotUserId":"$:LWCP_v1:$Ye+/",
"msgId":"msgMxpQ+qegFQ4MpgOyu0UFrQ==","senderNick":"填报员·凤城所","isAdmin":true,"senderStaffId":"042","senderUnionId":"K1mx","senderId":"$:LWCP_v1:$",
"senderCorpId":"ding534","conversationType":"2","conversationTitle":"测试群","isInAtList":true,"atUsers":[{"dingtalkId":"$:LWCP_v1:$","staffId":"042"}],
"sessionWebhook":"https://oapi.dingtalk.com/robot/sendBySession?session=79b4","sessionWebhookExpiredTime":1695289035996,"createAt":1695283635765,
"robotCode":"ding-robot",`

func photo(code string) bot.Attachment { return bot.Attachment{Kind: bot.Photo, Ref: "code:" + code} }

func TestMessagesAreReadByTheirKind(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want words
	}{
		"text, with the blank that a mention leaves": {`"msgtype":"text","text":{"content":" 周报 "}}`, words{text: "周报"}},
		"a mention alone": {`"msgtype":"text","text":{"content":" "}}`, words{}},
		"picture": {`"msgtype":"picture","content":{"pictureDownloadCode":"pWjA","downloadCode":"mIof"}}`,
			words{files: []bot.Attachment{photo("mIof")}}},
		"picture with one code": {`"msgtype":"picture","content":{"pictureDownloadCode":"pWjA"}}`, words{files: []bot.Attachment{photo("pWjA")}}},
		"words and pictures in their order": {`"msgtype":"richText","content":{"richText":[{"text":" 建设路"},{"text":"某某鞋店\n"},{"type":"picture","pictureDownloadCode":"p1","downloadCode":"d1"},{"text":"还有"},{"type":"picture","downloadCode":"d2"},{"type":"emotion"}]}}`,
			words{text: "建设路某某鞋店\n还有", files: []bot.Attachment{photo("d1"), photo("d2")}}},
		"words that a picture parts": {`"msgtype":"richText","content":{"richText":[{"text":"前"},{"type":"picture","downloadCode":"d1"},{"text":"后"}]}}`,
			words{text: "前\n后", files: []bot.Attachment{photo("d1")}}},
		"voice with its transcript": {`"msgtype":"audio","content":{"downloadCode":"d","recognition":"报线索，建设路"}}`, words{text: "报线索，建设路", voice: true}},
		"voice without": {`"msgtype":"audio","content":{"duration":4000,"downloadCode":"d","recognition":""}}`,
			words{files: []bot.Attachment{{Kind: bot.Voice, Ref: "code:d"}}}},
		"video": {`"msgtype":"video","content":{"duration":"5","videoType":"mp4","downloadCode":"d"}}`, words{files: []bot.Attachment{{Kind: bot.Video, Ref: "code:d"}}}},
		"file": {`"msgtype":"file","content":{"spaceId":"223","fileName":"C:\\\\甲/台账.xlsx","downloadCode":"d","fileId":"117"}}`,
			words{files: []bot.Attachment{{Kind: bot.File, Name: "台账.xlsx", Ref: "code:d"}}}},
		"unknown":                  {`"msgtype":"unknownMsgType","content":{"unknownMsgType":"用户发送了一条消息，机器人暂不支持接收。"}}`, words{unread: true}},
		"chat record":              {`"msgtype":"chatRecord","content":{"summary":"[]","chatRecord":"[]"}}`, words{unread: true}},
		"card without content":     {`"msgtype":"interactiveCard"}`, words{unread: true}},
		"content kept back":        {`"msgtype":"text","code":"20001"}`, words{empty: true}},
		"content is null":          {`"msgtype":"picture","content":null}`, words{empty: true}},
		"a picture without code":   {`"msgtype":"picture","content":{}}`, words{empty: true}},
		"an empty rich text":       {`"msgtype":"richText","content":{"richText":[]}}`, words{empty: true}},
		"content is a JSON text":   {`"msgtype":"picture","content":"{\"downloadCode\":\"d\"}"}`, words{files: []bot.Attachment{photo("d")}}},
		"text where others have":   {`"msgtype":"text","content":{"content":"在吗"}}`, words{text: "在吗"}},
		"no kind":                  {`"text":{"content":"在吗"}}`, words{text: "在吗"}},
		"numbers in place of text": {`"msgtype":"text","text":{"content":42}}`, words{text: "42"}},
		"odd pieces":               {`"msgtype":"richText","content":{"richText":[null,7,"x",[],{"text":{}},{"text":"好"}]}}`, words{text: "好"}},
		"own words, and a quotation": {`"msgtype":"text","text":{"content":"这条不对","isReplyMsg":true,"repliedMsg":{"msgType":"text","msgId":"m","content":{"text":"原来的话"}}}}`,
			words{text: "这条不对"}},
		"a quotation alone": {`"msgtype":"text","text":{"content":" ","isReplyMsg":true,"repliedMsg":{"content":{"text":"原来的话"}}}}`, words{text: "原来的话"}},
		"a quoted picture": {`"msgtype":"text","text":{"content":"","isReplyMsg":true,"repliedMsg":{"msgType":"picture","content":{"downloadCode":"d"}}}}`,
			words{files: []bot.Attachment{photo("d")}}},
		"a quoted rich text": {`"msgtype":"text","text":{"content":"","repliedMsg":{"msgType":"richText","content":{"richText":[{"msgType":"text","content":"引用"},{"msgType":"picture","downloadCode":"d"}]}}}}`,
			words{text: "引用", files: []bot.Attachment{photo("d")}}},
		"a quotation of nothing":   {`"msgtype":"text","text":{"content":"","repliedMsg":{"msgType":"interactiveCard"}}}`, words{}},
		"a quotation that is none": {`"msgtype":"text","text":{"content":"好","repliedMsg":7}}`, words{text: "好"}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := readBody([]byte(sample + c.text))
			require.NoError(t, err)
			require.Equal(t, c.want, m.read())
		})
	}
}

func TestOddMembersCostNoMessage(t *testing.T) {
	m, err := readBody([]byte(`{"msgId":7,"conversationType":2,"conversationId":"cidA=","createAt":"1695283635765","sessionWebhookExpiredTime":"1695289035996",
		"isAdmin":"yes","senderStaffId":42,"msgtype":"text","text":{"content":"在吗"},"atUsers":{},"senderCorpId":null}`))
	require.NoError(t, err)
	require.Equal(t, []loose{"7", "2", "42"}, []loose{m.ID, m.Talk, m.User})
	require.Equal(t, "在吗", m.read().text)
	require.Equal(t, time.UnixMilli(1695283635765), m.At.millis())
	require.Equal(t, time.UnixMilli(1695289035996), m.HookEnds.millis())
	require.True(t, m.staff())
	for _, text := range []string{"", "null", "[]", "7", `"x"`, "{", "{}", `{"msgId":"m"}`} {
		_, err := readBody([]byte(text))
		require.ErrorIs(t, err, errBroken, text)
	}
	for _, odd := range []loose{"", "0", "-1", "tomorrow", "NaN", "1e400", "99999999999999999999"} {
		require.True(t, odd.millis().IsZero(), odd)
	}
	require.Equal(t, time.UnixMilli(1695283635765), loose("1.695283635765e12").millis())
}

func TestNobodyFromOutsideIsStaff(t *testing.T) {
	for text, want := range map[string]bool{
		`{"msgtype":"text","senderStaffId":"042","senderCorpId":"a","chatbotCorpId":"a"}`: true,
		`{"msgtype":"text","senderStaffId":"042"}`:                                        true,
		`{"msgtype":"text","senderStaffId":"042","senderCorpId":"b","chatbotCorpId":"a"}`: false, // 042 of others
		`{"msgtype":"text","senderStaffId":"","isAdmin":true}`:                            false,
		`{"msgtype":"text","senderStaffId":null}`:                                         false,
		`{"msgtype":"text","isAdmin":true}`:                                               false,
		`{"msgtype":"text","senderStaffId":" "}`:                                          false,
	} {
		m, err := readBody([]byte(text))
		require.NoError(t, err)
		require.Equal(t, want, m.staff(), text)
	}
}

// FuzzBody: nothing panics, nothing comes from what is no message, and whatever comes
// along can be asked for.
func FuzzBody(f *testing.F) {
	for _, text := range []string{`"msgtype":"text","text":{"content":" 周报"}}`, `"msgtype":"richText","content":{"richText":[{"text":"a"},{"type":"picture","downloadCode":"d"}]}}`,
		`"msgtype":"file","content":{"fileName":"a","downloadCode":"d"}}`, `"msgtype":"text","text":{"content":"","repliedMsg":{"msgType":"picture","content":{"downloadCode":"d"}}}}`} {
		f.Add([]byte(sample + text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := readBody(b)
		if err != nil {
			return
		}
		w := m.read()
		require.Equal(t, strings.TrimSpace(w.text), w.text)
		require.True(t, utf8.ValidString(w.text) || !utf8.Valid(b))
		require.False(t, w.empty && w.unread)
		for _, a := range w.files {
			require.Greater(t, len(a.Ref), len(codeRef))
		}
		_ = m.HookEnds.millis()
	})
}

// FuzzTap: the same of a card's callback, and of an event.
func FuzzTap(f *testing.F) {
	f.Add([]byte(`{"type":"actionCallback","outTrackId":"o1","userId":"042","userIdType":1,"content":"{\"cardPrivateData\":{\"actionIds\":[\"submit\"],\"params\":{\"form\":{\"a\":{\"index\":[1],\"value\":[\"x\"]}}}}}"}`))
	f.Add([]byte(`{"userId":["1",2],"timeStamp":43535463645}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var body cardBody
		if json.Unmarshal(b, &body) == nil {
			_ = body.private().tap()
			_ = choices(body.private().Params.it[paramForm])
			require.Equal(t, body.name(), body.name())
		}
		for _, c := range changes("user_add_org", b, time.Time{}) {
			require.True(t, c.Account != "" || c.Kind == bot.OtherChange)
		}
	})
}
