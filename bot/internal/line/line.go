// Package line is the HTTP client with which the channels reach their platforms' servers,
// or those of a private deployment.
package line

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"sync/atomic"
	"time"
)

// idle is below the minute after which servers close.
const idle = 50 * time.Second

// Options are what a client is made of.
type Options struct {
	CAFile      string        // PEM of authorities beside the system's; "" = none
	Connecting  time.Duration // how long a connection may take, and its TLS
	Answering   time.Duration // how long a whole request may take; 0 = as long as its context
	Connections int           // how many to one server at once; 0 = no limit
}

// New makes a client of its own. It follows no redirect: that would carry what is secret
// to wherever it points.
func New(o Options) (*http.Client, error) {
	roots := (*x509.CertPool)(nil)
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("reading it: %w", err)
		}
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", o.CAFile)
		}
	}
	return &http.Client{
		Timeout: o.Answering,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: o.Connecting}).DialContext,
			TLSHandshakeTimeout: o.Connecting,
			TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			MaxConnsPerHost:     o.Connections,
			MaxIdleConnsPerHost: o.Connections,
			IdleConnTimeout:     idle,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// Watch gives a context for one request, which tells whether bytes of it may have left: as
// long as begun is false, nobody can have read it.
func Watch(ctx context.Context) (watched context.Context, begun *atomic.Bool) {
	begun = new(atomic.Bool)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { begun.Store(true) }}), begun
}
