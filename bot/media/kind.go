package media

import (
	"bytes"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"

	"zhuanban/bot"
	"zhuanban/templates"
)

// headSize is how many bytes say what a file is.
const headSize = 512

// kind is a type of file as its first bytes show it.
type kind struct {
	mime string
	ext  string // that such a file has; "" = several do
}

// magic are beginnings that net/http does not know, or takes for something else.
var magic = []struct {
	at     int
	prefix string
	kind
}{
	{0, "#!AMR", kind{"audio/amr", ".amr"}},
	{0, "#!SILK", kind{"audio/silk", ".silk"}},
	{1, "#!SILK", kind{"audio/silk", ".silk"}}, // as Tencent's programs write it
	{0, "\xFF\xFB", kind{"audio/mpeg", ".mp3"}},
	{0, "\xFF\xF3", kind{"audio/mpeg", ".mp3"}},
	{0, "\xFF\xF2", kind{"audio/mpeg", ".mp3"}},
	{4, "ftyphei", kind{"image/heic", ".heic"}},
	{4, "ftyphev", kind{"image/heic", ".heic"}},
	{4, "ftypmif1", kind{"image/heic", ".heic"}},
	{4, "ftypmsf1", kind{"image/heic", ".heic"}},
	{4, "ftypM4A", kind{"audio/mp4", ".m4a"}},
	{4, "ftypqt", kind{"video/quicktime", ".mov"}},
	{4, "ftyp", kind{"video/mp4", ".mp4"}},
	{0, "7z\xBC\xAF\x27\x1C", kind{"application/x-7z-compressed", ".7z"}},
	{0, "\xD0\xCF\x11\xE0", kind{"application/x-ole-storage", ""}}, // doc, xls, ppt, wps
}

// programs begin like this: of Windows, Linux, macOS, Java, scripts, shortcuts.
var programs = []string{"MZ", "\x7FELF", "#!", "\xCA\xFE\xBA\xBE", "\xFE\xED\xFA\xCE", "\xFE\xED\xFA\xCF", "\xCE\xFA\xED\xFE", "\xCF\xFA\xED\xFE", "L\x00\x00\x00\x01\x14\x02\x00"}

// sniff says what a file is by its first bytes; ok is false for a program.
func sniff(head []byte) (k kind, ok bool) {
	for _, m := range magic {
		if len(head) > m.at && bytes.HasPrefix(head[m.at:], []byte(m.prefix)) {
			return m.kind, true
		}
	}
	for _, p := range programs {
		if bytes.HasPrefix(head, []byte(p)) {
			return kind{}, false
		}
	}
	k.mime, _, _ = strings.Cut(http.DetectContentType(head), ";")
	k.ext = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/bmp": ".bmp",
		"audio/mpeg": ".mp3", "audio/wave": ".wav", "application/pdf": ".pdf", "application/zip": ".zip",
		"application/x-rar-compressed": ".rar", "text/plain": ".txt"}[k.mime]
	return k, true
}

// What may come as what. A file is told by its name, because a document of Office is a
// zip to its first bytes; what it must not be is a program.
var (
	photos    = []string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".heic", ".heif"}
	voices    = []string{".amr", ".silk", ".mp3", ".wav", ".m4a"}
	videos    = []string{".mp4", ".mov"}
	documents = []string{".pdf", ".ofd", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".et", ".csv", ".ppt", ".pptx", ".dps", ".txt", ".rtf", ".zip", ".rar", ".7z"}
)

// look says what came as a photo, voice note, video or file is, and what extension it
// has; ok is false if it is not taken as that.
func look(as bot.AttachmentKind, name string, head []byte) (k kind, ok bool) {
	if k, ok = sniff(head); !ok {
		return k, false
	}
	switch as {
	case bot.Photo:
		return k, slices.Contains(photos, k.ext)
	case bot.Voice:
		return k, slices.Contains(voices, k.ext)
	case bot.Video:
		return k, slices.Contains(videos, k.ext)
	}
	if ext := strings.ToLower(path.Ext(name)); ext != "" {
		k.ext = ext
	}
	for _, list := range [][]string{documents, photos, voices, videos} {
		if slices.Contains(list, k.ext) {
			return k, true
		}
	}
	return k, false
}

// longestName is how many characters of a name are kept.
const longestName = 120

// clean is a file's name without folders and without what would break a line; "" if
// nothing is left of it.
func clean(name string) string {
	name = path.Base(strings.ReplaceAll(templates.Clean(name), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name))
	if runes := []rune(name); len(runes) > longestName {
		ext := []rune(path.Ext(name))
		ext = ext[:min(len(ext), 20)]
		name = string(runes[:longestName-len(ext)]) + string(ext)
	}
	if strings.Trim(name, "./ ") == "" || strings.TrimSuffix(name, path.Ext(name)) == "" {
		return ""
	}
	return name
}
