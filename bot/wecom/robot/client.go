package robot

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"zhuanban/bot/internal/line"
)

const connecting = 5 * time.Second

// Reach opens a connection to a host and port, with TLS or without, and closes it: it
// shows that the way is open, and cuts nobody off.
func Reach(ctx context.Context, secure bool, host, caFile string) error {
	client, err := line.New(line.Options{CAFile: caFile, Connecting: connecting})
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
