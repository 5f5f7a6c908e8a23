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
	for head := strings.ReplaceAll(trimFiller(c.before), " ", ""); head != ""; {
		length := 0
		for _, n := range t.names {
			k, behind := n.around(head, tail)
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

// shortened is the words before a number without a general word at their end,
// where a name is left then; else "".
func (t *table) shortened(head string) string {
	for _, w := range general {
		if s, ok := strings.CutSuffix(head, w); ok && t.labelBefore(s) > 0 {
			return s
		}
	}
	return ""
}

// around says how much of a name stands before a number, and how many bytes of it
// behind; what stands in one piece counts more.
func (n name) around(head, tail string) (length, behind int) {
	if strings.HasSuffix(head, n.text) {
		return len(n.text) * 2, 0
	}
	for i := range n.text {
		if i > 0 && strings.HasSuffix(head, n.text[:i]) && strings.HasPrefix(tail, n.text[i:]) {
			return len(n.text)*2 - 1, len(n.text) - i
		}
	}
	return 0, 0
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
var general = strings.Fields("案件数 案件 件数 起数 户数 户次 次数 人数 人次 个数 家数 数量 数 金额 总额 总数 情况 任务 工作 商品 物品 机关 部门 犯罪 商家 单位")

// fillers of a figure are the words between a name and its number.
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

// modifiers are the words before a name that make it something else: 拟立案 is not
// yet one, 不予立案 none.
var modifiers = strings.Fields("不予 未 拟 待 计划 预计 准备 争取 撤销 撤 不再 下周 上周 上月 去年 同期 上期 目标 建议 应 需 将 尚未 较 比 增加 减少 增长 下降 上升 同比 环比 另有 非")

// modified says that a name before a number means something else there, or
// another time.
func modified(head, text string, fd *Field) bool {
	for _, n := range fd.names() {
		if before, ok := strings.CutSuffix(head, n); ok {
			return ends(before, modifiers) || otherWeek(text)
		}
	}
	return otherWeek(text)
}

// otherWeek says that the sentence before a number speaks of another week.
func otherWeek(text string) bool {
	s := sentence(text)
	other := lastOf(s, "上周", "上一周", "上期", "去年", "同期", "下周", "上月", "上个月", "下一步")
	return other > lastOf(s, "本周", "本期", "这周", "本月", "现", "今年", "比上周", "较上周")
}

// cumulative says that the sentence before a number counts from the beginning and
// not this period alone: 「累计立案20件」, but not 「本周累计」.
func cumulative(text string) bool {
	s := sentence(text)
	sum := lastOf(s, "累计", "截至", "截止", "以来")
	if sum < 0 {
		return false
	}
	for _, week := range []string{"本周", "本期", "这周", "当周"} {
		if i := strings.LastIndex(s, week); i > sum {
			return false
		}
		if _, behind, ok := strings.Cut(s, week); ok { // 本周累计: what the week adds up to
			if i := strings.Index(behind, "累计"); i >= 0 && !strings.ContainsAny(behind[:i], ",0123456789") {
				return false
			}
		}
	}
	return true
}

// sentence is the text since the last full stop.
func sentence(text string) string {
	return text[strings.LastIndexAny(text, "。;\n")+1:]
}

// lastOf is where the last of some words begins; -1 if none is there.
func lastOf(s string, words ...string) int {
	best := -1
	for _, w := range words {
		best = max(best, strings.LastIndex(s, w))
	}
	return best
}

// zeros finds the figures that are said to be none, 「没有办结」「移送无」「立案、办结均为
// 零」, and 「其余为零」.
func (t *table) zeros(text string) {
	if t.zeroList(text) {
		return
	}
	for _, p := range strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == '、' || c == '\t' }) {
		if others(p) {
			t.rest = true
			t.covered += weight(p)
			continue
		}
		if t.zeroList(p) {
			continue
		}
		if fd := t.exactly(p); fd != nil {
			t.pending = append(t.pending, fd)
		} else if strings.ContainsAny(p, "几数若多") && t.labelAfter(trimFront(p)) > 0 { // 「检查几十户」
			t.unclear = append(t.unclear, p)
			t.covered += weight(p)
		}
	}
}

// nones are the words for none before or behind a name.
var nones = strings.Fields("没有 暂无 均无 均为零 均为0 为零 为0 是零 均零 全无 都没有 都无 都为零 未开展 尚无 无 未 没 零")

// zeroList takes a list of names that are all said to be none.
func (t *table) zeroList(text string) bool {
	text = strings.TrimSpace(text)
	for _, none := range nones {
		for _, names := range []string{after(text, none), strings.TrimRight(before(text, none), ":为是均都全也皆 ")} {
			parts := strings.FieldsFunc(names, func(r rune) bool { return strings.ContainsRune("、和及与或 ", r) })
			var fields []*Field
			for _, p := range parts {
				if fd := t.exactly(trimFront(p)); fd != nil {
					fields = append(fields, fd)
				}
			}
			if len(fields) == 0 || len(fields) != len(parts) {
				continue
			}
			if strings.ContainsAny(text, "均都全皆") {
				fields = append(fields, t.pending...)
			}
			for _, fd := range fields {
				t.hits = append(t.hits, hit{field: fd, value: "0", raw: text})
			}
			t.covered += weight(text)
			t.pending = nil
			return true
		}
	}
	return false
}

// after is what follows a word at the front of a text, before what stands before
// one at its end; "" if the word is not there.
func after(text, word string) string {
	if rest, ok := strings.CutPrefix(text, word); ok {
		return rest
	}
	return ""
}

func before(text, word string) string {
	if rest, ok := strings.CutSuffix(text, word); ok {
		return rest
	}
	return ""
}

// others is 「其余为零」.
func others(s string) bool {
	for _, a := range []string{"其余", "其他", "其它", "别的", "剩下", "剩余", "另外"} {
		rest, ok := strings.CutPrefix(s, a)
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, "各项数据指标的都均全是为报填暂")
		if rest != "" && nothing(rest) {
			return true
		}
	}
	return false
}

// passing says that a number without a label tells nothing: a week's number, a
// date, what 累计 in brackets adds to the number before.
func passing(c claim) bool {
	switch c.unit {
	case "周", "期", "月", "日", "年", "号", "点", "天", "%":
		return true
	}
	before := strings.TrimRight(c.before, " :")
	return ends(before, []string{"第", "(累计", "(累计为", "增长", "下降", "上升", "增加", "减少", "较上周增加", "较上周减少"}) || begins(c.after, []string{"%"})
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
	if unit == "" || unit == fd.Unit {
		return true
	}
	return slices.ContainsFunc(kinds, func(k []string) bool {
		return slices.Contains(k, unit) && slices.Contains(k, fd.Unit)
	})
}

// breaks ends the words that belong to a number.
func breaks(r rune) bool { return separator(r) && r != '\t' && r != '|' }

// weight counts the characters that say something.
func weight(s string) int {
	n := 0
	for _, r := range s {
		if r != ' ' && r != ':' && r != '、' && !separator(r) {
			n++
		}
	}
	return n
}

// runes is how many characters a text has.
func runes(s string) int { return utf8.RuneCountInString(s) }
