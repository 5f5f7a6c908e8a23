package dialog

import (
	"regexp"
	"slices"
	"strings"

	"zhuanban/bot/zh"
)

// item is 「第4项…」 at the front of a correction, or 「4改成…」.
var item = regexp.MustCompile(`^(?:请)?(?:把|将|改|修改|更正)?(?:第\s*([0-9〇零一二两三四五六七八九十百]+)\s*(?:项|条|个)?|([0-9一二三四五六七八九十]+)\s*项|([0-9]{1,3})\s*改)\s*`)

// heads are the words that begin a correction.
var heads = []string{"更正为", "更正", "修改一下", "修改", "改一下", "改正", "改", "请把", "请将", "把", "将"}

// empties are the words that empty a field.
var empties = []string{"删除", "删掉", "去掉", "清空", "不要"}

// wrongs are the words behind a name that say its value is wrong; the right one
// follows.
var wrongs = []string{"写错了", "填错了", "报错了", "搞错了", "弄错了", "错了", "不对", "有误", "有错"}

// correction is a message that corrects by name.
type correction struct {
	*step
	done int
	last *Field // the field corrected last, whose words may go on
	open *Field // a field that was called wrong and waits for its value
}

// correct takes a correction by name: 「改货值 3万」「货值改成3万」「把地点改为…」
// 「第4项改成3万」「地点错了,是…」「货值不是3万,是5万」「删除电话」. Several may stand in one
// message. It says whether the text was one.
func (s *step) correct(text string) bool {
	c := &correction{step: s}
	for i, p := range s.form.parts(zh.Fold(text)) {
		if c.one(p) {
			c.done++
			continue
		}
		if i == 0 {
			return false
		}
		c.rest(p)
	}
	if c.done == 0 {
		return false
	}
	s.out.Taken = Surely
	if c.open != nil && len(s.out.Changed) == 0 { // 「地点错了」, and nothing more
		s.act(Edit)
		return true
	}
	s.settle()
	return true
}

