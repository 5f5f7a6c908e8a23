package wecom

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/disposition"
	"zhuanban/bot/media"
)

var _ media.Source = (*Channel)(nil)

const mediaGet = "/cgi-bin/media/get"

// codeNoMedia says that a media_id is none, or is older than three days.
const codeNoMedia = 40007

// Fetch opens what a member sent, by its MediaId, a second time with a new token if
// WeCom no longer takes the first. Only what WeCom certainly does not have is gone;
// any other answer may be another one tomorrow.
func (c *Channel) Fetch(ctx context.Context, ref string) (media.Body, error) {
	var body media.Body
	s, v, err := c.withToken(ctx, func(token string) (s status, err error) {
		body, s, err = c.download(ctx, token, ref)
		return s, err
	})
	if err != nil || s.Code == nil {
		return body, err
	}
	if v.fate == bot.Refused && s.code() != codeNoMedia {
		v.fate, v.wait = bot.NotSent, aMinute
	}
	return media.Body{}, c.platformError(v, mediaGet, s)
}

// download makes one request: it gives the bytes, or what WeCom says instead of them.
func (c *Channel) download(ctx context.Context, token, ref string) (media.Body, status, error) {
	q := url.Values{"access_token": {token}, "media_id": {ref}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.APIBase+mediaGet+"?"+q.Encode(), nil)
	if err != nil {
		return media.Body{}, status{}, c.failure(verdict{fate: bot.NotSent}, mediaGet, err)
	}
	res, err := c.patient().Do(req)
	if err != nil {
		return media.Body{}, status{}, c.failure(broken(ctx, true), mediaGet, err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return media.Body{}, status{}, c.failure(judgeStatus(res.StatusCode), mediaGet, errors.New(res.Status))
	}
	body := media.Body{Name: disposition.Name(res.Header.Get("Content-Disposition")), Size: res.ContentLength}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	read := bufio.NewReaderSize(res.Body, longestStatus)
	if s, word := c.inPlace(read, kind); word {
		_ = res.Body.Close()
		return media.Body{}, s, nil
	}
	if body.Name == "" && strings.HasPrefix(kind, "text/") {
		_ = res.Body.Close()
		return media.Body{}, status{}, c.failure(verdict{fate: bot.Unknown, reason: bot.PlatformAway, wait: soon}, mediaGet,
			errors.New("a page in place of a file"))
	}
	body.Reader = &download{Reader: read, Closer: res.Body, c: c}
	return body, status{}, nil
}

// longestStatus is more than any error of WeCom's has.
const longestStatus = 4 << 10

// inPlace says what WeCom says in place of a file, if it does: a short JSON with a code.
func (c *Channel) inPlace(read *bufio.Reader, kind string) (s status, ok bool) {
	if kind != "" && !strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "json") {
		return s, false
	}
	head, err := read.Peek(longestStatus)
	if !errors.Is(err, io.EOF) || json.Unmarshal(head, &s) != nil || s.code() == 0 {
		return status{}, false
	}
	return s, true
}

// patient is the client for bytes that take their time. How long is the context's.
func (c *Channel) patient() *http.Client {
	patient := *c.client
	patient.Timeout = 0
	return &patient
}

// download is the bytes of a file; its errors hold no secret.
type download struct {
	io.Reader
	io.Closer
	c *Channel
}

// Read reads on.
func (d *download) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = d.c.safe(mediaGet, err)
	}
	return n, err
}
