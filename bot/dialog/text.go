package dialog

import (
	"slices"
	"strings"

	"zhuanban/bot/zh"
)

// text takes what a person typed: a word of command, the answer to a guided
// question, a correction by name, a reason, or one line that fills what it can.
func (s *step) text(text string) {
	if a, ok := s.word(text); ok {
		s.act(a)
		return
	}
	if s.d.Phase == Guided {
		s.answer(text)
		return
	}
	if s.d.Correcting {
		if text = s.takeReason(text); text == "" {
			s.explain(s.d.Reason)
			s.out.Taken = Surely
			return
		}
	}
	if s.reason(text) || s.swap(text) || s.correct(text) {
		return
	}
	if s.form.Lines {
		s.lines(text)
	} else {
		s.fill(text)
	}
	switch {
	case s.out.Taken != NotTaken:
		s.settle()
	case s.figureLike(text):
		s.out.Taken = Weakly
		s.settle()
	case s.wantsReason() && s.reasonable(text):
		s.out.Problems = nil
		s.explain(text)
		s.out.Taken = Weakly
	case len(s.out.Problems) > 0:
		s.out.Taken = Weakly
		s.settle()
	}
}

// figureLike names as a problem a figure with a number behind it that could not be
// read.
func (s *step) figureLike(text string) bool {
	fd, rest, ok := s.form.begins(strings.TrimSpace(zh.Fold(text)))
	if !ok || !fd.numeric() || rest == "" || rest[0] < '0' || rest[0] > '9' {
		return false
	}
	s.out.Problems = []Problem{{Field: fd.Key, Raw: rest, Why: NotANumber}}
	return true
}

// excuses are characters that tell a reason with a number in it (「补录3件」) from a
// figure with an unknown name (「飞机3架」).
const excuses = "因补漏错重更核前含统节联录迟已实"

// reasonable says whether a text may be the reason that the card waits for.
func (s *step) reasonable(text string) bool {
	text = strings.TrimSpace(text)
	return runes(text) >= 2 && !asks(text) && (len(s.out.Problems) == 0 || strings.ContainsAny(text, excuses))
}

// wantsReason says whether the card waits for a reason.
func (s *step) wantsReason() bool {
	if s.d.Phase != Confirming {
		return false
	}
	all := s.findings()
	if blocking(all) {
		return false
	}
	return len(s.unexplained(all)) > 0 || s.d.Correcting && s.d.Reason == "" && s.d.changed()
}

// becauses are the words that begin a reason. Of 因为 and 由于 the word itself is a
// part of it.
var becauses = []string{"更正原因", "原因", "说明", "理由", "因为", "由于"}

// because is the reason that a text begins with; "" if it begins with none.
func because(text string) string {
	for _, w := range becauses {
		rest, ok := strings.CutPrefix(text, w)
		if !ok {
			continue
		}
		if w == "因为" || w == "由于" {
			rest = text
		}
		if rest = strings.TrimSpace(strings.TrimLeft(rest, ":： 是为")); runes(rest) >= 2 {
			return rest
		}
		return ""
	}
	return ""
}

// takeReason cuts the reason off a correction that carries one: 「案值改成1.8万
// 原因:漏报一件」.
func (s *step) takeReason(text string) string {
	begin := true // a word may begin here
	for i, r := range text {
		if begin {
			if reason := because(text[i:]); reason != "" {
				s.d.Reason = reason
				return strings.TrimSpace(strings.TrimRightFunc(text[:i], separator))
			}
		}
		begin = separator(r) || r == ' '
	}
	return text
}

// reason takes 「原因:…」「说明:…」「因为…」.
func (s *step) reason(text string) bool {
	if s.d.Phase != Confirming {
		return false
	}
	reason := because(strings.TrimSpace(text))
	if reason == "" || !s.d.Correcting && len(s.findings()) == 0 {
		return false
	}
	s.explain(reason)
	s.out.Taken = Surely
	return true
}

// explain keeps a reason for everything that wants one.
func (s *step) explain(text string) {
	text = strings.TrimSpace(text)
	if s.d.Notes == nil {
		s.d.Notes = map[string]Note{}
	}
	for _, fi := range s.unexplained(s.findings()) {
		s.d.Notes[fi.ID] = Note{Reading: fi.Reading, Reason: text}
	}
	if s.d.Correcting && s.d.Reason == "" {
		s.d.Reason = text
	}
	s.d.Rev++
	s.review()
}

