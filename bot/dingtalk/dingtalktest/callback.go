package dingtalktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"
)

// Sign signs a callback of HTTP mode as DingTalk does. The body is not signed.
func Sign(secret, timestamp string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "\n" + secret))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Callback is a request of HTTP mode with that body, signed at that time.
func Callback(ctx context.Context, url, secret string, body []byte, at time.Time) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	ts := strconv.FormatInt(at.UnixMilli(), 10)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("timestamp", ts)
	r.Header.Set("sign", Sign(secret, ts))
	return r, nil
}

// TapCallback is a request of HTTP mode with a tap on a card, signed at that time.
func TapCallback(ctx context.Context, url, secret string, body []byte, at time.Time) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	ts := strconv.FormatInt(at.UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(ts))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("x-ddpaas-signature-timestamp", ts)
	r.Header.Set("x-ddpaas-signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return r, nil
}
