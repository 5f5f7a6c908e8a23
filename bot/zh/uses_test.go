package zh_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/bot/zh"
)

// towns, stations and figures are as a campaign configures them.
func vocabularies() (towns, stations, figures *zh.Vocabulary) {
	entry := func(key string, words ...string) zh.Entry { return zh.Entry{Key: key, Words: append(words, key)} }
	towns = zh.NewVocabulary([]zh.Entry{entry("凤城镇", "凤城"), entry("湖头镇", "湖头"), entry("湖上乡", "湖上"), entry("官桥镇", "官桥"), entry("城厢镇", "城厢"), entry("虎邱镇", "虎邱"), entry("蓬莱镇", "蓬莱")})
	stations = zh.NewVocabulary([]zh.Entry{entry("凤城所", "凤城市场监管所", "凤城"), entry("湖头所", "湖头"), entry("执法大队", "大队"), entry("网广股")})
	figures = zh.NewVocabulary([]zh.Entry{entry("立案", "立案数", "案件"), entry("办结", "结案"), entry("办结率"), entry("案值", "涉案金额"), entry("检查经营主体", "检查", "查"), entry("移送公安", "移送"), entry("移送外地", "移送")})
	return towns, stations, figures
}

func showNamed(n zh.Named) string {
	s := strings.Join(n.Keys, "|")
	if n.Slip {
		s += "~"
	}
	return s
}

func TestNames(t *testing.T) {
	towns, _, figures := vocabularies()
	for text, want := range map[string]string{
		"凤城镇建设路": "凤城镇", "在凤城查到": "凤城镇", "風城鎮": "凤城镇~", "鳳城鎮": "凤城镇", "风城镇建设路": "凤城镇~", "丰城镇": "凤城镇~", "胡头镇": "湖头镇~", "水头镇": "", "虎丘镇": "虎邱镇~", "城相镇": "城厢镇~", "篷莱镇": "蓬莱镇~", "湖头镇、湖上乡": "湖头镇 湖上乡", "官桥镇官桥街": "官桥镇 官桥镇", "": "", "凤凰城": "", "凤城所": "凤城镇", "成都": "",
	} {
		assert.Equal(t, want, showAll(zh.Read(text, said).Names(towns), showNamed), text)
	}
	for text, want := range map[string]string{"立案和办结": "立案 办结", "办结率": "办结率", "移送": "移送公安|移送外地", "移送公安": "移送公安"} {
		assert.Equal(t, want, showAll(zh.Read(text, said).Names(figures), showNamed), text)
	}
	for _, n := range zh.Read("查了风城镇和官桥", said).Names(towns) {
		require.Contains(t, []string{"风城镇", "官桥"}, n.In("查了风城镇和官桥"))
	}
}

func TestQuestion(t *testing.T) {
	_, stations, figures := vocabularies()
	for text, want := range map[string]string{
		"上周凤城所查了多少户": "检查经营主体 / 凤城所 / 2024-01-08~2024-01-14 / asks", "本月立案多少": "立案 /  / 2024-01-01~2024-01-31 / asks", "今年以来的案值": "案值 /  / 2024-01-01~2024-01-19 /", "湖头和凤城的办结率对比": "办结率 / 湖头所 凤城所 /  / asks",
		"移送了几件": "移送公安|移送外地 /  /  / asks", "大队一季度立案、办结情况": "立案 办结 / 执法大队 / 2024-01-01~2024-03-31 / asks", "今天天气": " /  / 2024-01-19 /", "到目前为止移送公安几件": "移送公安 /  / <2024-01-19 / asks",
	} {
		q := zh.Read(text, said).Question(figures, stations)
		asks := ""
		if q.Asks {
			asks = " asks"
		}
		got := showAll(q.Measures, showNamed) + " / " + showAll(q.Units, showNamed) + " / " + showAll(q.Periods, showWhen) + " /" + asks
		assert.Equal(t, want, got, text)
	}
}

func TestMeeting(t *testing.T) {
	for text, want := range map[string]string{
		"周四下午3点二楼会议室开会商会,各所所长参加,议题 AX-2024-0031、0044":          "2024-01-25T15:00 / 二楼会议室 / 各所所长 / AX-2024-0031 AX-2024-0044",
		"1月25日上午9点在三楼会议室召开会商会议，请法规股、执法大队和凤城所列席，案件AX-2024-0007": "2024-01-25T09:00 / 三楼会议室 / 法规股 执法大队 凤城所 / AX-2024-0007",
		"明天下午两点半开会,地点:局机关多功能厅,参会人员:各股室负责人、湖头所":                 "2024-01-20T14:30 / 局机关多功能厅 / 各股室负责人 湖头所 / ",
		"下周二上午会商ax-2024-0012和0013,0014":                        "2024-01-23T08:00~11:59 /  /  / AX-2024-0012 AX-2024-0013 AX-2024-0014",
		"会商会改到周五下午三点":                                          "2024-01-19T15:00 /  /  / ", "本月不开会": "2024-01-01~2024-01-31 /  /  / ",
	} {
		m, ok := zh.Read(text, said).Meeting()
		require.True(t, ok, text)
		in := func(s zh.Span) string { return s.In(text) }
		got := showAll(m.When, showWhen) + " / " + in(m.Room) + " / " + showAll(m.Invited, in) + " / " + showAll(m.Cases, func(c zh.CaseNumber) string { return c.Text })
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "凤城所检查32户", "社会商品", "AX-2024-0031"} {
		_, ok := zh.Read(text, said).Meeting()
		assert.False(t, ok, text)
	}
	assert.Empty(t, zh.Read("AX-2024-1 A2024-0031 XAX-2024-0031Z 2024-01-15", said).CaseNumbers())
}
