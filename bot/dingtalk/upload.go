package dingtalk

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/uploads"
)

var _ bot.Preparer = (*Channel)(nil)

// takes is what DingTalk takes as what. Its documentation has grown from 1, 2, 10 and 10
// MB to 20, 2, 20 and 20; where that matters these are in between.
func takes() uploads.Takes {
	const image, voice, film = 10 << 20, 2 << 20, 10 << 20
	begins := func(s string) func([]byte) bool {
		return func(head []byte) bool { return bytes.HasPrefix(head, []byte(s)) }
	}
	return uploads.Takes{Platform: "DingTalk", Least: 1, File: 20 << 20, Shown: []uploads.Shown{
		{Type: uploads.Image, MIME: "image/jpeg", Most: image},
		{Type: uploads.Image, MIME: "image/png", Most: image},
		{Type: uploads.Image, MIME: "image/gif", Most: image},
		{Type: uploads.Image, MIME: "image/bmp", Most: image},
		{Type: uploads.Voice, Is: begins(amr), Most: voice}, // others do not tell how long they are
		{Type: uploads.Video, MIME: "video/mp4", Most: film},
	}}
}

// Prepare uploads the image or file of a parcel, or finds where it was uploaded within
// the last two days, for another parcel or by another replica. What it gave before stays,
// unless DingTalk has lost it meanwhile.
func (c *Channel) Prepare(ctx context.Context, p bot.Parcel) ([]byte, error) {
	if !uploads.Wanted(p.Reply) {
		return nil, nil
	}
	if p.To.Kind == bot.ToGroup {
		g, err := c.groupOf(p.To)
		if err != nil {
			return nil, err
		}
		if g.Conversation == "" {
			return nil, refuse(bot.BadContent, "this group has only a custom robot, which takes no images and no files")
		}
	}
	return c.out.uploads.Prepare(ctx, p.Prepared, func() (uploads.Ready, error) { return c.uploaded(ctx, p.Reply) })
}

// uploaded is where a reply's bytes are at DingTalk.
func (c *Channel) uploaded(ctx context.Context, reply bot.Reply) (uploads.Ready, error) {
	b, err := uploads.Files{Takes: takes(), Data: c.o.Data, Evidence: c.o.Evidence}.Look(reply)
	if err != nil {
		return uploads.Ready{}, err
	}
	defer b.Close()
	return c.out.uploads.Once(ctx, c.shelf(b.Key("")), func() (uploads.Ready, error) { return c.upload(ctx, b) })
}

func (c *Channel) shelf(key string) string { return Name + ":upload:" + c.o.ClientID + ":" + key }

// upload brings bytes to DingTalk. What it does not take as what they are it is offered as
// a file; a name that it cannot read is replaced by one in ASCII.
func (c *Channel) upload(ctx context.Context, b *uploads.Bytes) (r uploads.Ready, err error) {
	tries := []uploads.Ready{{Type: b.Type}}
	if b.Type != uploads.File {
		tries = append(tries, uploads.Ready{Type: uploads.File})
	}
	for _, r = range tries {
		if r.Type == uploads.Voice || r.Type == uploads.Video {
			r.Duration = length(r.Type, b.File, b.Size)
		}
		if r.Type == uploads.Video {
			if r.Cover, err = c.cover(ctx); err != nil {
				return r, err
			}
		}
		for _, called := range uploads.Names(b.Name) {
			r.MediaID, err = c.deposit(ctx, r.Type, called, b.File, b.Size)
			if err == nil || fateOf(err) != bot.Refused {
				return r, err
			}
		}
	}
	return r, err
}

const uploadPath = "/media/upload"

