package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"zhuanban/bot"
)

var _ bot.Preparer = (*Channel)(nil)

// ready is a parcel's upload, as it is kept with the parcel: the duplicate check
// compares the whole request, so every try has to name the same media_id.
type ready struct {
	Type    string `json:"type"`
	MediaID string `json:"media_id"`
	Key     string `json:"key"`            // under which it is shared
	Anew    int    `json:"anew,omitempty"` // how often WeCom had lost it
}

// hasMedia says whether a reply is one that is uploaded.
func hasMedia(r bot.Reply) bool { return r.Kind == bot.ImageReply || r.Kind == bot.FileReply }

// Prepare uploads the image or file of a parcel, or finds where it was uploaded within
// the last two days, for another parcel or by another replica. What it gave before
// stays, unless WeCom has lost it meanwhile. An image that a group's robot takes with
// the message is not uploaded.
func (c *Channel) Prepare(ctx context.Context, p bot.Parcel) ([]byte, error) {
	if !hasMedia(p.Reply) {
		return nil, nil
	}
	g, err := c.groupOf(p.To)
	if err != nil {
		return nil, err
	}
	if inline, err := c.picture(g, p.Reply); inline != nil || err != nil {
		return nil, err
	}
	var before ready
	had := json.Unmarshal(p.Prepared, &before) == nil && before.MediaID != ""
	if had && !c.uploads.gone(ctx, before.MediaID) {
		return p.Prepared, nil
	}
	r, err := c.uploaded(ctx, g, p.Reply)
	if err != nil {
		return nil, err
	}
	if had {
		r.Anew = before.Anew + 1
	}
	return compact(r), nil
}

// uploaded is where a reply's bytes are at WeCom, for the app or for a group.
func (c *Channel) uploaded(ctx context.Context, g *group, reply bot.Reply) (ready, error) {
	f, err := c.open(reply.Path)
	if err != nil {
		return ready{}, refuse(bot.NoSuchFile, "the file cannot be opened: "+reply.Path)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		return ready{}, refuse(bot.NoSuchFile, "no regular file: "+reply.Path)
	case info.Size() > largestFile:
		return ready{}, refuse(bot.TooLarge, "a file of more than 20 MB: "+reply.Path)
	case info.Size() < leastUpload:
		return ready{}, refuse(bot.BadContent, "a file of less than six bytes: "+reply.Path)
	}
	name := reply.Name
	if name == "" {
		name = path.Base(filepath.ToSlash(reply.Path))
	}
	hash, head := sha256.New(), make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return ready{}, refuse(bot.NoSuchFile, "the file cannot be read: "+reply.Path)
	}
	hash.Write(head[:n])
	if _, err := io.Copy(hash, f); err != nil {
		return ready{}, refuse(bot.NoSuchFile, "the file cannot be read: "+reply.Path)
	}
	to, as := shelfOf(g), uploadType(reply.Kind, head[:n], info.Size())
	if to.key != "" {
		as = asFile
	}
	hash.Write([]byte("\x00" + as + "\x00" + name + "\x00" + to.key))
	key := "wecom:upload:" + c.o.CorpID + ":" + hex.EncodeToString(hash.Sum(nil))
	return c.uploads.once(ctx, key, func() (ready, error) { return c.upload(ctx, to, as, name, f, info.Size()) })
}

var evidenceName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// open opens a reply's bytes: of the evidence where its path is a hash, otherwise of
// the data folder, which no path leaves.
func (c *Channel) open(name string) (*os.File, error) {
	switch {
	case evidenceName.MatchString(name) && c.o.Evidence != nil:
		return c.o.Evidence.Open(name)
	case c.o.Data == nil || !filepath.IsLocal(name):
		return nil, os.ErrNotExist
	}
	return c.o.Data.Open(name)
}

// readied is parcels of one reply with the upload that they need. Whoever calls Send
// without Prepare gets it here.
func (c *Channel) readied(ctx context.Context, ps []bot.Parcel) ([]bot.Parcel, error) {
	if !hasMedia(ps[0].Reply) || len(ps[0].Prepared) > 0 {
		return ps, nil
	}
	made, err := c.Prepare(ctx, ps[0])
	if err != nil {
		var failed *bot.SendError
		if errors.As(err, &failed) && failed.Fate != bot.Refused {
			err = unsent(err)
		}
		return nil, err
	}
	out := append([]bot.Parcel(nil), ps...)
	for i := range out {
		out[i].Prepared = made
	}
	return out, nil
}

// message is an upload as a message.
func (r ready) message(name string) (m message, err error) {
	ref := &mediaRef{MediaID: r.MediaID}
	switch r.Type {
	case asImage:
		m.Image = ref
	case asVoice:
		m.Voice = ref
	case asVideo:
		m.Video = &videoRef{MediaID: r.MediaID, Title: shortenBytes(name, mostTitle)}
	case asFile:
		m.File = ref
	default:
		return m, refuse(bot.BadContent, "an upload of type "+r.Type)
	}
	return m, nil
}

// uploadedMessage is the message of a parcel with an image or file.
func uploadedMessage(p bot.Parcel) ([]message, error) {
	var r ready
	if json.Unmarshal(p.Prepared, &r) != nil || r.MediaID == "" {
		return nil, refuse(bot.BadContent, "an upload that is not there")
	}
	m, err := r.message(p.Reply.Name)
	return []message{m}, err
}

type mediaRef struct {
	MediaID string `json:"media_id"`
}

type videoRef struct {
	MediaID string `json:"media_id"`
	Title   string `json:"title,omitempty"`
}

// lostUpload looks at what message/send said of a parcel with an upload. If WeCom no
// longer has it, it is uploaded anew before the next try, once.
func (c *Channel) lostUpload(ctx context.Context, p bot.Parcel, err error) error {
	var told *util.CommonError
	if !hasMedia(p.Reply) || !errors.As(err, &told) || told.ErrCode != codeNoMedia {
		return err
	}
	var r ready
	if json.Unmarshal(p.Prepared, &r) != nil {
		return err
	}
	c.uploads.forget(ctx, r)
	if r.Anew > 0 {
		return err
	}
	return &bot.SendError{Fate: bot.NotSent, Wait: time.Second, Err: err}
}
