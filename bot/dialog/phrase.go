package dialog

import (
	"slices"
	"strings"
)

// How names and goods stand out in a sentence that has no labels. What a campaign
// would change (how its shops are called, the platforms, the words of trade) is
// data of the field: Words, Ends, After, Starts.

// trade are the words of trade and suspicion: an address or a name is over before
// them, and what follows is goods.
var trade = strings.Fields(`用假 用过期 用三无 用不合格 用地沟油 用劣质 三无 过期 不合格 伪劣 注水 劣质 变质 翻新 盗版 销售 出售 售卖 贩卖 经营 生产 加工 制售 批发假 囤 存放 储存 摆放 陈列 使用 擅自 标注 冒用 存在 假冒 仿冒 冒牌 侵权 侵犯 售假 卖 制假 造假 未 购买 购得 买到 买了 网购 下单 标称 宣称 声称 虚假 夸大 发布 推销 代购 刷单 兜售 叫卖 进货 进了 做假 搞假 山寨 高仿 无证 无照 被 从`)

// intros are the words behind which a name may begin.
var intros = strings.Fields(`涉嫌 发现 查获 检查 巡查 举报 反映 投诉 正在 有人 有家 有个 有一 一家 一间 名为 名叫 叫做 店名叫 店名 招牌 字号 的 里 内有 内 疑似 在 位于 对 由 现场 经营者 平台 上 某 对面`)

// stops are where an address or a name is over.
var stops = slices.DeleteFunc(slices.Concat(trade, intros), func(w string) bool { return slices.Contains(inside, w) })

// inside are the intros that names and addresses have in them.
var inside = strings.Fields("里 内 对 由 上 某 平台 对面 招牌 字号")

// phrase finds a text by its words, by how such names end, or by the words it
// follows or begins with.
func (l *line) phrase(fd *Field) (span, bool) {
	if at, ok := l.known(fd.Words); ok {
		return at, true
	}
	if len(fd.Ends) > 0 {
		for _, s := range l.open() {
			if from, to, ok := fd.nameIn(s.In(l.text), 0); ok {
				if l.inQuotes(s) { // “安溪探店小王” is no 安溪探店
					if ends(strings.TrimRight(l.text[:s.From], "“\"「《"), brandBefore) {
						continue
					}
					return s, true
				}
				from += l.townIn(s.In(l.text)[from:to])
				if a, b, ok := personIn(s.In(l.text)[from:to]); ok && a == 0 && strings.HasPrefix(s.In(l.text)[from+b:], "家") { // 叶某某家养殖场
					to = from + b
				}
				return span{From: s.From + from, To: s.From + to}, true
			}
		}
		for _, s := range l.open() {
			if from, to, ok := personIn(s.In(l.text)); ok && !l.ofInformant(s.From+from) {
				return span{From: s.From + from, To: s.From + to}, true
			}
		}
	}
	online := len(fd.Ends)+len(fd.Starts)+len(fd.Words) == 0
	if online {
		if at, ok := l.onPlatform(); ok {
			return at, true
		}
	}
	if at, ok := l.after(fd); ok {
		return at, true
	}
	switch {
	case online:
		return span{}, false
	case len(fd.Ends) > 0:
		at, ok := l.quoted(func(before, after string) bool {
			return (begins(strings.TrimPrefix(after, "店铺"), doers) || endingBehind(after, fd.Ends) > 0) && !ends(before, brandBefore) && !ends(before, l.online())
		})
		return l.withEnd(at, fd.Ends), ok
	}
	if at, ok := l.starting(fd); ok {
		return at, true
	}
	if len(fd.Starts) == 0 {
		return span{}, false
	}
	return l.counted()
}

// onPlatform finds a name in quotation marks behind a platform: 「朋友圈“小芳代购”」.
func (l *line) onPlatform() (span, bool) {
	return l.quoted(func(before, _ string) bool {
		return ends(before, l.platforms()) || ends(strings.TrimRight(before, "上里内的店小铺"), l.platforms())
	})
}

// townIn is how much of a name is the township before it, by its full name.
func (l *line) townIn(name string) int {
	for _, n := range l.env.Places {
		if rest, ok := strings.CutPrefix(name, n.Value); ok && runes(rest) > 2 && !generic(rest) {
			return len(n.Value)
		}
	}
	return 0
}

