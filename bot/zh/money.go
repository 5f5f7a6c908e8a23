package zh

// Money is an amount in 分 that was read.
type Money struct {
	Span         // all that belongs to it: 约, the digits, 元, 左右
	Fen    int64 // the amount; of a range the lower end
	Bound  Bound // exactly that, or about, at least, at most, a range
	Low    int64 // with Range: from, in 分
	High   int64 // with Range: up to and with, in 分
	Bare   bool  // neither 元 nor 块 was said; 元 is supposed
	Factor int64 // the 万 of 1.5万 is 10000, of a plain 1.5 it is 1: to suspect slips of 元 and 万元
}

// Approx says whether anything but exactly this amount may be meant.
func (m Money) Approx() bool { return m.Bound != Exact }

// moneyBefore are words after which a number in 千 or 万 is an amount,
// amountBefore those after which any number is, and countBefore those after
// which none is.
var (
	moneyBefore  = wordEndings("案值 货值 价值 金额 罚款 罚没 罚没款 没收 涉案 售价 销售额 营业额 违法所得 挽回 损失 总价 单价 标价 报价 总值 估值 罚 值 卖 价 款 赔 赔偿 退 付 花 收 共计 合计 总计 经营额 货款 案值达 价格 原价 要价 成交 保证金 押金 罚了 值个 卖了 花了 付了 收了 赔了 退了")
	amountBefore = wordEndings("案值 货值 货值金额 涉案金额 涉案货值 金额 罚款 罚没 罚没款 罚没金额 违法所得 经营额 销售额 销售金额 售价 单价 标价 原价 定价 零售价 批发价 进货价 进价 总价 总值 总金额 估值 货款 押金 保证金 价格 价值 罚了 赔了")
	countBefore  = wordEndings("粉丝 播放 播放量 销量 浏览 浏览量 阅读 阅读量 点赞 评论 关注 访问 转发 观看 人数 数量 条数 件数 户数 次数 份数 人次 出动 检查 人口 面积 库存 产量 已售 月销 库存量 投放 发放 印发")
)

// Moneys reads the amounts of a text from left to right: 3万元, 12块5, 500元,
// 3元5角, 贰拾叁万元整, ¥1,200. An amount in 千, 万 or 亿 that counts nothing (货值3万,
// 八千多) is read too and marked Bare. Other numbers without 元 are not, nor are
// pieces (3块手表) and names (三元区).
func Moneys(text string) []Money { return newLine(text).Moneys() }

// Moneys is what the function [Moneys] reads.
func (l *Line) Moneys() []Money {
	var found []Money
	amounts := l.quantities()
	for i := range amounts {
		q := &amounts[i]
		if m, ok := q.money(l.moneyUnit(q)); ok && (!m.Bare || l.bareMoney(q)) {
			found = append(found, m)
		}
	}
	return found
}

// ParseMoney reads a whole value that is one amount and nothing else. A plain
// number is read as 元 and marked Bare. Less than a 分 is not read.
func ParseMoney(whole string) (Money, bool) {
	l := newLine(whole)
	from, to := l.trimmed()
	i := from
	for i < to && !isNumeral(l.r[i]) && l.r[i] != '半' {
		i++
	}
	if i == to || l.trap(i) > i || l.token(i) > i {
		return Money{}, false
	}
	if _, end := l.phone(i); end > i {
		return Money{}, false
	}
	q, what := l.money(i)
	if what == read && q.Unit == "" && l.get(q.end) == '分' && q.end+1 == to && q.Bound == Exact {
		q.set(l, "分钱", q.end, to)
	}
	if what != read || q.end != to || q.Span.From != int(l.at[from]) {
		return Money{}, false
	}
	m, ok := q.money(l.moneyUnit(&q))
	if !ok || m.Bare && (q.Unit != "" || q.card.naught) {
		return Money{}, false
	}
	return m, ok
}

// money reads the quantity at i, which may be an amount.
func (l *Line) money(i int) (quantity, outcome) {
	if l.get(i-1) == '负' || l.get(i-1) == '-' && (l.dashMeansMinus(i-1) || l.lineStart(i-1)) {
		q, _ := l.quantity(i)
		return q, refused
	}
	return l.number(i)
}

// moneyUnit is the unit that a quantity has as an amount: 元 after ¥, and pieces
// where 块 counts things.
func (l *Line) moneyUnit(q *quantity) string {
	switch {
	case q.sign && q.Unit == "":
		return "元"
	case isPieces(l, q):
		return "片"
	}
	return q.Unit
}

// yuanSigns are the signs of the currency before an amount.
var yuanSigns = wordEndings("¥ 人民币 RMB rmb CNY cny")

// yuanSign is where ¥, RMB or 人民币 begins if it ends at i; else i.
func (l *Line) yuanSign(i int) int {
	j := i
	for l.get(j-1) == ' ' {
		j--
	}
	if w, from := l.findBefore(j, yuanSigns); w != "" && from >= l.floor {
		return from
	}
	return i
}

// isPieces says whether 块 counts pieces: a thing follows that is not the price's.
func isPieces(l *Line, q *quantity) bool {
	if q.Unit != "块" || q.Bound != Exact || q.Value%One != 0 {
		return false
	}
	return isHan(l.get(q.end)) && !l.in(q.end, "的一每左上到至卖买起不多以吧了呢罚给钱两")
}

