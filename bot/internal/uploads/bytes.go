package uploads

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"

	"zhuanban/bot"
)

// The types of uploads, which are msgtypes as well.
const (
	Image = "image"
	Voice = "voice"
	Video = "video"
	File  = "file"
)

// Takes is what a platform takes as what.
type Takes struct {
	Platform string // its name, for errors
	Least    int64  // bytes that anything has to have
	File     int64  // bytes of a file, and of anything
	// Shown is what is shown as what it is; the first that fits holds. What is a picture
	// is shown as one only in a reply that is an image; all else goes as a file.
	Shown []Shown
}

// Shown is a kind of bytes that a platform shows.
type Shown struct {
	Type string
	MIME string                 // as http.DetectContentType finds it; "" = see Is
	Is   func(head []byte) bool // by its first 512 bytes
	Most int64                  // bytes; what is larger goes as a file
}

func (s Shown) fits(mime string, head []byte, size int64) bool {
	return size <= s.Most && (s.MIME != "" && s.MIME == mime || s.Is != nil && s.Is(head))
}

// Wanted says whether a reply is one that is uploaded.
func Wanted(r bot.Reply) bool { return r.Kind == bot.ImageReply || r.Kind == bot.FileReply }

// Files are where the bytes of replies are; what is nil holds none.
type Files struct {
	Takes    Takes
	Data     *os.Root // by paths
	Evidence interface {
		Open(sha string) (*os.File, error)
	}
}

var evidenceName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Open opens a reply's bytes: of the evidence where its path is a hash, otherwise of
// the data folder, which no path leaves.
func (f Files) Open(name string) (*os.File, error) {
	switch {
	case evidenceName.MatchString(name) && f.Evidence != nil:
		return f.Evidence.Open(name)
	case f.Data == nil || !filepath.IsLocal(name):
		return nil, os.ErrNotExist
	}
	return f.Data.Open(name)
}

// Bytes are those of a reply, open until Close.
type Bytes struct {
	*os.File
	Name string // as its reader sees it
	Size int64
	Type string // as what they go
	hash hash.Hash
}

// Look opens a reply's bytes and reads them through. An error is a *bot.SendError:
// there are none, or the platform takes none like them.
func (f Files) Look(r bot.Reply) (b *Bytes, err error) {
	file, err := f.Open(r.Path)
	if err != nil {
		return nil, refuse(bot.NoSuchFile, "the file cannot be opened: "+r.Path)
	}
	defer func() {
		if err != nil {
			_ = file.Close()
		}
	}()
	info, err := file.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		return nil, refuse(bot.NoSuchFile, "no regular file: "+r.Path)
	case info.Size() > f.Takes.File:
		return nil, refuse(bot.TooLarge, fmt.Sprintf("a file of more than %d MB: %s", f.Takes.File>>20, r.Path))
	case info.Size() < f.Takes.Least:
		return nil, refuse(bot.BadContent, fmt.Sprintf("a file of less than %d bytes: %s", f.Takes.Least, r.Path))
	}
	b = &Bytes{File: file, Name: r.Name, Size: info.Size(), hash: sha256.New()}
	if b.Name == "" {
		b.Name = path.Base(filepath.ToSlash(r.Path))
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, refuse(bot.NoSuchFile, "the file cannot be read: "+r.Path)
	}
	b.hash.Write(head[:n])
	if _, err := io.Copy(b.hash, file); err != nil {
		return nil, refuse(bot.NoSuchFile, "the file cannot be read: "+r.Path)
	}
	b.Type = f.Takes.TypeOf(r.Kind, head[:n], b.Size)
	return b, nil
}

// Key names the bytes as they go: with their type and name, and for whom.
func (b *Bytes) Key(whom string) string {
	b.hash.Write([]byte("\x00" + b.Type + "\x00" + b.Name + "\x00" + whom))
	return hex.EncodeToString(b.hash.Sum(nil))
}

// TypeOf is as what a reply's bytes go: as a file, unless the platform shows them as what
// they are.
func (t Takes) TypeOf(kind bot.ReplyKind, head []byte, size int64) string {
	mime := http.DetectContentType(head)
	for _, s := range t.Shown {
		if (s.Type == Image) == (kind == bot.ImageReply) && s.fits(mime, head, size) {
			return s.Type
		}
	}
	return File
}

func refuse(reason bot.Reason, why string) error {
	return &bot.SendError{Fate: bot.Refused, Reason: reason, Err: errors.New(why)}
}
