package uploads

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a file's name may have, in bytes; of longer ones the end of the stem is cut off.
const (
	longestName = 240
	longestExt  = 20
)

// FileName is a name as a file may have it on a platform: in one part, without what would end
// it in a form's header or turn it round on a screen, and not too long for a disk.
func FileName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\' || r == '/' || r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return '_'
		}
		return r
	}, name)
	if len(name) <= longestName {
		return name
	}
	ext := whole(path.Ext(name), longestExt)
	return whole(name, longestName-len(ext)) + ext
}

// whole is the beginning of a text, in whole characters.
func whole(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
