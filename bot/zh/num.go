package zh

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Num is a number in millionths: 1.5 is Num(1_500_000). It holds six decimals
// exactly, up to about 9.2万亿. Arithmetic that would not fit says so instead
// of wrapping.
type Num int64

// One is the number 1.
const One Num = 1_000_000

// FromInt is n as a Num. Beyond what a Num holds it is the largest or smallest there is.
func FromInt(n int64) Num {
	v, ok := One.Times(n)
	switch {
	case ok:
		return v
	case n < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// Int is the number as an integer; ok is false where it has a fraction.
func (n Num) Int() (v int64, ok bool) { return int64(n / One), n%One == 0 }

// Plus is n+m; ok is false where that does not fit.
func (n Num) Plus(m Num) (sum Num, ok bool) {
	sum = n + m
	return sum, (sum > n) == (m > 0)
}

// Times is n·k; ok is false where that does not fit.
func (n Num) Times(k int64) (product Num, ok bool) {
	hi, lo := bits.Mul64(magnitude(int64(n)), magnitude(k))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (n < 0) != (k < 0) {
		return -Num(lo), true
	}
	return Num(lo), true
}

// Mul is n·m; ok is false where that does not fit or has more than six decimals.
func (n Num) Mul(m Num) (product Num, ok bool) {
	hi, lo := bits.Mul64(magnitude(int64(n)), magnitude(int64(m)))
	if hi >= uint64(One) {
		return 0, false
	}
	q, rest := bits.Div64(hi, lo, uint64(One))
	if rest != 0 || q > math.MaxInt64 {
		return 0, false
	}
	if (n < 0) != (m < 0) {
		return -Num(q), true
	}
	return Num(q), true
}

// Div is n/m rounded half away from zero to six decimals, and whether that is
// exact; ok is false where m is zero or the result does not fit.
func (n Num) Div(m Num) (quotient Num, exact, ok bool) {
	if m == 0 {
		return 0, false, false
	}
	d := magnitude(int64(m))
	hi, lo := bits.Mul64(magnitude(int64(n)), uint64(One))
	if hi >= d {
		return 0, false, false
	}
	q, rest := bits.Div64(hi, lo, d)
	if rest >= d-rest {
		q++
	}
	if q > math.MaxInt64 {
		return 0, false, false
	}
	if (n < 0) != (m < 0) {
		return -Num(q), rest == 0, true
	}
	return Num(q), rest == 0, true
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// String is the number in plain decimals without trailing zeros: "1.5", "25000".
func (n Num) String() string {
	sign, whole, fraction := n.parts()
	return sign + whole + fraction
}

// Grouped is like String with thousands parted by commas: "25,000".
func (n Num) Grouped() string {
	sign, whole, fraction := n.parts()
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + fraction
}

func (n Num) parts() (sign, whole, fraction string) {
	if n < 0 {
		sign = "-"
	}
	m := magnitude(int64(n))
	whole = strconv.FormatUint(m/uint64(One), 10)
	if rest := m % uint64(One); rest != 0 {
		digits := strconv.FormatUint(uint64(One)+rest, 10)[1:]
		fraction = "." + strings.TrimRight(digits, "0")
	}
	return sign, whole, fraction
}
