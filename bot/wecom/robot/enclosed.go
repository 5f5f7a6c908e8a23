package robot

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"zhuanban/bot"
)

// enclosure is where a picture, video or file is that came with a message. The address is
// good for five minutes; what it gives is sealed with the key, in base64, or where the
// robot is called back, with the callback's own.
type enclosure struct {
	URL    string `json:"url"`
	AESKey string `json:"aeskey"`
	Name   string `json:"filename"` // "" where the platform says none
}

// file is one that came with a message; Kind is "" where it is none that is taken.
type file struct {
	kind bot.AttachmentKind
	enclosure
}

// ref is what names a file until it is fetched. It is kept with the message, because
// nobody can ask for the file without its key, and shown to nobody.
type ref struct {
	URL  string `json:"url"`
	Key  string `json:"key,omitempty"`
	Came int64  `json:"came"` // Unix seconds
}

const (
	longestURL = 4096 // those of WeCom have some hundred bytes
	longestKey = 128
)

// attachment is a file as the bot takes it; ok is false if it cannot be fetched.
func (f file) attachment(came time.Time) (a bot.Attachment, ok bool) {
	if f.kind == "" || f.URL == "" || len(f.URL) > longestURL || len(f.AESKey) > longestKey {
		return a, false
	}
	name, err := encode(ref{f.URL, f.AESKey, came.Unix()})
	return bot.Attachment{Kind: f.kind, Name: f.Name, Ref: string(name)}, err == nil
}

// errName is a ref that is none; the error of JSON would show a part of it.
var errName = errors.New("not a name of this channel")

func readRef(name string) (r ref, err error) {
	if json.Unmarshal([]byte(name), &r) != nil || r.URL == "" {
		return r, errName
	}
	return r, nil
}

const keySize = 32

var errKey = errors.New("the key is not 32 bytes in base64")

// readKey reads a key as WeCom writes it: base64 of either alphabet, with or without
// its end.
func readKey(text string) ([]byte, error) {
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	key, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(key) != keySize {
		return nil, errKey // the error of base64 would show a part of it
	}
	return key, nil
}
