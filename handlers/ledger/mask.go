package ledger

import (
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// Masked is a text with phone and identity numbers hidden in their middle.
func Masked(text string) string {
	type hidden struct {
		zh.Span
		as string
	}
	var all []hidden
	for _, p := range zh.Phones(text) {
		all = append(all, hidden{p.Span, zh.Mask(p.Digits)})
	}
	for _, c := range zh.Identity(text) {
		all = append(all, hidden{c.Span, zh.MaskIdentity(c.Text)})
	}
	slices.SortFunc(all, func(a, b hidden) int { return b.From - a.From })
	last := len(text) + 1
	for _, h := range all {
		if h.To <= last {
			text, last = text[:h.From]+h.as+text[h.To:], h.From
		}
	}
	return text
}

// surnames are the commonest ones: nine people in ten have one of them.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施洪柯庄詹易纪翁游凌连上官欧阳"

// MaskedName hides a person's name but for the surname: 张*, 李**. What is the name of a
// shop or a company stays.
func MaskedName(name string) string {
	name = strings.TrimSpace(name)
	n := utf8.RuneCountInString(name)
	if n < 2 || n > 4 {
		return name
	}
	first, size := utf8.DecodeRuneInString(name)
	if !strings.ContainsRune(surnames, first) || strings.ContainsAny(name, "店厂行社铺馆楼坊部园庄场屋吧堂阁轩居所站城某") {
		return name
	}
	for _, r := range name {
		if r < 0x3400 {
			return name
		}
	}
	return name[:size] + strings.Repeat("*", n-1)
}
