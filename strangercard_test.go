package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAStrangersCard: a tap is answered within DingTalk's two seconds while the database
// hangs, the card is changed when that is over, and a tap that comes twice is one.
func TestAStrangersCard(t *testing.T) {
	t.Parallel()
	s := newStranger(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "z.db")
	p := s.serve(s.environment("sqlite:"+file, "ZHUANBAN_DINGTALK_CARD_TEMPLATE=t.schema", "ZHUANBAN_DINGTALK_CARDS=always"), dir)
	require.True(t, s.insist(2, "fengcheng.filer", "c1", "报线索 今天群众举报凤城镇建设路12号某某鞋店卖假冒运动鞋，货值两万五"))
	var card map[string]any
	require.True(t, s.until(10*time.Second, func() bool {
		for _, b := range s.bodies {
			card = b
		}
		return card != nil
	}), "%q", s.said["fengcheng.filer"])
	values := card["cardData"].(map[string]any)["cardParamMap"].(map[string]any)
	n := 0
	for i := 1; i <= 6; i++ {
		if fmt.Sprint(values[fmt.Sprint("label", i)]) == "提交" {
			n = i
		}
	}
	require.NotZero(t, n, values)
	tap := map[string]any{"type": "actionCallback", "outTrackId": card["outTrackId"], "userId": "fengcheng.filer", "userIdType": 1, "corpId": "dingcorp", "spaceType": "IM",
		"content": map[string]any{"cardPrivateData": map[string]any{"params": map[string]any{"tap": values[fmt.Sprint("tap", n)]}, "actionIds": []any{"b", 1}}}}

	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE")
	require.NoError(t, err)
	require.True(t, s.push(0, cardTopic, "tap1", tap))
	a, ok := s.ack("tap1", 2*time.Second)
	require.True(t, ok, "in time")
	require.Equal(t, 200, a.code)
	require.Contains(t, a.data, "updateCardDataByKey")
	time.Sleep(2 * time.Second)
	require.True(t, s.push(3, cardTopic, "tap2", tap), "once more, under another id")
	_, err = db.Exec("ROLLBACK")
	require.NoError(t, err)
	_, ok = s.ack("tap2", 2*time.Second)
	require.True(t, ok)
	require.True(t, s.until(10*time.Second, func() bool {
		for _, b := range s.bodies[1:] {
			if b["outTrackId"] == card["outTrackId"] {
				return true
			}
		}
		return false
	}), "the card is changed")
	require.True(t, s.until(10*time.Second, func() bool { return strings.Contains(s.shown("fengcheng.filer"), "AX-") }), "it is done")
	p.end(t, syscall.SIGTERM)
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Equal(t, 1, strings.Count(s.shown("fengcheng.filer"), "AX-"), "once: %s", s.shown("fengcheng.filer"))
}

// shown is what somebody was shown, words and cards made for them.
func (s *stranger) shown(user string) string {
	out := strings.Join(s.said[user], "\n")
	for _, b := range s.bodies {
		if space, _ := b["openSpaceId"].(string); strings.HasSuffix(space, "."+user) {
			out += fmt.Sprint("\n", b["cardData"])
		}
	}
	return out
}
