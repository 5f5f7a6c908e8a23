// Package seal is the sealed form in which WeCom calls back, the same for a self-built
// app and for a smart robot: it opens and seals messages and signs them. It does not
// know what is in them.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// The sealed form of a message: 16 random bytes, the length of the message in
// four, the message, the receiver's id; padded to a multiple of 32, encrypted by
// AES-256-CBC and written in base64.
const (
	keySize    = 32
	RandomSize = 16
	headSize   = RandomSize + 4
	padSize    = 32 // PKCS#7 counts to 32 here, not to the cipher's 16
)

// Codec opens and seals messages, and signs. It is safe for use by many
// goroutines.
type Codec struct {
	token    string
	receiver string // the corp id; "" for a smart robot
	block    cipher.Block
	iv       []byte
	opening  sync.Pool // of cipher.BlockMode: making one costs as much as a short message
	sealing  sync.Pool
}

// rewinder is a mode of the standard library, which can begin again.
type rewinder interface {
	cipher.BlockMode
	SetIV(iv []byte)
}

// New reads the key as the admin console shows it: 43 characters of base64,
// the last of which may carry bits that belong to no byte.
func New(token, aesKey, receiver string) (*Codec, error) {
	if len(aesKey) != 43 {
		return nil, fmt.Errorf("it has %d characters, 43 are right", len(aesKey))
	}
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil || len(key) != keySize {
		return nil, errors.New("it is not base64") // the error of base64 would show a part of it
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return &Codec{token: token, receiver: receiver, block: block, iv: key[:aes.BlockSize]}, nil
}

// crypt runs a mode from its beginning over b, in place.
func (c *Codec) crypt(b []byte, pool *sync.Pool, fresh func(cipher.Block, []byte) cipher.BlockMode) {
	mode, ok := pool.Get().(rewinder)
	if ok {
		mode.SetIV(c.iv)
	} else if mode, ok = fresh(c.block, c.iv).(rewinder); !ok {
		fresh(c.block, c.iv).CryptBlocks(b, b)
		return
	}
	mode.CryptBlocks(b, b)
	pool.Put(mode)
}

// Why a sealed message does not open. The sender learns nothing of it.
var (
	errBase64   = errors.New("not base64")
	errBlocks   = errors.New("not whole blocks")
	errPadding  = errors.New("wrong padding")
	errLength   = errors.New("wrong length inside")
	errReceiver = errors.New("for another receiver")
)

// Open decrypts a sealed message into buf, which may be nil, and returns the
// message, a part of buf.
func (c *Codec) Open(buf, sealed []byte) (message, into []byte, err error) {
	buf = slices.Grow(buf[:0], base64.StdEncoding.DecodedLen(len(sealed)))
	n, err := base64.StdEncoding.Decode(buf[:cap(buf)], sealed)
	if err != nil {
		return nil, buf, errBase64
	}
	b := buf[:n]
	if n == 0 || n%aes.BlockSize != 0 {
		return nil, buf, errBlocks
	}
	c.crypt(b, &c.opening, cipher.NewCBCDecrypter)
	pad := int(b[n-1])
	if pad < 1 || pad > padSize || pad > n {
		return nil, buf, errPadding
	}
	for _, p := range b[n-pad:] {
		if int(p) != pad {
			return nil, buf, errPadding
		}
	}
	b = b[:n-pad]
	if len(b) < headSize {
		return nil, buf, errLength
	}
	length := binary.BigEndian.Uint32(b[RandomSize:headSize])
	b = b[headSize:]
	if uint64(length) > uint64(len(b)) {
		return nil, buf, errLength
	}
	if string(b[length:]) != c.receiver {
		return nil, buf, errReceiver
	}
	return b[:length:length], buf, nil
}

// Seal appends message to dst in its sealed form.
func (c *Codec) Seal(dst []byte, random [RandomSize]byte, message []byte) []byte {
	plain := headSize + len(message) + len(c.receiver)
	pad := padSize - plain%padSize
	size := base64.StdEncoding.EncodedLen(plain + pad)
	// The plain bytes are laid behind the place of their base64, so that one
	// buffer serves both.
	dst = slices.Grow(dst, size+plain+pad)
	start := len(dst)
	b := dst[start+size : start+size]
	b = append(b, random[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(message)))
	b = append(b, message...)
	b = append(b, c.receiver...)
	for range pad {
		b = append(b, byte(pad))
	}
	c.crypt(b, &c.sealing, cipher.NewCBCEncrypter)
	dst = dst[:start+size]
	base64.StdEncoding.Encode(dst[start:], b)
	return dst
}

// Signature is what signs a sealed message: SHA-1 over token, timestamp, nonce and
// the message in the order of their bytes, as 40 hex digits.
type Signature [2 * sha1.Size]byte

// Sign signs a sealed message. scratch may be nil; it is returned grown.
func (c *Codec) Sign(scratch []byte, timestamp, nonce string, sealed []byte) (s Signature, into []byte) {
	short := [3]string{c.token, timestamp, nonce}
	slices.Sort(short[:])
	scratch = scratch[:0]
	placed := false
	for _, part := range short {
		if !placed && string(sealed) < part {
			scratch = append(scratch, sealed...)
			placed = true
		}
		scratch = append(scratch, part...)
	}
	if !placed {
		scratch = append(scratch, sealed...)
	}
	sum := sha1.Sum(scratch)
	hex.Encode(s[:], sum[:])
	return s, scratch
}

// Genuine says, in a time that does not depend on where they differ, whether the
// signature is the one that belongs there.
func (s Signature) Genuine(given string) bool {
	return subtle.ConstantTimeCompare(s[:], []byte(given)) == 1
}
