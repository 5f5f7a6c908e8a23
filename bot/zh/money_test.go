package zh_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/bot/zh"
)

// showMoney writes an amount in 元 the way the tables do; a trailing 元 says
// that a unit was typed.
func showMoney(m zh.Money) string {
	yuan := func(fen int64) string { return zh.Num(fen * 10_000).String() }
	s := yuan(m.Fen)
	switch m.Bound {
	case zh.Range:
		s = yuan(m.Low) + "~" + yuan(m.High)
	case zh.About:
		s = "约" + s
	case zh.AtLeast:
		s = "≥" + s
	case zh.AtMost:
		s = "≤" + s
	}
	if !m.Bare {
		s += "元"
	}
	return s
}

func TestMoneys(t *testing.T) {
	tests := []struct{ text, want string }{
		{"500元", "500元"}, {"５００元", "500元"}, {"1,200.50元", "1200.5元"}, {"3万元", "30000元"}, {"1.5万元", "15000元"}, {"3 万元", "30000元"}, {"2.3亿元", "230000000元"}, {"¥1,200", "1200元"}, {"￥99.9", "99.9元"}, {"人民币500元", "500元"}, {"RMB 300", "300元"},
		{"12块5", "12.5元"}, {"12块", "12元"}, {"12块钱", "12元"}, {"三块二", "3.2元"}, {"两块五毛", "2.5元"}, {"两块半", "2.5元"}, {"3元5角", "3.5元"}, {"3元5角6分", "3.56元"}, {"三元零五分", "3.05元"}, {"五毛", "0.5元"}, {"五毛钱", "0.5元"}, {"3毛5", "0.35元"}, {"12块50", "12.5元"},
		{"一万二", "12000"}, {"十万八", "108000"}, {"3万", "30000"}, {"1.2w", "12000"}, {"八千多", "约8000"}, {"八千多元", "约8000元"}, {"三千五", "3500"}, {"3千块", "3000元"}, {"一万二千块", "12000元"}, {"两万五", "25000"},
		{"贰拾叁万元整", "230000元"}, {"壹仟贰佰叁拾肆元伍角陆分", "1234.56元"}, {"伍佰圆整", "500元"}, {"人民币壹万元正", "10000元"}, {"贰佰元零伍分", "200.05元"},
		{"约3万元", "约30000元"}, {"3万元左右", "约30000元"}, {"大概三万块", "约30000元"}, {"至少5000元", "≥5000元"}, {"5000元以上", "≥5000元"}, {"不到1万元", "≤10000元"}, {"不超过2万元", "≤20000元"}, {"两三千元", "2000~3000元"}, {"3-5万元", "30000~50000元"}, {"3万到5万元", "30000~50000元"}, {"5000元至1万元", "5000~10000元"},
		{"20余万元", "约200000元"}, {"价值约人民币5万元", "约50000元"}, {"5万元（含）以上", "≥50000元"}, {"3块5毛2", "3.52元"}, {"千余元", "约1000元"}, {"2000块一双", "2000元"}, {"处罚款5000元,没收违法所得1200.5元", "5000元 1200.5元"}, {"上万元", "≥10000元"}, {"近百万元", "约1000000元"}, {"几万元", ""}, {"十几万元", "110000~190000元"},
		{"货值3万", "30000"}, {"案值3万罚款2万", "30000 20000"}, {"罚了3万", "30000"}, {"粉丝3万", ""}, {"播放量10万+", ""}, {"3万条", ""}, {"3万户", ""}, {"罚款5000", "5000"}, {"5000", ""}, {"三百", ""},
		{"3块手表", ""}, {"查获3块假手表", ""}, {"卖50块的酒", "50元"}, {"50块一瓶", "50元"}, {"三元区", ""}, {"三元牛奶", ""}, {"三角债", ""}, {"12315元", "12315元"}, {"2024年", ""}, {"13812345678", ""}, {"3箱", ""}, {"5%", ""}, {"-5元", ""},
		{"查扣假酒12瓶，货值3.6万元，罚款1万5", "36000元 15000"}, {"每瓶128元卖了30瓶", "128元"}, {"退一赔三,赔了1500块", "1500元"}, {"1、案值3万元 2、罚没款1.2万元", "30000元 12000元"}, {"0.001元", ""},
		{"处5万元以上20万元以下罚款", "50000~200000元"}, {"5000元以上1万元以下", "5000~10000元"}, {"货值金额1万元以上不满5万元的", "10000~50000元"},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, showAll(zh.Moneys(tt.text), showMoney), tt.text)
	}
}

