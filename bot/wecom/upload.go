package wecom

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

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
		for _, called := range names(name) {
			r.MediaID, err = c.deposit(ctx, to, r.Type, called, io.NewSectionReader(f, 0, size), size)
			var failed *bot.SendError
			if err == nil || !errors.As(err, &failed) || failed.Fate != bot.Refused {
				return r, err
			}
		}
	}
	return r, err
}

// names are what a file is called over there: its real name, in bare UTF-8, because
// that is what recipients see and WeCom reads no other form of it; and one that
// everybody can read.
func names(name string) []string {
	name = uploads.FileName(name)
	plain := strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return '_'
		}
		return r
	}, name)
	if plain == name {
		return []string{name}
	}
	if stem, ext, ok := cutLast(plain, "."); ok && strings.Trim(stem, "_") == "" {
		plain = "file." + ext
	}
	return []string{name, plain}
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
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
	boundary := rand.Text()
	head := fmt.Sprintf("--%s\r\nContent-Disposition: form-data; name=\"media\"; filename=\"%s\"; filelength=%d\r\n"+
		"Content-Type: application/octet-stream\r\n\r\n", boundary, name, size)
	tail := "\r\n--" + boundary + "--\r\n"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.o.APIBase+path+"?"+q.Encode(),
		io.MultiReader(strings.NewReader(head), body, strings.NewReader(tail)))
	if err != nil {
		return c.failure(verdict{fate: bot.NotSent}, path, err)
	}
	req.ContentLength = int64(len(head)+len(tail)) + size
	req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
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
