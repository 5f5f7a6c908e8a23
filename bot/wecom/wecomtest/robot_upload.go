package wecomtest

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// The limits of an upload.
const (
	largestChunk = 512 << 10
	mostChunks   = 100
	uploadTime   = 30 * time.Minute
)

// upload is a file on its way up.
type upload struct {
	Type   string `json:"type"`
	Name   string `json:"filename"`
	Size   int    `json:"total_size"`
	Chunks int    `json:"total_chunks"`
	MD5    string `json:"md5"`

	begun time.Time
	parts map[int][]byte // by the index that it came with
}

// uploading takes a file in three steps.
func (s *Robot) uploading(f robotFrame) (no, any) {
	if f.Cmd == "aibot_upload_media_init" {
		return s.uploadBegins(f.Body)
	}
	var b struct {
		ID    string `json:"upload_id"`
		Index int    `json:"chunk_index"`
		Data  string `json:"base64_data"`
	}
	if json.Unmarshal(f.Body, &b) != nil {
		return no{40035, "invalid json"}, nil
	}
	u := s.uploads[b.ID]
	if u == nil || s.o.Now().Sub(u.begun) > uploadTime {
		return no{40058, "invalid upload_id"}, nil
	}
	if f.Cmd == "aibot_upload_media_finish" {
		return s.uploadEnds(b.ID, u)
	}
	data, err := base64.StdEncoding.DecodeString(b.Data)
	if err != nil || len(data) > largestChunk || len(data) == 0 {
		return no{45001, "invalid chunk"}, nil
	}
	if b.Index < 0 || b.Index > u.Chunks { // from 0, as the client does, or from 1, as the documentation says
		return no{40058, "invalid chunk_index"}, nil
	}
	u.parts[b.Index] = data
	return yes, nil
}

func (s *Robot) uploadBegins(body []byte) (no, any) {
	u := &upload{begun: s.o.Now(), parts: map[int][]byte{}}
	if json.Unmarshal(body, u) != nil || u.Name == "" || !slices.Contains([]string{"file", "image", "voice", "video"}, u.Type) {
		return no{40058, "invalid upload"}, nil
	}
	if u.Size < 5 || u.Chunks < 1 || u.Chunks > mostChunks || u.Size > u.Chunks*largestChunk {
		return no{45001, "invalid size"}, nil
	}
	if u.Size > map[string]int{"image": largestImage, "voice": largestVoice, "video": largestVideo, "file": largestFile}[u.Type] {
		return no{45001, "media file is too large"}, nil // by type as for the app: not documented for robots
	}
	if s.uploaded = append(s.uploaded, u.begun); s.o.PerMinute > 0 && since(s.uploaded, u.begun.Add(-time.Minute)) > 30 {
		return no{846607, "aibot upload frequency limit exceeded"}, nil
	}
	s.n++
	id := "upload-" + strconv.Itoa(s.n)
	s.uploads[id] = u
	return yes, map[string]string{"upload_id": id}
}

func since(times []time.Time, from time.Time) (n int) {
	for _, t := range times {
		if t.After(from) {
			n++
		}
	}
	return n
}

func (s *Robot) uploadEnds(id string, u *upload) (no, any) {
	var all []byte
	first := 1
	if _, ok := u.parts[0]; ok {
		first = 0
	}
	for i := range u.Chunks {
		all = append(all, u.parts[first+i]...)
	}
	sum := md5.Sum(all)
	if len(all) != u.Size || hex.EncodeToString(sum[:]) != u.MD5 {
		return no{40058, fmt.Sprintf("%d of %d bytes, or another md5", len(all), u.Size)}, nil
	}
	delete(s.uploads, id)
	s.n++
	media := "media-" + strconv.Itoa(s.n)
	s.media[media] = RobotMedia{Type: u.Type, Name: u.Name, Bytes: all, At: s.o.Now()}
	return yes, map[string]any{"type": u.Type, "media_id": media, "created_at": strconv.FormatInt(s.o.Now().Unix(), 10)}
}
