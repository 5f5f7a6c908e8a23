// Package disposition reads the names of files that servers give out.
package disposition

import (
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"
)

// Name is the name in a Content-Disposition, of which servers make
// everything there is: RFC 5987, percent signs, encoded words, bare UTF-8, GBK. Of what
// cannot be read only the extension is kept. "" = there is none.
func Name(header string) string {
	plain := ""
	for _, p := range parameters(header) {
		switch p[0] {
		case "filename*":
			charset, rest, _ := strings.Cut(p[1], "'")
			_, text, ok := strings.Cut(rest, "'")
			if name, err := url.PathUnescape(text); ok && err == nil && strings.EqualFold(charset, "utf-8") && utf8.ValidString(name) && name != "" {
				return name
			}
		case "filename":
			plain = p[1]
		}
	}
	if strings.HasPrefix(plain, "=?") {
		if name, err := new(mime.WordDecoder).DecodeHeader(plain); err == nil {
			plain = name
		}
	}
	if strings.Contains(plain, "%") {
		if name, err := url.PathUnescape(plain); err == nil && utf8.ValidString(name) {
			plain = name
		}
	}
	if utf8.ValidString(plain) {
		return plain
	}
	if ext := path.Ext(plain); utf8.ValidString(ext) {
		return "file" + ext
	}
	return ""
}

// parameters are the names, in lower case, and values of a header's parameters.
func parameters(header string) (out [][2]string) {
	_, rest, _ := strings.Cut(header, ";")
	for rest != "" {
		key, after, ok := strings.Cut(rest, "=")
		if !ok {
			return out
		}
		key = strings.ToLower(strings.Trim(key, " \t;"))
		after = strings.TrimLeft(after, " \t")
		var value string
		if quoted, is := strings.CutPrefix(after, `"`); is {
			value, rest = unquote(quoted)
		} else {
			value, rest, _ = strings.Cut(after, ";")
			value = strings.TrimSpace(value)
		}
		out = append(out, [2]string{key, value})
	}
	return out
}

// unquote reads up to the closing quotation mark, if there is one.
func unquote(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
