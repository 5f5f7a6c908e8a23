package zh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"zhuanban/bot/zh"
)

func TestPhones(t *testing.T) {
	show := func(p zh.Phone) string { return string(p.Kind) + ":" + p.Digits }
	for text, want := range map[string]string{
		"13812345678": "mobile:13812345678", "电话138 1234 5678。": "mobile:13812345678", "138-1234-5678": "mobile:13812345678", "+86 13812345678": "mobile:13812345678", "+86-138-1234-5678": "mobile:13812345678", "8613812345678": "mobile:13812345678",
		"１３８１２３４５６７８": "mobile:13812345678", "138****1234": "mobile:138****1234", "138xxxx1234": "mobile:138****1234", "一三八一二三四五六七八": "mobile:13812345678", "幺三八幺二三四五六七八": "mobile:13812345678",
		"0595-23231234": "landline:059523231234", "(0595)23231234": "landline:059523231234", "0595 2323123": "landline:05952323123", "059523231234": "landline:059523231234", "010-12345678": "", "010-62345678": "landline:01062345678",
		"400-123-4567": "service:4001234567", "电话4001234567": "service:4001234567", "4001234567元": "", "tel13812345678": "mobile:13812345678", "13812345678,13912345678": "mobile:13812345678 mobile:13912345678", "老板电话13812345678微信同号": "mobile:13812345678",
		"12812345678": "", "138123456789": "", "1381234567": "", "113812345678": "", "AX13812345678": "", "350524199001011234": "", "23231234": "", "12315": "", "3.13812345678": "", "138--12345678": "", "20240115": "",
	} {
		found := zh.Phones(text)
		assert.Equal(t, want, showAll(found, show), text)
		for _, p := range found {
			assert.Equal(t, p.Digits, zh.Phones(p.In(text))[0].Digits, "the span alone reads the same")
		}
	}
}

func TestMask(t *testing.T) {
	for phone, want := range map[string]string{
		"13812341234": "138****1234", "138 1234 1234": "138****1234", "+86 138-1234-1234": "138****1234", "138****1234": "138****1234", "0595-23231234": "0595******34", "4001234567": "********67", "12": "**", "": "",
	} {
		assert.Equal(t, want, zh.Mask(phone), phone)
	}
	assert.Equal(t, "110*************2X", zh.MaskIdentity("11010519491231002X"))
	assert.Equal(t, "***", zh.MaskIdentity("123"))
}

func showCode(c zh.Code) string {
	if c.Valid {
		return c.Text
	}
	return c.Text + "?"
}

func TestIdentity(t *testing.T) {
	for text, want := range map[string]string{
		"身份证11010519491231002X,住城关": "11010519491231002X", "11010519491231002x": "11010519491231002X", "１１０１０５１９４９１２３１００２Ｘ": "11010519491231002X",
		"110105194912310021": "110105194912310021?", // a slip must be hidden too
		"110105194913310021": "", "1101051949123100": "", "11010519491231002XY": "", "91350100M000100Y43": "",
	} {
		assert.Equal(t, want, showAll(zh.Identity(text), showCode), text)
	}
}

func TestCreditCodes(t *testing.T) {
	for text, want := range map[string]string{
		"信用代码91350100M000100Y43": "91350100M000100Y43", "91350100m000100y43": "91350100M000100Y43", "９１３５０１００Ｍ０００１００Ｙ４３": "91350100M000100Y43",
		"91350100M000100Y44": "91350100M000100Y44?", "91350100M000I00Y43": "", "11010519491231002X": "", "91350100M000100Y4": "", "391350100M000100Y43": "",
	} {
		assert.Equal(t, want, showAll(zh.CreditCodes(text), showCode), text)
	}
}

func TestURLs(t *testing.T) {
	show := func(u zh.URL) string { return u.Text }
	for text, want := range map[string]string{
		"链接https://item.example.com/a?id=1&b=2，请查": "https://item.example.com/a?id=1&b=2", "http://a.cn。": "http://a.cn", "看www.example.com/x.": "www.example.com/x", "店铺shop.example.cn卖假货": "shop.example.cn", "example.com:8080/a": "example.com:8080/a",
		"(https://a.cn/x)": "https://a.cn/x", "a.cn b.com": "a.cn b.com", "https://a.cn/中文": "https://a.cn/",
		"user@example.com": "", "3.5": "", "iPhone.15": "", "http://": "", "file.docx": "", "example.com@x": "", "1.2.3": "",
	} {
		assert.Equal(t, want, showAll(zh.URLs(text), show), text)
	}
}

func TestAnswer(t *testing.T) {
	for want, texts := range map[zh.Reply][]string{
		zh.Yes:     {"对，没问题", "是的没错", "好,提交吧", "是", "是的", "对", "对的！", "好", "好的", "好的呀", "行", "行吧", "可以", "可以的", "嗯", "嗯嗯", "没错", "确认", "确认提交", "提交", "OK", "ok", "ＯＫ", "Yes", "好滴~", "没问题", "对,对", "對", "👌", "好的，谢谢", "同意", " 嗯 。", "好嘞", "就这样"},
		zh.No:      {"不是", "不对", "不", "取消", "不行", "不要", "不用了", "错了", "没有", "no", "算了", "算了吧", "别提交", "不是的", "否", "不對", "❌", "不好", "有误", "先不提交吧"},
		zh.Later:   {"暂存", "下午再说", "等等", "等一下", "等会", "稍等", "稍后", "晚点", "晚点再说", "先放着", "明天再说", "回头再说", "不急", "待会儿", "等一下哈", "暂不"},
		zh.Neither: {"都不是", "都不是。", "以上都不是", "都不对", "一个都不是", "都不是的", "没有对的", "这几个都不是啊", "两個都不是"},
		zh.None:    {"对，改成3万", "是,不是", "好像不对", "都不是吗", "是不是都不是", "都不是假的", "", "？", "是吗", "对吗?", "好不好", "是不是", "不是，改成3万", "好的但是案值错了", "3万", "1", "可以吗", "提交了吗", "对面", "行业", "没有3户"},
	} {
		for _, text := range texts {
			assert.Equal(t, want, zh.Answer(text), text)
		}
	}
}

func TestChoice(t *testing.T) {
	for text, want := range map[string]int{
		"1": 1, "１": 1, "一": 1, "①": 1, "第一个": 1, "选1": 1, "回复1": 1, "1、": 1, "1.": 1, "第2项": 2, "2️⃣": 2, "⑵": 2, "⒊": 3, "❹": 4, "Ⅲ": 3, "十二": 12, "12": 12, "⑫": 12, "(3)": 3, "【4】": 4, "我选三": 3, "就2吧": 2, "2号": 2, "选择第3条": 3, " 5 。": 5, "0": 0, "第10项": 10, "第一": 1, "二十": 20, "回复：6": 6, "选项7": 7, "贰": 2, "1）": 1, "🔟": 10, "㈡": 2,
	} {
		n, ok := zh.Choice(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, n, text)
	}
	for _, text := range []string{"", "一下", "3个", "2条", "1个", "100", "-1", "12-3", "选", "第", "三七", "十几", "1户", "两", "一起", "改1", "1万", "是"} {
		n, ok := zh.Choice(text)
		assert.False(t, ok, "%s: %d", text, n)
	}
}

func TestFold(t *testing.T) {
	for text, want := range map[string]string{"　立案（件）：３　": "立案(件):3", "ＡＢｃ！": "ABc!", "￥5": "¥5", "。": "。", "": ""} {
		assert.Equal(t, want, zh.Fold(text), text)
	}
}
