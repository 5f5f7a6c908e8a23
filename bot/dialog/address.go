package dialog

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// addressEnds are the words that end a part of an address.
var addressEnds = strings.Fields(`工业区 工业园 工业园区 产业园 开发区 农贸市场 菜市场 批发市场 茶叶市场 大市场 小商品市场 市场 商城 建材城 汽配城 五金城 美食城 茶城 石材城 灯饰城 茶博城 茶都 中心 广场 大厦 小区 花园 新村 社区 大道 街道 商业街 步行街
	路口 街口 村口 旁 早市 停车场 景区 后山 工艺城 物流园 号仓 号摊位 号摊 号档口 号档 号铺 号柜台 林业站 巷口 镇口 桥头 车站 汽车站 客运站 火车站 加油站 高速口 收费站 学校 中学 小学 医院 公园 夜市 集市 圩场 墟场 镇区 镇上 街上 村里 市场内 市场里 路段 路边 街边 路旁 路尾 街尾 庙边 庙旁 祠堂 出租房 出租屋 民房 自建房
	大桥 国道 省道 县道 镇 乡 村 路 街 巷 号 弄 幢 栋 楼 层 室 组 座 单元 店面 大楼 综合楼 教学楼 办公楼 宿舍楼 附近 旁边 对面 斜对面 门口 隔壁 楼下 楼上 后面 边上 一带 交叉口 交界处`)

// counted are the parts of an address that a number stands before.
var counted = "号弄幢栋楼层室组座"

// beside are the words that make the name before them a landmark: 「阿强鞋店对面」.
var beside = []string{"对面", "斜对面", "旁边", "旁", "隔壁", "门口", "附近", "楼上", "楼下", "后面", "边上"}

// fillers are the words before an address or a name that belong to neither.
var fillers = strings.Fields(`昨天 今天 前天 昨日 今日 刚才 上午 下午 晚上 中午 凌晨 我们 我所 我局 本所 执法人员 群众 消费者 市民 网友 热心 近日 日前 经查 位于 地址 就在 是在 设在 开在 住在 来到 前往 赶到 赴
	在 到 对 于 是 就是 接 接到 据 称 有 有人 发现 巡查 检查 走访 经 由 从 去 向 和 与 内 里 处 上 了 时 报 查到 查获 查扣 查处 举报 反映 投诉 举报人 投诉人 反映人 举报人说 举报人称 投诉人称 线索 涉嫌 疑似 隔壁 对门 老板 业主 摊主 商户 经营户 当事人 店主 另 还有 还 ·`)

// fillerEnd is where the words before an address or a name end.
func fillerEnd(t string) int {
	at := 0
	for moved := true; moved; {
		moved = false
		best := 0
		for _, w := range fillers {
			if len(w) > best && strings.HasPrefix(t[at:], w) && !begins(t[at:], notFillers) && (at > 0 || !slices.Contains(weakFillers, w) || goesOnAfter(t[len(w):])) {
				best = len(w)
			}
		}
		at, moved = at+best, best > 0
	}
	return at
}

// weakFillers begin names too (和兴超市, 内山建材店): at the front they are fillers only
// before something that goes on.
var weakFillers = strings.Fields("和 与 内 里 上 向 时")

func goesOnAfter(rest string) bool {
	return rest == "" || begins(rest, fillers) || begins(rest, intros) || begins(rest, []string{"一", "流动", "小店", "摊"}) || separatorAt(rest)
}

// separatorAt says whether a text begins with a sign.
func separatorAt(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// notFillers begin like a filler and are a name.
var notFillers = []string{"上海", "内蒙", "和平", "和顺", "和美", "有为", "有福", "对面", "里仁", "上新", "向阳", "到家", "时代", "查理", "时尚", "经典", "还珠", "上品", "和谐", "由你"}

// addressEnd is where the last part of an address ends that begins at from: each
// part ends like one of an address and begins not far behind the one before; a
// word of trade ends it all.
func addressEnd(t string, from int) int {
	limit, _ := nextStop(t, from)
	end := from
	for {
		next := partEnd(t[:limit], end)
		if next < 0 {
			if end == from {
				return end
			}
			return end + len(booth.FindString(t[end:limit]))
		}
		end = next
	}
}

// booth is a stand within a market: B12摊位, 23号铺.
var booth = regexp.MustCompile(`^[A-Za-z]?[0-9]{1,4}(-[0-9]{1,4})?号?(摊位|摊|铺位|铺面|店铺|档口|档|柜台|店面|室)`)

// partEnd is where the next part of an address ends; -1 if none does.
func partEnd(t string, from int) int {
	runes := 0
	for i, r := range t[from:] {
		if runes++; runes > 11 {
			return -1
		}
		best := 0
		for _, e := range addressEnds {
			if len(e) > best && strings.HasPrefix(t[from+i:], e) && !(e == "号仓" && strings.HasPrefix(t[from+i+len(e):], "库")) {
				best = len(e)
			}
		}
		if best == 0 {
			continue
		}
		part, after := t[from:from+i], t[from+i+best:]
		if from > 0 { // 美法村的农贸市场
			part = strings.TrimPrefix(part, "的")
		}
		if part == "" && best == len(string(r)) && strings.ContainsRune("村镇乡路街巷", r) { // the second 村 of 寨坂村村委会
			continue
		}
		if strings.ContainsAny(part, "有的在人被把是称叫查到用") {
			return -1
		}
		switch {
		case best == len(string(r)) && strings.ContainsRune(counted, r) && !numeral(part),
			r == '号' && strings.HasPrefix(after, "店") && !begins(after, []string{"店面", "店铺"}),
			begins(after, []string{"监管", "监督", "价格"}), // 市场监管所
			r == '村' && strings.HasPrefix(after, "民"),
			r == '镇' && best == len("镇") && strings.HasPrefix(after, "村") && !begins(after, notVillage), // 下镇村
			strings.HasPrefix(t[from+i:], "加油站") && part != "" && !begins(after, beside),
			shopBetween(part) && !begins(t[from+i:], beside):
			continue
		}
		if r == '号' && strings.HasPrefix(after, "店铺") {
			return from + i + best + len("店铺")
		}
		if strings.ContainsRune(counted, r) { // B栋1203
			if room := strings.TrimLeft(strings.TrimLeft(after, "ABCDEFGHabcdefgh"), "0123456789-"); room != after && !begins(room, []string{"室", "号", "房", "楼", "层", "单元", "栋", "幢"}) {
				best += len(after) - len(room)
			}
		}
		return from + i + best
	}
	return -1
}

// notVillage are words that begin with 村 and are no village's name.
var notVillage = []string{"村口", "村里", "村民", "村委", "村内", "村边", "村头", "村部"}

// numeral says that a text ends with a number or a letter: 12号, 三楼, A座.
func numeral(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("一二三四五六七八九十百零第-几首", r)
}

// shopBetween says that a shop's name stands in a text, so that the address ended
// before it.
func shopBetween(s string) bool {
	for _, w := range []string{"店", "超市", "公司", "厂", "经营部", "商行"} {
		if i := strings.Index(s, w); i >= 0 {
			return true
		}
	}
	return false
}
