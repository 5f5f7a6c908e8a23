package dup

import (
	"strings"
	"unicode"
)

// nameless are what is written where nobody is known.
var nameless = []string{"", "待查", "不详", "不明", "未知", "无", "暂无", "某", "某某", "匿名", "不清楚", "未提供", "待核实", "个人", "商家", "店家", "店铺"}

// nobody says that a folded name names nobody.
func nobody(name string) bool {
	for _, n := range nameless {
		if name == n {
			return true
		}
	}
	return false
}

// What is left out of a name because one person writes it and another does not: where
// the company is, and what it is before the law.
var (
	regions = []string{"福建省", "福建", "泉州市", "泉州", "安溪县", "安溪"}
	forms   = []string{"股份有限公司", "有限责任公司", "有限公司", "集团公司", "总公司", "分公司", "公司", "个体工商户", "个体户"}
	shops   = []string{"旗舰店", "专卖店", "专营店", "连锁店", "店铺", "门店", "商店", "门市部", "店"}
	// firms are what makes a name one that nobody else in the county has.
	firms = []string{"公司", "厂", "合作社"}
)

// subject is the name of who it is about. A company is known by its name alone; a shop
// or a person (某某鞋店, 老王) only in its township.
func subject(name, township string) string {
	full := plain(name)
	if nobody(full) {
		return ""
	}
	core, firm := full, false
	for _, w := range firms {
		firm = firm || strings.HasSuffix(full, w)
	}
	for _, r := range regions {
		core = cut(strings.TrimPrefix(core, r), core)
	}
	for _, f := range forms {
		core = cut(strings.TrimSuffix(core, f), core)
	}
	for _, s := range shops {
		if shorter := cut(strings.TrimSuffix(core, s), core); shorter != core {
			core = shorter
			break
		}
	}
	core = some(core)
	if firm && !strings.Contains(core, "某") {
		return core
	}
	return core + "@" + township
}

// cut is the shorter text, unless hardly anything is left of it.
func cut(shorter, whole string) string {
	if len([]rune(shorter)) < 2 {
		return whole
	}
	return shorter
}

// some writes every way of not naming (某某, 某, XX, ××, **) alike.
func some(name string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range name {
		if r == 'x' || r == '×' || r == '*' || r == '某' {
			r = '某'
			if last == '某' {
				continue
			}
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// wordRune says that a character belongs to the words, and is no blank or punctuation.
func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '*' || r == '×'
}
