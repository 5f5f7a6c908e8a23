package dialog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// typed takes what its form gives away: amounts, quantities, times, phones,
// links, places, names. It returns how many values it found.
func (l *line) typed() int {
	n := 0
	for _, fd := range l.byPlainness() {
		at, ok := l.find(fd)
		if !ok || !l.free(at.span) {
			continue
		}
		v, why, _ := fd.read(at.raw, l.env)
		if why != "" {
			continue
		}
		if old, said := l.d.Values[fd.Key]; said {
			if l.another(fd, old, v) {
				l.conflict = true
			}
			if old.Same(v) {
				l.mark(at.span)
			}
			continue
		}
		l.mark(at.span)
		l.d.set(fd.Key, v)
		l.changed(fd.Key)
		n++
	}
	return n
}

// another says whether a value that was found speaks of something else than the
// one that was said: another shop, a place in another township.
func (l *line) another(fd *Field, old, v Value) bool {
	if strings.Contains(old.Text, v.Text) || strings.Contains(v.Text, old.Text) {
		return false
	}
	if fd.Type == Place {
		town := Township(v.Text, l.env.Places)
		return town != "" && town != Township(old.Text, l.env.Places)
	}
	return fd.Type == Text && len(fd.Ends) > 0
}

// byPlainness lists the fields that unlabelled words may fill, the one whose
// values stand out most plainly first, so that a place is not taken for a part
// of the name behind it.
func (l *line) byPlainness() []*Field {
	var out []*Field
	for i := range l.form.Fields {
		if fd := &l.form.Fields[i]; !fd.Fixed && !fd.Rest && plainness(fd) > 0 {
			out = append(out, fd)
		}
	}
	slices.SortStableFunc(out, func(a, b *Field) int { return plainness(a) - plainness(b) })
	return out
}

func plainness(fd *Field) int {
	if fd.Type == Text {
		switch {
		case len(fd.Words) > 0:
			return 1
		case len(fd.Ends) > 0:
			return 20
		case len(fd.After) > 0:
			return 21
		}
		return 0
	}
	return 2 + slices.Index([]Type{Link, Phone, Money, Time, Quantity, Place, Choice}, fd.Type)
}

// found is the words that a value is read from, and where they stand.
type found struct {
	span
	raw string
}

// find looks for a value of the field's type in the line.
func (l *line) find(fd *Field) (found, bool) {
	if fd.Type == Place {
		return l.place()
	}
	at, ok := l.spot(fd)
	return found{at, at.In(l.text)}, ok
}

func (l *line) spot(fd *Field) (span, bool) {
	switch fd.Type {
	case Money:
		return l.money(fd)
	case Quantity:
		lot := span{}
		for _, n := range l.numbers {
			if l.free(n.Span) && countsGoods(n.Unit, l.text[n.To:]) && !l.ofPrice(n) && !ends(l.text[:n.From], sold) && !countedPlace(l.text[:n.From]) {
				if n.Value == zh.One && (strings.HasSuffix(n.Unit, "批") || strings.HasSuffix(n.Unit, "车")) { // how much that is may follow
					lot = n.Span
					continue
				}
				return n.Span, true
			}
		}
		return lot, lot.To > 0
	case Time:
		return l.time()
	case Phone:
		for _, p := range l.phones {
			if !l.ofInformant(p.From) {
				return p.Span, true
			}
		}
	case Link:
		if len(l.links) > 0 {
			return l.links[0].Span, true
		}
	case Text:
		return l.phrase(fd)
	case Choice:
		for _, w := range l.words() {
			if slices.ContainsFunc(fd.Options, func(o Option) bool { return fold(o.Label) == w.In(l.text) }) {
				return w, true
			}
		}
	}
	return span{}, false
}

// informants are the words for those whose name and number are nobody's business:
// they are no one a lead is about.
var informants = strings.Fields("举报人 投诉人 报案人 反映人 提供人 联系人 证人 权利人 消费者 顾客 群众 市民 网友")

// ofInformant says that what begins at an offset belongs to an informant: its clause
// names one, or is no more than a label behind one that does.
func (l *line) ofInformant(at int) bool {
	before := l.clauseBefore(at)
	if containsAny(before, informants) {
		return true
	}
	_, rest, label := l.form.begins(strings.TrimSpace(before))
	front := at - len(before) - 1
	return label && strings.Trim(rest, ": 是为") == "" && front > 0 && containsAny(l.clauseBefore(front), informants)
}

