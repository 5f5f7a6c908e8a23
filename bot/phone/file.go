package phone

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"

	"zhuanban/bot"
	"zhuanban/store"
)

// inlineTypes are shown in the page; everything else is downloaded, so that no
// upload ever runs in it.
var inlineTypes = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

var shaText = regexp.MustCompile(`^[0-9a-f]{64}$`)

// serveFile serves an attachment. Its hash is in the entries of the chats it was
// sent to and nowhere else, and cannot be guessed.
func (p *Phone) serveFile(w http.ResponseWriter, r *http.Request) {
	sha := r.PathValue("sha")
	if !shaText.MatchString(sha) {
		p.fail(w, r, &fault{status: http.StatusNotFound, code: "no_file"})
		return
	}
	f, err := p.o.Evidence.Open(sha)
	p.serveOpened(w, r, f, err, r.FormValue("type"), r.FormValue("name"))
}

// serveData serves the image or file that an entry of the bot carries: from the
// evidence store where its path is a hash, otherwise from the data folder.
func (p *Phone) serveData(w http.ResponseWriter, r *http.Request) {
	reply, err := p.replyOf(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	name := reply.Name
	if name == "" {
		name = path.Base(reply.Path)
	}
	if shaText.MatchString(reply.Path) {
		f, err := p.o.Evidence.Open(reply.Path)
		p.serveOpened(w, r, f, err, "", name)
		return
	}
	if p.o.Data == nil || !filepath.IsLocal(reply.Path) {
		p.fail(w, r, &fault{status: http.StatusNotFound, code: "no_file"})
		return
	}
	f, err := p.o.Data.Open(reply.Path)
	p.serveOpened(w, r, f, err, "", name)
}

// replyOf finds the reply of the bot that a request names by its entry, if the
// viewer is in that chat.
func (p *Phone) replyOf(r *http.Request) (*bot.Reply, error) {
	missing := &fault{status: http.StatusNotFound, code: "no_file"}
	id, err := strconv.ParseInt(r.PathValue("entry"), 10, 64)
	if err != nil {
		return nil, missing
	}
	e, ok, err := p.entry(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if !ok || e.Body.Reply == nil || e.Body.Reply.Path == "" {
		return nil, missing
	}
	return e.Body.Reply, p.inChat(r.FormValue("as"), e.Chat)
}

// serveOpened serves an opened file. A type that is not given is taken from the
// first bytes.
func (p *Phone) serveOpened(w http.ResponseWriter, r *http.Request, f *os.File, err error, kind, name string) {
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, store.ErrNotFound) {
			err = &fault{status: http.StatusNotFound, code: "no_file", err: err}
		}
		p.fail(w, r, err)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		p.fail(w, r, &fault{status: http.StatusNotFound, code: "no_file", err: err})
		return
	}
	if kind == "" {
		if kind, err = sniff(f); err != nil {
			p.fail(w, r, err)
			return
		}
	}
	disposition := "inline"
	if !inlineTypes[kind] {
		kind, disposition = "application/octet-stream", "attachment"
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": fileName(name)}))
	h.Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(w, r, "", info.ModTime(), f)
}

func sniff(f *os.File) (string, error) {
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("read %s: %w", f.Name(), err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("rewind %s: %w", f.Name(), err)
	}
	return http.DetectContentType(head[:n]), nil
}
