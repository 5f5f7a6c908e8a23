package wecomtest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"
)

// ServeHTTP answers a call of the app.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, largestBody(r.URL.Path)))
	if err != nil {
		return // the caller has gone
	}
	q := r.URL.Query()
	s.mu.Lock()
	s.calls[r.URL.Path]++
	call := Call{Path: r.URL.Path, Query: q, Token: q.Get("access_token"), Body: body, Type: r.Header.Get("Content-Type"), N: s.calls[r.URL.Path]}
	bend := s.bend
	s.mu.Unlock()
	var bent *Answer
	if bend != nil {
		bent = bend(call)
	}
	if bent == nil {
		s.straight(w, r, call)
		return
	}
	if bent.Done {
		s.straight(nil, r, call)
	}
	if !hold(r, bent) {
		return
	}
	switch {
	case bent.Drop:
		panic(http.ErrAbortHandler)
	case bent.Cut > 0:
		s.straight(&cutWriter{w, bent.Cut}, r, call)
	case bent.Usual:
		s.straight(w, r, call)
	case bent.Body != "" || bent.Status != 0:
		if bent.Type != "" {
			w.Header().Set("Content-Type", bent.Type)
		}
		w.WriteHeader(max(bent.Status, http.StatusOK))
		io.WriteString(w, bent.Body)
	default:
		write(w, map[string]any{"errcode": bent.ErrCode, "errmsg": bent.ErrMsg})
	}
}

// hold waits as the answer wants; false says that the caller has gone.
func hold(r *http.Request, a *Answer) bool {
	if a.Until != nil {
		select {
		case <-a.Until:
		case <-r.Context().Done():
			return false
		}
	}
	if a.Delay > 0 {
		t := time.NewTimer(a.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return false
		}
	}
	return true
}

// straight does the duty; w may be nil.
func (s *Server) straight(w http.ResponseWriter, r *http.Request, call Call) {
	duty, ok := s.paths[r.Method+" "+call.Path]
	if !ok {
		if w != nil {
			http.NotFound(w, r)
		}
		return
	}
	out := duty(call)
	if m, ok := out.(Media); ok && w != nil {
		m.write(w)
	} else if w != nil {
		write(w, out)
	}
}

// duty answers one path. Its answer is written as JSON.
type duty func(call Call) any

// duties are all paths that are answered, by method and path.
func (s *Server) duties() map[string]duty {
	out := map[string]duty{
		"GET " + TokenPath: func(c Call) any { return s.giveToken(c.Query.Get("corpid"), c.Query.Get("corpsecret")) },
		"POST " + SendPath: s.send,

		"POST " + UploadPath:        s.upload,
		"POST " + UploadImgPath:     s.uploadImage,
		"GET " + GetMediaPath:       s.getMedia,
		"POST " + WebhookPath:       s.webhook,
		"POST " + WebhookUploadPath: s.webhookUpload,
		"POST " + ChatCreatePath:    s.withToken(s.createChat),
		"GET " + ChatGetPath:        s.withToken(s.getChat),
		"POST " + ChatUpdatePath:    s.withToken(s.updateChat),
		"POST " + ChatSendPath:      s.withToken(s.sendChat),
		"POST " + MenuCreatePath:    s.withToken(s.createMenu),
		"GET " + MenuGetPath:        s.withToken(s.getMenu),
		"GET " + MenuDeletePath:     s.withToken(s.deleteMenu),
	}
	maps.Copy(out, s.reads())
	maps.Copy(out, s.calendars())
	maps.Copy(out, s.auths())
	return s.richDuties(out)
}

func write(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	json.NewEncoder(w).Encode(v)
}

// failure is an answer with a code, its message in WeCom's style.
type failure struct {
	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

func fail(code int, msg string) failure {
	return failure{code, fmt.Sprintf("%s, hint: [1700000000000000000], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=%d", msg, code)}
}

func (s *Server) giveToken(corp, secret string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case corp != s.o.CorpID:
		return fail(40013, "invalid corpid")
	case secret != s.o.Secret:
		return fail(40001, "invalid credential")
	}
	now := s.o.Now()
	if s.token == "" || !now.Before(s.until) {
		s.tokens++
		s.token, s.until = fmt.Sprintf("access-%d-%x", s.tokens, now.UnixNano()), now.Add(s.o.TokenLife)
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "access_token": s.token,
		"expires_in": int(s.until.Sub(now) / time.Second)}
}

// admit checks the token and the number of calls; the lock is held.
func (s *Server) admit(token string, now time.Time) (failure, bool) {
	switch {
	case token == "":
		return fail(41001, "access_token missing"), false
	case token != s.token:
		return fail(40014, "invalid access_token"), false
	case !now.Before(s.until):
		return fail(42001, "access_token expired"), false
	}
	if m := now.Unix() / 60; m != s.minute {
		s.minute, s.inMinute = m, 0
	}
	if s.inMinute++; s.inMinute > s.o.PerMinute {
		return fail(45009, "api freq out of limit"), false
	}
	return failure{}, true
}
