// Package wecom is the callback protocol of a WeCom app as far as measuring needs
// it: both of its ends, text messages only. A body is sealed with AES-256-CBC and
// signed with SHA-1; the answer in the HTTP response is sealed in the same way.
//
// It is written anew and apart from the program's own codec, so that a mistake in
// that one is not measured as correct. Documents are cut at their tags instead of
// parsed: they are small and flat, and what the generator computes is taken from the
// server that it measures on the same machine. Tested against the vectors that
// WeCom published with its sample code.
package wecom

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// The layout of what is sealed: random | length of the message | message | receiver,
// filled up to whole blocks. WeCom counts blocks of 32 bytes, twice those of AES.
const (
	randomSize = 16
	headSize   = randomSize + 4
	blockSize  = 32
)

// Codec seals and opens for one app.
type Codec struct {
	token, corpID string
	block         cipher.Block
	iv            []byte
}

// NewCodec takes the three secrets of the app's callback page. aesKey is the
// EncodingAESKey of 43 characters.
func NewCodec(token, aesKey, corpID string) (*Codec, error) {
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil {
		return nil, fmt.Errorf("reading the EncodingAESKey: %w", err)
	}
	if len(key) != 32 {
		return nil, fmt.Errorf("the EncodingAESKey has %d bytes instead of 32", len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("using the EncodingAESKey: %w", err)
	}
	return &Codec{token: token, corpID: corpID, block: block, iv: key[:aes.BlockSize]}, nil
}

// Sign is the signature of a sealed text at a time.
func (c *Codec) Sign(timestamp, nonce, sealed string) string {
	parts := [...]string{c.token, timestamp, nonce, sealed}
	slices.Sort(parts[:])
	joined := make([]byte, 0, 64+len(sealed)) // token, time and nonce are at most 32, 10 and some 20 bytes
	for _, p := range parts {
		joined = append(joined, p...)
	}
	sum := sha1.Sum(joined)
	return hex.EncodeToString(sum[:])
}

// Seal encrypts a message. The random bytes make equal messages differ; the
// protocol does not ask more of them.
func (c *Codec) Seal(random [randomSize]byte, message string) string {
	size := headSize + len(message) + len(c.corpID)
	fill := blockSize - size%blockSize
	plain := make([]byte, 0, size+fill)
	plain = append(plain, random[:]...)
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(message)))
	plain = append(plain, message...)
	plain = append(plain, c.corpID...)
	for range fill {
		plain = append(plain, byte(fill))
	}
	cipher.NewCBCEncrypter(c.block, c.iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// Open decrypts a sealed text that is meant for this app.
func (c *Codec) Open(sealed string) (string, error) {
	data, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("reading base64: %w", err)
	}
	if len(data) < blockSize || len(data)%aes.BlockSize != 0 {
		return "", fmt.Errorf("%d bytes are no sealed text", len(data))
	}
	cipher.NewCBCDecrypter(c.block, c.iv).CryptBlocks(data, data)
	fill := int(data[len(data)-1])
	if fill < 1 || fill > blockSize || len(data)-fill < headSize {
		return "", errors.New("the padding is wrong: another key?")
	}
	rest := data[headSize : len(data)-fill]
	length := binary.BigEndian.Uint32(data[randomSize:headSize])
	if int64(length) > int64(len(rest)) {
		return "", errors.New("the length is wrong: another key?")
	}
	if string(rest[length:]) != c.corpID {
		return "", errors.New("it is meant for another corporation")
	}
	return string(rest[:length]), nil
}
