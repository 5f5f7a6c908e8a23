package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"time"

	"zhuanban/tools/bench/wecom"
)

// conn posts over one HTTP/1.1 connection that it keeps. http.Client would do the
// same with two goroutines for every connection, and their time is taken from the
// server that is measured on the same machine.
type conn struct {
	host, path string
	timeout    time.Duration

	tcp net.Conn
	in  *bufio.Reader
	out []byte
}

// post sends one callback and returns the body of the answer, which must be a 200.
func (c *conn) post(p wecom.Post) (string, error) {
	if c.tcp == nil {
		tcp, err := net.DialTimeout("tcp", c.host, c.timeout)
		if err != nil {
			return "", fmt.Errorf("connecting: %w", plain(err))
		}
		c.tcp, c.in = tcp, bufio.NewReader(tcp)
	}
	body, keep, err := c.exchange(p)
	if err != nil || !keep {
		c.close()
	}
	return body, err
}

func (c *conn) exchange(p wecom.Post) (body string, keep bool, err error) {
	if err := c.tcp.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return "", false, err
	}
	c.out = append(c.out[:0], "POST "...)
	c.out = append(c.out, c.path...)
	c.out = append(c.out, '?')
	c.out = append(c.out, p.Query...)
	c.out = append(c.out, " HTTP/1.1\r\nHost: "...)
	c.out = append(c.out, c.host...)
	c.out = append(c.out, "\r\nContent-Type: text/xml\r\nContent-Length: "...)
	c.out = strconv.AppendInt(c.out, int64(len(p.Body)), 10)
	c.out = append(c.out, "\r\n\r\n"...)
	c.out = append(c.out, p.Body...)
	if _, err := c.tcp.Write(c.out); err != nil {
		return "", false, fmt.Errorf("posting: %w", plain(err))
	}
	status, body, keep, err := readResponse(c.in)
	if err != nil {
		return "", false, fmt.Errorf("reading the response: %w", plain(err))
	}
	if status != 200 {
		return "", keep, fmt.Errorf("HTTP %d", status)
	}
	return body, keep, nil
}

func (c *conn) close() {
	if c.tcp != nil {
		_ = c.tcp.Close() // nothing is under way that could be lost
		c.tcp = nil
	}
}

// readResponse reads one response of a server that keeps to HTTP/1.1: a body with its
// length, or in chunks.
func readResponse(in *bufio.Reader) (status int, body string, keep bool, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, "", false, err
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, "", false, fmt.Errorf("%.40q is no response of HTTP/1.1", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, "", false, fmt.Errorf("the status: %w", err)
	}
	length, chunked, keep := 0, false, true
	for {
		if line, err = in.ReadSlice('\n'); err != nil {
			return 0, "", false, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 || length > largest {
				return 0, "", false, fmt.Errorf("a Content-Length of %q", value)
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		case bytes.EqualFold(name, []byte("Connection")):
			keep = !bytes.EqualFold(value, []byte("close"))
		}
	}
	if chunked {
		b, err := readChunks(in)
		return status, b, keep, err
	}
	b := make([]byte, length)
	_, err = io.ReadFull(in, b)
	return status, string(b), keep, err
}

// largest is far above any answer: a text has 2,048 bytes at most.
const largest = 1 << 20

func readChunks(in *bufio.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(httputil.NewChunkedReader(in), largest))
	if err != nil {
		return "", err
	}
	for { // the chunked reader leaves the trailer, which ends with an empty line
		line, err := in.ReadSlice('\n')
		if err != nil || len(bytes.TrimSpace(line)) == 0 {
			return string(b), err
		}
	}
}

// plain takes addresses and ports out of a network error, so that equal errors are
// counted together.
func plain(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
