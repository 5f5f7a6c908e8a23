package dup

import (
	"net/url"
	"slices"
	"strings"

	"zhuanban/bot/zh"
)

// alike are platforms that number their goods together.
var alike = map[string]string{"天猫": "淘宝", "闲鱼": "闲鱼"}

// tracking are the parameters of a link that say who passed it on and not where it
// leads: by their names, and by how those begin.
var (
	tracking = []string{"from", "source", "src", "ref", "ts", "t", "timestamp", "pvid", "un", "ut_sk", "u_code", "suid", "short_name", "app",
		"cpp", "tk", "channel", "clickid", "visitor", "sourcetype", "page_from", "wxa"}
	trackingBy = []string{"utm_", "spm", "scm", "share", "track", "trace", "sp_tk", "bxsign", "refer", "campaign", "_oak", "_t", "_bd"}
)

// links are the pages that a text names, each written in one way.
func links(text string) []string {
	var out []string
	known := zh.Links(text)
	for _, k := range known {
		if k.Item != "" {
			out = append(out, platform(k.Platform)+"#"+k.Item)
		}
	}
	for _, u := range zh.URLs(text) {
		i := slices.IndexFunc(known, func(k zh.Link) bool { return k.Span == u.Span })
		if i >= 0 && known[i].Item != "" {
			continue
		}
		out = append(out, canonical(u.Text))
	}
	return out
}

// shopNumber is a shop by the number in a link.
func shopNumber(text string) string {
	for _, k := range zh.Links(text) {
		if k.Shop != "" {
			return platform(k.Platform) + "#" + k.Shop
		}
	}
	return ""
}

func platform(name string) string {
	if other, ok := alike[name]; ok {
		return other
	}
	return name
}

// canonical is a link without scheme, www, m, tracking, order and fragment; "" if it is
// only a host, where everybody is.
func canonical(link string) string {
	if !strings.Contains(link, "://") {
		link = "https://" + link
	}
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	host := strings.ToLower(u.Hostname())
	for _, p := range []string{"www.", "m.", "h5.", "wap."} {
		host = strings.TrimPrefix(host, p)
	}
	query := u.Query()
	for name := range query {
		low := strings.ToLower(name)
		if slices.Contains(tracking, low) || slices.ContainsFunc(trackingBy, func(p string) bool { return strings.HasPrefix(low, p) }) {
			query.Del(name)
		}
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	if path == "" && len(query) == 0 {
		return ""
	}
	if len(query) == 0 {
		return host + path
	}
	return host + path + "?" + query.Encode() // sorted
}
