package dialog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

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
	if slices.ContainsFunc(l.moneys, func(m zh.Money) bool { return m.To == n.From && l.priceOfSome(m) }) {
		return true
	}
	return n.Value == zh.One && slices.ContainsFunc(l.moneys, func(m zh.Money) bool {
		return m.To <= n.From && strings.Trim(l.text[m.To:n.From], " /") == "" || n.To <= m.From && strings.Trim(l.text[n.To:m.From], " 卖售") == ""
	})
}

// priceOfSome says that an amount is what a few pieces right behind it cost: 99元两双.
func (l *line) priceOfSome(m zh.Money) bool {
	if !strings.ContainsAny(m.In(l.text), "元块") || ends(strings.TrimRight(l.text[:m.From], " :约为共计达是"), []string{"值", "总价", "金额", "额"}) {
		return false
	}
	return slices.ContainsFunc(l.numbers, func(n zh.Number) bool { return n.From == m.To && countsThings(n.Unit) })
}

// sold are the words before a number that was sold and is not there any more.
var sold = []string{"月销", "日销", "年销", "销量", "销量为", "已售", "月售", "已卖", "卖出", "售出", "第", "每", "不是", "登记", "报", "出货", "每天", "每日", "日产", "月产", "年产", "起批", "起订"}

// prices are the words before an amount that is a price and not the worth of all.
var prices = []string{"单价", "售价", "价格", "均价", "批发价", "零售价", "标价", "卖价", "仅售", "只要", "只卖", "原价", "每双", "每件", "每瓶", "每箱", "每个", "每条", "每盒", "每包", "每斤", "每台", "每套", "每吨", "每台", "每支", "每只", "每块", "每罐", "每桶", "每袋", "每张", "每副", "每把", "每部", "每辆", "每片", "每根", "每卷", "每提", "每公斤", "每千克",
	"一台", "一个", "一只", "一套", "一把", "一部", "一双", "一瓶", "一件", "一条", "一箱", "一盒", "一包", "一斤", "花费", "花了", "花", "支付", "付款", "付", "退款", "罚款", "罚没", "押金", "租金", "赔偿", "转账", "充值"}

// goods are the units that count goods.
var goods = strings.Fields("双 箱 瓶 件 条 包 盒 台 公斤 千克 斤 吨 套 只 袋 部 批 支 本 个 罐 桶 把 张 卷 份 对 打 樘 扇 片 枚 克 升 块 付 副 顶 辆 册 筒 捆 米 根 粒 板 坛 壶 提 扎 幅 面 串 床 组 节 匹 尾 棵 株 听 桌 口 杯 贴 管 筐 篓 车 盘 碗 樽 羽 尊 盏 束 盆 袋装 毫升")

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
var notGoods = []string{"装", "人", "外地人", "外地", "本地人", "男子", "女子", "村民", "妇女", "老人", "店", "摊", "点", "窝点", "村", "仓库", "门", "账号", "直播", "平台", "小时", "老板", "男", "女", "商", "月", "地方", "群", "消费者", "地址", "作坊", "微信", "链接", "顾客",
	"材料", "举报", "投诉", "线索", "报告", "视频", "照片", "案", "加工", "星期", "工作日", "多月", "号", "网", "市场", "厂", "电话", "年", "品牌", "商标", "客户", "车间", "院", "小区", "路口"}

// countsGoods says whether a number with this unit and these words behind it
// counts goods.
func countsGoods(unit, after string) bool {
	if !countsThings(unit) || unit == "辆" && (begins(after, vehicles) || plateBegins(after)) {
		return false
	}
	if strings.HasPrefix(after, " ") || strings.HasPrefix(after, "案值") { // 500斤 案值约4万
		return true
	}
	after = strings.TrimLeft(after, "的")
	if i := strings.IndexFunc(after, func(r rune) bool { return separator(r) || r == ' ' }); unit == "个" && ends(after[:max(i, 0)], dens) { // 一个假冒味精分装点,
		return false
	}
	for _, w := range notGoods {
		if strings.HasPrefix(after, w) {
			return false
		}
	}
	return true
}

// dens are what a place ends in where goods are made or kept.
var dens = strings.Fields("分装点 加工点 窝点 灌装点 储存点 销售点 作坊 仓库")

// countedPlace says whether the words before a number say that places are counted:
// 「假酒窝点一个」.
func countedPlace(before string) bool {
	return ends(strings.TrimRight(before, " 约共"), []string{"窝点", "加工点", "仓库", "摊点", "摊位", "网店", "店铺", "直播间", "门店", "市场", "主体", "案件", "机器", "设备", "灌装机", "封口机", "原料", "原材料", "人员", "冰柜", "货架", "线索", "投诉", "举报", "工单"})
}
