package robot

import (
	"strings"
	"unicode/utf8"
)

// longestText is what one message takes, in bytes of markdown.
const longestText = 20480

// escape writes a plain text as markdown that shows it as it is: by a backslash before
// what would be markup there, and nowhere else. The robot's markdown follows CommonMark
// (lists and tables included), which takes a backslash before any of these.
func escape(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/16)
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		escapeLine(&b, line)
	}
	return b.String()
}

func escapeLine(b *strings.Builder, line string) {
	text := strings.TrimLeft(line, " ")
	for range len(line) - len(text) {
		b.WriteString("\u00a0") // four blanks would begin a block of code
	}
	if marker := leading(text); marker > 0 {
		b.WriteString(text[:marker-1] + `\` + text[marker-1:marker])
		text = text[marker:]
	}
	for i := range len(text) {
		switch c := text[i]; c {
		case '*', '`', '[', '<', '~', '|', '&', '\\', '$':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '_':
			if !(i > 0 && word(text[i-1]) && i+1 < len(text) && word(text[i+1])) { // within a word it is none
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
}

func word(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

// leading is where the last character of a line's mark ends, that makes it a heading, a
// quotation, an item of a list or a rule; 0 = there is none.
func leading(line string) int {
	if line == "" {
		return 0
	}
	switch line[0] {
	case '#', '>', '-', '+', '=':
		return 1
	}
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	if digits > 0 && digits < 10 && digits < len(line) && (line[digits] == '.' || line[digits] == ')') &&
		(digits+1 == len(line) || line[digits+1] == ' ' || line[digits+1] == '\t') {
		return digits + 1
	}
	return 0
}

// pieces are a plain text as markdown in messages of at most so many bytes, cut at the
// end of a line where there is one in the second half, never within a character or
// what stands for one.
func pieces(s string, most int) (out []string) {
	var b strings.Builder
	flush := func() {
		if strings.TrimSpace(b.String()) != "" {
			out = append(out, b.String())
		}
		b.Reset()
	}
	for line := range strings.SplitSeq(escape(s), "\n") {
		if b.Len() > 0 && b.Len()+1+len(line) > most && b.Len() >= most/2 {
			flush()
		} else if b.Len() > 0 {
			line = "\n" + line
		}
		for b.Len()+len(line) > most {
			part := cut(line, most-b.Len())
			b.WriteString(part)
			line = line[len(part):]
			flush()
		}
		b.WriteString(line)
	}
	flush()
	return out
}

// cut keeps at most so many bytes of markdown, whole characters and no half escape.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	slashes := 0
	for slashes < most && s[most-1-slashes] == '\\' {
		slashes++
	}
	if slashes%2 == 1 && most > 1 {
		most--
	}
	return s[:most]
}
