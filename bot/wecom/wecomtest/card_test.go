package wecomtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rich is a request of any kind; "ID" in it is a task of its own.
func (a *app) rich(kind, content string) map[string]any {
	a.tasks++
	content = strings.ReplaceAll(content, "ID", fmt.Sprint("t", a.tasks))
	return a.send(fmt.Sprintf(`{"touser":"a","msgtype":%q,"agentid":1000002,%q:%s}`, kind, kind, content))
}

const aCard = `{"card_type":"button_interaction","main_title":{"title":"周报"},"task_id":"ID","button_list":[{"text":"零报告","key":"zero","style":1},{"text":"填报","key":"fill"}]}`

func TestWhatIsWrongWithRichMessagesIsSaidInWeComsCodes(t *testing.T) {
	a := newApp(t, Options{MemberMinute: -1})
	many := func(n int, one string) string { return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]" }
	action := `"card_action":{"type":1,"url":"u"}`
	for name, c := range map[string]struct {
		kind, content string
		code          int
	}{
		"markdown":                  {"markdown", `{"content":"# x"}`, 0},
		"long markdown":             {"markdown", `{"content":"` + strings.Repeat("好", 683) + `"}`, 45002},
		"empty markdown":            {"markdown", `{"content":""}`, 44004},
		"a text card":               {"textcard", `{"title":"x","description":"x","url":"u"}`, 0},
		"a text card's title":       {"textcard", `{"title":"` + strings.Repeat("好", 43) + `","description":"x","url":"u"}`, 45002},
		"a text card without a url": {"textcard", `{"title":"x","description":"x"}`, 40058},
		"news":                      {"news", `{"articles":` + many(8, `{"title":"x","url":"u"}`) + `}`, 0},
		"too much news":             {"news", `{"articles":` + many(9, `{"title":"x","url":"u"}`) + `}`, 45008},
		"no news":                   {"news", `{"articles":[]}`, 40058},
		"a song":                    {"song", `{}`, 40008},
		"a card":                    {"template_card", aCard, 0},
		"a card of tomorrow":        {"template_card", `{"card_type":"hologram"}`, 40058},
		"a notice":                  {"template_card", `{"card_type":"text_notice","main_title":{"title":"x"},` + action + `}`, 0},
		"a notice without action":   {"template_card", `{"card_type":"text_notice","main_title":{"title":"x"}}`, 42045},
		"news without action":       {"template_card", `{"card_type":"news_notice","main_title":{"title":"x"}}`, 42045},
		"no title":                  {"template_card", `{"card_type":"text_notice",` + action + `}`, 40058},
		"seven buttons":             {"template_card", strings.Replace(aCard, `[{`, `[{"text":"1","key":"1"},{"text":"2","key":"2"},{"text":"3","key":"3"},{"text":"4","key":"4"},{"text":"5","key":"5"},{`, 1), 40016},
		"a key twice":               {"template_card", strings.Replace(aCard, "fill", "zero", 1), 40058},
		"a key of 1025 bytes":       {"template_card", strings.Replace(aCard, "fill", strings.Repeat("k", 1025), 1), 40058},
		"no task":                   {"template_card", strings.Replace(aCard, "ID", "", 1), 40058},
		"a task with a blank":       {"template_card", strings.Replace(aCard, "ID", "ID x", 1), 40058},
		"a style":                   {"template_card", strings.Replace(aCard, `"style":1`, `"style":5`, 1), 40058},
		"a vote":                    {"template_card", `{"card_type":"vote_interaction","main_title":{"title":"x"},"task_id":"ID","checkbox":{"question_key":"q","option_list":` + `[{"id":"1","text":"x"}]},"submit_button":{"text":"x","key":"s"}}`, 0},
		"a vote with two of one":    {"template_card", `{"card_type":"vote_interaction","main_title":{"title":"x"},"task_id":"ID","checkbox":{"question_key":"q","option_list":` + many(2, `{"id":"1","text":"x"}`) + `},"submit_button":{"text":"x","key":"s"}}`, 40058},
		"four lists":                {"template_card", `{"card_type":"multiple_interaction","main_title":{"title":"x"},"task_id":"ID","select_list":` + many(4, `{"question_key":"q","option_list":[{"id":"1","text":"x"}]}`) + `,"submit_button":{"text":"x","key":"s"}}`, 40058},
		"a narrow picture":          {"template_card", `{"card_type":"news_notice","main_title":{"title":"x"},"card_image":{"url":"u","aspect_ratio":1.2},` + action + `}`, 40058},
		"seven pairs":               {"template_card", `{"card_type":"text_notice","main_title":{"title":"x"},"horizontal_content_list":` + many(7, `{"keyname":"x"}`) + `,` + action + `}`, 40058},
	} {
		out := a.rich(c.kind, c.content)
		require.EqualValues(t, c.code, out["errcode"], name)
		require.Equal(t, c.code == 0 && strings.Contains(c.content, "ID"), out["response_code"] != nil, name)
	}
}

