package zh

// Bound says how a value was meant.
type Bound string

// The bounds. Everything but Exact is approximate.
const (
	Exact   Bound = ""        // as it stands
	About   Bound = "about"   // 约三百, 三百多, 三百左右, 近百
	AtLeast Bound = "atleast" // 至少三百, 三百以上, 上百, 300+
	AtMost  Bound = "atmost"  // 不到三百, 三百以内, 最多三百
	Range   Bound = "range"   // 三到五, 十二三, 3-5
)

// Words before and after a number that say how it was meant.
var (
	aboutBefore = wordEndings("约 大约 大概 大致 约莫 估计 接近 将近 近 差不多 几乎 大概有 大约有 约有 估计有 差不多有 约为 约合 小")
	leastBefore = wordEndings("至少 起码 最少 最低 不少于 不低于 不下 不下于 超过 超 逾 突破 多于 高于 大于 上 过 破 至少有 至少也有 最少有 最少也有 起码有 起码也有 >= ≥ >")
	mostBefore  = wordEndings("最多 最高 顶多 至多 不超过 不到 不足 不满 未满 低于 少于 小于 不多于 不高于 <= ≤ < 最多也就 未超过 没超过 没到 没有超过")
	aboutAfter  = words("左右 上下 多 余 来 出头 挂零 有余 不等 把")
	leastAfter  = words("以上 及以上 或以上 + 起步 往上 开外 之上 多以上")
	mostAfter   = words("以下 以内 之内 不到 及以下 或以下 封顶 以里 往下 之下")
)

// boundsBefore are the words before a number that bound it, the first winning a tie.
var boundsBefore = [...]struct {
	ends  *lexicon
	bound Bound
}{{mostBefore, AtMost}, {leastBefore, AtLeast}, {aboutBefore, About}}

// boundEnds are the last runes of those words.
var boundEnds = func() *runeSet {
	all := new(runeSet)
	for _, b := range boundsBefore {
		for i, bits := range b.ends.known {
			all[i] |= bits
		}
	}
	return all
}()

// boundBefore is what the words that end at i say, and where they begin.
// 上, 过, 小 and 破 count only before a bare 百, 千 or 万: elsewhere they belong to
// other words.
func (l *Line) boundBefore(i int) (b Bound, from int) {
	i0 := i
	for l.get(i-1) == ' ' {
		i--
	}
	if !boundEnds.has(l.get(i - 1)) {
		return Exact, i0
	}
	word, from := "", i
	for _, try := range boundsBefore {
		if w, start := l.findBefore(i, try.ends); len(w) > len(word) && start >= l.floor {
			word, from, b = w, start, try.bound
		}
	}
	switch word {
	case "":
		return Exact, i0
	case "上", "过", "破":
		if multiplier(l.get(i0)) >= 100 {
			return b, from
		}
	case "小":
		if l.roundHundred(i0) && !l.in(from-1, "大中微") {
			return b, from
		}
	case "近":
		if !l.in(from-1, "最附靠") {
			return b, from
		}
	default:
		return b, from
	}
	return Exact, i0
}

// roundHundred says whether 百, 千 or 万 with at most a digit before stands at i,
// and no more: the 两百 of 小两百, which is nearly that.
func (l *Line) roundHundred(i int) bool {
	if hanDigit(l.get(i)) > 0 {
		i++
	}
	j := i
	for multiplier(l.get(j)) >= 10 {
		j++
	}
	return j > i && !isNumeral(l.get(j)) && l.get(j) != '货'
}

// boundAfter is what the words at i say, and where they end.
func (l *Line) boundAfter(i int) (b Bound, end int) {
	j := l.blanks(i)
	_, j = l.find(j, inclusive)
	if w, end := l.find(j, mostAfter); w != "" && !(w == "不到" && end < len(l.r) && isNumeral(l.r[end])) {
		return AtMost, end
	}
	if w, end := l.find(j, leastAfter); w != "" {
		return AtLeast, end
	}
	if l.get(i) == '起' && (l.in(i+1, "批售订") || !isHan(l.get(i+1))) && i > 0 && !isNumeral(l.get(i-1)) {
		return AtLeast, i + 1
	}
	if w, end := l.find(j, aboutAfter); w != "" {
		switch {
		case (w == "多" || w == "来" || w == "余" || w == "把") && j != i:
		case w == "多" && l.in(end, "少次种样处方家元角云数年") || w == "来" && l.in(end, "自到了源电访信看说买卖举投咨的") || w == "余" && l.in(end, "下额款杭姚干"):
		case w == "把":
		default:
			return About, end
		}
	}
	return Exact, i
}