// known finds the longest of some words, where it is not the beginning of
// another: 微信支付 is no platform.
func (l *line) known(words []string) (best span, found bool) {
	for _, w := range words {
		i := strings.Index(l.text, w)
		if i < 0 || begins(l.text[i+len(w):], []string{"支付", "付款", "转账", "收款", "快递", "物流", "扫码"}) {
			continue
		}
		s := span{From: i, To: i + len(w)}
		if l.free(s) && (!found || s.To-s.From > best.To-best.From) {
			best, found = s, true
		}
	}
	return best, found
}

// nameIn finds the first name with one of the field's endings in a stretch of
// words: between a word of introduction and a word of trade.
func (f *Field) nameIn(t string, from int) (start, end int, ok bool) {
	held := false // what comes next is whose right or complaint it is, or goods
	for from < len(t) {
		from += introEnd(t[from:])
		to, word := nextStop(t, from)
		if to > from && !held {
			if start, end, ok = f.nameBefore(t, from, to); ok {
				return start, end, true
			}
		}
		if word == "" {
			return 0, 0, false
		}
		held = slices.Contains(trade, word) && word != "被"
		from = to + len(word)
	}
	return 0, 0, false
}

// introEnd is where fillers and introductions at the front of a text end.
func introEnd(t string) int {
	at := 0
	for {
		n := fillerEnd(t[at:])
		for _, w := range []string{"一家名为", "一家叫", "名为", "名叫", "叫做", "店名叫", "店名", "招牌", "一家", "一间", "有家", "有个", "有一家", "某", "该", "这家", "那家", "的", "开的", "经营的", "叫", "家", "一个", "某个", "有一个", "铺位", "店面", "网店", "店铺", "主播", "小店"} {
			if strings.HasPrefix(t[at:], w) && !begins(t[at:], []string{"某某", "家乐", "家家", "家和", "家福", "家佳", "家具", "家电", "家纺", "家居", "家私", "家常", "家园"}) && len(w) > n {
				n = len(w)
			}
		}
		if n == 0 {
			return at
		}
		at += n
	}
}

// nextStop is where the next word at which a name is over begins.
func nextStop(t string, from int) (at int, word string) {
	at = len(t)
	for _, s := range stops {
		i := stopAt(t, from, at, s)
		if i >= 0 && (i < at || i == at && len(s) > len(word)) {
			at, word = i, s
		}
	}
	return at, word
}

// stopAt is where a word stands in t[from:to] and is itself, or begins at to; -1 if
// nowhere.
func stopAt(t string, from, to int, word string) int {
	for {
		i := strings.Index(t[from:min(to+len(word), len(t))], word)
		if i < 0 {
			return -1
		}
		i += from
		if !begins(t[i:], notStops) && !(word == "卖" && ends(t[:i], []string{"专", "外"})) {
			return i
		}
		from = i + len(word)
	}
}

// notStops begin like a word at which a name is over, and are a part of names.
var notStops = []string{"经营部", "加工厂", "加工点", "加工坊", "加工店", "加工部", "加工场", "加工中心", "的士", "卖场", "未来", "卖部", "卖店", "卖家", "批发部", "生产厂"}

// nameBefore is the name in t[from:to]: up to the last of the field's endings.
func (f *Field) nameBefore(t string, from, to int) (start, end int, ok bool) {
	best := -1
	for _, e := range f.Ends {
		for at := from; at < to; {
			i := strings.Index(t[at:to], e)
			if i < 0 {
				break
			}
			at += i + len(e)
			if ware(e) && (at < to || at-len(e) == from) {
				continue
			}
			if at > best && !begins(t[at:], []string{"铺", "主", "员", "家", "名", "面", "招", "商", "房", "址", "长"}) {
				best = at
			}
		}
	}
	if best < 0 {
		return 0, 0, false
	}
	name, after := t[from:best], t[best:]
	n := runes(name)
	if n < 2 || n > 30 || generic(name) || ends(name, stalls) || begins(name, nobody) || begins(after, beside) || begins(after, sources) || ends(t[:from], holders) {
		return 0, 0, false
	}
	return from, best, true
}
