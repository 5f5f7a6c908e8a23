package robot

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

const connecting = 5 * time.Second

// newClient makes an HTTP client of its own, which also opens the connection. caFile
// adds authorities to the system's; "" adds none.
func newClient(caFile string) (*http.Client, error) {
	roots := (*x509.CertPool)(nil)
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("reading it: %w", err)
		}
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", caFile)
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: connecting}).DialContext,
			TLSHandshakeTimeout: connecting,
			TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			IdleConnTimeout:     50 * time.Second, // below the minute after which servers close
		},
		// A redirect would carry what is secret to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// outside is a client that connects to public addresses only, and by no proxy.
func outside(of *http.Client) *http.Client {
	t := of.Transport.(*http.Transport).Clone()
	t.Proxy, t.DialContext = nil, (&net.Dialer{Timeout: connecting, Control: outsideOnly}).DialContext
	only := *of
	only.Transport = t
	return &only
}

// Reach opens a connection to a host and port, with TLS or without, and closes it: it
// shows that the way is open, and cuts nobody off.
func Reach(ctx context.Context, secure bool, host, caFile string) error {
	client, err := newClient(caFile)
	if err != nil {
		return fmt.Errorf("ca_file: %w", err)
	}
	t := client.Transport.(*http.Transport)
	conn, err := t.DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	defer conn.Close()
	if !secure {
		return nil
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		return err
	}
	c := t.TLSClientConfig.Clone()
	c.ServerName = name
	return tls.Client(conn, c).HandshakeContext(ctx)
}
