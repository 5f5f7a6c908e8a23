package wecom

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// The characters between two tags, as they are read and written.

var (
	cdataStart = []byte("<![CDATA[")
	cdataEnd   = []byte("]]>")
	emptyEnd   = []byte("/>")
)

// text reads characters and CDATA up to the next tag, and returns them in one
// piece: what is left out between them only makes it shorter, so it is put
// together in place.
func (p *parser) text() ([]byte, bool) {
	if p.empty != nil {
		return p.b[p.at:p.at:p.at], true
	}
	start, end := -1, 0 // of the text so far
	keep := func(part []byte, from int) {
		if start < 0 || end == start {
			start, end = from, from+len(part)
			return
		}
		end += copy(p.b[end:], part)
	}
	for {
		rest := p.b[p.at:]
		i := bytes.IndexByte(rest, '<')
		if i < 0 {
			return nil, false
		}
		if i > 0 {
			chars, ok := unescape(rest[:i])
			if !ok {
				return nil, false
			}
			keep(chars, p.at)
			p.at += i
			rest = rest[i:]
		}
		if !bytes.HasPrefix(rest, cdataStart) {
			if start < 0 {
				start, end = p.at, p.at
			}
			return p.b[start:end:end], true
		}
		rest = rest[len(cdataStart):]
		i = bytes.Index(rest, cdataEnd)
		if i < 0 {
			return nil, false
		}
		keep(newlines(rest[:i]), p.at+len(cdataStart))
		p.at += len(cdataStart) + i + len(cdataEnd)
	}
}

// unescape resolves the five entities and the numbered characters, in place.
// Others would need a declaration, and there is none.
func unescape(b []byte) ([]byte, bool) {
	if bytes.Contains(b, cdataEnd) {
		return nil, false // not allowed outside CDATA
	}
	if bytes.IndexByte(b, '&') < 0 {
		return newlines(b), true
	}
	out := b[:0]
	for len(b) > 0 {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			i = len(b)
		}
		out = append(out, newlines(b[:i])...)
		if b = b[i:]; len(b) == 0 {
			break
		}
		end := bytes.IndexByte(b, ';')
		if end < 0 {
			return nil, false
		}
		r, ok := entity(string(b[1:end]))
		if !ok {
			return nil, false
		}
		out = utf8.AppendRune(out, r) // never longer than what stood for it
		b = b[end+1:]
	}
	return out, true
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	r := rune(n)
	ok := err == nil && (r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r < 0xD800 ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune)
	return r, ok
}

// newlines makes every line end "\n", as XML demands, in place.
func newlines(b []byte) []byte {
	i := bytes.IndexByte(b, '\r')
	if i < 0 {
		return b
	}
	out := b[:i]
	for ; i < len(b); i++ {
		if b[i] != '\r' {
			out = append(out, b[i])
			continue
		}
		out = append(out, '\n')
		if i+1 < len(b) && b[i+1] == '\n' {
			i++
		}
	}
	return out
}

// appendCDATA appends s as CDATA, cut in two wherever its end mark stands in it,
// and without the bytes that no document can hold.
func appendCDATA(dst []byte, s string) []byte {
	dst = append(dst, cdataStart...)
	from := 0 // what is not yet appended
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' && c != '\n' && c != '\t':
			dst = append(dst, s[from:i]...)
			from = i + 1
		case c == '>':
			dst = append(dst, s[from:i]...)
			from = i
			if bytes.HasSuffix(dst, []byte("]]")) {
				dst = append(dst, "]]><![CDATA["...)
			}
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, cdataEnd...)
}
