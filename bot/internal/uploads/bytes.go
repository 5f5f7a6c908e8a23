package uploads

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"

	"zhuanban/bot"
)

// What WeCom takes as what, in bytes; all of it has more than five.
const (
	least        = 6
	largestImage = 10 << 20 // jpg, png
	largestVoice = 2 << 20  // amr, of at most a minute
	largestVideo = 10 << 20 // mp4
	largestFile  = 20 << 20
)

// The types of uploads, which are msgtypes as well.
const (
	Image = "image"
	Voice = "voice"
	Video = "video"
	File  = "file"
)

// Wanted says whether a reply is one that is uploaded.
func Wanted(r bot.Reply) bool { return r.Kind == bot.ImageReply || r.Kind == bot.FileReply }

// Files are where the bytes of replies are; what is nil holds none.
type Files struct {
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
// there are none, or WeCom takes none like them.
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
	case info.Size() > largestFile:
		return nil, refuse(bot.TooLarge, "a file of more than 20 MB: "+r.Path)
	case info.Size() < least:
		return nil, refuse(bot.BadContent, "a file of less than six bytes: "+r.Path)
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
	b.Type = TypeOf(r.Kind, head[:n], b.Size)
	return b, nil
}

// Key names the bytes as they go: with their type and name, and for whom.
func (b *Bytes) Key(whom string) string {
	b.hash.Write([]byte("\x00" + b.Type + "\x00" + b.Name + "\x00" + whom))
	return hex.EncodeToString(b.hash.Sum(nil))
}

// TypeOf is as what a reply's bytes go: as a file, unless WeCom shows them as what they
// are.
func TypeOf(kind bot.ReplyKind, head []byte, size int64) string {
	switch mime := http.DetectContentType(head); {
	case kind == bot.ImageReply && (mime == "image/jpeg" || mime == "image/png") && size <= largestImage:
		return Image
	case kind == bot.ImageReply:
	case bytes.HasPrefix(head, []byte("#!AMR\n")) && size <= largestVoice:
		return Voice
	case mime == "video/mp4" && size <= largestVideo:
		return Video
	}
	return File
}

func refuse(reason bot.Reason, why string) error {
	return &bot.SendError{Fate: bot.Refused, Reason: reason, Err: errors.New(why)}
}