func TestParseMoney(t *testing.T) {
	for text, want := range map[string]string{
		"30000": "30000", "3万": "30000", "1.5": "1.5", "三百": "300", "约3万元": "约30000元", "3-5万": "30000~50000", "¥500": "500元", "人民币叁万元整。": "30000元", "不到1万": "≤10000", "0": "0", "0元": "0元", "十二块五": "12.5元", "1万5": "15000", "3万块钱": "30000元",
		"": "", "三箱": "", "3万户": "", "没有": "", "3万元5千元": "", "货值3万": "", "-3万": "", "13812345678": "", "0.001": "", "万一": "", "0012": "", "3%": "",
	} {
		m, ok := zh.ParseMoney(text)
		assert.Equal(t, want != "", ok, text)
		if ok {
			assert.Equal(t, want, showMoney(m), text)
		}
	}
}

func TestMoneyFactor(t *testing.T) {
	for text, want := range map[string]int64{"1.5万元": 10_000, "15000元": 1, "2亿元": 100_000_000, "3k": 1000} {
		m, ok := zh.ParseMoney(text)
		require.True(t, ok, text)
		require.Equal(t, want, m.Factor, text)
	}
}

func TestNum(t *testing.T) {
	for n, want := range map[zh.Num][2]string{
		1_500_000: {"1.5", "1.5"}, 25_000 * zh.One: {"25000", "25,000"}, -1_234_567_890_000: {"-1234567.89", "-1,234,567.89"}, 0: {"0", "0"}, 1: {"0.000001", "0.000001"}, 999 * zh.One: {"999", "999"}, -1 << 63: {"-9223372036854.775808", "-9,223,372,036,854.775808"},
	} {
		require.Equal(t, want, [2]string{n.String(), n.Grouped()})
	}
	v, ok := zh.FromInt(12).Int()
	require.True(t, ok)
	require.EqualValues(t, 12, v)
	_, ok = zh.Num(1_500_000).Int()
	require.False(t, ok)
	for _, tt := range []struct {
		n, m zh.Num
		want string
	}{{1_500_000, 2 * zh.One, "3"}, {-1_500_000, 1_500_000, "-2.25"}, {1, 1, ""}, {1 << 62, 4 * zh.One, ""}} {
		p, ok := tt.n.Mul(tt.m)
		require.Equal(t, tt.want != "", ok)
		if ok {
			require.Equal(t, tt.want, p.String())
		}
	}
	q, exact, ok := (2 * zh.One).Div(-3 * zh.One)
	require.True(t, ok)
	require.False(t, exact)
	require.Equal(t, "-0.666667", q.String())
	_, _, ok = zh.One.Div(0)
	require.False(t, ok)
	_, _, ok = zh.Num(1 << 62).Div(1)
	require.False(t, ok)
	_, ok = zh.Num(1 << 62).Times(3)
	require.False(t, ok)
	_, ok = zh.Num(1 << 62).Plus(1 << 62)
	require.False(t, ok)
	sum, ok := zh.One.Plus(0)
	require.True(t, ok)
	require.Equal(t, "1", sum.String())
	require.EqualValues(t, "9,223,372,036,854.775807", zh.FromInt(1<<62).Grouped())
}

func TestSpell(t *testing.T) {
	for n, want := range map[int64][2]string{
		0: {"零", "零"}, 10: {"十", "壹拾"}, 15: {"十五", "壹拾伍"}, 105: {"一百零五", "壹佰零伍"}, 20005: {"两万零五", "贰万零伍"}, 25000: {"两万五千", "贰万伍仟"}, 2200: {"两千二百", "贰仟贰佰"},
		1000_3000: {"一千万三千", "壹仟万叁仟"}, 1_0000_3000: {"一亿零三千", "壹亿零叁仟"}, 1_0005_0000: {"一亿零五万", "壹亿零伍万"}, -1: {"", ""}, 1_0000_0000_0000: {"", ""},
	} {
		require.Equal(t, want, [2]string{zh.Spell(n, zh.Everyday), zh.Spell(n, zh.Formal)}, strconv.FormatInt(n, 10))
	}
}
