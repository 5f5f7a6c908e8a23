package main

import (
	"fmt"
	"strings"

	"zhuanban/bot"
)

// tip is a lead as somebody says it.
type tip struct {
	unit  string
	text  string
	more  string // what they answer when the bot asks for the rest
	photo string // the name of a photo that they send along
}

// demoTips are the leads of the demonstration. Shops, people and brands are
// nobody's.
var demoTips = []tip{
	{unit: "fengcheng", text: "凤城镇建设路12号某某鞋店销售假冒某品牌运动鞋200双,货值3万元,昨天下午巡查发现", photo: "店面.png"},
	{unit: "chengxiang", text: "城厢镇二环路35号老陈烟酒行涉嫌销售假冒某品牌白酒36瓶,货值1.2万元,群众举报"},
	{unit: "wangguang", text: "报线索 某购物平台店铺老林茶庄冒充安溪铁观音地理标志卖茶叶,约80盒,网络监测发现", more: "主体 老林茶庄 地点 某购物平台", photo: "网页截图.png"},
	{unit: "hutou", text: "湖头镇农贸市场老李副食店销售过期食品,饼干60包,今天上午检查发现"},
	{unit: "guanqiao", text: "官桥镇工业区有仓库存放冒用某品牌商标的瓷砖约300箱,货值8万元,来电举报", more: "主体 待查", photo: "仓库门口.png"},
	{unit: "zhifa", text: "公安移送:龙门镇后街一窝点制假某品牌洗洁精,500桶,货值6万元,特急", more: "主体 待查"},
	{unit: "penglai", text: "蓬莱镇街道老王手机店卖山寨充电器,40个,消费者投诉"},
	{unit: "longmen", text: "龙门镇龙门街某某五金店销售三无插座120个,货值2400元,昨天巡查发现", photo: "货架.png"},
	{unit: "xiping", text: "西坪镇西坪街老张茶行包装标注的地理标志专用标志涉嫌冒用,礼盒150个", photo: "包装.png"},
	{unit: "shipin", text: "感德镇农贸市场老苏粮油店涉嫌用散装油冒充某品牌食用油,20桶,抽检不合格,货值1600元"},
	{unit: "cannei", text: "参内镇新街某某家具城宣传的专利号查不到,涉嫌假冒专利,昨天检查发现"},
	{unit: "gande", text: "感德镇老街有人卖假烟,约50条", more: "主体 不知道 地点 感德镇老街"},
	{unit: "zscq", text: "省局交办:城厢镇某某商标代理公司涉嫌代理机构违规,请核查"},
	{unit: "kuidou", text: "魁斗镇魁斗街老黄文具店销售冒用某品牌的文具,笔盒90个,货值1800元,双随机检查发现", photo: "文具.png"},
	{unit: "huqiu", text: "虎邱镇东街老周包装厂生产假冒某品牌茶叶罐2000个,货值1万元,正在转移货物,特急", photo: "加工点.png"},
	{unit: "jiandou", text: "剑斗镇剑斗街老吴汽配店卖假冒某品牌机油,30桶,货值4500元,品牌方举报"},
	{unit: "shangqing", text: "尚卿乡前街某某工艺品厂网店刷单刷好评,12315转来投诉"},
	{unit: "jiajian", text: "报线索 凤城镇大同路某某家电店虚假宣传,标价1999实际从未按原价卖过,消费者投诉"},
	{unit: "xiaobao", text: "城厢镇老何保健品店给老人推销保健品说能治病,涉嫌虚假广告,群众举报"},
	{unit: "zhiliang", text: "报线索 湖头镇某某建材店钢筋不符合国标,抽检不合格,5吨,货值2.1万元"},
	{unit: "fengcheng", text: "报线索 凤城镇中山街老刘服装店卖高仿某品牌羽绒服,今天巡查发现80件,标价599元,总价4.79万元", photo: "吊牌.png"},
	{unit: "wangguang", text: "某直播间主播推销三无面膜,约销出300盒,网友在评论里反映", more: "主体 某直播间 地点 某直播平台"},
	{unit: "chengxiang", text: "报线索 城厢镇农贸市场老郑茶行散装茶冒充某品牌,40斤,昨天检查发现"},
	{unit: "hutou", text: "湖头镇南街路边摊有人卖假鞋,大概60双", more: "主体 待查"},
	{unit: "zscq", text: "官桥镇某某电器厂产品外观涉嫌假冒专利,权利人投诉,热水器25台,货值5万元", photo: "铭牌.png"},
}

