package robot

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"zhuanban/bot"
	"zhuanban/bot/internal/uploads"
	"zhuanban/bot/wecom/internal/takes"
)

var _ bot.Preparer = (*Channel)(nil)

// Prepare uploads the image or file of a parcel over the connection, or finds where it
// was uploaded within the last two days, for another parcel or by another replica. What
// it gave before stays, unless WeCom has lost it meanwhile.
func (c *Channel) Prepare(ctx context.Context, p bot.Parcel) ([]byte, error) {
	if !uploads.Wanted(p.Reply) {
		return nil, nil
	}
	if _, err := c.address(p); err != nil {
		return nil, err
	}
	return c.uploads.Prepare(ctx, p.Prepared, func() (uploads.Ready, error) {
		b, err := uploads.Files{Takes: takes.All(), Data: c.o.Data, Evidence: c.o.Evidence}.Look(p.Reply)
		if err != nil {
			return uploads.Ready{}, err
		}
		defer b.Close()
		return c.uploads.Once(ctx, "wecom.robot:upload:"+c.o.ID+":"+b.Key(""), func() (uploads.Ready, error) { return c.upload(ctx, b) })
	})
}

// readied is a parcel with the upload that it needs. Whoever calls Send without Prepare
// gets it here.
func (c *Channel) readied(ctx context.Context, p bot.Parcel) (_ bot.Parcel, err error) {
	if uploads.Wanted(p.Reply) && len(p.Prepared) == 0 {
		p.Prepared, err = c.Prepare(ctx, p)
	}
	return p, err
}

const (
	// chunkSize is half of what a chunk may have: while one is on a slow line, nothing
	// else is, and 20 MB are still less than a hundred of them.
	chunkSize = 256 << 10
	// chunkTries is how often a chunk is sent whose acknowledgement is not good: WeCom
	// answers some with a system error, and its own client repeats them as often.
	chunkTries = 3
)

// upload brings bytes to WeCom and gives their media_id. What it does not take as an
// image, voice note or video it is offered as a file.
func (c *Channel) upload(ctx context.Context, b *uploads.Bytes) (r uploads.Ready, err error) {
	sum := md5.New() // WeCom's own check of what arrives, no more
	if _, err := io.Copy(sum, io.NewSectionReader(b, 0, b.Size)); err != nil {
		return r, &bot.SendError{Fate: bot.NotSent, Reason: bot.NoSuchFile, Err: err}
	}
	types := []string{b.Type}
	if b.Type != uploads.File {
		types = append(types, uploads.File)
	}
	for _, r.Type = range types {
		r.MediaID, err = c.put(ctx, r.Type, b, hex.EncodeToString(sum.Sum(nil)))
		var failed *bot.SendError
		if err == nil || !errors.As(err, &failed) || failed.Fate != bot.Refused {
			return r, err
		}
	}
	return r, err
}

// put makes one upload, its chunks one after the other.
func (c *Channel) put(ctx context.Context, as string, b *uploads.Bytes, sum string) (mediaID string, err error) {
	chunks := int((b.Size + chunkSize - 1) / chunkSize)
	var answer struct {
		UploadID string `json:"upload_id"`
		MediaID  string `json:"media_id"`
	}
	begin := map[string]any{"type": as, "filename": uploads.FileName(b.Name), "total_size": b.Size, "total_chunks": chunks, "md5": sum}
	if err := c.ask(ctx, cmdUploadBegin, begin, &answer); err != nil {
		return "", err
	}
	if answer.UploadID == "" {
		return "", c.noAnswer(cmdUploadBegin, "without an upload_id")
	}
	buf := make([]byte, min(chunkSize, b.Size))
	for i := range chunks {
		n, err := b.ReadAt(buf, int64(i)*chunkSize)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", &bot.SendError{Fate: bot.NotSent, Reason: bot.NoSuchFile, Err: err}
		}
		// From 0, as WeCom's own client counts; its documentation is at odds with itself.
		body := map[string]any{"upload_id": answer.UploadID, "chunk_index": i, "base64_data": base64.StdEncoding.EncodeToString(buf[:n])}
		if err := c.insist(ctx, cmdUploadChunk, body); err != nil {
			return "", err
		}
	}
	if err := c.ask(ctx, cmdUploadEnd, map[string]any{"upload_id": answer.UploadID}, &answer); err != nil {
		return "", err
	}
	if answer.MediaID == "" {
		return "", c.noAnswer(cmdUploadEnd, "without a media_id")
	}
	return answer.MediaID, nil
}

// insist gives a command again that may be given again, as long as nothing is refused
// and no limit reached.
func (c *Channel) insist(ctx context.Context, cmd string, body any) (err error) {
	for range chunkTries {
		err = c.ask(ctx, cmd, body, nil)
		var failed *bot.SendError
		if err == nil || !errors.As(err, &failed) || failed.Fate == bot.Refused || failed.Reason != bot.PlatformAway || c.live.Load() == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// ask gives a command that shows nobody anything, and reads the body of its
// acknowledgement into out, which may be nil. An error is a *bot.SendError.
func (c *Channel) ask(ctx context.Context, cmd string, body, out any) error {
	l := c.live.Load()
	if l == nil {
		return c.offline()
	}
	ack, _, err := l.call(ctx, cmd, newReqID(cmd), body)
	switch {
	case err != nil:
		return c.failure(verdict{fate: bot.NotSent, reason: bot.PlatformAway}, fmt.Errorf("%s: %w", cmd, err))
	case ack.Code == nil:
		return c.noAnswer(cmd, "without errcode")
	case *ack.Code != 0:
		return c.failure(judge(*ack.Code, false), &coded{cmd, *ack.Code, ack.Message})
	case out == nil:
		return nil
	case json.Unmarshal(ack.Body, out) != nil:
		return c.noAnswer(cmd, "that cannot be read")
	}
	return nil
}

func (c *Channel) noAnswer(cmd, what string) error {
	return c.failure(verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}, errors.New(cmd+": an acknowledgement "+what))
}

// mediaRef names what was uploaded.
type mediaRef struct {
	MediaID string `json:"media_id"`
}

// uploaded is a parcel's image or file as a message.
func uploaded(to outgoing, p bot.Parcel) ([]outgoing, error) {
	r, ok := uploads.Given(p.Prepared)
	media := &mediaRef{r.MediaID}
	switch to.Kind = r.Type; r.Type {
	case uploads.Image:
		to.Image = media
	case uploads.Voice:
		to.Voice = media
	case uploads.Video:
		to.Video = media
	case uploads.File:
		to.File = media
	default:
		ok = false
	}
	if !ok {
		return nil, &bot.SendError{Fate: bot.Refused, Reason: bot.BadContent, Err: errors.New("an upload that is not there")}
	}
	return []outgoing{to}, nil
}
