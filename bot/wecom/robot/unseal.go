package robot

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// longestPad is how far the padding of a file goes: PKCS#7 counts to 32 here, not to
// the cipher's 16.
const longestPad = 32

// unsealed gives the bytes of a sealed file while they come: AES-256-CBC, its first
// vector the beginning of the key. The last bytes are held back until the padding is
// proved whole, so that a file which was cut off or sealed otherwise ends with an error.
type unsealed struct {
	from io.Reader
	mode cipher.BlockMode
	in   []byte // sealed bytes that are less than a block
	held []byte // bytes that may be the padding
	out  []byte // bytes to be given
	room []byte
	err  error
}

const unsealAtOnce = 32 << 10

var (
	errBlocks  = errors.New("a sealed file that does not end with a block")
	errPadding = errors.New("a sealed file with a wrong padding: it is damaged, or its key is another's")
)

// unseal makes a reader of what from gives, sealed with the key.
func unseal(from io.Reader, key []byte) (*unsealed, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return &unsealed{from: from, mode: cipher.NewCBCDecrypter(block, key[:aes.BlockSize]), room: make([]byte, unsealAtOnce)}, nil
}

// Read reads on.
func (u *unsealed) Read(p []byte) (int, error) {
	for len(u.out) == 0 && u.err == nil && len(p) > 0 {
		u.fill()
	}
	if len(u.out) == 0 {
		return 0, u.err
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// fill opens the next blocks. out is empty.
func (u *unsealed) fill() {
	n := copy(u.room, u.in)
	m, err := u.from.Read(u.room[n:])
	n += m
	whole := n - n%aes.BlockSize
	u.in = bytes.Clone(u.room[whole:n])
	u.mode.CryptBlocks(u.room[:whole], u.room[:whole])
	u.held = append(u.held, u.room[:whole]...)
	if over := len(u.held) - longestPad; over > 0 {
		u.out, u.held = u.held[:over], bytes.Clone(u.held[over:])
	}
	switch {
	case err == nil:
	case !errors.Is(err, io.EOF):
		u.out, u.err = nil, err
	case len(u.in) > 0 || len(u.held) == 0:
		u.out, u.err = nil, errBlocks
	default:
		u.end()
	}
}

// end takes the padding off.
func (u *unsealed) end() {
	pad := int(u.held[len(u.held)-1])
	if pad < 1 || pad > longestPad || pad > len(u.held) ||
		!bytes.Equal(u.held[len(u.held)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		u.out, u.err = nil, errPadding
		return
	}
	u.out, u.err = append(u.out, u.held[:len(u.held)-pad]...), io.EOF
}
