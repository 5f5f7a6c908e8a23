package dialog

import "strings"

// What a labelled number speaks of: this period, or a plan, another week, the sum
// since the beginning.

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
	s := withoutAsides(sentence(text))
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

// withoutAsides is a text without what stands in closed brackets, such as
// 「(较上周+5户)」, which tells nothing of what follows.
func withoutAsides(s string) string {
	for {
		end := strings.IndexByte(s, ')')
		if end < 0 {
			return s
		}
		from := strings.LastIndexByte(s[:end], '(')
		if from < 0 {
			return s
		}
		s = s[:from] + s[end+1:]
	}
}

// farthest is how far back, in bytes, a word like 累计 still tells of a number.
const farthest = 600

// sentence is the text since the last full stop, as far back as matters.
func sentence(text string) string {
	text = text[max(0, len(text)-farthest):]
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

// passing says that a number without a label tells nothing: a week's number, a
// date, what 累计 in brackets adds to the number before.
func passing(c claim) bool {
	switch c.unit {
	case "周", "期", "月", "日", "年", "号", "点", "天", "%":
		return true
	}
	before := strings.TrimRight(c.before, " :")
	return ends(before, []string{"第", "(累计", "(累计为", "增长", "下降", "上升", "增加", "减少", "较上周增加", "较上周减少", "较上周", "较上周+", "较上周-", "比上周+", "比上周-", "较上周多", "较上周少", "比上周多", "比上周少", "比上周增加", "比上周减少"}) || begins(c.after, []string{"%"})
}
