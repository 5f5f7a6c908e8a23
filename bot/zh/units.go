package zh

// units are the words that count or measure, as the campaign's tables and
// people's messages use them. Single characters that also begin other words
// carry those in notUnits.
var units = words(`
	号人 人次 户次 个次 件次 台次 辆次 架次 车次 场次 批次 班次 频次 轮次 条次 家次 处次 起次 次
	人 名 位 个 户 家 件 条 台 批 篇 份 箱 瓶 盒 包 袋 桶 罐 听 支 枝 根 只 双 对 打 套 组 副
	张 本 册 幅 面 块 片 粒 颗 枚 辆 艘 架 部 处 场 起 宗 项 种 类 款 期 届 轮 班 栋 幢 间 层 节 趟 回 股 桌 堆
	樘 扇 床 顶 把 口 头 匹 尾 棵 株 盘 碗 杯 壶 卷 捆 扎 串 排 车 柜 板 提 筐 篓 坛 匣 则 幕 集
	号 店 网店 窝点 单 笔 票 宗 例 封 通 段 句 字 页 点 步 站 岁 倍 折 度 届 人份 家店
	公斤 千克 kg KG Kg 克 g 毫克 mg 斤 吨 t 升 毫升 ml mL ML L 米 m 厘米 cm CM 毫米 mm 公里 千米 km
	平方米 平方公里 平方 平米 平 立方米 立方 ㎡ m² 亩 公顷 千瓦 瓦 伏 度电 kWh 寸 英寸 尺
	大箱 小箱 整箱 大包 小包 整包 大袋 小袋 大瓶 小瓶 大盒 小盒 整盒 大桶 小桶 大罐 小罐 大批 小批 整件 整条 整瓶 大车 小车 整车 大件 小件 大捆 小捆 大堆 小堆 麻袋 编织袋 蛇皮袋 塑料袋 纸箱
	日元 美金 英镑 澳元 加元 韩元 台币 新台币
	RMB rmb CNY cny 元 块 块钱 元钱 圆 角 毛 毛钱 分钱 美元 港元 港币 欧元 人民币
	天 日 小时 个小时 分钟 秒 秒钟 周 个周 星期 个星期 礼拜 个礼拜 个月 月 年 年度 季度 个季度 个工作日 工作日
	个百分点 百分点 % ‰ ℃ 个人 个点 人家 名次 成 刻钟 页纸 包烟 条烟 户人家`)

// notUnits are words that begin with a unit and are not one: the 个 of 5个体户
// counts nothing.
var notUnits = words(`
	个体 个性 个案 件套 条例 条款 条码 条形码 条件 台湾 台账 台风 台商 次品 次日 次要 次数 处罚 处理 处置 处分 处长 批发 批准 批评 批复 批示
	户外 户籍 户主 户口 份额 元旦 元素 元月 元宵 元件 元器件 人员 人民 人均 人大 人工 人气 人社 人物 人参 场所 场地 场景 场内 场外 名单 名称 名牌 名义 名酒 名优 名表 名烟
	组织 组长 组成 组建 张贴 张三 箱包 瓶装 瓶盖 双方 双打 双十 双11 双随机 双公示 对于 对象 对照 对应 对外 对比 对方 对全 对各 对违 对涉 对不 对其 对经 对市 对辖 对该 对接
	家电 家庭 家具 家长 家乡 家居 包装 包括 包含 包邮 袋装 桶装 罐装 盒装 打假 打击 打印 打折 打电话 打掉 套装 套牌 套餐 本地 本周 本月 本次 本年 本期 本人 本局 本县 本所 面粉 面积 面料 面膜 面向
	面对 块状 片区 粒子 部门 部分 部署 部件 起诉 起草 起码 项目 项链 种子 种植 类别 类似 类型 款式 款项 期间 期限 轮胎 班子 间接 层面 头盔 把关 口罩 口子 口头 口红 口岸 号牌 号码 号召
	店铺 店主 店家 店面 店员 单位 单价 单据 票据 例行 例会 通知 通报 通过 通告 段落 字样 页面 点位 点评 站点 站内 倍数 折扣 折合 度假 平台 平均 平时 升级 吨位 米粉 米酒 米面 克扣 克隆
	年级 年代 年制 年生 单元
	日常 日用 日前 日期 日报 年底 年初 年末 年报 年份 年检 年货 年轻 月饼 月底 月初 月末 月份 月报 周边 周报 周围 周年 周末 天然 天猫 天天 天气 秒杀 角度 角落 分局 分别 分析 成立 成功 成交 成员 成本 成果 成为 成绩 成品 成效 成都 成分 毛利 毛巾 毛衣 毛重
	节日 节前 节后 节约 节假 节点 节目 回来 回复 回访 回收 回头 回应 股份 股东 股室 股票 股长 桌面 堆放 车辆 车间 车主 车站 柜台 板块 提供 提请 提升 提交 提醒 提示 卷烟 排查 排名 串货 集中 集市 集贸 集团 则是 步骤 句话说 字号 听证 听取 支付 支队 支持 根据 根除 只要 只有 只能 只是 位于 位置`)

// unit is where the counting word at i ends, and from where it begins after
// blanks; end is i if there is none.
func (l *Line) unit(i int) (from, end int) {
	_, from, end = l.unitWord(i)
	return from, end
}

// unitWord is the counting word at i, and where it stands after blanks; "" and
// i if there is none.
func (l *Line) unitWord(i int) (w string, from, end int) {
	from = l.blanks(i)
	if from-i > 2 {
		return "", i, i
	}
	w, end = l.find(from, units)
	if w == "" {
		return "", i, i
	}
	if isLetter(l.get(from)) && (isLetter(l.get(end)) || isDigit(l.get(end))) {
		return "", i, i
	}
	if longer, _ := l.find(from, notUnits); len(longer) > len(w) {
		return "", i, i
	}
	return w, from, end
}
