package zh

import "slices"

// Question is what a question about figures names: 「上周凤城所查了多少户」. It is only
// what was read; which figure that is in which period is for the one who answers.
type Question struct {
	Measures []Named // what is asked for
	Units    []Named // of whom
	Periods  []When  // when, looking back
	Asks     bool    // it has the form of a question or a request: 多少, 几件, 有没有, 查一下
}

// Question reads a question with the names of figures and units that a campaign has. A
// name is not looked for inside a time, nor a unit inside a figure's name.
func (l *Line) Question(measures, units *Vocabulary) Question {
	q := Question{Periods: l.Dates(Past), Asks: l.asks()}
	used := make(taken, len(l.src))
	for _, p := range q.Periods {
		used.add(p.Span)
	}
	for _, m := range l.Names(measures) {
		if used.free(m.Span) {
			q.Measures = append(q.Measures, m)
			used.add(m.Span)
		}
	}
	for _, u := range l.Names(units) {
		if used.free(u.Span) {
			q.Units = append(q.Units, u)
		}
	}
	return q
}

// taken says of each byte of a text whether a reading has it already.
type taken []bool

func (t taken) add(s Span) {
	for i := s.From; i < s.To; i++ {
		t[i] = true
	}
}

func (t taken) free(s Span) bool { return !slices.Contains(t[s.From:s.To], true) }

// askWords are what questions and requests for figures are put with.
var askWords = words("多少 几件 几个 几户 几起 几次 几家 几条 几人 几项 几宗 第几 有没有 是不是 哪些 哪个 哪家 哪几个 哪几家 谁 怎么样 如何 情况 查一下 查查 看看 看一下 统计一下 统计下 列一下 列出 排名 排行 占比 对比 比较 环比 同比 趋势 合计 累计 平均 最多 最少 最高 最低 吗 呢 ? 前几名")

// asks says whether a word of asking stands in the line.
func (l *Line) asks() bool {
	for i := range l.r {
		if w, _ := l.find(i, askWords); w != "" {
			return true
		}
	}
	return false
}
