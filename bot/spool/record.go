package spool

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"
	"unicode/utf8"

	"zhuanban/bot"
)

const (
	header   = "zbspool1"
	prefix   = 8 // a record's length and checksum, bytes
	noteSize = 12
	// maxRecord is far above any chat message (texts are some thousand bytes, files
	// are in the evidence store), and keeps a broken length from being believed.
	maxRecord = 1<<24 - 1
)

// record is the text of a record.
type record struct {
	Kept time.Time `json:"kept"`
	// Message is the message, or, where it is sealed, its sealed JSON in base64: a program
	// that knows nothing of seals cannot take that for a message, and sets it aside.
	Message json.RawMessage `json:"message"`
}

// box seals records, if it has a key.
type box struct{ seal bot.Sealer }

// What records are sealed for, and where they stand.
const sealPurpose, sealPlace = "spool", "record"

// message is bot.Message with its names on disk. Carry is not kept: the
// acknowledgement has gone, so the answer takes the other way. Nor is Line, which is of
// the moment.
type message struct {
	Platform    string           `json:"platform"`
	ID          string           `json:"id"`
	Sender      string           `json:"sender"`
	Nick        string           `json:"nick,omitempty"`
	Group       string           `json:"group,omitempty"`
	At          time.Time        `json:"at"`
	Text        string           `json:"text,omitempty"`
	Tap         string           `json:"tap,omitempty"`
	Chosen      []bot.Choice     `json:"chosen,omitempty"`
	Card        string           `json:"card,omitempty"`
	Voice       bool             `json:"voice,omitempty"`
	Attachments []bot.Attachment `json:"attachments,omitempty"`
	Location    *bot.Location    `json:"location,omitempty"`
	Carry       int              `json:"-"`
	CarryCards  bool             `json:"-"`
	Greeting    bool             `json:"greeting,omitempty"`
	Unheard     bool             `json:"unheard,omitempty"`
	Line        *bot.Line        `json:"-"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode makes the record of a message, length and checksum in front.
func (b box) encode(kept time.Time, m bot.Message) ([]byte, error) {
	for _, name := range []string{m.Platform, m.Sender, m.ID} {
		if !utf8.ValidString(name) { // JSON would change it, and the bot take it for another message
			return nil, errors.New("the message's name is not UTF-8")
		}
	}
	text, err := b.text(kept, message(m))
	if err != nil {
		return nil, fmt.Errorf("encoding the message: %w", err)
	}
	if len(text) > maxRecord {
		return nil, fmt.Errorf("a message of %d bytes is too large to keep", len(text))
	}
	frame := make([]byte, prefix, prefix+len(text))
	binary.LittleEndian.PutUint32(frame, uint32(len(text)))
	binary.LittleEndian.PutUint32(frame[4:], crc32.Checksum(text, castagnoli))
	return append(frame, text...), nil
}

// frameAt is the size of the record that data begins with; ok is false if there is
// none, or not whole.
func frameAt(data []byte) (size int, ok bool) {
	if len(data) < prefix {
		return 0, false
	}
	n := int64(binary.LittleEndian.Uint32(data))
	if n == 0 || n > maxRecord || prefix+n > int64(len(data)) {
		return 0, false
	}
	size = prefix + int(n)
	return size, crc32.Checksum(data[prefix:size], castagnoli) == checksum(data)
}

// checksum is what a record says its checksum is.
func checksum(frame []byte) uint32 { return binary.LittleEndian.Uint32(frame[4:]) }

// text is a record's JSON.
func (b box) text(kept time.Time, m message) ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	if b.seal != nil {
		sealed, err := b.seal.Seal(sealPurpose, sealPlace, text)
		if err != nil {
			return nil, err
		}
		if text, err = json.Marshal(sealed); err != nil {
			return nil, err
		}
	}
	return json.Marshal(record{kept, text})
}

// decode reads the record that frame is.
func (b box) decode(frame []byte) (kept time.Time, m bot.Message, err error) {
	if size, ok := frameAt(frame); !ok || size != len(frame) {
		return kept, m, errors.New("a record's checksum does not match")
	}
	var r record
	if err := json.Unmarshal(frame[prefix:], &r); err != nil {
		return kept, m, fmt.Errorf("decoding a record: %w", err)
	}
	var said message
	if r.Message, err = b.opened(r.Message); err == nil {
		err = json.Unmarshal(r.Message, &said)
	}
	if err != nil {
		return r.Kept, m, fmt.Errorf("opening a record: %w", err)
	}
	return r.Kept, bot.Message(said), nil
}

// opened is a message's JSON; what is in the clear is as it was.
func (b box) opened(text json.RawMessage) (json.RawMessage, error) {
	if len(text) == 0 || text[0] != '"' {
		return text, nil
	}
	var sealed []byte
	if err := json.Unmarshal(text, &sealed); err != nil {
		return nil, err
	}
	if b.seal == nil {
		return nil, errors.New("it is sealed, and there is no key: set keys.master")
	}
	return b.seal.Open(sealPurpose, sealPlace, sealed)
}

// scan finds the records in a segment's bytes: where they begin and end. whole says
// that there is nothing else; torn that what else there is comes behind all of
// them, from end on. A record is never found within another's text: JSON has no
// byte that is zero, and every length has one.
func scan(data []byte) (spans [][2]int, end int, whole, torn bool) {
	at := 0
	if len(data) >= len(header) && string(data[:len(header)]) == header {
		at = len(header)
	}
	end = at
	whole = at > 0
	torn = at > 0 || len(data) < len(header)
	for at < len(data) {
		if size, ok := frameAt(data[at:]); ok {
			torn = torn && at == end
			spans = append(spans, [2]int{at, at + size})
			at += size
			end = at
			continue
		}
		whole = false
		at++
	}
	return spans, end, whole, torn
}

// note is how a record is noted as done.
func note(p place) []byte {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, noteSize), uint64(p.at))
	return binary.LittleEndian.AppendUint32(b, p.crc)
}
