package zh

// hanDigit is the value of a Chinese digit, everyday or formal; -1 if it is none.
func hanDigit(r rune) int64 {
	switch r {
	case '零', '〇', '○':
		return 0
	case '一', '壹':
		return 1
	case '二', '两', '贰':
		return 2
	case '三', '叁':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
}

// tens is the value of 廿, 卅 and 卌, which are tens in one character; 0 if r is none.
func tens(r rune) int64 {
	switch r {
	case '廿':
		return 20
	case '卅':
		return 30
	case '卌':
		return 40
	}
	return 0
}

// multiplier is the value of 十 百 千 万 亿, everyday or formal; 0 if it is none.
func multiplier(r rune) int64 {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	case '万':
		return 10_000
	case '亿':
		return 100_000_000
	}
	return 0
}

func isFormal(r rune) bool {
	switch r {
	case '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖', '拾', '佰', '仟':
		return true
	}
	return false
}

// arabic is a run of Arabic digits with separators and decimals.
type arabic struct {
	end    int
	value  Num
	digits int // before the point
	places int // after it
	naught bool
}

// arabic reads 1234, 1,234 and 1.5 at i. It is not ok with more digits than a
// Num holds, or where the run goes on like a version or an address (1.2.3).
func (l *Line) arabic(i int) (arabic, bool) {
	j := i
	var whole int64
	for ; isDigit(l.get(j)); j++ {
		if j-i >= 12 {
			return arabic{end: l.digitRun(j)}, false
		}
		whole = whole*10 + int64(l.r[j]-'0')
	}
	a := arabic{digits: j - i, naught: l.get(i) == '0' && j-i > 1}
	for a.digits <= 3 && l.separates(j) || j > i+a.digits && l.separates(j) {
		if whole > 1e9 {
			return arabic{end: l.digitRun(j + 1)}, false
		}
		whole = whole*1000 + int64(l.r[j+1]-'0')*100 + int64(l.r[j+2]-'0')*10 + int64(l.r[j+3]-'0')
		j += 4
	}
	a.value = FromInt(whole)
	if l.get(j) == '.' && isDigit(l.get(j+1)) {
		unit := One
		for j++; isDigit(l.get(j)); j++ {
			unit /= 10
			a.value += unit * Num(l.r[j]-'0')
			a.places++
		}
		if a.places > 6 || l.get(j) == '.' && isDigit(l.get(j+1)) {
			return arabic{end: l.digitRun(j)}, false
		}
	}
	a.end = j
	return a, true
}

// digitRun is where the digits and points from i on end.
func (l *Line) digitRun(i int) int {
	for isDigit(l.get(i)) || l.get(i) == '.' && isDigit(l.get(i+1)) {
		i++
	}
	return i
}

// separates says whether the rune at i is a comma between thousands. A
// full-width comma among half-width digits is punctuation: 3，500 are two numbers.
func (l *Line) separates(i int) bool {
	if l.get(i) != ',' || !isDigit(l.get(i+1)) || !isDigit(l.get(i+2)) || !isDigit(l.get(i+3)) || isDigit(l.get(i+4)) {
		return false
	}
	wide := l.at[i+1]-l.at[i] > 1
	return !wide || l.at[i+2]-l.at[i+1] > 1
}

// digitString is where a string of three or more Chinese digits that begins at
// i ends (二〇二四); i if there is none.
func (l *Line) digitString(i int) int {
	j := i
	for hanDigit(l.get(j)) >= 0 && l.get(j) != '两' {
		j++
	}
	if j-i < 3 {
		return i
	}
	return j
}

// positional reads such a string digit by digit. Digits that only count up
// (一二三) are refused, and so is a string with a unit behind it.
func (l *Line) positional(i, end int) (cardinal, outcome) {
	climbing := true
	var n int64
	for j := i; j < end; j++ {
		d := hanDigit(l.r[j])
		if j > i && d != hanDigit(l.r[j-1])+1 {
			climbing = false
		}
		n = n*10 + d
	}
	if end-i > 9 || climbing || hanDigit(l.r[i]) == 0 || multiplier(l.get(end)) > 0 || l.in(end, "几多") {
		for end < len(l.r) && isNumeral(l.r[end]) {
			end++
		}
		return cardinal{end: end}, refused
	}
	return cardinal{end: end, value: FromInt(n), string: true}, read
}
