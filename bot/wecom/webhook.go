package wecom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"zhuanban/bot"
)

// The paths of a group's robot (消息推送). Its key stands for an access token.
const (
	webhookPath       = "/cgi-bin/webhook/send"
	webhookUploadPath = "/cgi-bin/webhook/upload_media"
	uploadPath        = "/cgi-bin/media/upload"
)

// webhook makes one call of a robot and reads the answer into out, which may be nil.
// An error is a *bot.SendError, and never of everybody: another group has another
// robot.
func (c *Channel) webhook(ctx context.Context, path, key string, more url.Values, kind string, body []byte, out any) error {
	q := url.Values{"key": {key}}
	for k, v := range more {
		q[k] = v
	}
	s, err := c.callAs(ctx, http.MethodPost, path, q, kind, body, out)
	if err != nil || *s.Code == 0 {
		return err
	}
	v := judge(*s.Code)
	if *s.Code == 93000 { // no robot has this key; it has been removed from its group
		v = verdict{fate: bot.Refused, reason: bot.NoSuchGroup}
	}
	v.everybody = false
	return c.platformError(v, path, s)
}

// uploaded uploads a message's file: to the group's robot, who alone may use it, or
// for the app.
func (c *Channel) uploaded(ctx context.Context, g *group, m post) (post, error) {
	kind, body, err := form(m.upload)
	if err != nil {
		return m, refuse(bot.BadContent, err.Error())
	}
	var r struct {
		MediaID string `json:"media_id"`
	}
	path := uploadPath
	if q := (url.Values{"type": {m.upload.kind}}); g.key != "" {
		path = webhookUploadPath
		err = c.webhook(ctx, path, g.key, q, kind, body, &r)
	} else {
		_, err = c.apiAs(ctx, http.MethodPost, path, q, kind, body, &r)
	}
	switch {
	case err != nil:
		return m, err
	case r.MediaID == "":
		return m, c.failure(verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}, path, errors.New("no media_id in the answer"))
	}
	if m.upload.kind == "image" {
		m.Image = &picture{MediaID: r.MediaID}
	} else {
		m.File = &mediaID{r.MediaID}
	}
	m.upload = nil
	return m, nil
}

// form is a file as a browser would send it. WeCom wants its name and its length.
func form(u *upload) (kind string, body []byte, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	name := strings.NewReplacer(`"`, "'", `\`, "_", "/", "_", "\r", "", "\n", "").Replace(u.name)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="media"; filename="%s"; filelength=%d`, name, len(u.data))},
		"Content-Type":        {"application/octet-stream"},
	})
	if err == nil {
		_, err = part.Write(u.data)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return "", nil, fmt.Errorf("packing %s: %w", name, err)
	}
	return w.FormDataContentType(), b.Bytes(), nil
}
