package zh

// Documents reads the numbers of official documents: 安市监〔2024〕3号,
// 闽市监罚字[2024]第12号, 【2024】3号, (2024)闽0524刑初3号. Brackets of all kinds
// do. Text has 〔〕 around the year, or () for a court, and the office before it
// as far as it is told apart from the words before.
func Documents(text string) []Code { return newLine(text).Documents() }

// Documents is what the function [Documents] reads.
func (l *Line) Documents() []Code {
	var found []Code
	floor := 0
	for i := 0; i < len(l.r); {
		if !l.in(i, brackets) {
			i++
			continue
		}
		end := l.documentNumber(i)
		if end == i || l.get(end-1) != '号' {
			i++
			continue
		}
		if year, _ := l.yearDigits(i + 1); year < 1949 || year >= 2100 {
			i++
			continue
		}
		from := l.office(i, floor)
		found = append(found, Code{l.span(from, end), l.documentText(from, i, end), true})
		i, floor = end, end
	}
	return found
}

// brackets open the year of a document's number.
const brackets = "〔[(【﹝〖"

// documentText is the number with one kind of brackets.
func (l *Line) documentText(from, i, end int) string {
	rest := l.r[i+6 : end]
	if l.get(i) == '(' && isHan(rest[0]) && rest[0] != '第' && from == i {
		return "(" + string(l.r[i+1:i+5]) + ")" + string(rest)
	}
	return string(l.r[from:i]) + "〔" + string(l.r[i+1:i+5]) + "〕" + string(rest)
}

// office is where the name of the office before a bracket at i begins: the
// Chinese characters before it, up to a word that cannot belong to it.
func (l *Line) office(i, floor int) int {
	from := i
	for from > floor && i-from < 14 && isHan(l.get(from-1)) && !l.in(from-1, "的和与及见按为是以由在到了附") {
		if w, _ := l.findBefore(from, notOffices); w != "" {
			break
		}
		from--
	}
	return from
}

var notOffices = wordEndings("根据 依据 依照 按照 参照 遵照 文号 案号 关于 下发 印发 发出 收到 执行 转发 文件 通知 编号 贯彻 落实 作出 送达 下达 引用 违反 撤销")

// Tickets reads the numbers that complaints and reports are filed under, with
// 12315 or elsewhere, where a word says so: 12315编号, 投诉编号, 工单号, 举报编号.
// They have 8 to 32 letters and digits, six digits at least; their own form is
// the office's affair, so that nothing is checked.
func Tickets(text string) []Code { return newLine(text).Tickets() }

// Tickets is what the function [Tickets] reads.
func (l *Line) Tickets() []Code {
	var found []Code
	for i := 0; i < len(l.r); {
		if mark(l.r[i])&(digit|letter) == 0 {
			i++
			continue
		}
		j, digits := i, 0
		for isDigit(l.get(j)) || isLetter(l.get(j)) || l.get(j) == '-' && j > i && l.get(j-1) != '-' && (isDigit(l.get(j+1)) || isLetter(l.get(j+1))) {
			if isDigit(l.r[j]) {
				digits++
			}
			j++
		}
		before := l.beforeColon(i)
		if _, from := l.findBefore(before, ticketBefore); from < before && j-i >= 8 && j-i <= 32 && digits >= 6 {
			found = append(found, Code{l.span(i, j), capitals(l.r[i:j]), true})
		}
		i = max(j, i+1)
	}
	return found
}

var ticketBefore = wordEndings("12315编号 12315单号 12315工单号 12315工单 12345编号 12345工单号 12345工单 投诉编号 投诉单号 投诉单编号 举报编号 举报单号 举报单编号 工单号 工单编号 登记编号 受理编号 受理号 登记号 线索编号 转办单号")
