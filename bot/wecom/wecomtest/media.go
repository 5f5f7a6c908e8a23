package wecomtest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The paths of uploads and downloads.
const (
	UploadPath    = "/cgi-bin/media/upload"
	UploadImgPath = "/cgi-bin/media/uploadimg"
	GetMediaPath  = "/cgi-bin/media/get"
)

// The limits of uploads, in bytes; all have more than five.
const (
	leastMedia   = 6
	largestImage = 10 << 20
	largestVoice = 2 << 20
	largestVideo = 10 << 20
	largestFile  = 20 << 20
	largestPic   = 2 << 20 // of uploadimg
	mediaLife    = 3 * 24 * time.Hour
)

// largestBody is how much of a call's body is read.
func largestBody(path string) int64 {
	if path == UploadPath || path == UploadImgPath || path == WebhookUploadPath || path == WebhookPath {
		return largestFile + (1 << 20)
	}
	return 1 << 20
}

// Media is bytes that the server has.
type Media struct {
	ID    string
	Kind  string // image, voice, video or file
	Name  string
	Bytes []byte
	At    time.Time
	// Robot is the key of the group's robot who alone may use it; "" = it is the app's.
	Robot string
	// Disposition is the header that they are given out with; "" = as WeCom does it.
	Disposition string
	// Type is their Content-Type; "" = as the bytes look.
	Type string
}

// Keep puts bytes that a member has sent on the server and gives their media_id.
func (s *Server) Keep(m Media) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(m)
}

// put keeps bytes; the lock is held.
func (s *Server) put(m Media) string {
	s.uploads++
	m.ID, m.At = fmt.Sprintf("3a_%04d-%s", s.uploads, strings.Repeat("Zz9-", 15)), s.o.Now()
	s.media[m.ID] = m
	return m.ID
}

// Lose makes the server forget everything that it was sent.
func (s *Server) Lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.media)
}

// holds says whether bytes are there, of a kind and not yet three days old; "" = of
// any kind. The lock is held.
func (s *Server) holds(id, kind string) bool {
	m, ok := s.media[id]
	return ok && m.Robot == "" && s.o.Now().Before(m.At.Add(mediaLife)) && (kind == "" || m.Kind == kind)
}

// mediaRef is how a message names what was uploaded.
type mediaRef struct {
	MediaID string `json:"media_id"`
}

// media is what a message of bytes names.
func (r request) media() string {
	return r.Image.MediaID + r.Voice.MediaID + r.Video.MediaID + r.File.MediaID
}

func (s *Server) upload(call Call) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if no, ok := s.admit(call.Token, s.o.Now()); !ok {
		return no
	}
	return s.take(call, "", "image", "voice", "video", "file")
}

// take keeps what came as a form, if it is of one of these kinds. The lock is held.
func (s *Server) take(call Call, robot string, kinds ...string) any {
	kind := call.Query.Get("type")
	most := map[string]int{"image": largestImage, "voice": largestVoice, "video": largestVideo, "file": largestFile}[kind]
	if !slices.Contains(kinds, kind) {
		return fail(40004, "invalid media type")
	}
	name, body, no := s.part(call)
	switch {
	case no.ErrCode != 0:
		return no
	case len(body) < leastMedia:
		return fail(40006, "invalid media size")
	case len(body) > most:
		return fail(45001, "media file is too large")
	case !fits(kind, body):
		return fail(40005, "invalid file type")
	}
	id := s.put(Media{Kind: kind, Name: name, Bytes: body, Robot: robot})
	return map[string]any{"errcode": 0, "errmsg": "", "type": kind, "media_id": id, "created_at": strconv.FormatInt(s.o.Now().Unix(), 10)}
}

// uploadImage gives an address that stays.
func (s *Server) uploadImage(call Call) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if no, ok := s.admit(call.Token, s.o.Now()); !ok {
		return no
	}
	_, body, no := s.part(call)
	switch {
	case no.ErrCode != 0:
		return no
	case len(body) < leastMedia || len(body) > largestPic:
		return fail(40006, "invalid media size")
	case !fits("image", body):
		return fail(40005, "invalid file type")
	}
	s.uploads++
	return map[string]any{"errcode": 0, "errmsg": "", "url": fmt.Sprintf("https://wework.example.invalid/pic/%d", s.uploads)}
}

// fits says whether bytes are what they are uploaded as.
func fits(kind string, body []byte) bool {
	switch found := http.DetectContentType(body); kind {
	case "image":
		return found == "image/jpeg" || found == "image/png"
	case "voice":
		return bytes.HasPrefix(body, []byte("#!AMR"))
	case "video":
		return found == "video/mp4"
	}
	return true
}

// part reads the one part "media" of a form. It wants a name and the right length, and
// reads no encoded names, as WeCom does not.
func (s *Server) part(call Call) (name string, body []byte, no failure) {
	kind, params, err := mime.ParseMediaType(call.Type)
	if err != nil || kind != "multipart/form-data" {
		return "", nil, fail(41005, "media data missing")
	}
	p, err := multipart.NewReader(bytes.NewReader(call.Body), params["boundary"]).NextRawPart()
	if err != nil || p.FormName() != "media" {
		return "", nil, fail(41005, "media data missing")
	}
	header := p.Header.Get("Content-Disposition")
	_, rest, _ := strings.Cut(header, `filename="`)
	name, _, ok := strings.Cut(rest, `"`)
	if !ok || name == "" || s.o.StrictForms && strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }) {
		return "", nil, fail(44001, "empty media data")
	}
	if body, err = io.ReadAll(p); err != nil {
		return "", nil, fail(41005, "media data missing")
	}
	_, rest, ok = strings.Cut(header, "filelength=")
	length, _, _ := strings.Cut(rest, ";")
	if n, err := strconv.Atoi(strings.TrimSpace(length)); (ok || s.o.StrictForms) && (err != nil || n != len(body)) {
		return "", nil, fail(40006, "invalid media size")
	}
	return name, body, failure{}
}

func (s *Server) getMedia(call Call) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if no, ok := s.admit(call.Token, s.o.Now()); !ok {
		return no
	}
	id := call.Query.Get("media_id")
	if !s.holds(id, "") {
		return fail(40007, "invalid media_id")
	}
	return s.media[id]
}

// write gives bytes out as WeCom does.
func (m Media) write(w http.ResponseWriter) {
	disposition, kind := m.Disposition, m.Type
	if disposition == "" {
		name := m.Name
		if name == "" {
			name = m.ID
		}
		disposition = `attachment; filename="` + name + `"`
	}
	if kind == "" {
		kind = http.DetectContentType(m.Bytes)
	}
	w.Header()["Content-Disposition"] = []string{disposition}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(m.Bytes)))
	w.Write(m.Bytes)
}

// cutWriter breaks the connection after some bytes.
type cutWriter struct {
	http.ResponseWriter
	left int
}

// Write writes what is left to be written.
func (c *cutWriter) Write(b []byte) (int, error) {
	if len(b) < c.left {
		c.left -= len(b)
		return c.ResponseWriter.Write(b)
	}
	c.ResponseWriter.Write(b[:c.left])
	if f, ok := c.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}
