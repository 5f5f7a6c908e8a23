package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// stranger is DingTalk as somebody else would imitate it: the gateway, the webhooks and
// the calls of the robot, in other words than those of package dingtalktest.
type stranger struct {
	*httptest.Server
	t      *testing.T
	config string

	mu      sync.Mutex
	tickets map[string]bool
	tokens  map[string]bool
	links   []*strangeLink
	sent    map[string]time.Time // frames, by id
	acks    map[string][]acked
	said    map[string][]string // to a user, or in a group, in order
	ways    map[string]int      // how often which call was made
	bodies  []map[string]any    // of cards made and changed
	ended   map[string]bool     // webhooks, by session
	opening func(n int, w http.ResponseWriter, r *http.Request) bool
	calling func(path string, n int, w http.ResponseWriter, body map[string]any) bool
	opened  int
	mute    bool
}

const (
	strangeID     = "dingstranger7"
	strangeSecret = "Secret-of-the_stranger/+="
)

func newStranger(t *testing.T) *stranger {
	s := &stranger{t: t, tickets: map[string]bool{}, tokens: map[string]bool{}, sent: map[string]time.Time{}, acks: map[string][]acked{},
		said: map[string][]string{}, ways: map[string]int{}, ended: map[string]bool{}, config: edited(t, edit{`until: "07:00"`, `until: "22:00"`},
			edit{"{name: 专班工作群, members: []}", "{name: 专班工作群, members: [], dingtalk: {conversation: cidGroup==}}"})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1.0/gateway/connections/open", s.open)
	mux.HandleFunc("GET /wss/deep/connect", s.connect)
	mux.HandleFunc("/", s.call)
	s.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		for _, l := range s.standing() {
			l.end()
		}
		s.Close()
	})
	return s
}

// environment is that of a robot which knows no other DingTalk.
func (s *stranger) environment(url string, more ...string) []string {
	return append([]string{"ZHUANBAN_DATABASE_URL=" + url, "ZHUANBAN_CLOCK=real", "ZHUANBAN_PHONE_ENABLED=false",
		"ZHUANBAN_KEYS_MASTER=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
		"ZHUANBAN_DINGTALK_CLIENT_ID=" + strangeID, "ZHUANBAN_DINGTALK_CLIENT_SECRET=" + strangeSecret, "ZHUANBAN_DINGTALK_ROBOT_CODE=robot9",
		"ZHUANBAN_DINGTALK_MODE=stream", "ZHUANBAN_DINGTALK_API_BASE=" + s.URL, "ZHUANBAN_DINGTALK_OAPI_BASE=" + s.URL}, more...)
}

