package dialog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// counted finds what a quantity counts, where the word stands right before it:
// 「橱柜3套」「铁观音 50公斤」.
func (l *line) counted() (span, bool) {
	open := l.open()
	for _, n := range l.numbers {
		if !countsGoods(n.Unit, l.text[n.To:]) || l.ofPrice(n) || ends(l.text[:n.From], sold) || countedPlace(l.text[:n.From]) {
			continue
		}
		for i := len(open) - 1; i >= 0; i-- {
			s := open[i]
			s.To = min(s.To, n.From)
			if s.From >= s.To || strings.Trim(l.text[s.To:n.From], " ") != "" {
				continue
			}
			word := s.In(l.text)
			for _, w := range slices.Concat(trade, intros, countedAfter) { // what is counted stands behind them
				if i := strings.LastIndex(word, w); i >= 0 {
					s.From += i + len(w)
					word = s.In(l.text)
				}
			}
			s.To -= len(word) - len(trimAbout(word))
			word = s.In(l.text)
			if k := runes(word); k >= 2 && k <= 8 && !containsAny(word, notCounted) && l.free(s) {
				return s, true
			}
			break
		}
	}
	return span{}, false
}

// trimAbout takes off the words before a number that belong to it.
func trimAbout(word string) string {
	for _, w := range []string{"大概", "大约", "约", "共计", "共有", "共", "有", "数量", "近", "计", "合计", "各"} {
		word = strings.TrimSuffix(word, w)
	}
	return word
}

// countedAfter are more words before what is counted.
var countedAfter = strings.Fields("现场有 现场 成品 库存 尚有 还有 剩余 剩 以及 及 和 、 涉案 商标 产品 商品 货物")

// notCounted are words of which nobody says how many there are of it as goods.
var notCounted = strings.Fields("以次充好 标志 假的 疑似 要求 数量 案值 货值 镇 乡 村 路 街 店 超市 公司 市场 厂 电话 某 月 日 年 单价 每 老板 左右 不 已 多 这 那 其 我 他 它 等 查 来 去 到 处")

// after finds the words that follow one of the field's tell-tale words: 「销售假冒
// 耐克运动鞋」.
func (l *line) after(fd *Field) (span, bool) {
	best, ok, at := span{}, false, len(l.text)+1
	for _, w := range fd.After {
		for from := 0; ; {
			i := strings.Index(l.text[from:], w)
			if i < 0 {
				break
			}
			begin := from + i
			from = begin + len(w)
			if l.used[from-1] || begins(l.text[from:], notGoodsAfter) || w == "经营" && strings.HasPrefix(l.text[from:], "的") || w == "卖" && strings.HasSuffix(l.text[:begin], "外") {
				continue
			}
			if len(fd.Starts) > 0 {
				from = l.pastCount(from)
			}
			s := l.goodsFrom(from, len(fd.Starts) == 0)
			if countedPlace(s.In(l.text)) && len(fd.Starts) > 0 { // 查获假酒窝点一个
				continue
			}
			if runes(s.In(l.text)) >= 2 && (begin < at || begin == at && s.From > best.From) {
				best, ok, at = s, true, begin
				break
			}
		}
	}
	return best, ok
}

// pastCount is where a quantity that begins at an offset ends: the 一台 of 「购买一台…」.
func (l *line) pastCount(at int) int {
	for _, n := range l.numbers {
		if n.From == at && countsThings(n.Unit) {
			return n.To
		}
	}
	return at
}

// starting finds the words that begin as the field's values do: 「假茅台20瓶」.
func (l *line) starting(fd *Field) (span, bool) {
	for _, s := range l.open() {
		for _, w := range fd.Starts {
			i := strings.Index(s.In(l.text), w)
			if i >= 0 && !countedPlace(l.goodsFrom(s.From+i, false).In(l.text)) && !ends(s.In(l.text)[:i], []string{"虚", "放", "请", "休", "度", "不", "真"}) && !begins(s.In(l.text)[i+len(w):], noGoods) {
				g := l.goodsFrom(s.From+i, false)
				if slices.Contains(fd.Starts, g.In(l.text)) { // 「假冒 耐克」
					if !strings.HasPrefix(l.text[g.To:], " ") {
						continue
					}
					more := l.goodsFrom(g.To+1, false)
					if more.From != g.To+1 || more.To == more.From {
						continue
					}
					g.To = more.To
				}
				if w == "冒充" && strings.Contains(s.In(l.text)[:i], "用") { // 用外省茶冒充…
					continue
				}
				return g, true
			}
		}
	}
	return span{}, false
}

