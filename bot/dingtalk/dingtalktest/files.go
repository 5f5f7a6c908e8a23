package dingtalktest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The paths of files.
const (
	UploadPath   = "/media/upload"
	DownloadPath = "/v1.0/robot/messageFiles/download"
	FilePath     = "/files/" // a code and a signature follow
)

// File is bytes that were uploaded or sent.
type File struct {
	ID, Type, Name string
	Bytes          []byte
}

func (f *File) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	w.Header().Set("Content-Length", strconv.Itoa(len(f.Bytes)))
	w.Write(f.Bytes)
}

// files are those that are there.
type files struct {
	byID   map[string]*File // what the robot uploaded, by media_id
	sent   map[string]*File // what people sent, by downloadCode
	until  map[string]time.Time
	amount int
}

func (f *files) open() {
	*f = files{byID: map[string]*File{}, sent: map[string]*File{}, until: map[string]time.Time{}}
}

// Sends lets a person have sent a file, and gives its downloadCode.
func (s *Server) Sends(name string, content []byte) (code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files.amount++
	code = fmt.Sprintf("mIof%d+/==", s.files.amount)
	s.files.sent[code] = &File{ID: code, Name: name, Bytes: content}
	return code
}

// Lose lets DingTalk have lost all uploads.
func (s *Server) Lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.files.byID)
}

// Uploads lists what was uploaded and is there, in no order.
func (s *Server) Uploads() (out []File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.files.byID {
		out = append(out, *f)
	}
	return out
}

// uploadTypes are the extensions that each type takes, and how many megabytes.
var uploadTypes = map[string]struct {
	ext  []string
	most int
}{
	"image": {[]string{".jpg", ".jpeg", ".gif", ".png", ".bmp"}, 20},
	"voice": {[]string{".ogg", ".amr", ".mp3", ".wav"}, 2},
	"video": {[]string{".mp4"}, 20},
	"file":  {[]string{".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".pdf", ".rar"}, 20},
}

func (s *Server) fileDuties() {
	s.Serve("POST", UploadPath, s.Old("", s.upload))
	s.Serve("POST", DownloadPath, s.New("", func(c Call) Answer {
		var in struct{ DownloadCode, RobotCode string }
		if !c.Into(&in) || in.RobotCode != s.o.RobotCode {
			return fail(400, "invalidParameter.robotCode", "robotCode")
		}
		if s.files.sent[in.DownloadCode] == nil {
			return fail(400, "invalidParameter.downloadCode.expired", "downloadCode")
		}
		s.files.amount++
		key := fmt.Sprintf("%d-session=signed", s.files.amount)
		s.files.sent[key], s.files.until[key] = s.files.sent[in.DownloadCode], s.o.Now().Add(15*time.Minute)
		return yes(map[string]any{"downloadUrl": s.base + FilePath + key + "?Signature=access-x"})
	}))
	s.Serve("GET", FilePath, func(c Call) Answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		key := path.Base(c.Path)
		if until, ok := s.files.until[key]; !ok || !s.o.Now().Before(until) {
			return Answer{Status: 403, Type: "application/xml", Body: "<Error><Code>AccessDenied</Code></Error>"}
		}
		return Answer{file: s.files.sent[key]}
	})
}

func (s *Server) upload(c Call) Answer {
	as, known := uploadTypes[c.Query.Get("type")]
	_, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if !known || err != nil {
		return failOld(40004, "", "不合法的媒体文件类型")
	}
	part, err := multipart.NewReader(bytes.NewReader(c.Body), params["boundary"]).NextPart()
	if err != nil || part.FormName() != "media" {
		return failOld(43005, "", "缺少媒体文件")
	}
	f := &File{Type: c.Query.Get("type"), Name: part.FileName()}
	f.Bytes, err = io.ReadAll(part)
	switch {
	case err != nil || len(f.Bytes) == 0:
		return failOld(44001, "", "媒体文件为空")
	case len(f.Bytes) > as.most<<20:
		return failOld(40006, "", "不合法的文件大小")
	case !slices.Contains(as.ext, strings.ToLower(path.Ext(f.Name))):
		return failOld(40004, "", "不合法的媒体文件类型")
	}
	s.files.amount++
	f.ID = fmt.Sprintf("@lAL%08d", s.files.amount)
	s.files.byID[f.ID] = f
	return yes(map[string]any{"errcode": 0, "errmsg": "ok", "type": f.Type, "media_id": f.ID, "created_at": s.o.Now().UnixMilli()})
}
