package zh

// Trademarks reads the numbers of registered trademarks, which have five to
// eight digits and are told by the words around them: 第1234567号商标,
// 商标注册号1234567, 国际注册第G1234567号商标. Text is the number alone.
func Trademarks(text string) []Code { return newLine(text).Trademarks() }

// Trademarks is what the function [Trademarks] reads.
func (l *Line) Trademarks() []Code {
	var found []Code
	for i := 0; i < len(l.r); {
		if mark(l.r[i])&(digit|letter) == 0 {
			i++
			continue
		}
		end := i
		for isDigit(l.get(end)) || isLetter(l.get(end)) {
			end++
		}
		if l.isMark(i, end) {
			found = append(found, Code{l.span(i, end), capitals(l.r[i:end]), true})
		}
		i = end
	}
	return found
}

// isMark says whether the letters and digits from i to end are a trademark's number.
func (l *Line) isMark(i, end int) bool {
	from, to := i, end
	if l.in(from, "Gg") {
		from++
	}
	if isLetter(l.get(to-1)) && to-1 > from {
		to-- // 1234567A
	}
	if n := l.digitsAt(from); from+n != to || n < 5 || n > 8 || l.get(from) == '0' {
		return false
	}
	before := l.beforeColon(i)
	j := end
	if l.get(before-1) == '第' {
		before = l.beforeColon(before - 1)
		if l.get(j) != '号' {
			return false
		}
	}
	if l.get(j) == '号' {
		j++
		if _, end := l.find(l.beyond(j, "的"), markAfter); end > l.beyond(j, "的") {
			return true
		}
	}
	if w, start := l.findBefore(before, markBefore); start < before {
		return w != "注册号" || l.get(i-1) == '第' // a company has a 注册号 too
	}
	return l.get(i-1) == '第' && l.quotedMark(before)
}

// quotedMark says whether a mark in quotes that 商标 introduces ends at i: the
// 商标“耐克” of 商标“耐克”第1234567号.
func (l *Line) quotedMark(i int) bool {
	if !l.in(i-1, "”\"」》") {
		return false
	}
	for j := i - 2; j > 1 && j > i-24; j-- {
		if l.in(j, "“\"「《") {
			_, start := l.findBefore(j, markBefore)
			return start < j
		}
	}
	return false
}

// beyond is i, or behind set if one of it stands at i.
func (l *Line) beyond(i int, set string) int {
	if l.in(i, set) {
		return i + 1
	}
	return i
}

var (
	markAfter  = words("商标 注册商标 图形商标 文字商标 商标注册证")
	markBefore = wordEndings("商标 商标号 商标注册号 商标注册证号 商标注册号码 商标注册证 注册商标 注册商标号 商标号码 商标编号 国际注册 注册号 国际注册号")
)

// PatentKind is what a patent protects.
type PatentKind string

// The kinds of patent.
const (
	Invention    PatentKind = "invention" // 发明
	UtilityModel PatentKind = "utility"   // 实用新型
	DesignPatent PatentKind = "design"    // 外观设计
)

// Patent is a patent's number that was read.
type Patent struct {
	Code // its text is 202310123456.7
	Kind PatentKind
}

// Patents reads patents' numbers with ZL or CN before them, or a word like 专利号:
// ZL202310123456.7, 专利号 98123456.X, ZL2023101234567. Not valid means that the
// check digit is wrong, which marks on goods often have.
func Patents(text string) []Patent { return newLine(text).Patents() }

// Patents is what the function [Patents] reads.
func (l *Line) Patents() []Patent {
	var found []Patent
	for i := 0; i < len(l.r); {
		if mark(l.r[i])&(digit|letter) == 0 || isLetter(l.get(i-1)) || isDigit(l.get(i-1)) || l.get(i-1) == '.' {
			i++
			continue
		}
		p, end := l.patent(i)
		if end > i {
			found = append(found, p)
		}
		i = max(end, i+1)
	}
	return found
}

// patent reads the patent's number at i; end is i if there is none.
func (l *Line) patent(i int) (p Patent, end int) {
	j, told := i, false
	if l.in(j, "Zz") && l.in(j+1, "Ll") || l.in(j, "Cc") && l.in(j+1, "Nn") {
		j, told = l.blanks(j+2), true
		j = l.blanks(l.beyond(j, ":."))
	}
	if _, from := l.findBefore(l.beforeColon(i), patentBefore); from < l.beforeColon(i) {
		told = true
	}
	n := l.digitsAt(j)
	var digits int
	switch n {
	case 13, 12:
		digits = 12
	case 9, 8:
		digits = 8
	default:
		return p, i
	}
	check := j + digits
	if n == digits && l.get(check) == '.' {
		check++
	}
	sign := l.get(check)
	if !told || !isDigit(sign) && sign|0x20 != 'x' || isDigit(l.get(check+1)) || isLetter(l.get(check+1)) {
		return p, i
	}
	kind := l.r[j+2]
	if digits == 12 {
		kind = l.r[j+4]
	}
	if p.Kind = patentKind(kind); p.Kind == "" || digits == 12 && !l.patentYear(j) {
		return p, i
	}
	want := l.patentCheck(j, digits)
	p.Text = string(l.r[j:j+digits]) + "." + capitals(l.r[check:check+1])
	p.Valid = want == p.Text[len(p.Text)-1]
	p.Span = l.span(i, check+1)
	return p, check + 1
}

var patentBefore = wordEndings("专利号 专利号码 专利申请号 专利 专利编号 专利权号 申请号")

func patentKind(r rune) PatentKind {
	switch r {
	case '1', '8':
		return Invention
	case '2', '9':
		return UtilityModel
	case '3':
		return DesignPatent
	}
	return ""
}

// patentYear says whether a year since the numbers got their twelve digits
// stands at i.
func (l *Line) patentYear(i int) bool {
	year, _ := l.yearDigits(i)
	return year >= 2003 && year < 2100
}

// yearDigits is the year of four digits at i.
func (l *Line) yearDigits(i int) (year, end int) {
	if l.digitsAt(i) < 4 {
		return 0, i
	}
	for _, r := range l.r[i : i+4] {
		year = year*10 + int(r-'0')
	}
	return year, i + 4
}

// patentCheck is the check character of the digits at i: they are weighted 2 to
// 9 over and over, and the sum is taken modulo 11.
func (l *Line) patentCheck(i, digits int) byte {
	sum := 0
	for k := range digits {
		sum += int(l.r[i+k]-'0') * (2 + k%8)
	}
	return "0123456789X"[sum%11]
}
