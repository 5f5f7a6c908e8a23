package dialog

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// sources are the words that make a company the one who complains and not the one
// complained of.
var sources = strings.Fields("举报 投诉 反映 来电 来函 报案 称 代表 工作人员 打假 授权 委托 维权 法务 转办 转来 移送 供货 供应 发货 批发给")

// holders are the words before the name of one who complains or whose right it is.
var holders = strings.Fields("权利人 品牌方 商标权人 商标注册人 受 接 接到 据 冒充 冒用 假冒 仿冒 侵犯 厂家")

// kinds are what a shop sells: with an ending alone behind them they name no shop.
var kindsOfShop = strings.Fields(`鞋 服装 衣服 烟酒 便利 杂货 食品 水果 手机 五金 建材 茶叶 药 小吃 网 商 门 副食 日用品 化妆品 饭 小 酒 烟 母婴 玩具 文具 童装 汽配 家电 电器 早餐 奶茶 蛋糕 烤鸭 小工 水泥 化肥 农药 农资 肥料 饲料 钢材 石材 木材 瓷砖 卤味 熟食 猪肉 海鲜 水产 面包 甜品 茶具 包装 印刷 塑料 机械 汽车 摩托车 电动车 图书 书 音像 玩具厂 家具 电脑 手机维修 网红奶茶 网红 水管 纸箱 移动 旗袍 小作坊 无牌小作坊 无牌 无证小 无名小 旁小 旁边小 门口小 旁边 附近 花 眼镜 烧烤 自家 自己 彩印 汽修 装修 塑胶 洗车 我 我们 我家 他 他们 他家 她家 那家 这家 零售 批发 专卖 直营 体育用品 运动
	运动鞋 男装 女装 皮鞋 食杂 夫妻 无名 无证 茶 酒水 粮油 百货 加工 地下 黑 临时 流动 路边 新开的 服饰 卖鞋的 开 该 本 此 有 网上 总 分 连锁 旗舰 小商 大 老`)

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
	for _, e := range []string{"店", "超市", "商场", "商行", "公司", "厂", "经营部", "批发部", "门市部", "专柜", "摊位", "摊点", "摊", "仓库", "直播间", "作坊", "商铺", "店铺", "商店", "小卖部", "门店", "网店", "便利店", "药房", "窝点", "百货", "服饰", "茶庄", "饭店", "加工点", "房", "批发市场", "加油站", "驿站"} {
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
	if fillerEnd(before) != len(before) && !ends(before, []string{"人", "老板", "村民", "男子", "女子", "主", "在", "的", "子", "农", "司机", "商", "客", "户"}) || strings.ContainsAny(t[from:i], "的在是有由对了家个和与") {
		return 0, 0, false
	}
	rest := t[end:]
	at, word := nextStop(rest, 0)
	return from, end, rest == "" || word != "" && at == 0 || begins(rest, []string{"在", "等", "(", "于", "家", "开", "利用", "通过", "伙同", "非法", "私自", "兜售", "将", "用", "以"})
}
