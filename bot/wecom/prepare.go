package wecom

import (
	"context"

	"zhuanban/bot"
	"zhuanban/bot/internal/uploads"
	"zhuanban/bot/wecom/internal/takes"
)

var _ bot.Preparer = (*Channel)(nil)

// Prepare uploads the image or file of a parcel, or finds where it was uploaded within
// the last two days, for another parcel or by another replica. What it gave before
// stays, unless WeCom has lost it meanwhile. An image that a group's robot takes with
// the message is not uploaded.
func (c *Channel) Prepare(ctx context.Context, p bot.Parcel) ([]byte, error) {
	if !uploads.Wanted(p.Reply) {
		return nil, nil
	}
	g, err := c.groupOf(p.To)
	if err != nil {
		return nil, err
	}
	if inline, err := c.picture(g, p.Reply); inline != nil || err != nil {
		return nil, err
	}
	return c.uploads.Prepare(ctx, p.Prepared, func() (uploads.Ready, error) { return c.uploaded(ctx, g, p.Reply) })
}

// uploaded is where a reply's bytes are at WeCom, for the app or for a group.
func (c *Channel) uploaded(ctx context.Context, g *group, reply bot.Reply) (uploads.Ready, error) {
	b, err := c.files().Look(reply)
	if err != nil {
		return uploads.Ready{}, err
	}
	defer b.Close()
	to := shelfOf(g)
	if to.key != "" {
		b.Type = asFile
	}
	return c.uploads.Once(ctx, "wecom:upload:"+c.o.CorpID+":"+b.Key(to.key), func() (uploads.Ready, error) {
		r, err := c.upload(ctx, to, b.Type, b.Name, b.File, b.Size)
		return r, aside(err)
	})
}

// files are where the bytes of replies are.
func (c *Channel) files() uploads.Files {
	return uploads.Files{Takes: takes.All(), Data: c.o.Data, Evidence: c.o.Evidence}
}

// readied is parcels of one reply with the upload that they need. Whoever calls Send
// without Prepare gets it here.
func (c *Channel) readied(ctx context.Context, ps []bot.Parcel) ([]bot.Parcel, error) {
	if !uploads.Wanted(ps[0].Reply) || len(ps[0].Prepared) > 0 {
		return ps, nil
	}
	made, err := c.Prepare(ctx, ps[0])
	if err != nil {
		return nil, bot.Unshown(err)
	}
	out := append([]bot.Parcel(nil), ps...)
	for i := range out {
		out[i].Prepared = made
	}
	return out, nil
}

// uploadedMessage is the message of a parcel with an image or file.
func uploadedMessage(p bot.Parcel) ([]message, error) {
	r, ok := uploads.Given(p.Prepared)
	if !ok {
		return nil, refuse(bot.BadContent, "an upload that is not there")
	}
	var m message
	switch ref := (&mediaRef{MediaID: r.MediaID}); r.Type {
	case asImage:
		m.Image = ref
	case asVoice:
		m.Voice = ref
	case asVideo:
		m.Video = &videoRef{MediaID: r.MediaID, Title: shortenBytes(p.Reply.Name, mostTitle)}
	case asFile:
		m.File = ref
	default:
		return nil, refuse(bot.BadContent, "an upload of type "+r.Type)
	}
	return []message{m}, nil
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
	if !uploads.Wanted(p.Reply) || CodeOf(err) != codeNoMedia {
		return err
	}
	return c.uploads.Lost(ctx, p.Prepared, err)
}
