package wecomtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// RobotFilePath is below which the robot's server gives out files.
const RobotFilePath = "/files/"

// robotFileLife is how long a file's address is good.
const robotFileLife = 5 * time.Minute

// RobotFile is a file that a member has sent to the robot.
type RobotFile struct {
	Bytes []byte
	// Key seals it: the EncodingAESKey of a robot that is called back; "" = one of its
	// own, which comes with the address.
	Key string
	// Disposition is the header that it is given out with; "" = none.
	Disposition string
	// Sealed is what is given out; nil = Bytes, sealed as WeCom does it.
	Sealed []byte

	at time.Time
}

// Keep puts a file on the server and gives the path and query of its address, and the key
// that comes with it.
func (s *Robot) Keep(f RobotFile) (path, aesKey string) {
	key := f.Key
	if key == "" {
		var b [32]byte
		rand.Read(b[:]) // never fails
		key = base64.StdEncoding.EncodeToString(b[:])
		aesKey = key
	}
	if f.Sealed == nil {
		f.Sealed = SealFile(f.Bytes, key)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	f.at = s.o.Now()
	name := fmt.Sprintf("f%d", s.n)
	s.files[name] = f
	return RobotFilePath + name + "?sign=" + RobotSign, aesKey
}

// RobotSign signs the addresses of files; nobody may show it.
const RobotSign = "q-signature-of-files"

// SealFile seals a file as WeCom does: AES-256-CBC, its first vector the beginning of the
// key, padded by PKCS#7 to 32 bytes.
func SealFile(plain []byte, key string) []byte {
	k, err := base64.StdEncoding.DecodeString(key + strings.Repeat("=", (4-len(key)%4)%4))
	if err != nil {
		panic(err)
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		panic(err)
	}
	pad := 32 - len(plain)%32
	out := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, k[:aes.BlockSize]).CryptBlocks(out, out)
	return out
}

// BendFiles lets f choose the status with which a file is answered, by the number of the
// request; 0 = as usual.
func (s *Robot) BendFiles(f func(n int) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bendFiles = f
}

// Asked says how often files were asked for.
func (s *Robot) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.filesAsked
}

// file gives out a file, for five minutes.
func (s *Robot) file(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, ok := s.files[strings.TrimPrefix(r.URL.Path, RobotFilePath)]
	s.filesAsked++
	n, bend := s.filesAsked, s.bendFiles
	now := s.o.Now()
	s.mu.Unlock()
	if bend != nil {
		if status := bend(n); status != 0 {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			return
		}
	}
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case r.URL.Query().Get("sign") != RobotSign || !now.Before(f.at.Add(robotFileLife)):
		w.WriteHeader(http.StatusForbidden)
	default:
		if f.Disposition != "" {
			w.Header().Set("Content-Disposition", f.Disposition)
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(f.Sealed)
	}
}

// Enclose is a member's picture, file or video (kind), in single chat, whose address is
// below base.
func (s *Robot) Enclose(member, kind, base, name string, f RobotFile) error {
	_, err := s.Push("aibot_msg_callback", s.Body(member, "", kind, map[string]any{kind: s.Enclosure(base, name, f)}))
	return err
}

// Enclosure is how a message names a file.
func (s *Robot) Enclosure(base, name string, f RobotFile) map[string]string {
	path, key := s.Keep(f)
	out := map[string]string{"url": base + path}
	if key != "" {
		out["aeskey"] = key
	}
	if name != "" {
		out["filename"] = name
	}
	return out
}
