package zh

import (
	"net/url"
	"strings"
)

// Link is a link to a shopping or video platform.
type Link struct {
	URL
	Platform string // as people call it: 淘宝, 拼多多
	Item     string // the goods' number on the platform, "" if the link does not tell
	Shop     string // the shop's number or name there, "" if the link does not tell
}

// platforms are the domains of the platforms. Short links like m.tb.cn, which
// lead to several of them, are not here.
var platforms = []struct{ domain, name string }{
	{"2.taobao.com", "闲鱼"}, {"goofish.com", "闲鱼"}, {"taobao.com", "淘宝"}, {"tmall.com", "天猫"}, {"tmall.hk", "天猫"}, {"jd.com", "京东"}, {"jd.hk", "京东"}, {"3.cn", "京东"},
	{"yangkeduo.com", "拼多多"}, {"pinduoduo.com", "拼多多"}, {"douyin.com", "抖音"}, {"iesdouyin.com", "抖音"}, {"jinritemai.com", "抖音"}, {"kuaishou.com", "快手"}, {"chenzhongtech.com", "快手"}, {"kwaixiaodian.com", "快手"},
	{"xiaohongshu.com", "小红书"}, {"xhslink.com", "小红书"}, {"1688.com", "1688"}, {"vip.com", "唯品会"}, {"weidian.com", "微店"},
}

// Links reads the links to platforms, with the goods' and the shop's number
// where the link's form tells them for certain.
func Links(text string) []Link { return newLine(text).Links() }

// Links is what the function [Links] reads.
func (l *Line) Links() []Link {
	var found []Link
	for _, u := range l.URLs() {
		full := u.Text
		if !strings.Contains(full, "://") {
			full = "https://" + full
		}
		parsed, err := url.Parse(full)
		if err != nil {
			continue
		}
		host := strings.ToLower(parsed.Hostname())
		for _, p := range platforms {
			if host == p.domain || strings.HasSuffix(host, "."+p.domain) {
				link := Link{URL: u, Platform: p.name}
				link.numbers(p.name, strings.TrimSuffix(strings.TrimSuffix(host, p.domain), "."), parsed)
				found = append(found, link)
				break
			}
		}
	}
	return found
}

// numbers takes the goods' and the shop's number from a link; sub is what
// stands before the platform's domain.
func (k *Link) numbers(platform, sub string, u *url.URL) {
	query := u.Query()
	switch platform {
	case "淘宝", "天猫", "闲鱼":
		if strings.HasSuffix(u.Path, "/item.htm") || strings.HasSuffix(u.Path, "/detail.htm") || platform == "闲鱼" && strings.HasSuffix(u.Path, "/item") {
			k.Item = number(query.Get("id"))
		}
		if id, ok := strings.CutPrefix(sub, "shop"); ok && platform == "淘宝" {
			k.Shop = number(id)
		}
	case "京东":
		name, html := strings.CutSuffix(u.Path[strings.LastIndexByte(u.Path, '/')+1:], ".html")
		switch {
		case html && (sub == "item" || sub == "item.m" || sub == "npcitem"):
			k.Item = number(name)
		case html && sub == "mall":
			name, _ = strings.CutPrefix(name, "index-")
			k.Shop = number(name)
		case sub == "shop.m":
			k.Shop = number(query.Get("shopId"))
		}
	case "拼多多":
		k.Item, k.Shop = number(query.Get("goods_id")), number(query.Get("mall_id"))
	case "抖音":
		if strings.HasSuffix(sub, "haohuo") {
			k.Item = number(query.Get("id"))
		}
	case "小红书":
		if id, ok := strings.CutPrefix(u.Path, "/goods-detail/"); ok && !strings.Contains(id, "/") {
			k.Item = id
		}
	case "1688":
		if name, ok := strings.CutSuffix(strings.TrimPrefix(u.Path, "/offer/"), ".html"); ok {
			k.Item = number(name)
		}
	}
}

// number is s if it is digits and nothing else.
func number(s string) string {
	if s == "" || len(s) > 20 || !allDigits(s) {
		return ""
	}
	return s
}
