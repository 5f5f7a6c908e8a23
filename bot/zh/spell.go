package zh

// Style is how a number is spelled.
type Style int

// The styles of [Spell].
const (
	Everyday Style = iota // 一百零五, 两万五千
	Formal                // 壹佰零伍, as on receipts
)

// Spell writes a number from 0 up to below 万亿 in Chinese numerals. Anything
// else is "".
func Spell(n int64, style Style) string {
	if n < 0 || n >= 1_0000_0000_0000 {
		return ""
	}
	s := speller{digits: []rune("零一二三四五六七八九"), places: []rune("千百十")}
	if style == Formal {
		s = speller{digits: []rune("零壹贰叁肆伍陆柒捌玖"), places: []rune("仟佰拾"), formal: true}
	}
	if n == 0 {
		return string(s.digits[0])
	}
	s.group(n/1_0000_0000, '亿')
	s.group(n/1_0000%1_0000, '万')
	s.group(n%1_0000, 0)
	return string(s.out)
}

type speller struct {
	digits, places []rune
	formal         bool
	out            []rune
	gap            bool // a zero is owed before the next digit
}

// group writes four digits and the 万 or 亿 behind them.
func (s *speller) group(n int64, unit rune) {
	if n == 0 {
		s.gap = len(s.out) > 0
		return
	}
	for i, place := range [...]int64{1000, 100, 10, 1} {
		d := n / place % 10
		if d == 0 {
			s.gap = s.gap || len(s.out) > 0
			continue
		}
		if s.gap {
			s.out = append(s.out, s.digits[0])
			s.gap = false
		}
		switch {
		case i == 2 && d == 1 && len(s.out) == 0 && !s.formal: // 十五, not 一十五
		case d == 2 && !s.formal && (i == 0 || i == 3 && unit != 0 && n == 2 && len(s.out) == 0): // 两千, 两万
			s.out = append(s.out, '两')
		default:
			s.out = append(s.out, s.digits[d])
		}
		if i < len(s.places) {
			s.out = append(s.out, s.places[i])
		}
	}
	s.gap = false
	if unit != 0 {
		s.out = append(s.out, unit)
	}
}
