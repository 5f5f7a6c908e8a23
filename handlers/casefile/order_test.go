package casefile

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// aReader reads numbers as the duty of leads does, of the year 2024.
func aReader() *reader {
	digits := regexp.MustCompile(`(?:(\d{4})-)?(\d+)\D*$`)
	return newReader("AX", map[string]bool{"立案": true, "办结": true, "移送公安": true, "督办": true}, func(text string, _ time.Time) (string, bool) {
		m := digits.FindStringSubmatch(text)
		if m == nil {
			return "", false
		}
		year := m[1]
		if year == "" {
			year = "2024"
		}
		return fmt.Sprintf("AX-%s-%s", year, strings.Repeat("0", max(0, 4-len(m[2])))+m[2]), true
	})
}

// TestOrders: the number may stand before or behind the word, several may, and what is
// left is what was said beside.
func TestOrders(t *testing.T) {
	for text, want := range map[string]string{
		"132 立案 安市监立〔2024〕12号 案值3万": "AX-2024-0132 立案 安市监立〔2024〕12号 案值3万",
		"立案 132 安市监立〔2024〕12号 案值3万": "AX-2024-0132 立案 安市监立〔2024〕12号 案值3万",
		"132号立案，安市监立〔2024〕12号":      "AX-2024-0132 立案 安市监立〔2024〕12号",
		"线索132 不立案 证据不足":            "AX-2024-0132 不立案 证据不足",
		"AX-2023-0007 办结":           "AX-2023-0007 办结 ",
		"ax-2024-0132 签收":           "AX-2024-0132 签收 ",
		"132、135、140 交办 执法大队 三天内":   "AX-2024-0132,AX-2024-0135,AX-2024-0140 交办 执法大队 三天内",
		"132 135 交办 执法大队":           "AX-2024-0132,AX-2024-0135 交办 执法大队",
		"132和132 交办 执法大队":           "AX-2024-0132 交办 执法大队",
		"交办 132 凤城所":                "AX-2024-0132 交办 凤城所",
		"交办132、135 凤城所":             "AX-2024-0132,AX-2024-0135 交办 凤城所",
		"合并 135 到 132":              "AX-2024-0135 合并 到 132",
		"135 并入 132":                "AX-2024-0135 并入 132",
		"督办 132":                    "AX-2024-0132 督办 ",
		"转会商 132":                   "AX-2024-0132 转会商 ",
		"132 移送公安 数额巨大":             "AX-2024-0132 移送公安 数额巨大",
		"132 移交 南安市市场监督管理局 录屏2段":    "AX-2024-0132 移交 南安市市场监督管理局 录屏2段",
		"132 鉴定 10天":                "AX-2024-0132 鉴定 10天",
		"退补 132 缺照片":                "AX-2024-0132 退补 缺照片",
		"132 不同意延期":                 "AX-2024-0132 不同意延期 ",
		"132 公安不立案 事实不清":            "AX-2024-0132 公安不立案 事实不清",
		"１３２　签收":                    "AX-2024-0132 签收 ",
		"立案 132号":                   "AX-2024-0132 立案 ",
	} {
		o, ok := aReader().read(text, time.Time{}, false)
		require.True(t, ok, text)
		require.Equal(t, want, strings.Join(o.numbers, ",")+" "+o.word+" "+o.rest, text)
	}
}

// TestFiguresAreNoOrders: what belongs to the weekly table stays there.
func TestFiguresAreNoOrders(t *testing.T) {
	for _, text := range []string{"立案2件", "立案 2件 办结 1件", "立案 2", "立案 2 办结 1", "办结 3", "移送公安 1件2人", "行动3次 立案2件", "立案", "132", "交办", "",
		"凤城镇建设路12号某某鞋店", "督办 2", "132 你好", "2024年1月 立案2件", "立案 1.5万"} {
		o, ok := aReader().read(text, time.Time{}, true)
		require.False(t, ok, "%s was read as %+v", text, o)
	}
	for _, text := range []string{"督办 132 舆情关注", "132 立案", "立案 132号", "立案 132 安市监立〔2024〕12号", "立案 AX-2024-0132"} {
		_, ok := aReader().read(text, time.Time{}, true)
		require.True(t, ok, text)
	}
}
