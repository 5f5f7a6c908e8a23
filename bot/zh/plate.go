package zh

// provinces are the characters a vehicle's plate begins with.
const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// Plates reads vehicles' plates: 闽C12345, 闽C·12345, 闽CD12345 of a car without
// an engine, 闽C1234学. Text is folded, in capitals and without the dot. Letters
// that plates do not use (I, O) and more than two among the last five are none.
func Plates(text string) []Code { return newLine(text).Plates() }

// Plates is what the function [Plates] reads.
func (l *Line) Plates() []Code {
	var found []Code
	for i := 0; i < len(l.r); i++ {
		if mark(l.r[i])&coded == 0 {
			continue
		}
		if end := l.plate(i); end > i {
			found = append(found, Code{l.span(i, end), capitals(l.r[i:end]), true})
			i = end - 1
		}
	}
	return found
}

// capitals is a code without blanks and dots, its letters in capitals.
func capitals(runes []rune) string {
	out := make([]rune, 0, len(runes))
	for _, r := range runes {
		switch {
		case r >= 'a' && r <= 'z':
			r -= 0x20
		case r == ' ' || r == '·' || r == '.' || r == '•':
			continue
		}
		out = append(out, r)
	}
	return string(out)
}

// plate is where the plate at i ends; i if there is none.
func (l *Line) plate(i int) int {
	if !isLetter(l.get(i+1)) || !l.in(i, provinces) || !onPlate(l.r[i+1]) {
		return i
	}
	j := i + 2
	if l.in(j, "·.• ") {
		j++
	}
	letters, n := 0, 0
	for ; n < 6 && onPlate(l.get(j+n)); n++ {
		if isLetter(l.r[j+n]) {
			letters++
		}
	}
	end := j + n
	switch next := l.get(end); {
	case isLetter(next) || isDigit(next):
		return i
	case n == 4 && l.in(end, "学警挂领港澳试超使") && letters <= 2:
		return end + 1
	case n == 5 && letters <= 2, n == 6 && l.electric(j):
		return end
	}
	return i
}

// onPlate says whether r may stand on a plate behind the province.
func onPlate(r rune) bool {
	return isDigit(r) || isLetter(r) && r|0x20 != 'i' && r|0x20 != 'o'
}

// electric says whether the six characters at i are those of a green plate: a
// letter from A to K, a digit or letter, and four digits, or five digits and
// such a letter.
func (l *Line) electric(i int) bool {
	digits := func(from, n int) bool {
		for k := range n {
			if !isDigit(l.r[from+k]) {
				return false
			}
		}
		return true
	}
	kind := func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'k' && r|0x20 != 'i' }
	return kind(l.r[i]) && digits(i+2, 4) || digits(i, 5) && kind(l.r[i+5])
}
