package wecom

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

// anything is a text of characters of all sizes, sometimes broken, often too long.
func anything(t *rapid.T, name string) string {
	part := rapid.SampledFrom([]string{"a", "好", "𠮷", "é", "\n", " ", "：", "\xff", "\"<&>"})
	return strings.Join(rapid.SliceOfN(part, 0, rapid.SampledFrom([]int{3, 14, 40, 200, 800}).Draw(t, name+" length")).Draw(t, name), "")
}

// rarely is true now and then: a thing may be wrong, but not every one of many.
func rarely(t *rapid.T, name string) bool { return rapid.IntRange(0, 30).Draw(t, name) == 30 }

// key is something that could name a part of a card; now and then it may not.
func key(t *rapid.T, name string, n int) string {
	if rarely(t, name+" is wrong") {
		return rapid.SampledFrom([]string{"", "k", strings.Repeat("k", 1025), "\xff"}).Draw(t, name)
	}
	return rapid.SampledFrom([]string{"k", "键", "\"", strings.Repeat("键", 30)}).Draw(t, name) + name + fmt.Sprint(n)
}

// label is a display text that is rarely empty.
func label(t *rapid.T, name string) string {
	if rarely(t, name+" may be empty") {
		return anything(t, name)
	}
	return "字" + anything(t, name)
}

func drawLink(t *rapid.T) Link {
	k := Link{Type: rapid.IntRange(0, 2).Draw(t, "link type"), URL: "https://example.invalid/", AppID: "wx1"}
	if rarely(t, "link is wrong") {
		k.URL, k.AppID = strings.Repeat("u", 2049), ""
	}
	return k
}

func drawFrame(t *rapid.T) Frame {
	f := Frame{Title: Heading{label(t, "title"), anything(t, "desc")}}
	for i := range rapid.IntRange(0, 7).Draw(t, "pairs") {
		f.Horizontal = append(f.Horizontal, Pair{Name: label(t, "keyname"), Value: anything(t, "value"),
			Type: rapid.IntRange(0, 3).Draw(t, "pair type"), URL: "https://example.invalid/", MediaID: "m", UserID: fmt.Sprint("user", i)})
	}
	if rapid.Bool().Draw(t, "source") {
		f.Source = &Source{Desc: anything(t, "source"), Color: rapid.IntRange(0, 3).Draw(t, "colour")}
	}
	if rapid.Bool().Draw(t, "menu") {
		f.Menu = &Menu{Desc: anything(t, "menu desc")}
		for i := range rapid.IntRange(0, 4).Draw(t, "actions") {
			f.Menu.Actions = append(f.Menu.Actions, MenuAction{label(t, "action"), key(t, "action key", i)})
		}
	}
	if rapid.Bool().Draw(t, "quote") {
		f.Quote = &Quote{drawLink(t), anything(t, "quote title"), anything(t, "quote")}
	}
	if !rarely(t, "no action") {
		a := drawLink(t)
		a.Type = max(a.Type, 1)
		f.Action = &a
	}
	return f
}

func drawOptions(t *rapid.T, most int) (out []Option) {
	for i := range rapid.IntRange(1, most).Draw(t, "options") {
		out = append(out, Option{ID: key(t, "option", i), Text: label(t, "option text"), Checked: i == 0})
	}
	return out
}

