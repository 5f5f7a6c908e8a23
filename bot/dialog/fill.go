package dialog

import (
	"slices"
	"strings"
	"unicode"

	"zhuanban/bot/zh"
)

// fill reads one line into a form of mixed fields: first what is labelled, then
// what a type or a tell-tale word gives away, then, if values were asked for, the
// pieces that are left, in the order they were asked.
//
// Unlabelled words never overwrite what was said before. Where they say something
// else (another place, another shop) while the card is on the table, the line is
// about another matter and is not taken.
func (s *step) fill(text string) {
	folded := zh.Fold(text)
	if folded == "" {
		return
	}
	l := newLine(s, folded)
	l.labelled()
	if asks(folded) && !l.named && runes(folded) <= 12 {
		return
	}
	unknown := l.ignorance()
	typed := l.typed()
	if l.conflict && s.d.Phase == Confirming && !l.named {
		l.giveBack()
		return
	}
	answered := l.answers()
	kept := l.rest(strings.TrimSpace(text))
	switch {
	case l.named || typed+unknown > 0:
		s.out.Taken = Surely
	case answered > 0 || kept:
		s.out.Taken = Weakly
	default:
		if len(s.out.Problems) == 0 {
			l.giveBack()
		}
		return
	}
	l.inferred()
}

// giveBack leaves the draft as it was before the line; what came with it, a place
// from the map, stays.
func (l *line) giveBack() {
	l.d.Values = l.values
	l.out.Changed, l.out.Problems = l.out.Changed[:l.changes], l.out.Problems[:0]
}

// inferred takes choices from words that mean them: 「假冒」 is a trademark matter.
// The names of places and shops count only if nothing else tells.
func (l *line) inferred() {
	for i := range l.form.Fields {
		fd := &l.form.Fields[i]
		if fd.Type != Choice || fd.Fixed {
			continue
		}
		if _, said := l.d.Values[fd.Key]; said {
			continue
		}
		o, ok := fd.infer(l.plot())
		if !ok {
			o, ok = fd.infer(l.text)
		}
		if ok {
			l.d.set(fd.Key, Value{Text: o.Value, Origin: Inferred})
			l.changed(fd.Key)
		}
	}
}

// plot is the line without the names of its place and its people.
func (l *line) plot() string {
	text := l.text
	for i := range l.form.Fields {
		fd := &l.form.Fields[i]
		v, said := l.d.Values[fd.Key]
		if said && len(v.Text) > 0 && (fd.Type == Place || fd.Type == Text && len(fd.Ends) > 0) {
			text = strings.ReplaceAll(text, v.Text, " ")
		}
	}
	return text
}

// rest keeps the words themselves in the field for free text: the whole of the
// message that says what it is about, and of later ones what no value came from.
func (l *line) rest(text string) bool {
	i := slices.IndexFunc(l.form.Fields, func(f Field) bool { return f.Rest })
	if i < 0 {
		return false
	}
	fd := &l.form.Fields[i]
	old, said := l.d.Values[fd.Key]
	if said {
		var left []string
		for _, c := range l.clauses() {
			if t := strings.TrimSpace(c.In(l.text)); l.unread(c) >= 4 && !overlap(c, l.kept) && !chatter(t) {
				left = append(left, t)
			}
		}
		add := strings.Join(left, ",")
		if add == "" || strings.Contains(old.Text, add) || asks(text) {
			return false
		}
		text = strings.TrimRight(old.Text, "。;,") + ";" + add
	} else if chatter(text) || !l.substance() {
		return false
	}
	l.d.set(fd.Key, Value{Text: text})
	l.changed(fd.Key)
	return true
}

// substance says whether a line tells what the matter is: goods, a word that
// means a choice, or words that no value came from.
func (l *line) substance() bool {
	for _, k := range l.out.Changed {
		if fd, _ := l.form.Field(k); fd.Type == Quantity || fd.Type == Text && len(fd.Starts) > 0 {
			return true
		}
	}
	for i := range l.form.Fields {
		if fd := &l.form.Fields[i]; fd.Type == Choice {
			if _, ok := fd.infer(l.plot()); ok {
				return true
			}
		}
	}
	want := l.wanted()
	return l.unread(span{From: 0, To: len(l.text)}) >= 4 || len(want) == 1 && want[0].Rest
}

// unread counts the characters of a stretch that no value has taken.
func (l *line) unread(s span) int {
	n := 0
	for i, r := range s.In(l.text) {
		if !l.used[s.From+i] && unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
