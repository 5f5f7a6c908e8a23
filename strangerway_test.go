package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// says sends a message, waits for its acknowledgement and for so many answers more.
func (s *stranger) says(user, id, text string, more int) string {
	s.t.Helper()
	s.mu.Lock()
	before := len(s.said[user])
	s.mu.Unlock()
	require.True(s.t, s.insist(0, user, id, text), id)
	s.until(10*time.Second, func() bool { return len(s.said[user]) >= before+more })
	s.mu.Lock()
	defer s.mu.Unlock()
	require.GreaterOrEqual(s.t, len(s.said[user]), before+more, "%s: %q", text, s.said[user])
	return strings.Join(s.said[user][before:], "\n")
}

// count is how often a call was made.
func (s *stranger) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ways[path]
}

const (
	batchPath = "/v1.0/robot/oToMessages/batchSend"
	hookPath  = "/robot/sendBySession"
)

// TestAStrangersWaysOut: a webhook that has ended, a token that dies, throttles with 403,
// and everybody on one of the three lists of one answer.
func TestAStrangersWaysOut(t *testing.T) {
	t.Parallel()
	s := newStranger(t)
	dir := t.TempDir()
	p := s.serve(s.environment("sqlite:"+filepath.Join(dir, "z.db")), dir)
	s.mu.Lock()
	s.ended["fengcheng.filer"] = true
	s.mu.Unlock()
	require.Contains(t, s.says("fengcheng.filer", "w1", "帮助", 1), "报线索", "by the OpenAPI, within the same answer")
	require.Equal(t, 1, s.count(hookPath))
	require.Equal(t, 1, s.count(batchPath))

	s.mu.Lock()
	clear(s.tokens)
	s.mu.Unlock()
	require.Contains(t, s.says("fengcheng.filer", "w2", "进度", 1), "", "with a new token")
	require.Equal(t, 2, s.count("/v1.0/oauth2/accessToken"))

	refused := 0
	s.mu.Lock()
	s.calling = func(path string, _ int, w http.ResponseWriter, _ map[string]any) bool {
		if path != batchPath || refused == 3 {
			return false
		}
		refused++
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(map[string]any{"requestid": 7, "code": "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "message": "太快"})
		return true
	}
	s.mu.Unlock()
	require.NotEmpty(t, s.says("fengcheng.filer", "w3", "帮助", 1), "when the throttle is over")
	require.Equal(t, 3, refused)

	lists := []string{"fengcheng.filer", "chengxiang.filer", "cannei.filer"}
	var called [][]string
	s.mu.Lock()
	s.calling = func(path string, _ int, w http.ResponseWriter, body map[string]any) bool {
		users := fmt.Sprint(body["userIds"])
		if path != batchPath || !slices.ContainsFunc(lists, func(u string) bool { return strings.Contains(users, u) }) {
			return false
		}
		called = append(called, strings.Fields(strings.Trim(users, "[]")))
		_ = json.NewEncoder(w).Encode(map[string]any{"processQueryKey": "k", "invalidStaffIdList": lists[:1], "flowControlledStaffIdList": lists[1:2], "filteredStaffIdList": lists[2:]})
		return true
	}
	s.mu.Unlock()
	s.says("office.clerk", "w4", "群发给 全体填报员：明天上午九点开会", 1)
	s.says("office.clerk", "w5", "发送", 1)
	s.until(8*time.Second, func() bool { return strings.Contains(strings.Join(s.said["office.clerk"], "\n"), "没有送达") })
	s.mu.Lock()
	told := strings.Join(s.said["office.clerk"], "\n")
	require.Len(t, called, 1, "one call for all twenty; who was throttled is tried again in a minute")
	require.Len(t, called[0], 20)
	require.Contains(t, told, "填报员·凤城所没有收到群发通知")
	require.Contains(t, told, "填报员·参内所没有收到群发通知")
	require.NotContains(t, told, "填报员·城厢所没有收到")
	s.mu.Unlock()
	p.end(t, syscall.SIGTERM)
	p.discreet(t)
}

// TestAStrangersPeople: nobody is who they are not, and what is somebody's is said to them
// alone.
func TestAStrangersPeople(t *testing.T) {
	t.Parallel()
	s := newStranger(t)
	dir := t.TempDir()
	p := s.serve(s.environment("sqlite:"+filepath.Join(dir, "z.db")), dir)
	say := func(id, user, text string, bend func(m map[string]any)) {
		m := s.message(0, user, id, text)
		bend(m)
		require.True(t, s.push(1, robotTopic, id, m))
		a, ok := s.ack(id, 2*time.Second)
		require.True(t, ok && a.code == http.StatusOK, id)
	}
	group := func(chat string) func(m map[string]any) {
		return func(m map[string]any) {
			m["conversationType"], m["conversationId"], m["conversationTitle"], m["sessionWebhook"] = "2", chat, "群", s.URL+hookPath+"?session="+chat
		}
	}
	elsewhere := func(m map[string]any) { m["senderCorpId"] = "dingelsewhere" }
	for i := range 5 {
		say(fmt.Sprint("p", i), "office.director", "进度", elsewhere)
	}
	say("p6", "office.director", "进度", func(m map[string]any) { delete(m, "senderStaffId") })
	say("p7", "fengcheng.filer", "报线索 今天群众举报凤城镇建设路12号某某鞋店卖假冒运动鞋，货值两万五", group("cidGroup=="))
	say("p8", "fengcheng.filer", "进度", group("cidElsewhere=="))
	require.True(t, s.until(10*time.Second, func() bool {
		return len(s.said["fengcheng.filer"]) > 0 && len(s.said["cidGroup=="]) > 0 && len(s.said["cidElsewhere=="]) > 0
	}), "%s", p.read())
	p.end(t, syscall.SIGTERM)
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Len(t, s.said["office.director"], 1, "once in an hour: %q", s.said["office.director"])
	require.Contains(t, s.said["office.director"][0], "我认不出您")
	require.Contains(t, strings.Join(s.said["fengcheng.filer"], ""), "某某鞋店")
	require.NotContains(t, strings.Join(s.said["cidGroup=="], ""), "鞋店")
	require.Contains(t, strings.Join(s.said["cidElsewhere=="], ""), "cidElsewhere==")
}