// noGoods are what a wrong may be about that is no goods: 假冒专利, 虚假宣传.
var noGoods = strings.Fields("冒外观 冒实用新型 冒发明 外观专利 外观设计专利 实用新型专利 发明专利 他人专利 专利 地理标志 行为 宣传 广告 问题 嫌疑 案件 期 日 冒专利 冒地理标志 冒行为 许可使用 授权使用 许可擅自 许可 授权 同意")

// notGoodsAfter are the words behind a word of trade that make it another word:
// 经营者, 生产日期, 销售额.
var notGoodsAfter = strings.Fields("、 厂 厂 和销售 并销售 及销售 与销售 坊 作坊 者 部 户 额 家 场 点 店 日期 许可 仓库 厂家 范围 主体 场所 地址 点 量 价 记录 单 行为 情况 资质 凭证 执照 批号 商 人员 期 机 原料 给 到 至 往 出 假的")

// goodsEnd are the words at which the name of goods is over.
var goodsEnd = strings.Fields(`约 共 在 后投诉 后举报 后发现 后反映 是假 是不 是仿 是冒 是三无 是过期 是山寨 是高仿 疑似 货值 价值 案值 数量 总价 总值 金额 合计 大概 大约 被 现场 已 并 但 涉案 库存 当场 要求 请 供货 来源 进价 售价 单价 标价 每 ( ) 近 估计 有 正在 链接 网址 订单 电话 价格 店铺
	的店 的商家 的老板 的窝点 的行为 的违法行为 的违法 的情况 的问题 的嫌疑 的商店 的网店 的线索 的鞋店 的现象 冒充 一案 产地 虚标 标称 实为 实际 结块 无效 没有 半头 半扇 半只 分装点 灌装点 待客 招待 给人 给客 给顾客`)

// goodsFrom is the name of goods that begins at an offset: up to a sign, a number,
// a value or a word that begins something else.
func (l *line) goodsFrom(from int, name bool) span {
	for _, w := range []string{"的", "了", "是"} { // 卖的是高仿手表
		if strings.HasPrefix(l.text[from:], w) {
			from += len(w)
		}
	}
	if name {
		for i, q := range quotes {
			if rest, ok := strings.CutPrefix(l.text[from:], q[0]); ok && strings.Contains(rest, q[1]) {
				from += len(quotes[i][0])
				return span{From: from, To: from + strings.Index(rest, q[1])}
			}
		}
	}
	to, quoted := from, false
	for i, r := range l.text[from:] {
		at := from + i
		if separator(r) || r == ' ' || r == ':' || l.used[at] || l.numberAt(at) && !l.measure(at) || i > 0 && begins(l.text[at:], goodsEnd) && !quilt(l.text[at:]) || name && (begins(l.text[at:], trade) || begins(l.text[at:], nameEnd)) || strings.ContainsRune("”』」》\")", r) && !quoted {
			break
		}
		quoted = quoted && !strings.ContainsRune("”』」》", r) || strings.ContainsRune("“『「《", r)
		to = at + utf8.RuneLen(r)
	}
	if l.numberAt(to) { // 两瓶假冒海之蓝和四瓶…
		for _, and := range []string{"和", "及", "与", "各"} {
			to = from + len(strings.TrimSuffix(l.text[from:to], and))
		}
	}
	to = from + len(strings.TrimSuffix(l.text[from:to], "的"))
	return span{From: from, To: to}
}

// quilt says whether the 被 that a text begins with is a thing: 空调被.
func quilt(text string) bool {
	rest, ok := strings.CutPrefix(text, "被")
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && (rest == "" || separator(r) || begins(rest, []string{"子", "套", "单", "芯", " "}))
}

// nameEnd are the words behind a name that is no part of a sentence's goods.
var nameEnd = []string{"在", "涉嫌", "正在", "有", "的", "直播", "用", "通过"}

// measure says whether the number at an offset tells how large one piece is: the
// 400ml of 海飞丝400ml洗发水.
func (l *line) measure(at int) bool {
	for _, n := range l.numbers {
		if n.From == at && slices.Contains(measures, strings.ToLower(n.Unit)) {
			r, _ := utf8.DecodeRuneInString(l.text[n.To:])
			return unicode.Is(unicode.Han, r)
		}
	}
	return false
}

var measures = strings.Fields("ml 毫升 l 升 g 克 kg 公斤 cm 厘米 mm 毫米 寸 瓦 度")

// numberAt says that a number with its unit begins at an offset.
func (l *line) numberAt(at int) bool {
	for _, n := range l.numbers {
		if n.From == at && n.Unit != "" {
			return true
		}
	}
	for _, m := range l.moneys {
		if m.From == at {
			return true
		}
	}
	return false
}
