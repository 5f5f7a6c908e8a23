package dup_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/handlers/lead/dup"
)

// TestWhatTwoLeadsHaveInCommon is the table of what two people who saw the same write
// differently, and of what only looks the same.
func TestWhatTwoLeadsHaveInCommon(t *testing.T) {
	long := "凤城镇建设路口的仓库里堆放大量假冒某品牌运动鞋准备发往外地"
	for name, c := range map[string]struct {
		a, b dup.Facts
		want []dup.Kind
	}{
		"a link with another's tracking": {dup.Facts{Link: "https://item.taobao.com/item.htm?spm=a.b&id=612345678901"},
			dup.Facts{Content: "看这个 http://item.taobao.com/item.htm?id=612345678901&utm_source=wx"}, []dup.Kind{dup.Link}},
		"the same goods on the sister platform": {dup.Facts{Link: "https://detail.tmall.com/item.htm?id=612345678901"},
			dup.Facts{Link: "https://item.taobao.com/item.htm?id=612345678901"}, []dup.Kind{dup.Link}},
		"other goods":                   {dup.Facts{Link: "https://item.jd.com/100012.html"}, dup.Facts{Link: "https://item.jd.com/100013.html"}, nil},
		"a page, its parameters turned": {dup.Facts{Link: "https://www.shop.example.com/p/?b=2&a=1#top"}, dup.Facts{Link: "http://shop.example.com/p?a=1&b=2"}, []dup.Kind{dup.Link}},
		"only the same site":            {dup.Facts{Link: "https://shop.example.com/"}, dup.Facts{Link: "https://shop.example.com"}, nil},
		"a shop on a platform":          {dup.Facts{Platform: "抖音", Shop: "某某鞋业直播间"}, dup.Facts{Platform: "抖音 ", Shop: "某某鞋业 直播间"}, []dup.Kind{dup.Shop}},
		"its name on another":           {dup.Facts{Platform: "抖音", Shop: "阿强鞋业"}, dup.Facts{Platform: "快手", Shop: "阿强鞋业"}, nil},
		"a phone in the words":          {dup.Facts{Phone: "13800005678"}, dup.Facts{Content: "店主电话138 0000 5678"}, []dup.Kind{dup.Phone}},
		"a phone that is hidden":        {dup.Facts{Phone: "138****5678"}, dup.Facts{Phone: "138****5678"}, nil},
		"a plate":                       {dup.Facts{Content: "闽C·12345的货车"}, dup.Facts{Content: "车牌闽c12345"}, []dup.Kind{dup.Plate}},
		"a company, its form left out":  {dup.Facts{Subject: "福建省安溪县强盛鞋业有限公司"}, dup.Facts{Subject: "强盛鞋业(有限公司)"}, []dup.Kind{dup.Subject}},
		"a company in another township": {dup.Facts{Subject: "强盛鞋业有限公司", Township: "凤城镇"}, dup.Facts{Subject: "强盛鞋业有限公司", Township: "湖头镇"}, []dup.Kind{dup.Subject}},
		"a shop of the same township":   {dup.Facts{Subject: "阿强鞋店", Township: "凤城镇"}, dup.Facts{Subject: "阿强鞋商店", Township: "凤城镇"}, []dup.Kind{dup.Subject}},
		"its name in another township":  {dup.Facts{Subject: "阿强鞋店", Township: "凤城镇"}, dup.Facts{Subject: "阿强鞋店", Township: "湖头镇"}, nil},
		"brackets of either width":      {dup.Facts{Subject: "阿强超市（城东）", Township: "凤城镇"}, dup.Facts{Subject: "阿强超市(城东)", Township: "凤城镇"}, []dup.Kind{dup.Subject}},
		"two branches":                  {dup.Facts{Subject: "阿强超市(城东店)", Township: "凤城镇"}, dup.Facts{Subject: "阿强超市(城西店)", Township: "凤城镇"}, nil},
		"who is not named":              {dup.Facts{Subject: "某某鞋店", Township: "凤城镇"}, dup.Facts{Subject: "XX鞋店", Township: "凤城镇"}, []dup.Kind{dup.Subject}},
		"who is not named, elsewhere":   {dup.Facts{Subject: "某某有限公司", Township: "凤城镇"}, dup.Facts{Subject: "某某有限公司", Township: "湖头镇"}, nil},
		"nobody":                        {dup.Facts{Subject: "待查", Township: "凤城镇"}, dup.Facts{Subject: "待查", Township: "凤城镇"}, nil},
		"an address":                    {dup.Facts{Place: "凤城镇建设路12号", Township: "凤城镇"}, dup.Facts{Place: "安溪县凤城镇 建设路 十二号二楼", Township: "凤城镇"}, []dup.Kind{dup.Address}},
		"the house beside it":           {dup.Facts{Place: "凤城镇建设路12号", Township: "凤城镇"}, dup.Facts{Place: "凤城镇建设路120号", Township: "凤城镇"}, nil},
		"a road alone":                  {dup.Facts{Place: "凤城镇建设路", Township: "凤城镇"}, dup.Facts{Place: "凤城镇建设路", Township: "凤城镇"}, nil},
		"nearly the same words":         {dup.Facts{Content: long, Township: "凤城镇"}, dup.Facts{Content: long + "。", Township: "凤城镇"}, []dup.Kind{dup.Text}},
		"a few words changed": {dup.Facts{Content: long, Township: "凤城镇"},
			dup.Facts{Content: "凤城镇建设路口仓库里堆放了大量假冒某品牌运动鞋,准备发往外地", Township: "凤城镇"}, []dup.Kind{dup.Text}},
		"the same words of another place": {dup.Facts{Content: long, Township: "凤城镇"}, dup.Facts{Content: long, Township: "湖头镇"}, nil},
		"what everybody says":             {dup.Facts{Content: "有人卖假鞋", Township: "凤城镇"}, dup.Facts{Content: "有人卖假鞋", Township: "凤城镇"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, dup.Common(c.a, c.b))
			require.Equal(t, c.want, dup.Common(c.b, c.a))
		})
	}
}

// TestNearTextsShareAKey: texts that are told as nearly the same have to be found first.
func TestNearTextsShareAKey(t *testing.T) {
	of := func(text string) map[dup.Key]bool {
		out := map[dup.Key]bool{}
		for _, k := range dup.Keys(dup.Facts{Content: text, Township: "凤城镇"}) {
			out[k] = true
		}
		return out
	}
	base := of("凤城镇建设路口的仓库里堆放大量假冒某品牌运动鞋准备发往外地")
	shared := 0
	for k := range of("凤城镇建设路口仓库里堆放了大量假冒某品牌运动鞋,准备发往外地") {
		if base[k] {
			shared++
		}
	}
	require.Positive(t, shared)
	for k := range of("湖头镇集市上有人用小货车兜售没有标签的散装白酒和过期饮料") {
		require.False(t, base[k])
	}
}

func FuzzKeys(f *testing.F) {
	f.Add("某某鞋店", "凤城镇建设路12号", "https://item.taobao.com/item.htm?id=1 闽C12345 13800005678")
	f.Fuzz(func(t *testing.T, subject, place, content string) {
		facts := dup.Facts{Subject: subject, Place: place, Township: "凤城镇", Content: content, Link: content, Shop: subject, Platform: place}
		require.Equal(t, dup.Keys(facts), dup.Keys(facts))
		for _, k := range dup.Keys(facts) {
			require.NotEmpty(t, k.Text)
		}
		for _, k := range dup.Common(facts, facts) {
			require.NotEmpty(t, k)
		}
	})
}
