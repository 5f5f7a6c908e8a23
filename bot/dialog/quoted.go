package dialog

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// quoted finds a name in quotation marks by what stands around it: 「“鞋王之家”销售…」 is
// one who sells, and 「朋友圈“小芳代购”」 a shop.
func (l *line) quoted(named func(before, after string) bool) (span, bool) {
	for _, q := range quotes {
		for from := 0; ; {
			i := strings.Index(l.text[from:], q[0])
			if i < 0 {
				break
			}
			from += i + len(q[0])
			n := strings.Index(l.text[from:], q[1])
			if n < 0 {
				break
			}
			s := span{From: from, To: from + n}
			from = s.To + len(q[1])
			if k := runes(s.In(l.text)); k >= 2 && k <= 20 && l.free(s) && named(l.text[:s.From-len(q[0])], l.text[from:]) {
				return s, true
			}
		}
	}
	return span{}, false
}

// withEnd is a name in quotation marks with what it ends in behind them: 「“好宜家”超市」.
func (l *line) withEnd(s span, endings []string) span {
	_, n := utf8.DecodeRuneInString(l.text[s.To:])
	best := endingBehind(l.text[s.To+n:], endings)
	if best == 0 {
		return s
	}
	_, m := utf8.DecodeLastRuneInString(l.text[:s.From])
	return span{From: s.From - m, To: s.To + n + best}
}

// endingBehind is how much of a text is what a name in quotation marks before it ends
// in: the 超市 of 「“好宜家”超市」, the 童装店 of 「“小熊宝贝”童装店」.
func endingBehind(text string, endings []string) int {
	best := 0
	if begins(text, []string{"店铺", "店里", "店主"}) {
		return 0
	}
	for _, kind := range slices.Concat(kindsOfShop, []string{""}) {
		rest, ok := strings.CutPrefix(text, kind)
		if !ok {
			continue
		}
		for _, e := range endings {
			if strings.HasPrefix(rest, e) && len(kind)+len(e) > best {
				best = len(kind) + len(e)
			}
		}
	}
	return best
}

// online are the words before the name of a shop on a platform: those of the field
// for it, and the platforms.
func (l *line) online() []string {
	out := l.platforms()
	for i := range l.form.Fields {
		if fd := &l.form.Fields[i]; fd.Type == Text && len(fd.Ends)+len(fd.Starts) == 0 {
			out = append(out, fd.After...)
		}
	}
	return out
}

// platforms are the values of text fields that are known.
func (l *line) platforms() (out []string) {
	for i := range l.form.Fields {
		for _, w := range l.form.Fields[i].Words {
			if !strings.HasSuffix(w, "群") { // a group's name is nobody's
				out = append(out, w)
			}
		}
	}
	return out
}

// brandBefore are the words before a name in quotation marks that make it a brand.
var brandBefore = strings.Fields("假冒 仿冒 冒充 冒用 冒牌 假 山寨 高仿 侵犯 标注 标有 标识 印有 商标 品牌 销售 出售 售卖 卖 生产 使用 擅自使用 突出使用 傍 和 与 、 名为")

// doers are the words behind the name of one who does wrong.
var doers = strings.Fields("这家 这个店 店卖 用假 用过期 用三无 用不合格 销售 出售 售卖 贩卖 卖 在卖 在销售 在售 正在 涉嫌 生产 经营 囤 直播 被 存在 使用 擅自 发布 宣传 虚假 刷单 批发 制售 加工")

// inQuotes says whether a stretch is all that stands between two quotation marks.
func (l *line) inQuotes(s span) bool {
	for _, q := range quotes {
		if strings.HasSuffix(l.text[:s.From], q[0]) && strings.HasPrefix(l.text[s.To:], q[1]) {
			return true
		}
	}
	return false
}

// quotes are the pairs of marks that names stand in.
var quotes = [][2]string{{"“", "”"}, {"\"", "\""}, {"「", "」"}, {"《", "》"}, {"『", "』"}, {"【", "】"}, {"‘", "’"}, {"'", "'"}}
