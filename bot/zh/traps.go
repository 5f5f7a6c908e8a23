package zh

// traps are words with a numeral in them that count nothing. A Chinese digit
// alone needs a unit to be read at all, so only words that would get past that
// stand here: those where a unit's character follows, those of several
// numerals, and a digit's word at the end of a phrase.
var traps = words(`
	一次性 一家人 一家子 一家之 一条龙 一条街 一条心 一点点 一点儿 一把手 一把抓 一口气 一口价 一面之 一头 一般 一些 一下 一下子 一起 一律 一定 一直 一样 一共 一旦 一切 一致 一边
	一再 一同 一并 一带 一体 一经 一向 一时 一线 一手 一方面 一会 一会儿 一系列 一等奖 一级 一类 一审 一生 一流 一心 一贯 一度 一概 一行人 一站式 一刀切 一番 一身 一路 一日之计 一年之计 一年一度 一毛不拔 一分为二 一本正经 一步到位 一步一步 一一 一期一会 一张嘴 一名不文 一场空 一言 一品 一械 一单通办 一窗 一件事 一网通办 一网打尽 一码通 一照通 一件代发 一档 一册
	一口咬定 一辈子 一个劲 一回事 一套房 一天到晚 一夜 一部分 一双眼 一盘棋 一头雾水 一团 一块儿 一块去 一块来 一块查 一对一 一比一 1比1 一点通
	万一 万万 万分 千万 千里 千家万户 千方百计 千篇一律 成千上万 成百上千 百分百 百家 百姓 百货 百度 百年老店 百日 百件实事
	统一 唯一 逐一 单一 专一 同一 之一 其一 合一 划一 第一时间 第一手 三合一 四合一 二合一 五合一 多合一 万里挑一 说一不二 独一无二 始终如一 不管三七二十一
	二手 二维码 二次元 二次创业 二次加工 二次销售 二次污染 二次利用 二级 二审 二类 二代身份证 二等奖 二道贩子 二氧化 二胡 二话不说 二十四节气 二十大 二十条措施 二甲
	三无 三包 三农 三七 三七开 三七粉 三星 三包凭证 三品一械 两品一械 三个代表 三个臭皮匠 三个坚持 三只松鼠 三元牛奶 三元区 三元里 三元食品 三方 三亚 三明 三全 三枪 三角形 三角债 三角区 三角裤 三角梅 三轮车 三轮摩托 三聚氰胺 三级 三类 三等奖 三严三实 三天两头 三番五次 三令五申 三三两两 三五成群 三言两语 三心二意 三书一函 三年行动 三步走 三十六计 三张清单 三堂会审 三口之家 三头六臂 三班倒
	四川 四周 四处 四季 四环素 四级 四类 四分五裂 四面八方 四面 四通八达 四件套 四个意识 四个最严 四个自信 四平 四会 四六级
	五金 五粮液 五谷 五香 五花 五常 五星 五菱 五保户 五芳斋 五个一 五级 五类 五金店 五一 五四 五湖四海 五颜六色 五位一体 五大 五折天地
	六安 六神 六个核桃 六味地黄 六一 六六顺 六级 六盘水 六件事 六必居
	七匹狼 七夕 七喜 七一 七上八下 七七八八 七天无理由 七天酒店 七日无理由 7天无理由 7日无理由 七级 七年之痒 七度空间 7天酒店 七号电池 五号电池 5号电池 7号电池 1号店
	八马 八宝 八一 八仙 八闽 八角 八项规定 八面玲珑 八号 八点档 八度 九牧 九阳 九龙 九江 九州 九阴 九折水瓶 九号公司
	十分 十足 十字 十堰 十全 十三香 十四五 十三五 十五五 十二五 十一期间 十一长假 十一黄金周 十一假期 十二生肖 十佳 十面埋伏 十里 十大 十倍奉还 十件实事 十点半利
	999感冒灵 零报告 零售 零食 零件 零配件 零钱 零星 零散 零距离 零添加 零容忍 零陵 零担 零部件 零排放 零首付 零元购 零投诉 零死角 零门槛 零利润
	百里挑一 数一数二 七零八落 杂七杂八 颠三倒四 朝三暮四 说三道四 低三下四 丢三落四 横七竖八 接二连三 八九不离十 九牛一毛 一票否决 一分钱一分货 退一赔三 退一赔十 退一罚三 假一赔十 假一罚十 假一赔三 假一赔百 假一罚万 假一赔万 缺一赔十 一赔十 一赔三 负一楼 负二楼 负一层 负二层
	五角星 五角大楼 六角螺母 八角茴香 三元桥 三元及第 一元化 一元二次 361° 361度 三六一度 7-11便利 7-11超市 7-11店 711便利 58同城 360手机 360杀毒 360浏览器 360摄像 360行车 555香烟 4399 国窖1573 1919酒 85度C 一块吃 一块喝 一块干 一块卖 一块过 一块走 一块办 一块做
	两岸 两会 两张皮 两边 两侧 两用 两者 两级 两法衔接 两头 两面 两个维护 两个确立 两个责任 两个凡是 两面针 两口子 两步路 两会期间
	双十一 双十二 双11 双12 双一流 6·18 三八 三一五 3·15 3.15晚会 3.15活动 3.15行动 3·15晚会 三八妇女 九一八 七七事变 百佳 百强 千强 万企 万家 万家灯火 三产 4S店 3D打印 3C认证 3C 5G 4G 7×24 24小时 7x24 一二三产 一二线 三四线 一二三四 360度 365天
	半天云 半年报 半成品 半导体 半夜 半路 半数 半价 半挂 半个专家 半边天 半条命 半个身子`)