// drawContent is something of any kind, which may be wrong.
func drawContent(t *rapid.T) Content {
	lists := func(most int) (out []Select) {
		for i := range rapid.IntRange(0, most+1).Draw(t, "lists") {
			out = append(out, Select{Key: key(t, "list", i), Title: anything(t, "list title"), Options: drawOptions(t, mostOptions)})
		}
		return out
	}
	var jumps []Jump
	for range rapid.IntRange(0, 4).Draw(t, "jumps") {
		jumps = append(jumps, Jump{drawLink(t), label(t, "jump")})
	}
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		return Text(anything(t, "text"))
	case 1:
		return Markdown(anything(t, "markdown"))
	case 2:
		return TextCard{label(t, "title"), label(t, "description"), drawLink(t).URL, anything(t, "more")}
	case 3:
		var n News
		for range rapid.IntRange(0, 9).Draw(t, "articles") {
			n = append(n, Article{label(t, "title"), anything(t, "description"), "https://example.invalid/", ""})
		}
		return n
	case 4:
		return TextNotice{Frame: drawFrame(t), Emphasis: &Heading{anything(t, "big"), anything(t, "big desc")}, SubTitle: anything(t, "sub"), Jumps: jumps}
	case 5:
		n := NewsNotice{Frame: drawFrame(t), Image: &Image{"https://example.invalid/", rapid.Float64Range(1.25, 2.25).Draw(t, "aspect")}, Jumps: jumps}
		for range rapid.IntRange(0, 5).Draw(t, "lines") {
			n.Vertical = append(n.Vertical, Heading{label(t, "line"), anything(t, "line desc")})
		}
		return n
	case 6:
		b := Buttons{Frame: drawFrame(t), SubTitle: anything(t, "sub")}
		for i := range rapid.IntRange(1, 7).Draw(t, "buttons") {
			b.Buttons = append(b.Buttons, Button{Text: label(t, "button"), Key: key(t, "button key", i), Style: rapid.IntRange(0, 4).Draw(t, "style")})
		}
		if one := lists(0); len(one) > 0 {
			b.Selection = &one[0]
		}
		return b
	case 7:
		return Vote{Title: Heading{Title: label(t, "title")}, Key: key(t, "question", 0), Options: drawOptions(t, mostVotes), Many: rapid.Bool().Draw(t, "many"), Submit: label(t, "submit"), SubmitKey: key(t, "submit key", 1)}
	}
	return Choices{Title: Heading{Title: label(t, "title")}, Selects: lists(mostSelects), Submit: label(t, "submit"), SubmitKey: key(t, "submit key", 30)}
}

// TestWhatIsBuiltWeComTakesAndShowsWhole: nothing that a builder lets through breaks a
// limit of the imitation, which counts by itself, is cut off on a screen, or holds half
// a character.
func TestWhatIsBuiltWeComTakesAndShowsWhole(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.MemberMinute, o.PerMinute = -1, 1<<30 })
	id, taken := int64(0), map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		what := drawContent(t)
		id++
		w.server.Forget()
		var m message
		if err := what.put(&m); err != nil {
			require.Regexp(t, `^[a-z_]+(\[\d+\])?(\.[a-z_]+(\[\d+\])?)*: `, err.Error(), "it names the field")
			require.Equal(t, bot.BadContent, failure(w.t, w.channel.Post(w.t.Context(), id, []string{"a"}, what)[0].Err).Reason)
			return
		}
		body := w.channel.encode(id, 0, []string{"a"}, m)
		require.True(t, utf8.Valid(body))
		require.NotContains(t, string(body), "\uFFFD\uFFFD\uFFFD…", "no character is cut")
		require.NoError(t, w.channel.Post(w.t.Context(), id, []string{"a"}, what)[0].Err, "%s", body)
		shown := w.server.Shown("a")
		require.Len(t, shown, 1)
		taken[fmt.Sprintf("%T", what)]++
		if c := shown[0].Card; c != nil {
			require.Empty(t, c.Cut)
		} else if text, ok := what.(Text); ok {
			require.Equal(t, string(text), shown[0].Text)
		}
	})
	t.Log("taken:", taken)
	require.NotEmpty(t, taken)
}

