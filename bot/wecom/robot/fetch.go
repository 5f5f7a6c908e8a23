package robot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/internal/disposition"
	"zhuanban/bot/internal/line"
	"zhuanban/bot/media"
)

var _ media.Source = (*Channel)(nil)

const (
	// addressLife is how long the address of a file is good.
	addressLife = 5 * time.Minute
	// largestFile is what WeCom takes of a member, and more than the bot keeps.
	largestFile = 100 << 20
)

// Fetch opens what a member sent. Once its address is no longer good, whatever fails
// has failed for good. No error shows the key, or more of the address than its host.
func (c *Channel) Fetch(ctx context.Context, name string) (media.Body, error) {
	r, err := readRef(name)
	if err != nil {
		return media.Body{}, c.gone(err)
	}
	u, err := c.trusted(r.URL)
	if err != nil {
		return media.Body{}, c.gone(err)
	}
	d := &download{c: c, ctx: ctx, r: r, host: u.Host}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return media.Body{}, c.gone(errAddress)
	}
	req.Header.Set("Accept-Encoding", "identity")
	res, err := c.downloader(req).Do(req)
	if err != nil {
		return media.Body{}, d.failure(err)
	}
	body := media.Body{Name: disposition.Name(res.Header.Get("Content-Disposition"))}
	if res.StatusCode != http.StatusOK {
		err = &answered{res.StatusCode}
	} else {
		d.Reader, err = c.opened(res.Body, r.Key)
	}
	if err != nil {
		_ = res.Body.Close()
		return media.Body{}, d.failure(err)
	}
	if res.ContentLength-longestPad > largestFile { // then that is known before all of it came
		body.Size = res.ContentLength - longestPad
	}
	d.Closer = res.Body
	body.Reader = d
	return body, nil
}

// opened gives the bytes of a file. Without any key it is not sealed, as WeCom's own
// client takes it.
func (c *Channel) opened(from io.Reader, key string) (io.Reader, error) {
	if key == "" && c.o.Webhook {
		key = c.o.AESKey
	}
	if key == "" {
		return from, nil
	}
	b, err := readKey(key)
	if err != nil {
		return nil, err
	}
	return unseal(from, b)
}

// download is a file that is being fetched.
type download struct {
	io.Reader
	io.Closer
	c    *Channel
	ctx  context.Context
	r    ref
	host string
}

// Read reads on. Its errors are those of Fetch.
func (d *download) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = d.failure(err)
	}
	return n, err
}

// answered is an answer that is no file.
type answered struct{ status int }

func (a *answered) Error() string { return fmt.Sprintf("HTTP status %d", a.status) }

// failure says what a failed download means: the file is gone, or to be asked for again.
func (d *download) failure(err error) error {
	var where *url.Error // it would show the whole address
	if errors.As(err, &where) {
		err = where.Err
	}
	told := fmt.Errorf("fetching from %s: %w", d.host, err)
	var no *answered
	switch {
	case errors.As(err, &no) && (no.status == http.StatusForbidden || no.status == http.StatusNotFound || no.status == http.StatusGone),
		errors.Is(err, line.ErrInside), errors.Is(err, errKey):
		return d.c.gone(told)
	case d.ctx.Err() == nil && d.c.o.Wall().Sub(time.Unix(d.r.Came, 0)) >= addressLife:
		return d.c.gone(fmt.Errorf("five minutes are over: %w", told))
	}
	return d.c.failure(verdict{fate: bot.NotSent, reason: bot.PlatformAway}, told)
}

// gone is a file that will never come.
func (c *Channel) gone(err error) error { return c.failure(verdict{fate: bot.Refused}, err) }

var errAddress = errors.New("the address is not one of WeCom's: https is right")

// trusted reads an address that came with a message. It is asked by https, or where the
// connection itself goes without, as that of a test does, by http.
func (c *Channel) trusted(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return nil, errAddress
	case u.Scheme == "https":
	case u.Scheme != "http" || !strings.HasPrefix(c.o.WSURL, "ws://"):
		return nil, errAddress
	}
	return u, nil
}

// downloader is the client for a file. Addresses from the public cloud must not lead
// into this network; where a proxy is asked, that is the proxy's to see to.
func (c *Channel) downloader(req *http.Request) *http.Client {
	if strings.TrimRight(c.o.WSURL, "/") != publicURL {
		return c.client
	}
	if proxy, err := http.ProxyFromEnvironment(req); proxy != nil || err != nil {
		return c.client
	}
	return c.outside
}