// clauseBefore is what stands before an offset in its clause.
func (l *line) clauseBefore(at int) string {
	return l.text[strings.LastIndexFunc(l.text[:at], separator)+1 : at]
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// money finds the amount that is called what the field is called, else the first
// that is not the price of one piece; a bare 3万 may count anything.
func (l *line) money(fd *Field) (span, bool) {
	pick := -1
	for i, m := range l.moneys {
		before := strings.TrimRight(l.text[:m.From], " :约达共计为是在近估大概总额合卖售要才只")
		for _, n := range fd.names() {
			if strings.HasSuffix(before, n) && l.free(m.Span) {
				return m.Span, true
			}
		}
		if i > 0 && l.moneys[i-1].To == m.From && strings.HasPrefix(m.In(l.text), "一") { // 500元一块
			continue
		}
		if pick < 0 && (!m.Bare || l.afterGoods(m)) && !each(before, l.text[m.To:]) && l.free(m.Span) && !l.pieces(m) {
			pick = i
		}
	}
	if pick < 0 {
		return span{}, false
	}
	return l.moneys[pick].Span, true
}

// pieces says whether 块 counts goods: 「假冒香皂2块」, where the word stands right
// before the number; 「已售300多块」 tells of no worth either.
func (l *line) pieces(m zh.Money) bool {
	if !strings.HasSuffix(m.In(l.text), "块") {
		return false
	}
	before := l.text[:m.From]
	if ends(before, sold) {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(before)
	if !unicode.Is(unicode.Han, r) || strings.ContainsRune("卖售价值要只才共计约花收赚罚款为是额达付给近合钱", r) {
		return false
	}
	return !slices.ContainsFunc(l.numbers, func(n zh.Number) bool { return n.To == m.From })
}

// afterGoods says that an amount stands behind a quantity of goods: 「200双 3万」.
func (l *line) afterGoods(m zh.Money) bool {
	return slices.ContainsFunc(l.numbers, func(n zh.Number) bool {
		return n.To <= m.From && n.Value != zh.One && countsThings(n.Unit) && strings.Trim(l.text[n.To:m.From], " ,、约共大概值") == ""
	})
}

// each says whether an amount is the price of one piece or was paid for
// something: 「每双500元」「80元一双」「花300元买了」.
func each(before, after string) bool {
	after = strings.TrimLeft(after, " ")
	if ends(before, prices) || begins(after, perPiece) {
		return true
	}
	one, ok := strings.CutPrefix(after, "一")
	return ok && begins(one, goods)
}

// perPiece are the words behind an amount that make it the price of one piece, or
// what was paid.
var perPiece = strings.Fields("/ 每 一双 一瓶 一件 一个 一条 一箱 一盒 一包 一斤 的价格 的低价 购买 购得 购入 买")

// ofPrice says that a number is the piece that a price is of: 180元一双.
func (l *line) ofPrice(n zh.Number) bool {
	if n.Value == zh.One && slices.ContainsFunc(l.numbers, func(m zh.Number) bool { return m.From == n.To && m.Unit == "" }) { // 一台280
		return true
	}
	return n.Value == zh.One && slices.ContainsFunc(l.moneys, func(m zh.Money) bool {
		return m.To <= n.From && strings.Trim(l.text[m.To:n.From], " /") == "" || n.To <= m.From && strings.Trim(l.text[n.To:m.From], " 卖售") == ""
	})
}

// sold are the words before a number that was sold and is not there any more.
var sold = []string{"月销", "日销", "年销", "销量", "销量为", "已售", "月售", "已卖", "卖出", "售出", "第", "每", "不是", "登记", "报"}

// prices are the words before an amount that is a price and not the worth of all.
var prices = []string{"单价", "售价", "价格", "均价", "批发价", "零售价", "标价", "卖价", "仅售", "只要", "只卖", "原价", "每双", "每件", "每瓶", "每箱", "每个", "每条", "每盒", "每包", "每斤", "每台", "每套", "每吨", "每台", "每支", "每只", "每块", "每罐", "每桶", "每袋", "每张", "每副", "每把", "每部", "每辆", "每片", "每根", "每卷", "每提", "每公斤", "每千克",
	"一双", "一瓶", "一件", "一条", "一箱", "一盒", "一包", "一斤", "花费", "花了", "花", "支付", "付款", "付", "退款", "罚款", "罚没", "押金", "租金", "赔偿", "转账", "充值"}

// goods are the units that count goods.
var goods = strings.Fields("双 箱 瓶 件 条 包 盒 台 公斤 千克 斤 吨 套 只 袋 部 批 支 本 个 罐 桶 把 张 卷 份 对 打 片 枚 克 升 块 付 副 顶 辆 册 筒 捆 米 根 粒 板 坛 壶 提 扎 幅 面 串 床 组 节 匹 尾 棵 株 听 桌 口 杯 贴 管 筐 篓 车 盘 碗 樽 羽 尊 盏 束 盆 袋装 毫升")

// vessels are units of packing that people name by what they are.
var vessels = strings.Fields("麻袋 编织袋 蛇皮袋 塑料袋 纸箱")

// countsThings says whether a unit counts goods: 双, 大箱, 麻袋.
func countsThings(unit string) bool {
	if slices.Contains(goods, unit) || slices.Contains(vessels, unit) {
		return true
	}
	for _, size := range [...]string{"大", "小", "整"} {
		if rest, ok := strings.CutPrefix(unit, size); ok {
			return slices.Contains(goods, rest)
		}
	}
	return false
}

// vehicles are what 辆 counts that carries goods and is none.
var vehicles = strings.Fields("面包车 货车 小货车 轿车 小轿车 小车 车 皮卡 卡车 三轮车 厢式货车 厢式车 商务车")

// plateBegins says whether a text begins with a vehicle's plate, or with a part of one:
// 闽C12345, 闽C牌照.
func plateBegins(text string) bool {
	plates := zh.Plates(text)
	if len(plates) > 0 && plates[0].From == 0 {
		return true
	}
	r, n := utf8.DecodeRuneInString(text)
	return strings.ContainsRune("闽粤浙赣沪京苏皖湘鄂桂", r) && len(text) > n && text[n] >= 'A' && text[n] <= 'Z'
}

// notGoods are the words behind a unit that say that something else is counted:
// 「一个摊位」「两个人」「一份材料」.
var notGoods = []string{"装", "人", "店", "摊", "点", "窝点", "村", "仓库", "门", "账号", "直播", "平台", "小时", "老板", "男", "女", "商", "月", "地方", "群", "消费者", "地址", "作坊", "微信", "链接", "顾客",
	"材料", "举报", "投诉", "线索", "报告", "视频", "照片", "案", "加工", "星期", "工作日", "多月", "号", "网", "市场", "厂", "电话", "年", "品牌", "商标", "客户", "车间", "院", "小区", "路口"}

// countsGoods says whether a number with this unit and these words behind it
// counts goods.
func countsGoods(unit, after string) bool {
	if !countsThings(unit) || unit == "辆" && (begins(after, vehicles) || plateBegins(after)) {
		return false
	}
	if strings.HasPrefix(after, " ") { // 500斤 案值约4万
		return true
	}
	after = strings.TrimLeft(after, "的")
	for _, w := range notGoods {
		if strings.HasPrefix(after, w) {
			return false
		}
	}
	return true
}

// countedPlace says whether the words before a number say that places are counted:
// 「假酒窝点一个」.
func countedPlace(before string) bool {
	return ends(strings.TrimRight(before, " 约共"), []string{"窝点", "加工点", "仓库", "摊点", "摊位", "网店", "店铺", "直播间", "门店", "市场", "主体", "案件", "机器", "设备", "灌装机", "封口机", "原料", "原材料", "人员"})
}

// time finds when something was found: the time that is said beside a word of
// finding, else the first that is a moment and belongs to nothing else.
func (l *line) time() (span, bool) {
	pick := span{}
	for _, w := range l.dates {
		after := l.text[w.Span.To:]
		if !l.free(w.Span) || !l.moment(w) || ends(l.text[:w.Span.From], otherTimes) {
			continue
		}
		for _, word := range findings {
			if i := strings.Index(after, word); i >= 0 && i <= 12 {
				return w.Span, true
			}
		}
		if pick.To == 0 && !begins(after, otherDeeds) && !(strings.HasSuffix(w.In(l.text), "号") && begins(after, numbered)) {
			pick = w.Span
		}
	}
	return pick, pick.To > 0
}

// moment says whether a time is a day or less, in the past, at which something can
// be found.
func (l *line) moment(w zh.When) bool {
	return !w.Period && !w.From.After(l.env.Now) && slices.Contains([]zh.Grain{zh.Minute, zh.Hour, zh.PartOfDay, zh.Day}, w.Grain)
}

// findings are the words of finding behind a time.
var findings = strings.Fields("发现 检查 巡查 查获 接到 接群众 接举报 执法人员 我所")

// otherDeeds are the words behind a time at which something else was done.
var otherDeeds = strings.Fields("购买 买 进货 生产 下单 网购")

// numbered are things with a number: 2号直播间 is no day.
var numbered = strings.Fields("直播 链接 摊 店 铺 仓 库 楼 柜 车间 厂 房 门 窗 商品 线 院 地块 档")

// otherTimes are the words before a time that is not when something was found.
var otherTimes = []string{"生产日期", "生产日期为", "保质期", "保质期至", "保质期到", "有效期", "有效期至", "到期", "购于", "买于", "日期", "日期:", "日期为", "生产于", "出厂", "自", "从"}

func begins(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(s, w) })
}

func ends(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(s, w) })
}
