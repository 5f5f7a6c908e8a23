package dialog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
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

// sources are the words that make a company the one who complains and not the one
// complained of.
var sources = strings.Fields("举报 投诉 反映 来电 来函 报案 称 代表 工作人员 打假 授权 委托 维权 法务 转办 转来 移送 供货 供应 发货 批发给")

// holders are the words before the name of one who complains or whose right it is.
var holders = strings.Fields("权利人 品牌方 商标权人 商标注册人 受 接 接到 据 冒充 冒用 假冒 仿冒 侵犯 厂家")

// kinds are what a shop sells: with an ending alone behind them they name no shop.
var kindsOfShop = strings.Fields(`鞋 服装 衣服 烟酒 便利 杂货 食品 水果 手机 五金 建材 茶叶 药 小吃 网 商 门 副食 日用品 化妆品 饭 小 酒 烟 母婴 玩具 文具 童装 汽配 家电 电器 早餐 奶茶 蛋糕 烤鸭 小工 水泥 化肥 农药 农资 肥料 饲料 钢材 石材 木材 瓷砖 卤味 熟食 猪肉 海鲜 水产 面包 甜品 茶具 包装 印刷 塑料 机械 汽车 摩托车 电动车 图书 书 音像 玩具厂 家具 电脑 手机维修 网红奶茶 网红 水管 纸箱 移动 旗袍 小作坊 无牌小作坊 无牌 无证小 无名小 旁小 旁边小 门口小 旁边 附近 花 眼镜 零售 批发 专卖 直营 体育用品 运动
	运动鞋 男装 女装 皮鞋 食杂 夫妻 无名 无证 茶 酒水 粮油 百货 加工 地下 黑 临时 流动 路边 新开的 服饰 卖鞋的 开 该 本 此 有 网上 总 分 连锁 旗舰 小商 大 老`)

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
				return span{From: s.From + from, To: s.From + to}, true
			}
		}
		for _, s := range l.open() {
			if from, to, ok := personIn(s.In(l.text)); ok && !containsAny(l.clauseBefore(s.From+from), informants) {
				return span{From: s.From + from, To: s.From + to}, true
			}
		}
	}
	if at, ok := l.after(fd); ok {
		return at, true
	}
	switch {
	case len(fd.Ends) > 0:
		at, ok := l.quoted(func(before, after string) bool {
			return (begins(after, doers) || endingBehind(after, fd.Ends) > 0) && !ends(before, brandBefore) && !ends(before, l.online())
		})
		return l.withEnd(at, fd.Ends), ok
	case len(fd.Starts) == 0 && len(fd.Words) == 0:
		return l.quoted(func(before, _ string) bool {
			return ends(strings.TrimRight(before, "上里内的店小铺"), l.platforms())
		})
	}
	if at, ok := l.starting(fd); ok {
		return at, true
	}
	if len(fd.Starts) == 0 {
		return span{}, false
	}
	return l.counted()
}

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
var countedAfter = strings.Fields("现场 成品 库存 尚有 还有 剩余 剩 以及 及 和 、 涉案 商标 产品 商品 货物")

// notCounted are words of which nobody says how many there are of it as goods.
var notCounted = strings.Fields("以次充好 标志 假的 疑似 要求 数量 案值 货值 镇 乡 村 路 街 店 超市 公司 市场 厂 电话 某 月 日 年 单价 每 老板 左右 不 已 多 这 那 其 我 他 它 等 查 来 去 到 处")

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
		if i := strings.Index(t[from:], s); i >= 0 && (from+i < at || from+i == at && len(s) > len(word)) && !begins(t[from+i:], []string{"经营部", "加工厂", "加工点", "加工坊", "加工店", "加工部", "加工场", "加工中心", "的士", "卖场", "未来", "卖部", "卖店", "卖家", "批发部", "生产厂"}) {
			at, word = from+i, s
		}
	}
	return at, word
}

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

// ware says whether an ending names goods or a trade rather than a place of one, as 电器
// and 建材 do: it ends a name only where nothing else follows, and is none alone.
func ware(ending string) bool {
	r, _ := utf8.DecodeLastRuneInString(ending)
	return !strings.ContainsRune("店行厂司市场部铺坊馆院楼庄堂室站所社会点柜摊位库间城园吧房口家利饰货业杂", r)
}

// stalls are what ends like a name and is what somebody does: 在圩场摆摊.
var stalls = strings.Fields("摆摊 摆地摊 地摊 收摊 出摊 练摊 撤摊")

// nobody is what begins like a name and names nobody.
var nobody = strings.Fields("废弃 一处 一废弃 某处 无名 无牌 无证 不知名 没招牌")