// takeJiao takes what follows 元 or 块: 5角6分, 零5分, the bare 5 of 12块5, and 整.
func (l *Line) takeJiao(q *quantity) {
	if q.Bound == Range {
		return
	}
	j := q.end
	switch q.Unit {
	case "元", "圆", "块":
		zero := l.get(j) == '零' || l.get(j) == '〇'
		if zero {
			j++
		}
		if d, end := l.digitBefore(j, "角毛"); end > j {
			q.Value, q.end, j = q.Value+d*(One/10), end, end
			if l.get(j) == '零' {
				j++
			}
			if d, end := l.loneDigit(j); end > j {
				q.Value, q.end = q.Value+d*(One/100), end
				break
			}
		}
		if d, end := l.digitBefore(j, "分"); end > j && l.get(end) != '之' {
			q.Value, q.end = q.Value+d*(One/100), end
		}
		if q.end > j {
			break
		}
		if zero { // 三块零五
			if d, end := l.loneDigit(j); end > j && q.Unit == "块" {
				q.Value, q.end = q.Value+d*(One/100), end
			}
			break
		}
		if q.Unit == "块" || l.in(q.end, "123456789") && l.endsAt(q.end+1) { // 3元5
			l.takeOddJiao(q)
		}
	case "角", "毛":
		if d, end := l.digitBefore(j, "分"); end > j {
			q.Value, q.end = q.Value+d*(One/10), end
		} else if q.Unit == "毛" {
			l.takeOddJiao(q)
		}
	}
	if l.in(q.end, "整正") && !isHan(l.get(q.end+1)) {
		q.end++
	}
	if l.get(q.end) == '钱' {
		q.end++
	}
}

// takeOddJiao takes the 5 of 12块5 and the 50 of 12块50.
func (l *Line) takeOddJiao(q *quantity) {
	j, d, unit := q.end, Num(0), One/10
	switch {
	case isDigit(l.get(j)):
		for isDigit(l.get(j)) {
			d = d*10 + Num(l.r[j]-'0')
			j++
		}
		if j-q.end > 2 || l.get(j) == '.' {
			return
		}
		if j-q.end == 2 {
			unit = One / 100
		}
	case hanDigit(l.get(j)) > 0 && l.get(j) != '两' && (!isNumeral(l.get(j+1)) || l.oneOf(j+1)):
		if l.trap(j) > j && !l.oneOf(j+1) {
			return
		}
		d = Num(hanDigit(l.get(j)))
		j++
	default:
		return
	}
	if l.get(j) == '个' || isNumeral(l.get(j)) && !l.oneOf(j) || l.in(j, "月日号点时年") || l.counted(j) && !l.oneOf(j) || isLetter(l.get(j)) || l.get(j) == '%' {
		return
	}
	q.Value, q.end = q.Value+d*unit, j
}

// oneOf says whether 一 and a unit stand at i: the 一斤 of 一块二一斤.
func (l *Line) oneOf(i int) bool { return l.get(i) == '一' && l.counted(i+1) }

// endsAt says whether no word, digit or sign that goes on stands at i.
func (l *Line) endsAt(i int) bool {
	r := l.get(i)
	return !isHan(r) && !isDigit(r) && !isLetter(r) && !l.in(i, "%.-~/*:+")
}

// loneDigit is the digit at i that stands before no word: the 2 of 3块5毛2.
func (l *Line) loneDigit(i int) (d Num, end int) {
	r, next := l.get(i), l.get(i+1)
	if isHan(next) || isLetter(next) || isDigit(next) || next == '.' || next == '%' {
		return 0, i
	}
	if isDigit(r) {
		return Num(r - '0'), i + 1
	}
	if h := hanDigit(r); h >= 0 && r != '两' {
		return Num(h), i + 1
	}
	return 0, i
}

// digitBefore is the single digit at i that one of units follows, and where that ends.
func (l *Line) digitBefore(i int, units string) (d Num, end int) {
	r := l.get(i)
	if !l.in(i+1, units) {
		return 0, i
	}
	if isDigit(r) {
		return Num(r - '0'), i + 2
	}
	if h := hanDigit(r); h >= 0 {
		return Num(h), i + 2
	}
	return 0, i
}

// money is the quantity with that unit as an amount; ok is false where it counts
// something else.
func (q *quantity) money(unit string) (Money, bool) {
	var fen Num // how many millionths of the unit make one 分
	bare := false
	switch unit {
	case "元", "圆", "块", "块钱", "元钱", "人民币", "RMB", "rmb", "CNY", "cny":
		fen = One / 100
	case "角", "毛", "毛钱":
		fen = One / 10
	case "分钱":
		fen = One
	case "":
		fen, bare = One/100, true
	default:
		return Money{}, false
	}
	if q.Percent || q.Value < 0 || q.Value%fen != 0 || q.Low%fen != 0 || q.High%fen != 0 {
		return Money{}, false
	}
	m := Money{Span: q.Span, Bound: q.Bound, Bare: bare, Factor: max(q.card.scale, 1),
		Fen: int64(q.Value / fen), Low: int64(q.Low / fen), High: int64(q.High / fen)}
	return m, true
}

// bareMoney says whether a quantity without 元 is an amount all the same.
func (l *Line) bareMoney(q *quantity) bool {
	large := false
	for _, r := range l.r[q.from:q.tail] {
		large = large || r == '千' || r == '万' || r == '亿' || r|0x20 == 'w' || r|0x20 == 'k'
	}
	from := q.from
	for from > 0 && int(l.at[from]) > q.Span.From {
		from--
	}
	from = l.beforeColon(from)
	for l.in(from-1, "了达有") {
		from--
	}
	if w, _ := l.findBefore(from, countBefore); w != "" {
		return false
	}
	if w, _ := l.findBefore(from, amountBefore); w != "" && q.Value >= 10*One && !q.card.naught {
		return true
	}
	if !large {
		return false
	}
	if !isHan(l.get(q.end)) || l.in(q.end, "的左以到至吧了呢啊") || l.oneOf(q.end) {
		return true
	}
	w, _ := l.findBefore(from, moneyBefore)
	return w != ""
}