// parts are the pieces of a message that may each correct something: between signs
// of punctuation, and before a name behind a space.
func (f *Form) parts(text string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(text, separator) {
		if f.Lines {
			if p = strings.TrimSpace(p); p != "" {
				out = append(out, p)
			}
			continue
		}
		from := 0
		for i := range p {
			if i == 0 || p[i-1] != ' ' || p[i] == ' ' {
				continue
			}
			head := strings.TrimSpace(p[from:i])
			if _, rest, ok := f.begins(p[i:]); ok && rest != "" && runes(head) > 3 || begins(p[i:], heads) && head != "" {
				out, from = append(out, head), i
			}
		}
		if p = strings.TrimSpace(p[from:]); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// one takes one piece and says whether it corrects something.
func (c *correction) one(t string) bool {
	if c.open != nil {
		if value, bound := trimBind(strings.TrimPrefix(t, "而")); bound && value != "" {
			c.put(c.open.Key, value)
			c.open = nil
			return true
		}
	}
	if m := item.FindStringSubmatchIndex(t); m != nil && c.byNumber(t, m) {
		return true
	}
	for _, w := range empties {
		if rest, ok := strings.CutPrefix(t, w); ok {
			fd, named := c.form.Named(strings.TrimSpace(rest))
			if named {
				c.forget(fd)
			}
			return named
		}
	}
	return c.byName(t)
}

// byNumber takes 「第4项改成3万」: the fourth on the card shown last.
func (c *correction) byNumber(t string, m []int) bool {
	var digits string
	for g := 2; g < len(m); g += 2 {
		if m[g] >= 0 {
			digits = t[m[g]:m[g+1]]
		}
	}
	n, ok := zh.Choice(digits)
	rest := t[m[1]:]
	if m[6] >= 0 { // the 改 of 「4改成」 belongs to what follows
		rest = "改" + rest
	}
	value, bound := trimBind(rest)
	bound = bound && rest != value && !strings.HasPrefix(rest, " ") || begins(rest, wrongs)
	if !ok || value == "" || !bound && !strings.Contains(t[:m[1]], "项") {
		return false
	}
	if n < 1 || n > len(c.d.Shown) {
		c.out.Problems = append(c.out.Problems, Problem{Raw: t, Why: NoSuchItem})
		return true
	}
	fd, ok := c.form.Field(c.d.Shown[n-1])
	if !ok {
		c.out.Problems = append(c.out.Problems, Problem{Raw: t, Why: NoSuchItem})
		return true
	}
	if c.wrong(fd, rest) {
		return true
	}
	c.take(fd, value)
	return true
}

// byName takes 「改货值 3万」「货值改成3万」.
func (c *correction) byName(t string) bool {
	body, led := t, false
	for _, h := range heads {
		if rest, ok := strings.CutPrefix(t, h); ok && rest != "" {
			body, led = strings.TrimLeft(rest, " :"), true
			break
		}
	}
	fd, rest, ok := c.form.begins(body)
	if !ok {
		if led && runes(body) <= 20 && (begins(t, []string{"改", "修改"}) || strings.Contains(body, "改")) {
			c.out.Problems = append(c.out.Problems, Problem{Raw: t, Why: NoSuchField})
			return true
		}
		return false
	}
	if c.wrong(fd, strings.TrimLeft(rest, " 的")) {
		return true
	}
	strong := begins(strings.TrimLeft(rest, " "), []string{"改", "更正", "应", "修改", "换成", "变为", "调整"})
	value, _ := trimBind(rest)
	if value == "" || !led && !strong {
		return false
	}
	c.take(fd, value)
	return true
}

// wrong takes 「地点错了」 and 「货值不是3万」: the right value comes next, or stands
// behind.
func (c *correction) wrong(fd *Field, rest string) bool {
	for _, w := range append([]string{"不是"}, wrongs...) {
		after, ok := strings.CutPrefix(rest, w)
		if !ok {
			continue
		}
		c.open = fd
		after = strings.TrimLeft(after, " ")
		for _, is := range []string{"应该是", "应为", "改成", "改为", "而是"} {
			if i := strings.Index(after, is); i >= 0 && i+len(is) < len(after) {
				c.open = nil
				c.take(fd, after[i+len(is):])
				break
			}
		}
		return true
	}
	return false
}

// take puts a value; what stands behind it in a line of figures is read as such.
func (c *correction) take(fd *Field, value string) {
	if i := strings.Index(value, "不是"); i > 0 { // 3万不是5万
		value = strings.TrimRight(value[:i], " ,")
	}
	c.last = fd
	if first, rest, more := strings.Cut(value, " "); more && fd.numeric() && c.form.Lines {
		if _, why, _ := fd.read(value, c.env); why != "" { // 「改案值 2万 立案3件」
			c.put(fd.Key, first)
			c.rest(rest)
			return
		}
	}
	c.put(fd.Key, value)
}

// rest takes the rest of a message that began with a correction: labelled values,
// more words of a text, or nothing that is known.
func (c *correction) rest(p string) {
	p = strings.TrimSpace(p)
	if c.form.Lines {
		if wrong, ok := strings.CutPrefix(p, "不是"); ok && c.done > 0 && len(bareNumbers(wrong)) > 0 { // 检查45,不是40
			return
		}
		if c.one(p) {
			return
		}
		before, problems := len(c.out.Changed), len(c.out.Problems)
		if c.lines(p); len(c.out.Changed) > before || len(c.out.Problems) > problems || len(c.form.figures(p).hits) > 0 {
			return
		}
	} else if fd, rest, ok := c.form.begins(p); ok {
		if value, bound := trimBind(rest); value != "" && (bound || gluedValue(fd, value, c.env)) {
			c.last = fd
			c.put(fd.Key, value)
			return
		}
	}
	if c.last != nil && (c.last.Rest || c.last.Type == Place) {
		c.put(c.last.Key, c.d.Values[c.last.Key].Text+","+p)
		return
	}
	c.out.Problems = append(c.out.Problems, Problem{Raw: p, Why: Unclear})
}

// put sets a field that was named.
func (s *step) put(key, text string) {
	fd, _ := s.form.Field(key)
	if fd.Fixed {
		s.out.Problems = append(s.out.Problems, Problem{Field: key, Raw: text, Why: KnownAlready})
		return
	}
	if ignorance(text) && fd.Unknown == "" && !fd.Required && !s.form.Lines { // 货值不详
		s.forget(fd)
		return
	}
	v, why, arg := fd.readAnswer(text, s.env)
	if why == "" && fd.numeric() && v.About && fd.Type == Number {
		why = NotANumber
	}
	if why != "" {
		s.out.Problems = append(s.out.Problems, Problem{Field: key, Raw: text, Why: why, Arg: arg})
		return
	}
	if _, said := s.d.Values[key]; said {
		v.Origin = Corrected
	}
	if s.d.set(key, v) {
		s.changed(key)
	}
}

func (s *step) forget(fd *Field) {
	if _, ok := s.d.Values[fd.Key]; ok && !fd.Required {
		delete(s.d.Values, fd.Key)
		s.changed(fd.Key)
	}
	if fd.Type == Files && len(s.d.Files) > 0 {
		s.d.Files = nil
		s.d.Rev++
	}
}

// changed notes that a value changed.
func (s *step) changed(key string) {
	if !slices.Contains(s.out.Changed, key) {
		s.out.Changed = append(s.out.Changed, key)
	}
}

// begins finds the field whose longest name the text begins with.
func (f *Form) begins(text string) (fd *Field, rest string, ok bool) {
	best := 0
	for i := range f.Fields {
		if n := f.Fields[i].Label; len(n) > best && strings.HasPrefix(text, n) {
			fd, best = &f.Fields[i], len(n)
		}
		for _, n := range f.Fields[i].Alias {
			if len(n) > best && strings.HasPrefix(text, n) {
				fd, best = &f.Fields[i], len(n)
			}
		}
	}
	return fd, text[best:], fd != nil
}
