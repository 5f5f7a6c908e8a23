package zh

import "slices"

// Entry is a thing of the campaign and all that people call it.
type Entry struct {
	Key   string
	Words []string
}

// Vocabulary finds the names of things that a campaign configures, such as units,
// townships, figures and platforms, in a text. It is made once and then only read.
type Vocabulary struct {
	lex  *lexicon
	keys map[string][]string
	full [][]rune // names of three characters and more, which a slip may hit
}

// NewVocabulary makes a vocabulary of entries. Words are compared folded; one that two
// entries share names both.
func NewVocabulary(entries []Entry) *Vocabulary {
	v := &Vocabulary{keys: map[string][]string{}}
	var all []string
	for _, e := range entries {
		for _, w := range e.Words {
			folded := string(newLine(w).r)
			if folded == "" || slices.Contains(v.keys[folded], e.Key) {
				continue
			}
			if v.keys[folded] == nil {
				all = append(all, folded)
				if r := []rune(folded); len(r) >= 3 {
					v.full = append(v.full, r)
				}
			}
			v.keys[folded] = append(v.keys[folded], e.Key)
		}
	}
	v.lex = lexiconOf(all, func(w []rune) rune { return w[0] })
	return v
}

// Named is a name of a vocabulary that was read.
type Named struct {
	Span
	Keys []string // what it names; more than one means that it is to be asked
	Word string   // the name as configured
	Slip bool     // one character was typed for another that is commonly taken for it
}

// Names reads the names of a vocabulary from left to right, the longest where several
// begin; no two share a character. A name of three characters and more is found with
// one commonly confused character in it too (风城镇 for 凤城镇), if no other name is as
// near.
func (l *Line) Names(v *Vocabulary) []Named {
	var found []Named
	for i := 0; i < len(l.r); {
		if w, end := l.find(i, v.lex); w != "" {
			found = append(found, Named{Span: l.span(i, end), Keys: v.keys[w], Word: w})
			i = end
			continue
		}
		if n, ok := l.slippedName(i, v); ok {
			found = append(found, n)
			i += len([]rune(n.Word))
			continue
		}
		i++
	}
	return found
}

// slippedName is the name that stands at i with one character taken for another.
func (l *Line) slippedName(i int, v *Vocabulary) (n Named, ok bool) {
	for _, name := range v.full {
		if i+len(name) > len(l.r) || !l.oneOff(i, name) {
			continue
		}
		if ok {
			return Named{}, false // two names are as near
		}
		w := string(name)
		n, ok = Named{Span: l.span(i, i+len(name)), Keys: v.keys[w], Word: w, Slip: true}, true
	}
	if !ok {
		return n, false
	}
	for j := i + 1; j < i+len([]rune(n.Word)); j++ { // a name as it is written counts more
		if w, _ := l.find(j, v.lex); w != "" {
			return Named{}, false
		}
	}
	return n, true
}

// oneOff says whether name stands at i but for one character that is taken for
// another; its last, which says what it is the name of, must be right.
func (l *Line) oneOff(i int, name []rune) bool {
	last := len(name) - 1
	if l.r[i+last] != name[last] {
		return false
	}
	off := 0
	for k := range last {
		if r := l.r[i+k]; r != name[k] {
			if off++; off > 1 || !homophone(r, name[k]) && !alike(r, name[k]) {
				return false
			}
		}
	}
	return off == 1
}

// homophones are characters of names that input methods give for each other, or that
// look much the same.
var homophones = [...]string{"凤风丰枫峰", "城诚成程", "厢箱相湘", "参叁餐", "魁奎葵槐", "斗头陡", "蓬篷莲彭", "莱来菜", "金今京", "谷古骨", "湖胡糊", "官宫管关", "桥乔侨", "龙尤笼隆", "门们", "虎唬", "邱丘秋", "坪平评萍苹",
	"芦卢庐", "田甜由", "感敢咸", "德得", "剑箭建见健", "长常昌", "卿清青轻", "白百柏", "濑赖懒", "尚上商", "涓娟捐", "蓝兰篮", "祥详翔", "华花化", "桃挑逃陶", "舟州洲周", "福富幅", "新兴欣心星", "安案按", "溪西希锡", "和河合禾", "永勇咏", "东冬栋", "兴星", "宝保堡", "阳杨洋扬", "林临霖", "张章", "王汪", "陈程辰", "志智治", "明名鸣", "国果", "农侬"}

func homophone(a, b rune) bool {
	for _, group := range homophones {
		hasA, hasB := false, false
		for _, r := range group {
			hasA, hasB = hasA || r == a, hasB || r == b
		}
		if hasA && hasB {
			return true
		}
	}
	return false
}
