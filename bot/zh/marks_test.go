package zh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"zhuanban/bot/zh"
)

func TestPlates(t *testing.T) {
	for text, want := range map[string]string{
		"闽C12345": "闽C12345", "货车闽C·12345停在门口": "闽C12345", "闽c 1a2b3": "闽C1A2B3", "閩C12345": "闽C12345", "闽Ｃ１２３４５": "闽C12345", "闽C1234学": "闽C1234学", "车牌:闽CA1B23、粤B88888": "闽CA1B23 粤B88888",
		"闽CD12345": "闽CD12345", "闽CDA2345": "闽CDA2345", "闽C12345D": "闽C12345D", "闽CF12345绿牌": "闽CF12345", "沪A12345到了": "沪A12345",
		"闽C123456": "", "闽C1234": "", "闽CO2345": "", "闽CI2345": "", "闽I12345": "", "闽CABC23": "", "闽C12345L": "", "C12345": "", "福C12345": "", "闽C-12345": "", "闽12345": "", "闽CD1234A": "",
	} {
		assert.Equal(t, want, showAll(zh.Plates(text), showCode), text)
	}
	assert.Empty(t, showAll(zh.Numbers("闽C·23456"), show), "a plate is no number")
	assert.Equal(t, "3辆", showAll(zh.Numbers("查扣闽C·23456等3辆"), show))
}

func TestTrademarks(t *testing.T) {
	for text, want := range map[string]string{
		"第1234567号商标": "1234567", "第1234567号注册商标": "1234567", "第12345678号“茅台”": "", "商标注册号1234567": "1234567", "商标号：12345678": "12345678", "注册商标第234567号": "234567", "商标注册证第1234567号": "1234567", "商标注册号为 12345": "12345", "国际注册第G1234567号商标": "G1234567", "第1234567A号商标": "1234567A",
		"侵犯第1234567号和第7654321号商标": "7654321", "第１２３４５６７号商标": "1234567",
		"商标123元": "", "商标1234": "", "1234567": "", "第1234567号": "", "第0123456号商标": "", "第123456789号商标": "", "第1234567商标": "", "商标3件": "",
	} {
		assert.Equal(t, want, showAll(zh.Trademarks(text), showCode), text)
	}
}

func TestPatents(t *testing.T) {
	showPatent := func(p zh.Patent) string { return string(p.Kind) + ":" + showCode(p.Code) }
	for text, want := range map[string]string{
		"ZL202310123456.6": "invention:202310123456.6", "zl 202310123456.6": "invention:202310123456.6", "ZL2023101234566": "invention:202310123456.6", "专利号202310123456.6": "invention:202310123456.6", "专利号：ZL202310123456.6": "invention:202310123456.6", "ＺＬ２０２３１０１２３４５６．６": "invention:202310123456.6",
		"ZL202320123456.1": "utility:202320123456.1", "外观专利ZL202330123456.7": "design:202330123456.7", "ZL98123456.9": "invention:98123456.9", "CN200310100002.X": "invention:200310100002.X", "专利申请号200310100002.x": "invention:200310100002.X",
		"ZL202310123456.7": "invention:202310123456.7?", // as fakes have it
		"202310123456.6":   "", "ZL202340123456.6": "", "ZL199910123456.6": "", "ZL2023101234": "", "AZL202310123456.6": "", "ZL202310123456.66": "", "ZL202310123456": "", "专利3件": "",
	} {
		assert.Equal(t, want, showAll(zh.Patents(text), showPatent), text)
	}
}

