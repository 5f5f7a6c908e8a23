package dialog

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// How the words around a number name a figure.

// exactly is the field that words name, and nothing else; nil if none.
func (t *table) exactly(words string) *Field {
	words = strings.TrimSpace(words)
	for _, n := range t.names {
		if n.text == words {
			return n.field
		}
	}
	return nil
}

// around finds the longest name that the words before a number end with, or that
// they and the words behind it make together. If nothing is found, general words
// at the end of the words before it are left out: 「立案件数2件」.
func (t *table) around(c claim) (fd *Field, used int) {
	tail := strings.TrimLeft(c.after, " 的")
	skipped := len(c.after) - len(tail)
	near := lastBytes(tail)
	for head := strings.ReplaceAll(trimFiller(c.before), " ", ""); head != ""; {
		length := 0
		for _, n := range t.names {
			k, behind := n.around(head, tail, near)
			if behind > 0 && (!agree(c.unit, n.field) || !c.last && t.labelBefore(tail[behind:]) == 0) {
				continue
			}
			if k > length {
				fd, used, length = n.field, behind, k
			}
		}
		if fd != nil {
			if used > 0 {
				used += skipped
			} else if t.twoNames(c, fd) {
				return nil, 0
			}
			return fd, used
		}
		head = t.shortened(head)
	}
	if fd == nil && c.last && trimFiller(c.before) == "" {
		n, length, skip := t.prefix(c.after)
		return n, length + skip
	}
	return nil, 0
}

// twoNames says that the words before a number end with a name of the field and right
// before it with one of another that may be meant as well: 移送食品1件.
func (t *table) twoNames(c claim, fd *Field) bool {
	words, best := trimFiller(c.before), ""
	for _, n := range t.names {
		if n.field == fd && len(n.text) > len(best) && strings.HasSuffix(words, n.text) {
			best = n.text
		}
	}
	words = strings.TrimSuffix(words, best)
	return best != "" && slices.ContainsFunc(t.names, func(n name) bool {
		return n.field != fd && strings.HasSuffix(words, n.text) && (agree(c.unit, n.field) || !agree(c.unit, fd))
	})
}

// lastBytes is the set of the last bytes of a text's characters, folded into 64
// bits: a quick way to see that a name cannot end in it.
func lastBytes(s string) (set uint64) {
	for i := range len(s) {
		if i+1 == len(s) || utf8.RuneStart(s[i+1]) {
			set |= 1 << (s[i] & 63)
		}
	}
	return set
}

// shortened is the words before a number without a general word in or behind them,
// where a name is left then; else "".
func (t *table) shortened(head string) string {
	for _, w := range inner {
		if s := strings.Replace(head, w, "", 1); s != head && t.labelBefore(s) > 0 {
			return s
		}
	}
	for _, w := range general {
		if s, ok := strings.CutSuffix(head, w); ok && t.labelBefore(s) > 0 {
			return s
		}
	}
	return ""
}

// around says how much of a name stands before a number, and how many bytes of it
// behind; what stands in one piece counts more.
func (n name) around(head, tail string, near uint64) (length, behind int) {
	if strings.HasSuffix(head, n.text) {
		return len(n.text) * 2, 0
	}
	if near&(1<<(n.text[len(n.text)-1]&63)) == 0 { // it does not end in the words behind
		return 0, 0
	}
	_, size := utf8.DecodeRuneInString(tail)
	for from := 0; ; { // it may only part where the words behind begin
		i := strings.Index(n.text[from:], tail[:size])
		if i < 0 {
			return 0, 0
		}
		i += from
		if i > 0 && strings.HasPrefix(tail, n.text[i:]) && strings.HasSuffix(head, n.text[:i]) {
			return len(n.text)*2 - 1, len(n.text) - i
		}
		from = i + size
	}
}