// right are one of each, within all limits.
func right() map[string]Content {
	page := &Link{Type: 1, URL: "https://example.invalid/"}
	frame := Frame{Title: Heading{"线索", "凤城所"}, Action: page}
	options := []Option{{ID: "1", Text: "甲"}, {ID: "2", Text: "乙"}}
	return map[string]Content{
		"text_notice":          TextNotice{Frame: frame, SubTitle: "x", Emphasis: &Heading{"12", "条"}, Jumps: []Jump{{*page, "去看"}}},
		"news_notice":          NewsNotice{Frame: frame, Image: &Image{"https://example.invalid/a.png", 1.5}, Vertical: []Heading{{"第一", "甲"}}},
		"button_interaction":   Buttons{Frame: frame, Buttons: []Button{{Text: "提交", Key: "form.submit:1"}}, Selection: &Select{Key: "s", Options: options, Selected: "2"}},
		"vote_interaction":     Vote{Title: Heading{Title: "线索"}, Key: "q", Options: options, Submit: "交", SubmitKey: "s"},
		"multiple_interaction": Choices{Title: Heading{Title: "线索"}, Selects: []Select{{Key: "a", Options: options}, {Key: "b", Options: options}}, Submit: "交", SubmitKey: "s"},
		"text":                 Text("好"),
		"markdown":             Markdown("# 周报\n> <font color=\"warning\">未报</font>"),
		"textcard":             TextCard{"标题", "<div class=\"gray\">今天</div>", "https://example.invalid/", "更多"},
		"news":                 News{{"标题", "", "https://example.invalid/", ""}},
	}
}

func TestEveryKindOfMessageArrives(t *testing.T) {
	w := newWorld(t)
	id := int64(0)
	for name, what := range right() {
		id++
		for range 2 { // again, with the same bytes
			require.NoError(t, w.channel.Post(t.Context(), id, []string{"a"}, what)[0].Err, name)
		}
		shown := w.server.Shown("a")
		require.Len(t, shown, int(id), name)
		last := shown[id-1]
		if last.Card != nil {
			require.Equal(t, name, last.Card.Type)
			require.Equal(t, last.Card.Buttons != nil, last.Card.TaskID == fmt.Sprintf("p%d-0", id), name)
		} else {
			require.Equal(t, name, last.Kind)
		}
	}
}

func TestWhatWeComWouldNotTakeIsNamedByItsField(t *testing.T) {
	long := strings.Repeat("k", 1025)
	frame := Frame{Title: Heading{Title: "线索"}, Action: &Link{Type: 1, URL: "u"}}
	options := []Option{{ID: "1", Text: "甲"}}
	with := func(bend func(*Frame)) Frame { f := frame; bend(&f); return f }
	for want, what := range map[string]Content{
		"card_action: ":                        TextNotice{Frame: Frame{Title: Heading{Title: "x"}}},
		"card_action.url: ":                    NewsNotice{Frame: with(func(f *Frame) { f.Action = &Link{Type: 1} })},
		"card_action.type: ":                   NewsNotice{Frame: with(func(f *Frame) { f.Action = &Link{Type: 3, URL: "u"} })},
		"main_title.title: ":                   TextNotice{Frame: with(func(f *Frame) { f.Title = Heading{Desc: "x"} })},
		"card_image.aspect_ratio: ":            NewsNotice{Frame: frame, Image: &Image{"u", 1.2}},
		"vertical_content_list: 5":             NewsNotice{Frame: frame, Vertical: make([]Heading, 5)},
		"jump_list: 4":                         TextNotice{Frame: frame, Jumps: make([]Jump, 4)},
		"horizontal_content_list: 7":           TextNotice{Frame: with(func(f *Frame) { f.Horizontal = make([]Pair, 7) })},
		"horizontal_content_list[0].keyname: ": TextNotice{Frame: with(func(f *Frame) { f.Horizontal = []Pair{{Value: "x"}} })},
		"horizontal_content_list[0].userid: ":  TextNotice{Frame: with(func(f *Frame) { f.Horizontal = []Pair{{Name: "x", Type: 3, UserID: "a b"}} })},
		"horizontal_content_list[1].userid: ": TextNotice{Frame: with(func(f *Frame) {
			f.Horizontal = []Pair{{Name: "x"}, {Name: "y", Type: 3, UserID: "@all"}}
		})},
		"action_menu.action_list: 0":       TextNotice{Frame: with(func(f *Frame) { f.Menu = &Menu{} })},
		"action_menu.action_list[0].key: ": TextNotice{Frame: with(func(f *Frame) { f.Menu = &Menu{Actions: []MenuAction{{"x", long}}} })},
		"button_list: 0":                   Buttons{Frame: frame},
		"button_list: 7":                   Buttons{Frame: frame, Buttons: make([]Button, 7)},
		"button_list[0].key: 1025 bytes":   Buttons{Frame: frame, Buttons: []Button{{Text: "x", Key: long}}},
		"button_list[0].style: ":           Buttons{Frame: frame, Buttons: []Button{{Text: "x", Key: "k", Style: 5}}},
		"button_list[0].text: ":            Buttons{Frame: frame, Buttons: []Button{{Text: " ", Key: "k"}}},
		"button_list[0].url: ":             Buttons{Frame: frame, Buttons: []Button{{Text: "x", Type: 1}}},
		"button_list[1].key: ":             Buttons{Frame: frame, Buttons: []Button{{Text: "x", Key: "k"}, {Text: "y", Key: "k"}}},
		"button_selection.selected_id: ":   Buttons{Frame: frame, Selection: &Select{Key: "s", Options: options, Selected: "9"}, Buttons: []Button{{Text: "x", Key: "k"}}},
		"checkbox.option_list: 21":         Vote{Title: frame.Title, Key: "q", Options: make([]Option, 21), Submit: "x", SubmitKey: "s"},
		"checkbox.option_list[0].id: 129":  Vote{Title: frame.Title, Key: "q", Options: []Option{{ID: long[:129], Text: "x"}}, Submit: "x", SubmitKey: "s"},
		"submit_button.text: ":             Vote{Title: frame.Title, Key: "q", Options: options, SubmitKey: "s"},
		"select_list: 4":                   Choices{Title: frame.Title, Selects: make([]Select, 4), Submit: "x", SubmitKey: "s"},
		"select_list[0].option_list: 11":   Choices{Title: frame.Title, Selects: []Select{{Key: "q", Options: make([]Option, 11)}}, Submit: "x", SubmitKey: "s"},
		"markdown.content: ":               Markdown(strings.Repeat("好", 683)),
		"text.content: ":                   Text("a\xff"),
		"news.articles: 9":                 make(News, 9),
		"textcard.url: ":                   TextCard{Title: "x", Description: "x"},
		"textcard.description: ":           TextCard{Title: "x", Description: "<div>" + long, URL: "u"},
	} {
		var m message
		require.ErrorContains(t, what.put(&m), want)
	}
}

