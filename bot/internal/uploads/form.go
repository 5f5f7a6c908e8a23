package uploads

import (
	"crypto/rand"
	"fmt"
	"io"
	"strings"
)

// Names are what a file is called over there, one after the other if it is refused: its
// real name, in bare UTF-8, because that is what recipients see and platforms read no
// other form of it; and one that everybody can read.
func Names(name string) []string {
	name = FileName(name)
	plain := strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return '_'
		}
		return r
	}, name)
	if plain == name {
		return []string{name}
	}
	if i := strings.LastIndexByte(plain, '.'); i >= 0 && strings.Trim(plain[:i], "_") == "" {
		plain = "file" + plain[i:]
	}
	return []string{name, plain}
}

// Form is bytes as the multipart form that an upload wants: in the field media, with a
// name and a length.
type Form struct {
	io.Reader
	Type string // its Content-Type
	Size int64
}

// NewForm makes one.
func NewForm(name string, body io.Reader, size int64) Form {
	boundary := rand.Text()
	head := fmt.Sprintf("--%s\r\nContent-Disposition: form-data; name=\"media\"; filename=\"%s\"; filelength=%d\r\n"+
		"Content-Type: application/octet-stream\r\n\r\n", boundary, name, size)
	tail := "\r\n--" + boundary + "--\r\n"
	return Form{io.MultiReader(strings.NewReader(head), body, strings.NewReader(tail)),
		"multipart/form-data; boundary=" + boundary, int64(len(head)+len(tail)) + size}
}
