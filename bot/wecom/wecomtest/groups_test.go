package wecomtest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const key = "693a91f6-7aac-4bc4-97a0"

// say is a message of a robot.
func (a *app) say(body string) any {
	return a.call("POST", WebhookPath+"?key="+key, body)["errcode"]
}

// api is a call with a token.
func (a *app) api(method, path, query, body string) map[string]any {
	return a.call(method, path+"?access_token="+a.token()+"&"+query, body)
}

// uploadForm sends a file as a browser would.
func (a *app) uploadForm(path, query, name, data string) map[string]any {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("media", name)
	require.NoError(a.t, err)
	_, err = part.Write([]byte(data))
	require.NoError(a.t, err)
	require.NoError(a.t, w.Close())
	rec := httptest.NewRecorder()
	req := httptest.NewRequest("POST", path+"?"+query, &b)
	req.Header.Set("Content-Type", w.FormDataContentType())
	a.server.ServeHTTP(rec, req)
	var out map[string]any
	require.NoError(a.t, json.Unmarshal(rec.Body.Bytes(), &out))
	return out
}

func TestWhatARobotTakes(t *testing.T) {
	a := newApp(t, Options{Webhooks: []string{key}})
	png := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n"))
	card := `{"msgtype":"template_card","template_card":{"card_type":"text_notice","main_title":{"title":"x"}%s}}`
	for body, code := range map[string]int{
		"{":                            40058,
		`{"msgtype":"song"}`:           40008,
		`{"msgtype":"text","text":{}}`: 44004,
		`{"msgtype":"text","text":{"content":"` + strings.Repeat("x", 2049) + `"}}`:         40058,
		`{"msgtype":"markdown","markdown":{"content":"` + strings.Repeat("x", 4096) + `"}}`: 0,
		`{"msgtype":"markdown_v2","markdown_v2":{"content":"| a |"}}`:                       0,
		`{"msgtype":"image","image":{"base64":"` + png + `","md5":"0"}}`:                    301019,
		`{"msgtype":"image","image":{"base64":"eHh4","md5":"0"}}`:                           40009,
		`{"msgtype":"news","news":{"articles":[]}}`:                                         40058,
		`{"msgtype":"file","file":{"media_id":"x"}}`:                                        40007,
		fmt.Sprintf(card, ""): 42045,
		fmt.Sprintf(card, `,"card_action":{"type":1,"url":"https://example.com"}`):       0,
		`{"msgtype":"template_card","template_card":{"card_type":"button_interaction"}}`: 40058,
	} {
		require.EqualValues(t, code, a.say(body), body)
	}
	require.EqualValues(t, 93000, a.call("POST", WebhookPath+"?key=other", "{}")["errcode"])
}

func TestARobotSpeaksTwentyTimesAMinute(t *testing.T) {
	a := newApp(t, Options{Webhooks: []string{key}})
	for range 20 {
		require.EqualValues(t, 0, a.say(`{"msgtype":"text","text":{"content":"x","mentioned_list":["a"]}}`))
	}
	require.EqualValues(t, 45009, a.say(`{"msgtype":"text","text":{"content":"x"}}`))
	a.now = a.now.Add(time.Minute)
	require.EqualValues(t, 0, a.say(`{"msgtype":"text","text":{"content":"y"}}`))
	said := a.server.Said(key)
	require.Len(t, said, 21)
	require.Equal(t, []string{"a"}, said[0].Mentioned)
	require.Equal(t, "y", said[20].Text)
}

func TestAFileIsForItsRobotAndForThreeDays(t *testing.T) {
	a := newApp(t, Options{Webhooks: []string{key, "another-robot"}})
	out := a.uploadForm(WebhookUploadPath, "type=file&key="+key, "台账.xlsx", "sheet sheet")
	use := fmt.Sprintf(`{"msgtype":"file","file":{"media_id":%q}}`, out["media_id"])
	require.EqualValues(t, 0, a.say(use))
	require.Equal(t, "台账.xlsx", a.server.Said(key)[0].File)
	require.EqualValues(t, 40007, a.call("POST", WebhookPath+"?key=another-robot", use)["errcode"])
	a.now = a.now.Add(72 * time.Hour)
	require.EqualValues(t, 40007, a.say(use))
	for query, code := range map[string]int{"type=file&key=x": 93000, "type=image&key=" + key: 40004} {
		require.EqualValues(t, code, a.uploadForm(WebhookUploadPath, query, "a", "sheet sheet")["errcode"])
	}
	require.EqualValues(t, 40006, a.uploadForm(WebhookUploadPath, "type=file&key="+key, "a", "12345")["errcode"])
	require.EqualValues(t, 41005, a.call("POST", WebhookUploadPath+"?type=file&key="+key, "no form")["errcode"])
}

