package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/internal/disposition"
	"zhuanban/bot/internal/line"
	"zhuanban/bot/internal/secret"
	"zhuanban/bot/media"
)

var _ media.Source = (*Channel)(nil)

const (
	downloadPath = "/v1.0/robot/messageFiles/download"
	// addressLife is how long an address is used again, so that a download that breaks off
	// costs no second call. How long it is good is not documented.
	addressLife   = 5 * time.Minute
	mostAddresses = 256
)

// Fetch opens what a person sent, by its downloadCode: DingTalk is asked for a temporary
// address, and that for the bytes. No error shows more of the address than its host.
func (c *Channel) Fetch(ctx context.Context, ref string) (media.Body, error) {
	code, ok := strings.CutPrefix(ref, codeRef)
	if !ok || code == "" {
		return media.Body{}, refuse("", "a ref that is not DingTalk's")
	}
	address, known := c.out.addresses.find(code, c.o.Wall())
	if !known {
		var said struct {
			URL string `json:"downloadUrl"`
		}
		err := c.api(ctx, http.MethodPost, downloadPath, nil, struct {
			Code      string `json:"downloadCode"`
			RobotCode string `json:"robotCode"`
		}{code, c.o.RobotCode}, &said)
		if err != nil {
			return media.Body{}, c.perhapsGone(err)
		}
		address = said.URL
	}
	u, err := c.trusted(address)
	if err != nil {
		return media.Body{}, c.failure(verdict{fate: bot.Refused}, request{path: downloadPath}, err)
	}
	c.out.addresses.keep(code, address, c.o.Wall())
	body, err := c.download(ctx, u)
	if gone := (*answered)(nil); errors.As(err, &gone) {
		c.out.addresses.forget(code)
		v := verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}
		if !known && (gone.status == http.StatusNotFound || gone.status == http.StatusGone) { // of an address just given
			v = verdict{fate: bot.Refused}
		}
		return media.Body{}, c.failure(v, request{path: downloadPath}, gone)
	}
	return body, err
}

// perhapsGone is an error of a downloadCode: it may be mended tomorrow unless DingTalk
// says of the code itself that it is none.
func (c *Channel) perhapsGone(err error) error {
	var failed *bot.SendError
	if errors.As(err, &failed) && failed.Fate == bot.Refused && !strings.Contains(strings.ToLower(CodeOf(err)), "downloadcode") {
		failed.Fate, failed.Wait = bot.NotSent, aMinute
	}
	return bot.Unshown(err)
}

// answered is an answer that is no file.
type answered struct{ status int }

func (a *answered) Error() string { return fmt.Sprintf("HTTP status %d", a.status) }

// download opens an address. It follows no redirect.
func (c *Channel) download(ctx context.Context, u *url.URL) (media.Body, error) {
	r := request{name: "a file from " + u.Host, hide: hidden(u.String())}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return media.Body{}, c.failure(verdict{fate: bot.Refused}, r, errAddress)
	}
	req.Header.Set("Accept-Encoding", "identity")
	res, err := c.downloader(req).Do(req)
	if err != nil {
		v := verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}
		if errors.Is(err, line.ErrInside) {
			v = verdict{fate: bot.Refused}
		}
		return media.Body{}, c.failure(v, r, err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return media.Body{}, &answered{res.StatusCode}
	}
	return media.Body{Name: disposition.Name(res.Header.Get("Content-Disposition")), Size: res.ContentLength,
		Reader: &download{Reader: res.Body, Closer: res.Body, hide: c.hide(r), name: r.name}}, nil
}

// download is the bytes of a file; its errors hold no secret.
type download struct {
	io.Reader
	io.Closer
	hide func(string) string
	name string
}

// Read reads on.
func (d *download) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = secret.Error(d.name, err, d.hide)
	}
	return n, err
}

var errAddress = errors.New("the address of the file is not at DingTalk's: https is right")

// hosts end the names of those where DingTalk keeps files.
var hosts = []string{".dingtalk.com", ".aliyuncs.com", ".alicdn.com"}

// trusted reads an address that DingTalk gave: at its own hosts by https, or at the
// configured servers.
func (c *Channel) trusted(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, errAddress
	}
	for _, base := range []string{c.o.APIBase, c.o.OAPIBase} {
		if b, err := url.Parse(base); err == nil && strings.EqualFold(b.Hostname(), u.Hostname()) && (u.Scheme == "https" || u.Scheme == b.Scheme) {
			return u, nil
		}
	}
	for _, end := range hosts {
		if u.Scheme == "https" && strings.HasSuffix(strings.ToLower(u.Hostname()), end) {
			return u, nil
		}
	}
	return nil, errAddress
}

// downloader is the client for a file. Addresses from the public cloud must not lead into
// this network; where a proxy is asked, that is the proxy's to see to.
func (c *Channel) downloader(req *http.Request) *http.Client {
	if c.o.APIBase != publicAPI {
		return c.patient()
	}
	if proxy, err := http.ProxyFromEnvironment(req); proxy != nil || err != nil {
		return c.patient()
	}
	return c.out.far
}

// addresses are those that DingTalk gave for files, by their codes.
type addresses struct {
	mu sync.Mutex
	of map[string]addressed
}

type addressed struct {
	address string
	until   time.Time
}

func (a *addresses) find(code string, now time.Time) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	one, ok := a.of[code]
	return one.address, ok && now.Before(one.until)
}

func (a *addresses) keep(code, address string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of = map[string]addressed{}
	}
	if one, known := a.of[code]; known && now.Before(one.until) {
		return
	}
	for other, one := range a.of {
		if !now.Before(one.until) || len(a.of) >= mostAddresses {
			delete(a.of, other)
		}
	}
	a.of[code] = addressed{address, now.Add(addressLife)}
}

func (a *addresses) forget(code string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.of, code)
}