// demoQuestions are what leaders ask.
var demoQuestions = []string{"本周数据", "谁没报", "本周立了多少案?", "累计数据", "小结什么时候交"}

// book is what a unit has reported so far, so that its next figures go with it.
type book struct {
	weeks      int
	filed      int // cases, in all
	closed     int
	decided    int
	news       int  // of the last report
	repeatable bool // the last report has no cases in it
}

func (b *book) idle() { b.weeks, b.repeatable, b.news = b.weeks+1, true, 0 }

// figures makes a unit's line for one more week.
func (p *player) figures(u bot.Unit, b *book) string {
	b.weeks++
	n := func(low, high int) int { return low + p.chance.IntN(high-low+1) }
	b.news = n(0, 2)
	var line []string
	add := func(label string, n int, unit string) {
		if n > 0 {
			line = append(line, fmt.Sprintf("%s%d%s", label, n, unit))
		}
	}
	actions := n(1, 4)
	add("行动", actions, "次")
	add("出动", actions*n(3, 5), "人次")
	switch u.ID {
	case "wangguang":
		online := n(60, 110)
		add("网上监测", online, "个次")
		add("直播间", online/8, "个次")
		add("删除信息", n(2, 8), "条")
		add("监测广告", n(20, 60), "条次")
	case "zscq":
		add("检查", n(14, 24), "户次")
		add("检查商标", n(6, 12), "户次")
		add("受理投诉举报", n(0, 2), "件")
	case "shipin":
		add("检查", n(20, 30), "户次")
		add("抽检", n(4, 9), "批次")
		add("下架食品", n(1, 30), "公斤")
	default:
		checked := actions * n(8, 14)
		add("检查", checked, "户次")
		add("市场", n(1, 3), "个次")
		add("整改", n(0, 4), "户次")
		if u.Kind == bot.Station {
			add("农村", checked/3, "户次")
		}
	}
	if b.weeks == 1 && u.Kind == bot.Station {
		add("重点市场", n(1, 4), "个")
	}
	p.cases(u, b, add, &line)
	add("宣传", b.news, "篇次")
	return strings.Join(line, " ")
}

// cases adds what was filed, decided and closed: never more than was begun.
func (p *player) cases(u bot.Unit, b *book, add func(string, int, string), line *[]string) {
	filed := p.chance.IntN(2)
	if u.Kind == bot.Brigade {
		filed = 1 + p.chance.IntN(4)
	}
	if b.weeks == 1 && u.Kind != bot.Brigade {
		filed = 0
	}
	b.filed += filed
	decided := min(b.filed-b.decided, p.chance.IntN(3))
	b.decided += decided
	closed := min(b.decided-b.closed, p.chance.IntN(2))
	b.closed += closed
	add("立案", filed, "件")
	if filed > 0 {
		add("查扣", 2+p.chance.IntN(8), "件")
		*line = append(*line, fmt.Sprintf("货值%.2f万元", 0.2+p.chance.Float64()), fmt.Sprintf("案值%.2f万元", 0.5+p.chance.Float64()*3))
	}
	if u.Kind == bot.Brigade && filed > 1 {
		*line = append(*line, fmt.Sprintf("鞋服%d件 食品%d件", filed-1, 1))
	}
	add("处罚决定", decided, "件")
	if decided > 0 {
		*line = append(*line, fmt.Sprintf("罚没款%.2f万元", 0.3+p.chance.Float64()))
	}
	add("办结", closed, "件")
	b.repeatable = filed+decided+closed == 0
}