func TestATaskNamesOneRequest(t *testing.T) {
	a := newApp(t, Options{})
	body := `{"touser":"a","msgtype":"template_card","agentid":1000002,"template_card":` + strings.Replace(aCard, "ID", "once", 1) + `}`
	require.EqualValues(t, 0, a.send(body)["errcode"])
	require.EqualValues(t, 0, a.send(body)["errcode"], "the same bytes")
	require.EqualValues(t, 40058, a.send(body + " ")["errcode"])
}

func TestAnAppWithoutACallbackMaySendNoButtons(t *testing.T) {
	a := newApp(t, Options{NoCallback: true})
	require.EqualValues(t, 40057, a.rich("template_card", aCard)["errcode"])
	require.EqualValues(t, 0, a.rich("template_card", `{"card_type":"text_notice","main_title":{"title":"x"},"card_action":{"type":1,"url":"u"}}`)["errcode"])
}

func TestACardShowsWhatASmallScreenShows(t *testing.T) {
	a := newApp(t, Options{})
	a.rich("template_card", strings.Replace(aCard, `"周报"`, `"`+strings.Repeat("周", 27)+`"`, 1))
	require.Equal(t, []string{"main_title.title"}, a.server.Shown("a")[0].Card.Cut)
}

func (a *app) update(code, rest string) any {
	return a.call("POST", UpdatePath+"?access_token="+a.token(), fmt.Sprintf(`{"userids":["A","zz"],"agentid":1000002,"response_code":%q,%s}`, code, rest))["errcode"]
}

func TestAHandleIsGoodForOneUpdateWithin72Hours(t *testing.T) {
	a := newApp(t, Options{Members: []string{"a"}})
	first := fmt.Sprint(a.rich("template_card", aCard)["response_code"])
	require.EqualValues(t, 40058, a.update("none", `"button":{"replace_name":"x"}`))
	require.EqualValues(t, 40058, a.update(first, `"button":{}`))
	out := a.call("POST", UpdatePath+"?access_token="+a.token(), fmt.Sprintf(`{"userids":["A","zz"],"agentid":1000002,"response_code":%q,"button":{"replace_name":"已选"}}`, first))
	require.EqualValues(t, 0, out["errcode"])
	require.Equal(t, []any{"zz"}, out["invaliduser"])
	require.Equal(t, "已选", a.server.Shown("a")[0].Card.Grey)
	require.EqualValues(t, 40058, a.update(first, `"button":{"replace_name":"x"}`), "used")
	second := fmt.Sprint(a.rich("template_card", aCard)["response_code"])
	a.now = a.now.Add(72 * time.Hour)
	require.EqualValues(t, 40058, a.update(second, `"button":{"replace_name":"x"}`), "too old")
}

func TestATapNeedsAButtonThatIsThere(t *testing.T) {
	a := newApp(t, Options{})
	c := &Client{CorpID: "ww1", AgentID: "1000002"}
	_, err := c.Tapped(a.server, "a", "填报")
	require.Error(t, err)
	code := fmt.Sprint(a.rich("template_card", aCard)["response_code"])
	event, err := c.Tapped(a.server, "a", "填报", Chosen{"q", []string{"o"}})
	require.NoError(t, err)
	for _, part := range []string{"template_card_event", "<EventKey><![CDATA[fill]]>", "<TaskId><![CDATA[t1]]>", "<CardType><![CDATA[button_interaction]]>", "<QuestionKey><![CDATA[q]]>", "<OptionId><![CDATA[o]]>"} {
		require.Contains(t, event, part)
	}
	require.NotContains(t, event, code, "every tap has a handle of its own")
	require.EqualValues(t, 0, a.update(code, `"button":{"replace_name":"x"}`))
	_, err = c.Tapped(a.server, "a", "填报")
	require.Error(t, err, "grey")
}

func TestMessagesAreRecalledAndCounted(t *testing.T) {
	a := newApp(t, Options{})
	id := a.send(text("a", "在", ""))["msgid"]
	count := func(when int) any {
		out := a.call("POST", StatisticsPath+"?access_token="+a.token(), fmt.Sprintf(`{"time_type":%d}`, when))
		return out["statistics"].([]any)[0].(map[string]any)["sent_count"]
	}
	require.EqualValues(t, 1, count(0))
	require.EqualValues(t, 0, count(1))
	recall := func() any {
		return a.call("POST", RecallPath+"?access_token="+a.token(), fmt.Sprintf(`{"msgid":%q}`, id))["errcode"]
	}
	require.EqualValues(t, 0, recall())
	require.Empty(t, a.server.Shown("a"))
	require.NotEqualValues(t, 0, recall())
	a.now = a.now.Add(24 * time.Hour)
	require.EqualValues(t, 1, count(1))
	require.EqualValues(t, 40058, a.call("POST", StatisticsPath+"?access_token="+a.token(), `{"time_type":2}`)["errcode"])
}