// fixed are short numbers that everybody knows by heart; with a unit behind
// them they are quantities like any other.
var fixed = words("315 618 996 12315 12345 12365 12331 12330 12358 12366 12388 12389 12348 12333 12318 12320 12328 12309 12337 12321 12377 96315 10086 10010 10000")

// oneAfter are characters before 一 that take it for themselves: 统一, 上一家, 每一个.
const oneAfter = "统万唯之逐单专同第周拜期初不归合划其再这那每某任另哪首上下头惟老如"

// digitAfter are characters before a digit that make it a name or an order:
// 周三, 第五, 初二, 张三.
const digitAfter = "周期拜第初其再老小阿张李王赵陈陆某独无连落排行星零"

// codeBefore are words after which digits are a code and no quantity.
var codeBefore = wordEndings(`验证码 编码 邮编 代码 编号 单号 账号 帐号 卡号 QQ qq 微信 微信号 尾号 房号 门牌 门牌号 工号 证号 证件号 批号 货号 型号 条码 条形码
	车牌 车牌号 案号 文号 密码 订单号 快递单号 运单号 注册号 证书号 许可证号 商标号 专利号 店铺ID ID id 号码 款号 身份证 身份证号 身份证号码 备案号 iPhone iphone 苹果 小米 华为 荣耀 红米 Mate mate GB T ISO QB DB No NO No. NO. 旺旺 抖音号 快手号 拨打 热线 分机`)

// trap is where a word that only looks like a number ends, if one stands at i; else i.
func (l *Line) trap(i int) int {
	r := l.get(i)
	if !isNumeral(r) && r != '半' && !isHan(r) {
		return i
	}
	w, end := l.find(i, traps)
	switch {
	case w == "":
	case isDigit(r) && (isDigit(l.get(i-1)) || isDigit(l.get(end)) && isDigit(l.get(end-1)) || l.get(i-1) == '.'):
	case w == "24小时" && !l.in(end, "营便服热值在不自"):
	case w == "万分" && l.get(end) == '之':
	case (w == "十四五" || w == "十三五" || w == "十二五" || w == "十五五") && (l.counted(end) && l.get(end) != '期' || l.in(end, "万亿")):
	case w == "十分" && (l.get(end) == '之' || l.get(end) == '钟' || l.in(i-1, "元角毛块扣得打")):
	case w == "一头" && l.in(end, "牛猪羊驴骡"):
	case w == "四周" && l.in(i-1, "近前后续这那下上第内"):
	case w == "千万" && (l.in(i-1, "上近超过逾破成约达") || isNumeral(l.get(i-1))):
	case (w == "两面" || w == "四面") && l.in(end, "锦旗"):
	case (w == "百家" || w == "百日" || w == "百件") && l.in(i-1, "上近超过逾"):
	case w == "八号" || w == "五大" || w == "十大":
		return end
	default:
		return end
	}
	if r == '一' && l.get(i+2) == '一' && isHan(l.get(i+1)) && isHan(l.get(i+3)) && !isNumeral(l.get(i+1)) && !isNumeral(l.get(i+3)) {
		return i + 4 // 一户一档, 一案一册
	}
	return i
}
