package wecom

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"zhuanban/bot/wecom/internal/seal"
)

// What Probe may find wrong with the callback.
var (
	ErrUnreachable = errors.New("nothing answers there")
	ErrOtherKeys   = errors.New("it does not accept our keys")
	ErrElse        = errors.New("something else answers there")
)

// echoSize is what a verification's answer may be long; it is some twenty digits.
const echoSize = 4 << 10

// Probe does at an address what the console does when the callback is saved there:
// it asks, signed and sealed with our own keys, and wants the text back, bare. The error
// is one of the above with the particulars.
func (c *Channel) Probe(ctx context.Context, callback string) error {
	echo := rand.Text()
	var chance [seal.RandomSize]byte
	rand.Read(chance[:]) // never fails
	sealed := c.codec.Seal(nil, chance, []byte(echo))
	timestamp, nonce := strconv.FormatInt(c.o.Wall().Unix(), 10), rand.Text()[:10]
	s, _ := c.codec.Sign(nil, timestamp, nonce, sealed)
	q := url.Values{"msg_signature": {string(s[:])}, "timestamp": {timestamp}, "nonce": {nonce}, "echostr": {string(sealed)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, callback+"?"+q.Encode(), nil)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, c.safe(callback, err))
	}
	res, err := c.client.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, c.safe(callback, err))
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, echoSize))
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrUnreachable, c.safe(callback, err))
	case len(body) == 0 && (res.StatusCode == http.StatusForbidden || res.StatusCode == http.StatusBadRequest): // as ServeHTTP refuses
		return fmt.Errorf("%w: HTTP status %d", ErrOtherKeys, res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("%w: HTTP status %d", ErrElse, res.StatusCode)
	case string(body) != echo:
		return fmt.Errorf("%w: %d bytes of %q instead of the text that was asked for", ErrElse, len(body), res.Header.Get("Content-Type"))
	}
	return nil
}

// Skew is how far our clock is ahead of WeCom's, by the date in an answer of its
// servers, to the second. WeCom's callbacks are refused beyond two hours.
func (c *Channel) Skew(ctx context.Context) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, c.o.APIBase+"/", nil)
	if err != nil {
		return 0, c.safe("asking for the time", err)
	}
	res, err := c.client.Do(req)
	if err != nil {
		return 0, c.safe("asking for the time", err)
	}
	defer res.Body.Close()
	now, err := http.ParseTime(res.Header.Get("Date"))
	if err != nil {
		return 0, errors.New("asking for the time: the answer has no date")
	}
	return c.o.Wall().Sub(now).Truncate(time.Second), nil
}