func TestDocuments(t *testing.T) {
	for text, want := range map[string]string{
		"安市监〔2024〕3号": "安市监〔2024〕3号", "安市监[2024]3号": "安市监〔2024〕3号", "安市监【2024】3号": "安市监〔2024〕3号", "安市监（2024）3号": "安市监〔2024〕3号", "安市监［2024］第3号": "安市监〔2024〕第3号", "安市监﹝2024﹞3号": "安市监〔2024〕3号", "安市监罚〔２０２４〕１２号": "安市监罚〔2024〕12号",
		"根据安市监〔2024〕3号和闽市监函〔2023〕118号办理": "安市监〔2024〕3号 闽市监函〔2023〕118号", "《关于行动的通知》(安市监〔2024〕3号)": "安市监〔2024〕3号", "〔2024〕3号": "〔2024〕3号", "（2024）闽0524刑初3号": "(2024)闽0524刑初3号", "见安市监处罚字〔2024〕0031-2号": "安市监处罚字〔2024〕0031-2号",
		"安市监〔2024〕": "", "安市监2024年3号": "", "(2024)": "", "[2024]3件": "", "安市监〔24〕3号": "", "安市监〔1234〕3号": "", "〔2024": "", "(2024)年度3号": "(2024)年度3号",
	} {
		assert.Equal(t, want, showAll(zh.Documents(text), showCode), text)
	}
	assert.Empty(t, showAll(zh.Numbers("依据安市监【2024】3号"), show))
}

func TestTickets(t *testing.T) {
	for text, want := range map[string]string{
		"12315编号1350524002024011912345678": "1350524002024011912345678", "工单号：FJ20240119-00012": "FJ20240119-00012", "投诉编号是2024011900012，请查": "2024011900012", "举报编号 20240119000123": "20240119000123", "登记编号:A202401190001": "A202401190001",
		"12315电话13812345678": "", "工单号123": "", "工单号ABCDEFGHIJ": "", "编号20240119000123": "", "投诉3件": "", "工单号123456789012345678901234567890123": "",
	} {
		assert.Equal(t, want, showAll(zh.Tickets(text), showCode), text)
	}
}

func TestLinks(t *testing.T) {
	showLink := func(k zh.Link) string { return k.Platform + " " + k.Item + " " + k.Shop }
	for text, want := range map[string]string{
		"https://item.taobao.com/item.htm?id=612345678901&spm=a1":       "淘宝 612345678901 ",
		"https://h5.m.taobao.com/awp/core/detail.htm?id=612345678901":   "淘宝 612345678901 ",
		"https://shop123456789.taobao.com/":                             "淘宝  123456789",
		"https://detail.tmall.com/item.htm?id=612345678901":             "天猫 612345678901 ",
		"看detail.tmall.com/item.htm?id=612345678901，查":                  "天猫 612345678901 ",
		"https://item.jd.com/100012345678.html":                         "京东 100012345678 ",
		"https://item.m.jd.com/product/100012345678.html?utm=1":         "京东 100012345678 ",
		"https://mall.jd.com/index-1000004123.html":                     "京东  1000004123",
		"https://mobile.yangkeduo.com/goods.html?goods_id=312345678901": "拼多多 312345678901 ",
		"https://mobile.yangkeduo.com/mall_page.html?mall_id=123456789": "拼多多  123456789",
		"https://mobile.pinduoduo.com/goods2.html?goods_id=3123":        "拼多多 3123 ",
		"https://v.douyin.com/iAbCdEf/ 复制打开抖音":                          "抖音  ",
		"https://haohuo.jinritemai.com/views/product/item2?id=35123456": "抖音 35123456 ",
		"https://v.kuaishou.com/AbCd12":                                 "快手  ",
		"https://www.xiaohongshu.com/goods-detail/5f1234567890abcdef":   "小红书 5f1234567890abcdef ",
		"http://xhslink.com/AbCdEf":                                     "小红书  ",
		"https://www.goofish.com/item?id=712345678901":                  "闲鱼 712345678901 ",
		"https://2.taobao.com/item.htm?id=712345678901":                 "闲鱼 712345678901 ",
		"https://detail.1688.com/offer/612345678901.html":               "1688 612345678901 ",
		"HTTPS://ITEM.JD.COM/100012345678.html":                         "京东 100012345678 ",
		"https://m.tb.cn/h.AbCdEf":                                      "", "https://nottaobao.com/item.htm?id=1": "", "https://taobao.com.example.cn/item.htm?id=1": "", "https://example.com/?u=item.taobao.com": "", "https://item.taobao.com/item.htm?id=abc": "淘宝  ", "https://item.jd.com/": "京东  ", "jd.com": "京东  ", "https://a.cn/%zz": "", "淘宝店": "",
	} {
		assert.Equal(t, want, showAll(zh.Links(text), showLink), text)
	}
}
