// Package sheet is the ledger as a table that people open: its columns, how it is written
// as .xlsx, and how such a table (ours or others') is read. It knows cells and heads, and
// no lead.
package sheet

// Kind is what a column holds.
type Kind int

// The kinds.
const (
	Text Kind = iota
	Date
	Count // a whole number
)

// Column is a column of the ledger (台账).
type Column struct {
	Key   string
	Group string // the head above its own
	Title string
	Width float64 // in characters of the standard type
	Kind  Kind
	Alias []string // what others call it, beside Title
}

// The groups of columns.
const (
	registration = "线索登记"
	assignment   = "研判交办"
	result       = "核查处理"
)

// Columns is the ledger's columns in their order: 台账列 of the campaign's rules.
func Columns() []Column {
	return []Column{
		{"seq", registration, "序号", 6, Count, []string{"No", "行号"}},
		{"number", registration, "编号", 15, Text, []string{"线索编号", "登记编号", "台账编号"}},
		{"registered", registration, "登记日期", 11.5, Date, []string{"登记时间", "受理日期", "收到日期", "日期", "接收日期"}},
		{"source", registration, "来源", 11, Text, []string{"线索来源", "案件来源", "来源类型"}},
		{"unit", registration, "提供单位", 10, Text, []string{"报送单位", "填报单位", "登记单位", "单位", "提供单位(股室/所)"}},
		{"subject", registration, "涉嫌主体", 20, Text, []string{"主体", "主体名称", "涉嫌主体名称", "当事人", "被举报人", "被举报单位", "当事人名称", "商户名称", "违法主体"}},
		{"content", registration, "线索摘要", 44, Text, []string{"线索内容", "内容", "摘要", "主要内容", "违法事实", "基本情况", "反映内容", "线索概况"}},
		{"violation", registration, "违法类型", 18, Text, []string{"涉嫌违法类型", "案由", "类型", "违法行为"}},
		{"urgency", registration, "紧急程度", 9, Text, []string{"紧急", "缓急"}},
		{"opinion", assignment, "研判意见", 22, Text, []string{"研判", "审核意见"}},
		{"route", assignment, "分流去向", 12, Text, []string{"去向", "分流"}},
		{"handler", assignment, "承办单位", 11, Text, []string{"办理单位", "交办单位", "责任单位", "核查单位"}},
		{"officer", assignment, "承办人", 12, Text, []string{"办案人", "办理人", "经办人", "核查人"}},
		{"assigned", assignment, "交办日期", 11.5, Date, []string{"分派日期", "派发日期", "交办时间"}},
		{"due", assignment, "核查期限", 11.5, Date, []string{"办理期限", "截止日期", "期限", "核查时限"}},
		{"extension", assignment, "延期(批准人/日期)", 15, Text, []string{"延期", "延期情况"}},
		{"excluded", assignment, "扣除天数(检验鉴定/权利人辨认)", 13, Count, []string{"扣除天数", "扣除"}},
		{"outcome", result, "核查结果", 24, Text, []string{"核查情况", "处理结果", "办理结果", "核查结论"}},
		{"filed", result, "立案文号日期", 20, Text, []string{"立案文号", "立案号", "立案文号/日期", "立案情况", "立案编号"}},
		{"transferred", result, "移送去向文号", 20, Text, []string{"移送去向", "移送文号", "移送情况", "移送去向/文号"}},
		{"fedback", result, "反馈日期", 11.5, Date, []string{"反馈时间", "回复日期"}},
		{"penalty", result, "处罚结果", 20, Text, []string{"处罚情况", "处罚决定", "处罚"}},
		{"closed", result, "办结日期", 11.5, Date, []string{"结案日期", "办结时间", "结案时间"}},
		{"overdue", result, "超期标志", 9, Text, []string{"是否超期", "超期"}},
		{"note", "备注", "备注", 16, Text, []string{"说明", "备注说明"}},
	}
}

// Extra is what a table of others may hold beside the ledger's columns, and a lead has a
// field for.
func Extra() []Column {
	return []Column{
		{Key: "found", Title: "发现日期", Kind: Date, Alias: []string{"发现时间", "收到材料时间", "发现/收到材料时间", "发现线索时间"}},
		{Key: "place", Title: "地点", Alias: []string{"地址", "经营地址", "实际经营地", "住所", "住所/实际经营地", "涉嫌地点", "所在地"}},
		{Key: "phone", Title: "联系电话", Alias: []string{"电话", "主体电话", "联系方式"}},
		{Key: "category", Title: "商品类别", Alias: []string{"类别", "商品种类"}},
		{Key: "quantity", Title: "数量", Alias: []string{"涉案数量", "数量及单位"}},
		{Key: "value", Title: "货值", Kind: Count, Alias: []string{"货值金额", "涉案金额", "案值", "货值估算", "金额"}},
		{Key: "platform", Title: "平台名称", Alias: []string{"平台", "网络平台", "电商平台"}},
		{Key: "shop", Title: "店铺名", Alias: []string{"店铺", "网店名称", "店铺名称", "网店"}},
		{Key: "link", Title: "商品链接", Alias: []string{"链接", "网址", "店铺链接"}},
		{Key: "state", Title: "状态", Alias: []string{"办理状态", "当前状态", "进度"}},
	}
}
