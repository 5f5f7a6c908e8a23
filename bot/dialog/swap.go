package dialog

import (
	"regexp"
	"strings"

	"zhuanban/bot/zh"
)

// notThis is 「不是12是21」 and 「是21不是12」: a correction that names the number and no
// figure.
var (
	notThis = regexp.MustCompile(`^(?:哦|啊|错了|不对|写错了|刚才)?[, ]*不是([^,、 不是]+?)[,、 ]*(?:而是|应该是|应是|应为|改成|是)([^,、 不是]+)$`)
	thisNot = regexp.MustCompile(`^(?:应该|应)?是([^,、 不是]+)[,、 ]*不是([^,、 不是]+)$`)
)

// swap takes such a correction where exactly one figure holds the number that is wrong.
// Where several do, it asks.
func (s *step) swap(text string) bool {
	if !s.form.Lines {
		return false
	}
	folded := strings.TrimRight(strings.TrimSpace(zh.Fold(text)), "。.!")
	var wrong, right string
	if m := notThis.FindStringSubmatch(folded); m != nil {
		wrong, right = m[1], m[2]
	} else if m := thisNot.FindStringSubmatch(folded); m != nil {
		right, wrong = m[1], m[2]
	} else {
		return false
	}
	var holders []string
	for i := range s.form.Fields {
		fd := &s.form.Fields[i]
		v, said := s.d.Values[fd.Key]
		if !said || !fd.numeric() || fd.Fixed {
			continue
		}
		if w, why, _ := fd.read(wrong, s.env); why == "" && w.Num == v.Num && agrees(wrong, fd) && agrees(right, fd) {
			holders = append(holders, fd.Key)
		}
	}
	switch len(holders) {
	case 0:
		return false
	case 1:
		s.put(holders[0], right)
	default:
		s.out.Problems = append(s.out.Problems, Problem{Raw: text, Why: Unclear})
	}
	s.out.Taken = Surely
	s.settle()
	return true
}

// agrees says whether a number with its unit can be meant for a field.
func agrees(number string, fd *Field) bool {
	k := tokens(number)
	return len(k) == 1 && agree(k[0].unit, fd)
}
