package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// A gateway of DingTalk's as somebody would build it who has only read its documentation:
// with its own WebSocket, byte by byte, so that it can do what no library lets it do.

// acked is one acknowledgement, as it came.
type acked struct {
	code int
	data string
	at   time.Time
}

// strangeLink is one connection to the robot.
type strangeLink struct {
	conn  net.Conn
	mu    sync.Mutex
	over  chan struct{}
	once  sync.Once
	mute  bool // it answers no ping
	gone  bool // it was told that it is replaced
	heard func(text []byte)
}

// shake makes a WebSocket of a request.
func shake(w http.ResponseWriter, r *http.Request, heard func([]byte)) (*strangeLink, error) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return nil, errors.New("no hijacker")
	}
	conn, buffered, err := hijacker.Hijack()
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err = fmt.Fprintf(conn, "HTTP/1.1 101 Switching\r\nupgrade: WebSocket\r\nCONNECTION: Upgrade\r\nsec-websocket-accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	if err != nil {
		return nil, err
	}
	l := &strangeLink{conn: conn, over: make(chan struct{}), heard: heard}
	go l.listen(buffered.Reader)
	return l, nil
}

// The opcodes.
const (
	opMore, opText, opBinary, opClose, opPing, opPong = 0, 1, 2, 8, 9, 10
)

// header is that of a frame of n bytes.
func header(op byte, last bool, n int) []byte {
	if last {
		op |= 0x80
	}
	switch {
	case n < 126:
		return []byte{op, byte(n)}
	case n < 1<<16:
		return binary.BigEndian.AppendUint16([]byte{op, 126}, uint16(n))
	}
	return binary.BigEndian.AppendUint64([]byte{op, 127}, uint64(n))
}

func (l *strangeLink) write(parts ...[]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range parts {
		if _, err := l.conn.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// text sends one message whole, as op says.
func (l *strangeLink) text(op byte, b []byte) error { return l.write(header(op, true, len(b)), b) }

// torn sends it in three pieces with a ping between them.
func (l *strangeLink) torn(b []byte) error {
	a, c := len(b)/3, 2*len(b)/3
	return l.write(header(opText, false, a), b[:a], header(opPing, true, 2), []byte("hi"), header(opMore, false, c-a), b[a:c], header(opMore, true, len(b)-c), b[c:])
}

// reset breaks it in the middle of a frame, as a router does that has lost its memory.
func (l *strangeLink) reset() {
	_ = l.write(header(opText, true, 900), []byte(`{"specVersion":"1.0","type":"CALL`))
	if tcp, ok := l.conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	l.end()
}

// close says good-bye with a code; 1006 is without a word.
func (l *strangeLink) close(code uint16) {
	if code != 1006 {
		_ = l.text(opClose, binary.BigEndian.AppendUint16(nil, code))
	}
	l.end()
}

func (l *strangeLink) end() {
	l.once.Do(func() { close(l.over); _ = l.conn.Close() })
}

// listen reads what the robot sends until it is over.
func (l *strangeLink) listen(r *bufio.Reader) {
	defer l.end()
	var whole []byte
	for {
		op, last, b, err := frameOf(r)
		if err != nil {
			return
		}
		switch op {
		case opPing:
			if !l.mute {
				_ = l.text(opPong, b)
			}
		case opClose:
			_ = l.text(opClose, b)
			return
		case opText, opBinary, opMore:
			if whole = append(whole, b...); last {
				l.heard(whole)
				whole = nil
			}
		}
	}
}

// frameOf reads one frame of a client, which has to be masked.
func frameOf(r io.Reader) (op byte, last bool, b []byte, err error) {
	var head [2]byte
	if _, err = io.ReadFull(r, head[:]); err != nil {
		return
	}
	n := uint64(head[1] & 0x7f)
	switch n {
	case 126:
		var two [2]byte
		_, err = io.ReadFull(r, two[:])
		n = uint64(binary.BigEndian.Uint16(two[:]))
	case 127:
		var eight [8]byte
		_, err = io.ReadFull(r, eight[:])
		n = binary.BigEndian.Uint64(eight[:])
	}
	if err != nil || head[1]&0x80 == 0 || n > 1<<20 {
		return 0, false, nil, errors.New("no frame of a client")
	}
	var mask [4]byte
	if _, err = io.ReadFull(r, mask[:]); err != nil {
		return
	}
	b = make([]byte, n)
	if _, err = io.ReadFull(r, b); err != nil {
		return
	}
	for i := range b {
		b[i] ^= mask[i%4]
	}
	return head[0] & 0x0f, head[0]&0x80 != 0, b, nil
}

// frame writes a frame in one of several hands: everybody's, one with numbers where
// texts are and other names of headers, one with the data first, blank lines and no version.
func strangeFrame(hand int, kind, topic, id string, data any) []byte {
	body, _ := json.Marshal(data)
	inner, _ := json.Marshal(string(body))
	now := time.Now().UnixMilli()
	switch hand % 4 {
	case 1:
		return fmt.Appendf(nil, `{"data":%s,"headers":{"TOPIC":%q,"time":%d,"messageid":%q,"retry":0,"x":null,"nested":{"a":[1]}},"type":%q}`, inner, topic, now, id, kind)
	case 2:
		return fmt.Appendf(nil, "\r\n{\r\n\t\"extra\" : [1, {\"a\": null}],\r\n\"type\":%q,\r\n\"specVersion\": 1.0,\r\n\"data\": %s,\r\n \"headers\": {\"contentType\":\"application/json\",\r\n\"messageId\": %q, \"topic\": %q}}\r\n", kind, inner, id, topic)
	case 3:
		return fmt.Appendf(nil, `{"specVersion":"1.1","type":%q,"header":{"Topic":%q,"MessageId":%q,"time":"%d","connectionId":77},"data":%s}`, kind, topic, id, now, body)
	}
	return fmt.Appendf(nil, `{"specVersion":"1.0","type":%q,"headers":{"appId":"1305d5f5","connectionId":"2f9c","contentType":"application/json","messageId":%q,"time":"%d","topic":%q},"data":%s}`,
		kind, id, now, topic, inner)
}