// generic says that a name names nobody: 鞋店, 一家小超市.
func generic(name string) bool {
	for _, some := range []string{"一", "某", "有"} { // 一仓库
		if rest, ok := strings.CutPrefix(name, some); ok && !strings.HasPrefix(rest, "某") && generic(rest) {
			return true
		}
	}
	if counted := strings.TrimLeft(name, "一二三四五六七八九十两几多数0123456789"); counted != name && begins(counted, []string{"家", "间", "个"}) { // 三家店, but not 五金店
		name = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(counted, "家"), "间"), "个")
	}
	for _, e := range []string{"店", "超市", "商场", "商行", "公司", "厂", "经营部", "批发部", "门市部", "专柜", "摊位", "摊点", "摊", "仓库", "直播间", "作坊", "商铺", "店铺", "商店", "小卖部", "门店", "网店", "便利店", "药房", "窝点", "百货", "服饰", "茶庄", "饭店", "加工点", "房", "批发市场"} {
		if stem, ok := strings.CutSuffix(name, e); ok && (stem == "" || slices.Contains(kindsOfShop, stem)) {
			return true
		}
	}
	return false
}

// personIn finds a person whose name is withheld: 张某, 李某某.
func personIn(t string) (from, end int, ok bool) {
	i := strings.Index(t, "某")
	if i <= 0 {
		return 0, 0, false
	}
	_, n := utf8.DecodeLastRuneInString(t[:i])
	from, end = i-n, i+len("某")
	if strings.HasPrefix(t[end:], "某") {
		end += len("某")
	}
	before := t[:from]
	if fillerEnd(before) != len(before) && !ends(before, []string{"人", "老板", "村民", "男子", "女子", "主", "在", "的", "子"}) || strings.ContainsAny(t[from:i], "的在是有由对了家个和与") {
		return 0, 0, false
	}
	rest := t[end:]
	at, word := nextStop(rest, 0)
	return from, end, rest == "" || word != "" && at == 0 || begins(rest, []string{"在", "等", "(", "于", "家", "开", "利用", "通过", "伙同", "非法", "私自", "兜售", "将"})
}

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
			from += i + len(w)
			if l.used[from-1] || begins(l.text[from:], notGoodsAfter) || w == "经营" && strings.HasPrefix(l.text[from:], "的") {
				continue
			}
			s := l.goodsFrom(from, len(fd.Starts) == 0)
			begin := from - len(w)
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

// starting finds the words that begin as the field's values do: 「假茅台20瓶」.
func (l *line) starting(fd *Field) (span, bool) {
	for _, s := range l.open() {
		for _, w := range fd.Starts {
			i := strings.Index(s.In(l.text), w)
			if i >= 0 && !countedPlace(l.goodsFrom(s.From+i, false).In(l.text)) && !ends(s.In(l.text)[:i], []string{"虚", "放", "请", "休", "度", "不", "真"}) && !begins(s.In(l.text)[i+len(w):], noGoods) {
				g := l.goodsFrom(s.From+i, false)
				if slices.Contains(fd.Starts, g.In(l.text)) { // 「假冒 耐克」
					more := l.goodsFrom(min(g.To+1, len(l.text)), false)
					if l.text[g.To:more.From] != " " || more.To == more.From {
						continue
					}
					g.To = more.To
				}
				return g, true
			}
		}
	}
	return span{}, false
}

// noGoods are what a wrong may be about that is no goods: 假冒专利, 虚假宣传.
var noGoods = strings.Fields("冒外观 冒实用新型 冒发明 外观专利 外观设计专利 实用新型专利 发明专利 他人专利 专利 地理标志 行为 宣传 广告 问题 嫌疑 案件 期 日 冒专利 冒地理标志 冒行为")

// notGoodsAfter are the words behind a word of trade that make it another word:
// 经营者, 生产日期, 销售额.
var notGoodsAfter = strings.Fields("、 和销售 并销售 及销售 与销售 坊 作坊 者 部 户 额 家 场 点 店 日期 许可 仓库 厂家 范围 主体 场所 地址 点 量 价 记录 单 行为 情况 资质 凭证 执照 批号 商 人员 期 给 到 至 往 出 假的")

// goodsEnd are the words at which the name of goods is over.
var goodsEnd = strings.Fields(`约 共 在 后投诉 后举报 后发现 后反映 是假 是不 是仿 是冒 是三无 是过期 是山寨 是高仿 疑似 货值 价值 案值 数量 总价 总值 金额 合计 大概 大约 被 现场 已 并 但 涉案 库存 当场 要求 请 供货 来源 进价 售价 单价 标价 每 ( ) 近 估计 有 正在 链接 网址 订单 电话 价格 店铺
	的店 的商家 的老板 的窝点 的行为 的违法行为 的违法 的情况 的问题 的嫌疑 的商店 的网店 的线索 的鞋店 的现象 冒充 一案`)

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
	if to = from + len(strings.TrimSuffix(l.text[from:to], "的")); to < from {
		to = from
	}
	return span{From: from, To: to}
}

// quilt says whether the 被 that a text begins with is a thing: 空调被.
func quilt(text string) bool {
	rest, ok := strings.CutPrefix(text, "被")
	r, _ := utf8.DecodeRuneInString(rest)
	return ok && (rest == "" || separator(r) || begins(rest, []string{"子", "套", "单", "芯", " "}))
}

// quotes are the pairs of marks that names stand in.
var quotes = [][2]string{{"“", "”"}, {"\"", "\""}, {"「", "」"}, {"《", "》"}, {"『", "』"}, {"【", "】"}, {"‘", "’"}, {"'", "'"}}

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