// answer takes the answer to the guided question. A correction by name is one here
// too, and a question or a courtesy is no answer.
func (s *step) answer(text string) {
	if begins(text, heads) && s.correct(text) {
		return
	}
	keys := s.open(s.d.Step)
	if len(keys) == 1 && s.courtesy(keys[0], text) {
		return
	}
	s.out.Taken = Surely
	if len(keys) == 0 {
		s.move(+1)
		return
	}
	if len(keys) == 1 {
		s.answerOne(keys[0], text)
		return
	}
	if nothing(text) {
		s.answerAll(keys, text, nil)
		return
	}
	numbers := bareNumbers(text)
	if len(numbers) == len(keys) {
		s.answerAll(keys, text, numbers)
		return
	}
	if len(numbers) > 0 {
		s.out.Problems = append(s.out.Problems, Problem{Raw: text, Why: NotAsked})
		s.out.Event = Question
		return
	}
	s.out.Taken = NotTaken
	s.lines(text)
	if len(s.out.Changed) > 0 {
		s.settle()
		s.move(+1)
		return
	}
	if len(s.out.Problems) == 0 {
		s.out.Problems = append(s.out.Problems, Problem{Raw: text, Why: NotANumber})
	}
	s.out.Taken = max(s.out.Taken, Weakly)
	s.out.Event = Question
}

// courtesy says whether a text is nothing that a field of words could hold: 好的,
// 「本周立了多少?」.
func (s *step) courtesy(key, text string) bool {
	fd, _ := s.form.Field(key)
	return (fd.Type == Text || fd.Type == Place) && (asks(text) && runes(text) <= 12 || chatter(text))
}

func (s *step) answerOne(key, text string) {
	fd, _ := s.form.Field(key)
	v, why, arg := fd.readAnswer(text, s.env)
	if why != "" {
		s.out.Problems = append(s.out.Problems, Problem{Field: key, Raw: text, Why: why, Arg: arg})
		s.out.Event = Question
		return
	}
	if s.d.set(key, v) {
		s.changed(key)
	}
	s.settle()
	s.move(+1)
}

// answerAll takes one number for each field asked for, or none for any.
func (s *step) answerAll(keys []string, text string, numbers []string) {
	for i, k := range keys {
		fd, _ := s.form.Field(k)
		raw := "0"
		if numbers != nil {
			raw = numbers[i]
		}
		v, why, arg := fd.read(raw, s.env)
		if why != "" {
			s.out.Problems = append(s.out.Problems, Problem{Field: k, Raw: raw, Why: why, Arg: arg})
			continue
		}
		if s.d.set(k, v) {
			s.changed(k)
		}
	}
	if len(s.out.Problems) > 0 {
		s.settle()
		s.out.Event = Question
		return
	}
	s.settle()
	s.move(+1)
}

// bareNumbers are the pieces of a text, if each of them is a number and nothing
// else.
func bareNumbers(text string) []string {
	parts := strings.FieldsFunc(zh.Fold(text), func(r rune) bool { return r == ' ' || r == '、' || separator(r) })
	for _, p := range parts {
		if _, ok := zh.ParseNumber(p); !ok && !nothing(p) {
			return nil
		}
	}
	return parts
}

// attach adds photos, files and places, and takes what was said with them.
func (s *step) attach(in Input) {
	takes := slices.IndexFunc(s.form.Fields, func(f Field) bool { return f.Type == Files }) >= 0
	if len(in.Files) > 0 && takes {
		for _, f := range in.Files {
			if !slices.ContainsFunc(s.d.Files, f.same) {
				s.d.Files = append(s.d.Files, f)
				s.d.Rev++
			}
		}
		s.out.Taken = Surely
	}
	if in.Place != "" {
		i := slices.IndexFunc(s.form.Fields, func(f Field) bool { return f.Type == Place })
		if i >= 0 {
			fd := &s.form.Fields[i]
			if v, why, _ := fd.read(in.Place, s.env); why == "" && s.d.set(fd.Key, v) {
				s.changed(fd.Key)
			}
			s.out.Taken = Surely
		}
	}
	if s.out.Taken == NotTaken {
		return
	}
	if strings.TrimSpace(in.Text) == "" {
		s.settle()
		return
	}
	s.out.Taken = NotTaken
	s.text(in.Text)
	if s.out.Taken == NotTaken {
		s.out.Problems = append(s.out.Problems, Problem{Raw: in.Text, Why: Unclear})
		s.settle()
	}
	s.out.Taken = Surely
}
