package disposition

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTheNameInADisposition(t *testing.T) {
	for header, want := range map[string]string{
		`attachment; filename="MEDIA_ID.jpg"`:                                        "MEDIA_ID.jpg",
		`attachment; filename=a.jpg`:                                                 "a.jpg",
		`attachment;filename=a b.jpg;x=y`:                                            "a b.jpg",
		`attachment; FileName="a;b\"c\".pdf"`:                                        `a;b"c".pdf`,
		`attachment; filename="C:\下载\a.doc"`:                                         `C:\下载\a.doc`,
		`attachment; filename="通报.pdf"`:                                              "通报.pdf",
		`attachment; filename="%E9%80%9A%E6%8A%A5.pdf"`:                              "通报.pdf",
		`attachment; filename="100%.pdf"`:                                            "100%.pdf",
		`attachment; filename="x.pdf"; filename*=UTF-8''%E9%80%9A%E6%8A%A5.pdf`:      "通报.pdf",
		`attachment; filename*=utf-8'zh-CN'%E9%80%9A%E6%8A%A5.pdf; filename="x.pdf"`: "通报.pdf",
		`attachment; filename*=GBK''%CD%A8%B1%A8.pdf; filename="x.pdf"`:              "x.pdf",
		"attachment; filename=\"\xCD\xA8\xB1\xA8.pdf\"":                              "file.pdf",
		`attachment; filename="=?UTF-8?B?6YCa5oqlLnBkZg==?="`:                        "通报.pdf",
		`attachment; filename="open`:                                                 "open",
		`attachment`:                                                                 "",
		``:                                                                           "",
		`attachment; filename`:                                                       "",
	} {
		require.Equal(t, want, Name(header), header)
	}
	rapid.Check(t, func(t *rapid.T) { // whatever there is, it ends and is text
		name := Name("attachment; " + rapid.String().Draw(t, "rest") + string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
		require.Equal(t, strings.ToValidUTF8(name, "?"), name)
	})
}
