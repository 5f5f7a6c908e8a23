package informant

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Identity{
		"姓名：某小某，电话：138 0000 1234，身份证号：350524198001011230，联系办法：晚上打电话，实名，要求保密": {Name: "某小某", Phone: "13800001234", Number: "350524198001011230", Reach: "晚上打电话", Real: true, Secret: true, said: true, told: true},
		"某小某 13800001234":                {Name: "某小某", Phone: "13800001234", Real: true, Secret: true},
		"某小某,13800001234,不要求保密":          {Name: "某小某", Phone: "13800001234", Real: true},
		"匿名":                             {Secret: true, said: true},
		"匿名 13800001234":                 {Phone: "13800001234", Secret: true, said: true},
		"13800001234 13900005678 实名 某先生": {Name: "某先生", Phone: "13800001234", Reach: "13900005678", Real: true, Secret: true, said: true},
		"举报人：某小某\n微信：abc_123\n地址：凤城镇某路3号": {Name: "某小某", Reach: "微信abc_123 地址凤城镇某路3号", Real: true, Secret: true, told: true},
		"名字是某小某，手机是13800001234，白天方便":      {Name: "某小某", Phone: "13800001234", Reach: "白天方便", Real: true, Secret: true},
		"John Smith, 0595-23231234":       {Name: "John", Phone: "059523231234", Reach: "Smith", Real: true, Secret: true},
		"你看着办吧!!":                         {Reach: "你看着办吧!!", Secret: true},
		"":                                {Secret: true},
	} {
		got := Parse(text)
		require.Equal(t, want, got, text)
	}
	require.True(t, Parse("你看着办吧!!").empty())
	require.True(t, Parse("").empty())
	require.False(t, Parse("匿名").empty())
}

// FuzzParse: whatever is written, it is taken apart without a panic.
func FuzzParse(f *testing.F) {
	f.Add("姓名：某小某，电话：13800001234，实名，要求保密")
	f.Add("匿名\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		id := Parse(text)
		_ = id.empty()
		Names(text)
	})
}

func TestNames(t *testing.T) {
	for _, yes := range []string{
		"举报人某小某电话13800001234", "报线索 凤城某店卖假酒,举报人:某小某,13800001234", "投诉人手机138-0000-1234", "来电人 某小某 350524198001011230",
		"姓名：某小某", "举报人姓名: 某小某\n电话: 无",
	} {
		require.True(t, Names(yes), yes)
	}
	for _, no := range []string{
		"凤城镇建设路12号某某鞋店销售假冒运动鞋200双", "被举报人某某店电话13800001234", "举报人称某店卖假酒", "有人举报某店", "13800001234", "",
		"举报人反映凤城镇建设路12号某某鞋店长期销售假冒某品牌运动鞋,店内还有大量存货,店主的电话是13800001234",
	} {
		require.False(t, Names(no), no)
	}
}
