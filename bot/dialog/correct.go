package dialog

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// item is 「第4项…」 at the front of a correction.
var item = regexp.MustCompile(`^(?:请)?(?:把|将|改|修改|更正)?第?\s*([0-9〇零一二两三四五六七八九十百]+)\s*(?:项|条|个)\s*`)

// lead are the words that begin a correction.
var leads = []string{"更正为", "更正", "修改一下", "修改", "改一下", "改正", "改", "把", "将", "请把", "请将"}

// forget are the words that empty a field.
var forget = []string{"删除", "删掉", "去掉", "清空", "不要"}

// correct takes a correction by name: 「改货值 3万」「货值改成3万」「把地点改为…」
// 「第4项改成3万」「删除电话」. Several may stand in one message, separated by commas.
// It says whether the text was one.
func (s *step) correct(text string) bool {
	t := strings.TrimSpace(text)
	parts := []string{t}
	if s.form.Lines || strings.Count(t, "改") > 1 {
		parts = strings.FieldsFunc(t, separator)
	}
	var done int
	for _, p := range parts {
		if s.correctOne(strings.TrimSpace(p)) {
			done++
			continue
		}
		if done == 0 {
			return false
		}
		s.leftover(p)
	}
	if done == 0 {
		return false
	}
	s.out.Taken = Surely
	s.settle()
	return true
}

// leftover takes the rest of a message that began with a correction.
func (s *step) leftover(p string) {
	p = strings.TrimSpace(p)
	before, problems := len(s.out.Changed), len(s.out.Problems)
	if s.form.Lines {
		s.lines(p)
	}
	if p != "" && len(s.out.Changed) == before && len(s.out.Problems) == problems {
		s.out.Problems = append(s.out.Problems, Problem{Raw: p, Why: Unclear})
	}
}

func (s *step) correctOne(t string) bool {
	if m := item.FindStringSubmatchIndex(t); m != nil {
		n, ok := zh.Choice(t[m[2]:m[3]])
		if rest, bound := trimBind(t[m[1]:]); ok && rest != "" && (bound || strings.ContainsAny(t[:m[1]], "第项")) {
			if n < 1 || n > len(s.d.Shown) {
				s.out.Problems = append(s.out.Problems, Problem{Raw: t, Why: NoSuchItem})
				return true
			}
			s.put(s.d.Shown[n-1], rest)
			return true
		}
	}
	for _, w := range forget {
		if rest, ok := strings.CutPrefix(t, w); ok {
			fd, named := s.form.Named(strings.TrimSpace(rest))
			if named {
				s.forget(fd)
			}
			return named
		}
	}
	led := false
	body := t
	for _, l := range leads {
		if rest, ok := strings.CutPrefix(t, l); ok && rest != "" {
			body, led = strings.TrimLeft(rest, " :"), true
			break
		}
	}
	fd, rest, ok := s.form.begins(body)
	if !ok {
		if led && utf8.RuneCountInString(body) <= 20 && (strings.HasPrefix(t, "改") || strings.HasPrefix(t, "修改") || strings.Contains(body, "改")) {
			s.out.Problems = append(s.out.Problems, Problem{Raw: t, Why: NoSuchField})
			return true
		}
		return false
	}
	value, bound := trimBind(rest)
	strong := strings.HasPrefix(strings.TrimLeft(rest, " "), "改") || strings.HasPrefix(strings.TrimLeft(rest, " "), "更正") ||
		strings.HasPrefix(strings.TrimLeft(rest, " "), "应") || strings.HasPrefix(strings.TrimLeft(rest, " "), "修改")
	if value == "" || !led && !strong {
		return false
	}
	if led && !bound && !strong && utf8.RuneCountInString(value) == 0 {
		return false
	}
	value = notWhat(value)
	if first, rest, more := strings.Cut(value, " "); more && fd.numeric() && s.form.Lines {
		if _, why, _ := fd.read(value, s.env); why != "" { // 「改案值 2万 立案3件」
			s.put(fd.Key, first)
			s.leftover(rest)
			return true
		}
	}
	s.put(fd.Key, value)
	return true
}

// notWhat cuts 「不是5万」 off 「3万不是5万」.
func notWhat(value string) string {
	if i := strings.Index(value, "不是"); i > 0 {
		return strings.TrimRight(value[:i], " ,,")
	}
	return value
}

// put sets a field that was named.
func (s *step) put(key, text string) {
	fd, _ := s.form.Field(key)
	if fd.Fixed {
		s.out.Problems = append(s.out.Problems, Problem{Field: key, Raw: text, Why: KnownAlready})
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
	v.Origin = Corrected
	if s.d.set(key, v) {
		s.out.Changed = append(s.out.Changed, key)
	}
}

func (s *step) forget(fd *Field) {
	if _, ok := s.d.Values[fd.Key]; ok && !fd.Required {
		delete(s.d.Values, fd.Key)
		s.out.Changed = append(s.out.Changed, fd.Key)
	}
	if fd.Type == Files {
		s.d.Files = nil
		s.d.Rev++
	}
}

// begins finds the field whose longest name the text begins with.
func (f *Form) begins(text string) (fd *Field, rest string, ok bool) {
	best := 0
	for i := range f.Fields {
		for _, n := range f.Fields[i].names() {
			if len(n) > best && strings.HasPrefix(text, n) {
				fd, rest, ok, best = &f.Fields[i], text[len(n):], true, len(n)
			}
		}
	}
	return fd, rest, ok
}