// prefix finds the longest name that words begin with.
func (t *table) prefix(words string) (fd *Field, length, skipped int) {
	tail := strings.TrimLeft(words, " 的")
	for _, w := range []string{"案件", "执法"} { // 「2件案件办结」
		if rest := strings.TrimPrefix(tail, w); rest != tail && t.labelAfter(tail) == 0 {
			tail = rest
		}
	}
	for _, n := range t.names {
		if len(n.text) > length && strings.HasPrefix(tail, n.text) {
			fd, length = n.field, len(n.text)
		}
	}
	if fd == nil {
		return nil, 0, 0
	}
	return fd, length, len(words) - len(tail)
}

// labelAfter is the length of the longest name that words begin with.
func (t *table) labelAfter(words string) int {
	words = strings.TrimLeft(words, " 的")
	best := 0
	for _, n := range t.names {
		if len(n.text) > best && strings.HasPrefix(words, n.text) {
			best = len(n.text)
		}
	}
	return best
}

// labelBefore is the length of the longest name that words end with.
func (t *table) labelBefore(words string) int {
	words = trimFiller(words)
	best := 0
	for _, n := range t.names {
		if len(n.text) > best && strings.HasSuffix(words, n.text) {
			best = len(n.text)
		}
	}
	return best
}

// general are the words behind a name that add nothing: 立案件数, 办结案件.
var general = strings.Fields("案件数 案件 件数 起数 户数 户次 次数 人数 人次 个数 家数 数量 数 金额 总额 总数 情况 任务 工作 商品 物品 假货 假冒商品 货物 物资 机关 部门 犯罪 商家 单位")

// inner are the words inside a name that add nothing: 检查各类经营主体.
var inner = strings.Fields("各类 各种 侵权假冒伪劣 侵权假冒 假冒侵权 假冒伪劣 侵权 假冒 涉嫌 违法 辖区 相关 有关 涉案 重点")

// between are the words between a name and its number.
var between = strings.Fields("累计 共计 合计 总计 总共 数量 一共 大约 分别 本周 本期 共 约 了 计 达 为 是 有 近 各 已 增加到")

// trimFiller cuts the words between a name and its number.
func trimFiller(s string) string {
	for {
		t := strings.TrimRight(s, " :=-—~、(\"“|\t负")
		for _, w := range between {
			t = strings.TrimSuffix(t, w)
		}
		if t == s {
			return trimMark(s)
		}
		s = t
	}
}

// trimMark cuts what only numbers a list off an otherwise empty text.
func trimMark(s string) string {
	if strings.Trim(s, " 0123456789.、)(①②③④⑤⑥⑦⑧⑨⑩-*·•") == "" {
		return ""
	}
	return s
}

// trimFront cuts the words before the first name of a list.
func trimFront(s string) string {
	for _, w := range []string{"本周", "本期", "这周", "我所", "本所", "其中", "今年", "开展", "没有", "无"} {
		s = strings.TrimPrefix(s, w)
	}
	return s
}

// kinds are units that count the same things.
var kinds = [][]string{
	{"户", "户次", "家", "家次", "个", "个次", "处", "间"},
	{"人", "人次", "名", "位"},
	{"件", "起", "宗", "个", "双", "只", "条", "瓶", "支", "套", "部", "例"},
	{"次", "场", "场次", "回", "趟"},
	{"台", "台次", "辆", "辆次", "车次"},
	{"篇", "篇次", "条", "条次", "则"},
	{"批", "批次"},
	{"份", "张", "本"},
	{"公斤", "千克", "kg"},
	{"条", "个", "条次"},
}

// agree says whether a number said with a unit can be meant for a field.
func agree(unit string, fd *Field) bool {
	if fd.Type == Money {
		return unit == "" || strings.ContainsAny(unit, "元块毛万亿")
	}
	if unit == "" || unit == fd.Unit || unit == strings.TrimSuffix(fd.Unit, "次") {
		return true
	}
	return slices.ContainsFunc(kinds, func(k []string) bool {
		return slices.Contains(k, unit) && slices.Contains(k, fd.Unit)
	})
}
