package load

import (
	"bufio"
	"strings"
	"testing"
)

func TestResponses(t *testing.T) {
	for name, v := range map[string]struct {
		wire, body string
		status     int
		keep       bool
	}{
		"with a length": {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", 200, true},
		"in chunks":     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3\r\nay!\r\n0\r\n\r\n", "okay!", 200, true},
		"empty":         {"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "", 200, true},
		"the last":      {"HTTP/1.1 503 Away\r\nConnection: close\r\nContent-Length: 1\r\n\r\n-", "-", 503, false},
	} {
		t.Run(name, func(t *testing.T) {
			in := bufio.NewReader(strings.NewReader(v.wire + "HTTP/1.1 204 No\r\n\r\n"))
			status, body, keep, err := readResponse(in)
			if err != nil || status != v.status || body != v.body || keep != v.keep {
				t.Fatalf("%d %q %v %v", status, body, keep, err)
			}
			if status, _, _, err := readResponse(in); status != 204 || err != nil {
				t.Errorf("the next response on the connection: %d, %v", status, err)
			}
		})
	}
}

func TestWhatIsNoResponse(t *testing.T) {
	for _, wire := range []string{"", "SSH-2.0-x\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"} {
		if _, body, _, err := readResponse(bufio.NewReader(strings.NewReader(wire))); err == nil {
			t.Errorf("%q was read as %q", wire, body)
		}
	}
}
