// Package seal keeps what must not be read by whoever has the database: it turns a
// value into bytes that only a holder of the campaign's master key can open, and only
// in the place that they were made for.
//
// # Form
//
//	"zs" | 1 | key id (8) | nonce (12) | AES-256-GCM of the value, with its tag (16)
//
// The key is made of the master by HKDF-SHA256 for one purpose ("informant",
// "reply", …), so that what is sealed for one cannot be opened as another. The nonce
// is random: with one key 2³² values may be sealed before two nonces meet with a
// chance that matters (NIST SP 800-38D §8.3). The head, the purpose and the place
// ("informants/42/name") are authenticated with the value: a sealed value that is
// moved to another row or column does not open.
//
// # Rotation
//
// A Ring has a current master, which seals, and old ones, which only open. The key id
// tells which; it says nothing of the key. Stale finds what is to be sealed anew
// before an old master may go. A value whose master is gone is gone for good, which
// ErrNoKey says plainly.
//
// # What it leaves to others
//
// It is pure: it reads no configuration and no file, and knows no table. The length of
// a value can be seen from outside.
package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What a caller may want to tell apart.
var (
	// ErrNoKey: the value was sealed with a master that is not in the ring.
	ErrNoKey = errors.New("sealed with a key that is not here: neither keys.master nor one of keys.old is the one that sealed it; without that key it cannot be read by anybody")
	// ErrBroken: the key is here, but the bytes were changed or belong elsewhere.
	ErrBroken = errors.New("the sealed bytes were changed, or belong to another place")
	// ErrForm: these are no sealed bytes.
	ErrForm = errors.New("these are no sealed bytes")
)

// Sizes in bytes.
const (
	MasterSize = 32
	idSize     = 8
	nonceSize  = 12
	tagSize    = 16
	headSize   = len(magic) + idSize + nonceSize
)

// magic begins sealed bytes: the form and its version.
const magic = "zs\x01"

// The names that keys are derived under. Changing one loses all that was sealed.
const (
	idInfo      = "zhuanban key id"
	purposeInfo = "zhuanban seal 1 "
)

// Ring is the master keys of a campaign. It is safe for use by many goroutines.
type Ring struct {
	masters []master // the current one first
	random  io.Reader
}

type master struct {
	key []byte
	id  [idSize]byte
}

// New makes a ring of masters of 32 bytes each: the current one, and old ones that are
// still needed to read.
func New(current []byte, old ...[]byte) (*Ring, error) {
	r := &Ring{random: rand.Reader}
	for _, k := range append([][]byte{current}, old...) {
		if len(k) != MasterSize {
			return nil, fmt.Errorf("a master key has %d bytes, not %d", len(k), MasterSize)
		}
		id, err := hkdf.Key(sha256.New, k, nil, idInfo, idSize)
		if err != nil {
			return nil, fmt.Errorf("naming a key: %w", err)
		}
		r.masters = append(r.masters, master{bytes.Clone(k), [idSize]byte(id)})
	}
	return r, nil
}

// ParseMaster reads a master as it stands in a configuration: 32 bytes in base64. Its
// error never quotes what it was given.
func ParseMaster(text string) ([]byte, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	k, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("it is not base64")
	}
	if len(k) != MasterSize {
		return nil, fmt.Errorf("it has %d bytes, not %d", len(k), MasterSize)
	}
	return k, nil
}

// ID names the current master, to tell it from others: 16 hexadecimal digits that say
// nothing of the key.
func (r *Ring) ID() string { return hex.EncodeToString(r.masters[0].id[:]) }

// Seal seals a value for a purpose and a place.
func (r *Ring) Seal(purpose, place string, plain []byte) ([]byte, error) {
	m := r.masters[0]
	head := make([]byte, 0, headSize+len(plain)+tagSize)
	head = append(append(head, magic...), m.id[:]...)
	nonce := make([]byte, nonceSize)
	if _, err := io.ReadFull(r.random, nonce); err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	head = append(head, nonce...)
	box, err := m.box(purpose)
	if err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	return box.Seal(head, nonce, plain, bound(head, purpose, place)), nil
}

// Open opens what Seal gave for the same purpose and place. Its errors are ErrNoKey,
// ErrBroken and ErrForm; none shows anything of the value.
func (r *Ring) Open(purpose, place string, sealed []byte) ([]byte, error) {
	m, err := r.of(sealed)
	if err != nil {
		return nil, err
	}
	box, err := m.box(purpose)
	if err != nil {
		return nil, fmt.Errorf("opening: %w", err)
	}
	head, nonce := sealed[:headSize], sealed[headSize-nonceSize:headSize]
	plain, err := box.Open(nil, nonce, sealed[headSize:], bound(head, purpose, place))
	if err != nil {
		return nil, ErrBroken
	}
	return plain, nil
}

// Stale says that a value is sealed with an old master and should be sealed anew.
func (r *Ring) Stale(sealed []byte) bool {
	return len(sealed) >= headSize && !bytes.Equal(sealed[len(magic):len(magic)+idSize], r.masters[0].id[:])
}

// of finds the master that sealed something.
func (r *Ring) of(sealed []byte) (master, error) {
	if len(sealed) < headSize+tagSize || string(sealed[:len(magic)]) != magic {
		return master{}, ErrForm
	}
	id := sealed[len(magic) : len(magic)+idSize]
	for _, m := range r.masters {
		if bytes.Equal(m.id[:], id) {
			return m, nil
		}
	}
	return master{}, fmt.Errorf("key %x: %w", id, ErrNoKey)
}

func (m master) box(purpose string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, m.key, nil, purposeInfo+purpose, MasterSize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// bound is what is authenticated beside the value. Each part has its length in front,
// so that no two sets of parts give the same bytes.
func bound(head []byte, purpose, place string) []byte {
	var out []byte
	for _, part := range []string{string(head), purpose, place} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(part)))
		out = append(out, part...)
	}
	return out
}
