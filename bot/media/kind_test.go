package media

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot"
)

func TestWhatBytesAre(t *testing.T) {
	for name, c := range map[string]struct {
		as         bot.AttachmentKind
		name, head string
		mime, ext  string // "" = not taken
	}{
		"jpeg":                   {bot.Photo, "", "\xFF\xD8\xFF\xE0", "image/jpeg", ".jpg"},
		"png":                    {bot.Photo, "a.exe", "\x89PNG\r\n\x1a\n", "image/png", ".png"},
		"gif":                    {bot.Photo, "", "GIF89a", "image/gif", ".gif"},
		"webp":                   {bot.Photo, "", "RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", ".webp"},
		"an iPhone's":            {bot.Photo, "", "\x00\x00\x00\x24ftypheic\x00\x00\x00\x00", "image/heic", ".heic"},
		"a film as a photo":      {bot.Photo, "", "\x00\x00\x00\x18ftypmp42", "", ""},
		"amr":                    {bot.Voice, "", "#!AMR\n", "audio/amr", ".amr"},
		"silk":                   {bot.Voice, "", "\x02#!SILK_V3", "audio/silk", ".silk"},
		"mp3":                    {bot.Voice, "", "ID3\x03", "audio/mpeg", ".mp3"},
		"mp3 without a tag":      {bot.Voice, "", "\xFF\xFB\x90", "audio/mpeg", ".mp3"},
		"mp4":                    {bot.Video, "", "\x00\x00\x00\x20ftypisom", "video/mp4", ".mp4"},
		"pdf":                    {bot.File, "通报.PDF", "%PDF-1.7", "application/pdf", ".pdf"},
		"pdf without a name":     {bot.File, "", "%PDF-1.7", "application/pdf", ".pdf"},
		"docx":                   {bot.File, "a.docx", "PK\x03\x04", "application/zip", ".docx"},
		"doc":                    {bot.File, "a.doc", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/x-ole-storage", ".doc"},
		"a package":              {bot.File, "a.apk", "PK\x03\x04", "", ""},
		"an installer":           {bot.File, "a.msi", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "", ""},
		"a program for Windows":  {bot.File, "a.doc", "MZ\x90", "", ""},
		"a program for Linux":    {bot.File, "a.zip", "\x7fELF", "", ""},
		"a script":               {bot.File, "a.txt", "#!/bin/sh", "", ""},
		"a batch":                {bot.File, "a.bat", "echo", "", ""},
		"text":                   {bot.File, "a.txt", "你好", "text/plain", ".txt"},
		"a table":                {bot.File, "a.csv", "单位,数", "text/plain", ".csv"},
		"an old document as OLE": {bot.File, "", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			k, ok := look(c.as, c.name, []byte(c.head))
			require.Equal(t, c.mime != "", ok)
			if ok {
				require.Equal(t, kind{c.mime, c.ext}, k)
			}
		})
	}
}

func TestANameIsWithoutFoldersAndOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"通报.pdf": "通报.pdf", `C:\下载\a.doc`: "a.doc", "../../etc/passwd": "passwd", "a\r\nb.txt": "ab.txt", "": "", "..": "", "/": "", ".pdf": "", " . ": "",
	} {
		require.Equal(t, want, clean(in), in)
	}
	rapid.Check(t, func(t *rapid.T) {
		name := clean(rapid.String().Draw(t, "name"))
		require.True(t, utf8.ValidString(name))
		require.LessOrEqual(t, utf8.RuneCountInString(name), longestName)
		require.False(t, strings.ContainsAny(name, "/\\\r\n\x00"))
	})
}
