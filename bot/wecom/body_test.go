package wecom

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// reads counts what is read of a body.
type reads struct {
	io.Reader
	n int
}

func (r *reads) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += n
	return n, err
}

func TestALargeBodyIsNotReadToItsEnd(t *testing.T) {
	w := newWorld(t)
	for announced, most := range map[int64]int{5 << 20: 0, -1: largestBody + 1<<20} {
		body := &reads{Reader: io.LimitReader(zeros{}, 5<<20)}
		r := httptest.NewRequest(http.MethodPost, "/wecom/callback", body)
		r.ContentLength = announced
		rec := httptest.NewRecorder()
		w.channel.ServeHTTP(rec, r)
		require.Equal(t, http.StatusRequestEntityTooLarge, rec.Code)
		require.Equal(t, "close", rec.Header().Get("Connection"))
		require.LessOrEqual(t, body.n, most)
	}
	// Over a connection the answer is there before any of it was sent, and the end behind it.
	web := httptest.NewServer(w.channel)
	defer web.Close()
	for _, head := range []string{"Content-Length: 5242880", "Content-Length: 5242880\r\nExpect: 100-continue", "Content-Length: 9223372036854775807"} {
		conn, err := net.Dial("tcp", web.Listener.Addr().String())
		require.NoError(t, err)
		fmt.Fprintf(conn, "POST /wecom/callback?msg_signature=1&timestamp=1&nonce=1 HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n", head)
		read := bufio.NewReader(conn)
		res, err := http.ReadResponse(read, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusRequestEntityTooLarge, res.StatusCode)
		require.True(t, res.Close)
		_, err = read.ReadByte()
		require.ErrorIs(t, err, io.EOF)
		require.NoError(t, conn.Close())
	}
}

// pipes is a listener of connections within the process, whose time can be imitated.
type pipes struct {
	conns chan net.Conn
	ended chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// TestWhoeverDripsIsNotWaitedFor: a body of which a byte comes every second is given up
// after ten.
func TestWhoeverDripsIsNotWaitedFor(t *testing.T) {
	w := newWorld(t)
	for _, head := range []string{"Content-Length: 1000", "Transfer-Encoding: chunked"} {
		synctest.Test(t, func(t *testing.T) {
			at := &pipes{make(chan net.Conn), make(chan struct{})}
			server := &http.Server{Handler: w.channel}
			go server.Serve(at)
			ours, theirs := net.Pipe()
			at.conns <- theirs
			begun := time.Now()
			var writing sync.WaitGroup
			writing.Go(func() {
				_, err := fmt.Fprintf(ours, "POST /wecom/callback HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n", head)
				for err == nil {
					time.Sleep(time.Second)
					drop := "a"
					if strings.Contains(head, "chunked") {
						drop = "1\r\na\r\n"
					}
					_, err = io.WriteString(ours, drop)
				}
			})
			res, err := http.ReadResponse(bufio.NewReader(ours), nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusBadRequest, res.StatusCode)
			require.True(t, res.Close)
			require.InDelta(t, reading.Seconds(), time.Since(begun).Seconds(), 1)
			require.NoError(t, ours.Close())
			writing.Wait()
			close(at.ended)
			require.NoError(t, server.Shutdown(context.Background()))
		})
	}
}
