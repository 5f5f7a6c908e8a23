package dup

import (
	"regexp"
	"strings"

	"zhuanban/bot/zh"
)

// road is the road and number of an address: 建设路12号, 中山街一百二十号之三.
var road = regexp.MustCompile(`([\p{Han}]{1,8}?(?:大道|路|街|巷|弄|村|社区|工业区|工业园|市场))(?:[\p{Han}]{0,6}?)(?:第)?([0-9〇零一二两三四五六七八九十百]{1,6})(?:-[0-9]+)?号`)

// address is township, road and number; "" if one of them is not known, because a road
// alone is where many are.
func address(place, township string) string {
	folded := strings.ReplaceAll(zh.Fold(place), " ", "")
	if i := strings.Index(folded, township); township != "" && i >= 0 {
		folded = folded[i+len(township):]
	}
	m := road.FindStringSubmatch(folded)
	if m == nil || township == "" {
		return ""
	}
	n, ok := zh.ParseNumber(m[2])
	if !ok {
		return ""
	}
	return township + "|" + m[1] + "|" + n.Value.String()
}
