package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"zhuanban/bot"
	"zhuanban/bot/internal/uploads"
)

// shelf is where bytes are uploaded: for the app, or for a group's robot, who alone may
// use what is there.
type shelf struct {
	path string
	key  string // the robot's; "" = the app's, which has an access token
}

// The shelves' paths.
const (
	uploadPath        = "/cgi-bin/media/upload"
	webhookUploadPath = "/cgi-bin/webhook/upload_media"
)

func shelfOf(g *group) shelf {
	if g != nil && g.key != "" {
		return shelf{webhookUploadPath, g.key}
	}
	return shelf{path: uploadPath}
}

// The types of uploads.
const (
	asImage = uploads.Image
	asVoice = uploads.Voice
	asVideo = uploads.Video
	asFile  = uploads.File
)

// upload brings bytes to WeCom and gives their media_id. What WeCom does not take as an
// image, voice note or video it is offered as a file; a name that it cannot read is
// replaced by one in ASCII.
func (c *Channel) upload(ctx context.Context, to shelf, as, name string, f io.ReaderAt, size int64) (r uploads.Ready, err error) {
	tries := []uploads.Ready{{Type: as}}
	if as != asFile {
		tries = append(tries, uploads.Ready{Type: asFile})
	}
	for _, r = range tries {
		for _, called := range uploads.Names(name) {
			r.MediaID, err = c.deposit(ctx, to, r.Type, called, io.NewSectionReader(f, 0, size), size)
			var failed *bot.SendError
			if err == nil || !errors.As(err, &failed) || failed.Fate != bot.Refused {
				return r, err
			}
		}
	}
	return r, err
}

// deposit makes one upload, again with a new token if WeCom no longer takes the
// first. An error is a *bot.SendError.
func (c *Channel) deposit(ctx context.Context, to shelf, as, name string, body io.ReadSeeker, size int64) (mediaID string, err error) {
	q := url.Values{"type": {as}}
	var r struct {
		status
		MediaID string `json:"media_id"`
	}
	put := func(by, secret string) (status, error) {
		q.Set(by, secret)
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return status{}, c.failure(verdict{fate: bot.NotSent}, to.path, err)
		}
		r.status, r.MediaID = status{}, ""
		err := c.form(ctx, to.path, q, name, body, size, &r)
		return r.status, err
	}
	var s status
	var v verdict
	if to.key != "" {
		s, err = put("key", to.key)
	} else {
		s, v, err = c.withToken(ctx, func(token string) (status, error) { return put("access_token", token) })
	}
	switch {
	case err != nil:
		return "", err
	case s.Code == nil || s.code() == 0 && r.MediaID == "":
		return "", c.failure(verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}, to.path, errors.New("an answer without a media_id"))
	case s.code() == 0:
		return r.MediaID, nil
	case to.key != "":
		return "", c.webhookError(to.path, s)
	}
	return "", c.platformError(v, to.path, s)
}

// form posts bytes as the multipart form that an upload wants, with a name and a
// length, and reads the answer into out.
func (c *Channel) form(ctx context.Context, path string, q url.Values, name string, body io.Reader, size int64, out any) error {
	form := uploads.NewForm(name, body, size)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.o.APIBase+path+"?"+q.Encode(), form)
	if err != nil {
		return c.failure(verdict{fate: bot.NotSent}, path, err)
	}
	req.ContentLength = form.Size
	req.Header.Set("Content-Type", form.Type)
	res, err := c.patient().Do(req)
	if err != nil {
		return c.failure(broken(ctx, false), path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, largestAnswer))
	switch {
	case res.StatusCode != http.StatusOK:
		return c.failure(judgeStatus(res.StatusCode), path, errors.New(res.Status))
	case err != nil:
		return c.failure(broken(ctx, false), path, fmt.Errorf("reading the answer: %w", err))
	case json.Unmarshal(text, out) != nil:
		return c.failure(verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}, path,
			fmt.Errorf("an answer that is not WeCom's: %d bytes of %q", len(text), res.Header.Get("Content-Type")))
	}
	return nil
}