func TestAChatOfTheApps(t *testing.T) {
	a := newApp(t, Options{Members: []string{"a", "b", "c"}})
	create := func(body string) any { return a.api("POST", ChatCreatePath, "", body)["errcode"] }
	for body, code := range map[string]int{
		`{"name":"群","userlist":["a"],"chatid":"x"}`:                                   86006,
		`{"name":"群","userlist":["a","z"],"chatid":"x"}`:                               86007,
		`{"name":"群","owner":"c","userlist":["a","b"],"chatid":"x"}`:                   86007,
		`{"name":"群","userlist":["a","b"],"chatid":"x-y"}`:                             86001,
		`{"name":"` + strings.Repeat("群", 51) + `","userlist":["a","b"],"chatid":"x"}`: 40058,
	} {
		require.EqualValues(t, code, create(body), body)
	}
	require.EqualValues(t, 86003, a.api("GET", ChatGetPath, "chatid=x", "")["errcode"])
	require.EqualValues(t, 0, create(`{"name":"群","owner":"B","userlist":["A","B"],"chatid":"x"}`))
	require.EqualValues(t, 86215, create(`{"name":"群","userlist":["a","b"],"chatid":"x"}`))
	require.EqualValues(t, 0, a.api("POST", ChatUpdatePath, "", `{"chatid":"x","name":"新群","add_user_list":["C"],"del_user_list":["a"]}`)["errcode"])
	require.EqualValues(t, 86003, a.api("POST", ChatUpdatePath, "", `{"chatid":"y"}`)["errcode"])
	require.Equal(t, map[string]any{"chatid": "x", "name": "新群", "owner": "b", "userlist": []any{"b", "c"}}, a.api("GET", ChatGetPath, "chatid=x", "")["chat_info"])
	for body, code := range map[string]int{
		`{"chatid":"y","msgtype":"text","text":{"content":"x"}}`: 86003,
		`{"chatid":"x","msgtype":"template_card"}`:               40008,
		`{"chatid":"x","msgtype":"text","text":{}}`:              44004,
		`{"chatid":"x","msgtype":"image"}`:                       40007,
	} {
		require.EqualValues(t, code, a.api("POST", ChatSendPath, "", body)["errcode"], body)
	}
	for range 201 {
		require.EqualValues(t, 0, a.api("POST", ChatSendPath, "", `{"chatid":"x","msgtype":"text","text":{"content":"x"}}`)["errcode"])
	}
	said := a.server.Said("x")
	require.Equal(t, []string{"b", "c"}, said[199].Seen)
	require.Empty(t, said[200].Seen, "lost without a word")
	narrow := newApp(t, Options{Narrow: true})
	require.EqualValues(t, 60011, narrow.api("POST", ChatCreatePath, "", `{"name":"群","userlist":["a","b"]}`)["errcode"])
}

func TestTheMenuOfTheApp(t *testing.T) {
	a := newApp(t, Options{})
	const agent = "agentid=1000002"
	require.EqualValues(t, 46003, a.api("GET", MenuGetPath, agent, "")["errcode"])
	click := `{"type":"click","name":"a","key":"k"}`
	for body, code := range map[string]int{
		`{"button":[]}`: 40016,
		`{"button":[` + strings.Repeat(click+",", 3) + click + `]}`:                             40016,
		`{"button":[{"name":"六个字的名称","type":"click","key":"k"}]}`:                               40018,
		`{"button":[{"name":"a","type":"click"}]}`:                                              40019,
		`{"button":[{"name":"a","type":"view"}]}`:                                               40020,
		`{"button":[{"name":"a"}]}`:                                                             40017,
		`{"button":[{"name":"a","sub_button":[` + strings.Repeat(click+",", 5) + click + `]}]}`: 40023,
	} {
		require.EqualValues(t, code, a.api("POST", MenuCreatePath, agent, body)["errcode"], body)
	}
	require.EqualValues(t, 301002, a.api("POST", MenuCreatePath, "agentid=1", "{}")["errcode"])
	require.EqualValues(t, 0, a.api("POST", MenuCreatePath, agent, `{"button":[`+click+`]}`)["errcode"])
	require.Len(t, a.api("GET", MenuGetPath, agent, "")["button"], 1)
	require.EqualValues(t, 0, a.api("GET", MenuDeletePath, agent, "")["errcode"])
	require.Empty(t, a.server.Menu())
}