func TestWhatMarkdownDoesNotShowIsNamed(t *testing.T) {
	for text, why := range map[string]string{`<font color="red">x</font>`: `"red"`, "![](http://x)": "picture", "a\n|b|": "table"} {
		require.ErrorContains(t, Markdown(text).put(&message{}), why)
	}
}

func TestDisplayTextsAreShortenedAndNeverWithinACharacter(t *testing.T) {
	for s, want := range map[string]string{"": "", "四个字啊": "四个字啊", "五个字啊啊": "五个字…", "𠮷𠮷𠮷𠮷𠮷": "𠮷𠮷𠮷…", "a\xffb": "a\uFFFDb"} {
		require.Equal(t, want, shorten(s, 4))
	}
	for s, want := range map[string]string{"好好好": "好好好", "好好好a": "好好…", "aaaaaaaaa": "aaaaaaaaa", "aaaaaaaaaa": "aaaaaa…", "𠮷𠮷𠮷": "𠮷…"} {
		require.Equal(t, want, shortenBytes(s, 9))
	}
}

func TestNamesOfBothFormsAreRead(t *testing.T) {
	for text, want := range map[string]leftOut{
		`"ZhangSan|lisi"`: {"zhangsan": true, "lisi": true}, `["ZhangSan","lisi"]`: {"zhangsan": true, "lisi": true},
		`""`: nil, `[]`: nil, `null`: nil, `[1,2]`: {"1": true, "2": true},
	} {
		var n leftOut
		require.NoError(t, json.Unmarshal([]byte(text), &n), text)
		require.Equal(t, want, n, text)
	}
	var n leftOut
	require.Error(t, json.Unmarshal([]byte(`{"a":1}`), &n))
}