// deposit makes one upload. Whatever becomes of it, nobody has seen a message.
func (c *Channel) deposit(ctx context.Context, as, name string, from io.ReaderAt, size int64) (mediaID string, err error) {
	if err := c.enter(ctx, uploadPath, uploadPath); err != nil {
		return "", err
	}
	var said struct {
		MediaID string `json:"media_id"`
	}
	err = c.noted(uploadPath, c.withOldToken(ctx, func(token string) error {
		form := uploads.NewForm(name, io.NewSectionReader(from, 0, size), size)
		return c.ask(ctx, request{method: http.MethodPost, base: c.o.OAPIBase, path: uploadPath, old: true, patient: true,
			query: url.Values{"access_token": {token}, "type": {as}}, body: form, kind: form.Type, size: form.Size}, &said)
	}))
	if err == nil && said.MediaID == "" {
		err = c.failure(busy, request{path: uploadPath}, errors.New("an answer without a media_id"))
	}
	return said.MediaID, bot.Unshown(err)
}

// cover is the picture that a film has to have: DingTalk makes none of its own.
func (c *Channel) cover(ctx context.Context) (string, error) {
	r, err := c.out.uploads.Once(ctx, c.shelf("cover"), func() (r uploads.Ready, err error) {
		const wide, high = 320, 180
		black := image.NewGray(image.Rect(0, 0, wide, high))
		for y := -40; y <= 40; y++ { // a triangle, as on what can be played
			for x := 0; x < 70-70*max(y, -y)/40; x++ {
				black.SetGray(wide/2-25+x, high/2+y, color.Gray{Y: 0xCC})
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, black); err != nil {
			return r, refuse(bot.BadContent, err.Error())
		}
		r.Type = uploads.Image
		r.MediaID, err = c.deposit(ctx, r.Type, "cover.png", bytes.NewReader(b.Bytes()), int64(b.Len()))
		return r, err
	})
	return r.MediaID, err
}

// uploadedMessage is the message of a parcel with an image or file. Whoever calls Send
// without Prepare gets the upload here.
func (c *Channel) uploadedMessage(ctx context.Context, p bot.Parcel) (Content, error) {
	if len(p.Prepared) == 0 {
		made, err := c.Prepare(ctx, p)
		if err != nil {
			return nil, bot.Unshown(err)
		}
		p.Prepared = made
	}
	r, ok := uploads.Given(p.Prepared)
	if !ok {
		return nil, refuse(bot.BadContent, "an upload that is not there")
	}
	name := p.Reply.Name
	if name == "" {
		name = path.Base(p.Reply.Path)
	}
	switch r.Type {
	case uploads.Image:
		return Picture(r.MediaID), nil
	case uploads.Voice:
		return Audio{r.MediaID, r.Duration}, nil
	case uploads.Video:
		return Video{r.MediaID, r.Cover, "mp4", r.Duration}, nil
	}
	kind := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if kind == "" {
		kind = "file"
	}
	return Document{r.MediaID, name, kind}, nil
}

// sendUpload sends one image or file. Only the OpenAPI takes them.
func (c *Channel) sendUpload(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	if p.To.Kind != bot.ToGroup {
		if _, err := c.userOf(p.To); err != nil {
			return bot.Receipt{}, err
		}
		o := c.wordsToMany(ctx, []bot.Parcel{p})[0]
		return o.Receipt, o.Err
	}
	g, err := c.groupOf(p.To)
	if err != nil {
		return bot.Receipt{}, err
	}
	m, err := c.uploadedMessage(ctx, p)
	if err != nil {
		return bot.Receipt{}, err
	}
	ref, err := c.toGroup(ctx, g.Conversation, m)
	return bot.Receipt{Ref: ref}, c.lostUpload(ctx, p, err)
}

// lostUpload looks at what was said of a parcel with an upload. If DingTalk no longer has
// it, it is uploaded anew before the next try, once.
func (c *Channel) lostUpload(ctx context.Context, p bot.Parcel, err error) error {
	if err == nil || !uploads.Wanted(p.Reply) || fateOf(err) != bot.Refused || !strings.Contains(strings.ToLower(CodeOf(err)), "media") {
		return err
	}
	return c.out.uploads.Lost(ctx, p.Prepared, err)
}