func (s *stranger) open(w http.ResponseWriter, r *http.Request) {
	var in struct {
		ID     string `json:"clientId"`
		Secret string `json:"clientSecret"`
		Subs   []struct{ Type, Topic string }
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	s.mu.Lock()
	s.opened++
	n, opening := s.opened, s.opening
	ticket := fmt.Sprintf("t+%d/a=&b %%2F", n)
	s.mu.Unlock()
	if opening != nil && opening(n, w, r) {
		return
	}
	if in.ID != strangeID || in.Secret != strangeSecret || r.Header.Get("Accept") != "application/json" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"requestid":"E60C","code":"authFailed","message":"鉴权失败"}`)
		return
	}
	s.mu.Lock()
	s.tickets[ticket] = true
	s.mu.Unlock()
	_ = json.NewEncoder(w).Encode(map[string]any{"ticket": ticket, "region": "cn", "ttl": 90,
		"endpoint": strings.Replace(s.URL, "http://", "ws://", 1) + "/wss/deep/connect?zone=7&flag="})
}

func (s *stranger) connect(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	good := s.tickets[ticket] && r.URL.Query().Get("zone") == "7"
	delete(s.tickets, ticket) // it is good once
	s.mu.Unlock()
	if !good {
		http.Error(w, "ticket?", http.StatusForbidden)
		return
	}
	l, err := shake(w, r, s.heard)
	if err != nil {
		return
	}
	s.mu.Lock()
	l.mute = s.mute
	s.links = append(s.links, l)
	s.mu.Unlock()
}

// heard takes an acknowledgement.
func (s *stranger) heard(text []byte) {
	var in struct {
		Code    json.Number       `json:"code"`
		Headers map[string]string `json:"headers"`
		Data    string            `json:"data"`
	}
	if json.Unmarshal(text, &in) != nil || in.Code == "" {
		s.t.Errorf("the robot sends what is no acknowledgement: %.80q", text)
		return
	}
	code, _ := in.Code.Int64()
	s.mu.Lock()
	defer s.mu.Unlock()
	id := in.Headers["messageId"]
	s.acks[id] = append(s.acks[id], acked{int(code), in.Data, time.Now()})
}

// standing are the connections that are up, without those that are on their way out.
func (s *stranger) standing() (out []*strangeLink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.links {
		select {
		case <-l.over:
		default:
			if !l.gone {
				out = append(out, l)
			}
		}
	}
	return out
}

// rotate says disconnect; the connection goes on to be read for a while.
func (s *stranger) rotate(l *strangeLink) {
	s.mu.Lock()
	l.gone = true
	s.mu.Unlock()
	_ = l.text(opText, []byte(`{"headers":{"contentType":"application/json","topic":"disconnect"},"type":"SYSTEM","specVersion":"1.0","data":"{\"reason\":\"connection is expired\"}"}`))
}

// call answers what the robot asks.
func (s *stranger) call(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	body := map[string]any{}
	_ = json.Unmarshal(raw, &body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ways[r.URL.Path]++
	n := s.ways[r.URL.Path]
	if s.calling != nil && s.calling(r.URL.Path, n, w, body) {
		return
	}
	reply := func(status int, v any) { w.WriteHeader(status); _ = json.NewEncoder(w).Encode(v) }
	if r.URL.Path == "/robot/sendBySession" {
		user, _, _ := strings.Cut(r.URL.Query().Get("session"), "|")
		if s.ended[user] {
			reply(200, map[string]any{"errmsg": "session 不存在", "errcode": "300001"})
			return
		}
		text, _ := body["text"].(map[string]any)
		s.said[user] = append(s.said[user], fmt.Sprint(text["content"]))
		reply(200, map[string]any{"errmsg": "ok", "errcode": 0, "traceId": 9})
		return
	}
	if r.URL.Path == "/v1.0/oauth2/accessToken" {
		if body["appKey"] != strangeID || body["appSecret"] != strangeSecret {
			reply(400, map[string]any{"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret"})
			return
		}
		token := fmt.Sprint("tok/", n)
		s.tokens[token] = true
		reply(200, map[string]any{"expireIn": "7200", "accessToken": token})
		return
	}
	if !s.tokens[r.Header.Get("x-acs-dingtalk-access-token")] {
		reply(400, map[string]any{"code": "InvalidAuthentication", "message": "不合法的access_token"})
		return
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/oToMessages/batchSend"):
		s.batch(w, body)
	case strings.HasPrefix(r.URL.Path, "/v1.0/card/instances"):
		s.bodies = append(s.bodies, body)
		reply(200, map[string]any{"success": "true", "result": map[string]any{"outTrackId": body["outTrackId"],
			"deliverResults": []any{map[string]any{"spaceId": strings.TrimPrefix(fmt.Sprint(body["openSpaceId"]), "dtv1.card//IM_ROBOT."), "success": "true", "carrierId": 4}}}})
	default:
		reply(404, map[string]any{"code": "InvalidAction.NotFound", "message": r.URL.Path})
	}
}

// batch says something to persons.
func (s *stranger) batch(w http.ResponseWriter, body map[string]any) {
	var param map[string]string
	_ = json.Unmarshal([]byte(fmt.Sprint(body["msgParam"])), &param)
	users, _ := body["userIds"].([]any)
	for _, u := range users {
		s.said[fmt.Sprint(u)] = append(s.said[fmt.Sprint(u)], param["content"])
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"processQueryKey": 4711, "invalidStaffIdList": nil, "flowControlledStaffIdList": []any{}})
}

// message is one of somebody's to the robot, in one of the stranger's hands.
func (s *stranger) message(hand int, user, id, text string) map[string]any {
	now := time.Now().UnixMilli()
	m := map[string]any{"msgId": id, "senderStaffId": user, "senderNick": "某人", "senderCorpId": "dingcorp", "chatbotCorpId": "dingcorp",
		"conversationId": "cid" + user + "==", "conversationType": "1", "msgtype": "text", "text": map[string]any{"content": " " + text + " \r\n"},
		"sessionWebhook": s.URL + "/robot/sendBySession?session=" + user + "%7C" + id, "sessionWebhookExpiredTime": now + 5400231, "createAt": now,
		"isAdmin": true, "robotCode": "normal", "unheard": []any{1, nil}}
	if hand%2 == 1 {
		maps.Copy(m, map[string]any{"conversationType": 1, "createAt": fmt.Sprint(now), "sessionWebhookExpiredTime": fmt.Sprint(now + 5400231), "isAdmin": "false", "isInAtList": 0})
	}
	return m
}

// push sends a frame once over a connection that stands, the last one; false = there is none.
func (s *stranger) push(hand int, topic, id string, data any) bool {
	links := s.standing()
	if len(links) == 0 {
		return false
	}
	return s.over(links[len(links)-1], hand, topic, id, data)
}

// over is push over this connection.
func (s *stranger) over(l *strangeLink, hand int, topic, id string, data any) bool {
	b := strangeFrame(hand, "CALLBACK", topic, id, data)
	s.mu.Lock()
	s.sent[id] = time.Now()
	s.mu.Unlock()
	switch hand % 3 {
	case 1:
		return l.torn(b) == nil
	case 2:
		return l.text(opBinary, b) == nil
	}
	return l.text(opText, b) == nil
}

// ack is the acknowledgement of a frame, if it comes within a while.
func (s *stranger) ack(id string, within time.Duration) (a acked, ok bool) {
	s.until(within, func() bool {
		if len(s.acks[id]) > 0 {
			a, ok = s.acks[id][0], true
		}
		return ok
	})
	return a, ok
}

// until waits for something.
func (s *stranger) until(within time.Duration, what func() bool) bool {
	for end := time.Now().Add(within); ; time.Sleep(5 * time.Millisecond) {
		s.mu.Lock()
		ok := what()
		s.mu.Unlock()
		if ok || time.Now().After(end) {
			return ok
		}
	}
}

// insist sends a message, under new ids, until it is acknowledged.
func (s *stranger) insist(hand int, user, id, text string) bool {
	for n, end := 0, time.Now().Add(20*time.Second); time.Now().Before(end); n++ {
		frame := fmt.Sprint(id, "#", n)
		if !s.push(hand+n, robotTopic, frame, s.message(hand, user, id, text)) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if a, ok := s.ack(frame, time.Second); ok && a.code == http.StatusOK {
			return true
		}
	}
	return false
}
