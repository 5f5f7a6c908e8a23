package dingtalk

import (
	"bufio"
	"encoding/binary"
	"io"
	"time"

	"zhuanban/bot/internal/uploads"
)

// amr begins a voice note.
const amr = "#!AMR\n"

// length is how long a voice note or film takes; a second if it does not tell.
func length(as string, from io.ReaderAt, size int64) (d time.Duration) {
	if as == uploads.Voice {
		d = amrLength(bufio.NewReader(io.NewSectionReader(from, int64(len(amr)), size)))
	} else {
		d = mp4Length(from, 0, size)
	}
	if d <= 0 || d > 24*time.Hour {
		return time.Second
	}
	return d
}

// amrFrames are the bytes that follow the first one of a frame, by its type; each frame is
// heard for 20 ms (RFC 4867).
var amrFrames = [16]int{12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, 0, 0, 0, 0}

func amrLength(r *bufio.Reader) (d time.Duration) {
	for {
		head, err := r.ReadByte()
		if err != nil {
			return d
		}
		if _, err := r.Discard(amrFrames[head>>3&0x0F]); err != nil {
			return d
		}
		d += 20 * time.Millisecond
	}
}

// mp4Length looks for the box moov/mvhd between two places, which has the number of units
// of time and how many of them a second has (ISO 14496-12).
func mp4Length(from io.ReaderAt, at, end int64) time.Duration {
	for at+8 <= end {
		var head [16]byte
		n, _ := from.ReadAt(head[:], at)
		if n < 8 {
			return 0
		}
		size, body := int64(binary.BigEndian.Uint32(head[:4])), at+8
		switch {
		case size == 1 && n == 16:
			size, body = int64(binary.BigEndian.Uint64(head[8:])), at+16
		case size == 0:
			size = end - at
		}
		if size < body-at || at+size > end {
			return 0
		}
		switch string(head[4:8]) {
		case "moov":
			return mp4Length(from, body, at+size)
		case "mvhd":
			return mvhd(from, body)
		}
		at += size
	}
	return 0
}

func mvhd(from io.ReaderAt, at int64) time.Duration {
	var b [32]byte
	if n, _ := from.ReadAt(b[:], at); n < 20 {
		return 0
	}
	scale, units := uint64(binary.BigEndian.Uint32(b[12:])), uint64(binary.BigEndian.Uint32(b[16:]))
	if b[0] == 1 {
		scale, units = uint64(binary.BigEndian.Uint32(b[20:])), binary.BigEndian.Uint64(b[24:])
	}
	if scale == 0 || units/scale > 24*60*60 {
		return 0
	}
	return time.Duration(units) * time.Second / time.Duration(scale)
}
