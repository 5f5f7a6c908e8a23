package main

import (
	"database/sql"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// key is a master key of one repeated byte.
func key(b byte) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune(b)), 32)))
}

// TestADemonstrationMakesItsKey once, whoever begins first, readable by nobody else.
func TestADemonstrationMakesItsKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), keyFile)
	got := make(chan string, 8)
	for range cap(got) {
		go func() {
			k, err := demoKey(path)
			if err != nil {
				k = []byte(err.Error())
			}
			got <- string(k)
		}()
	}
	first := <-got
	require.Len(t, first, 32)
	for range cap(got) - 1 {
		require.Equal(t, first, <-got)
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o400, info.Mode().Perm())
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing else is left lying")
}

// TestKeysAreChecked: a key that is none is named by its line and never quoted.
func TestKeysAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		want string
	}{
		"no base64":   {[]string{"ZHUANBAN_KEYS_MASTER=geheim!"}, "keys.master: something that is no key (hidden): it is not base64"},
		"too short":   {[]string{"ZHUANBAN_KEYS_MASTER=Z2VoZWlt"}, "it has 6 bytes, not 32"},
		"old alone":   {[]string{"ZHUANBAN_KEYS_OLD=" + key('a')}, "old keys without a current one"},
		"an old none": {[]string{"ZHUANBAN_KEYS_MASTER=" + key('a'), "ZHUANBAN_KEYS_OLD=" + key('b') + ",geheim"}, "keys.old"},
	} {
		_, err := loadCampaign("config.yaml", append(environment(t, databases[0].url(t)), c.env...))
		require.ErrorContains(t, err, c.want, name)
		require.NotContains(t, err.Error(), "geheim", name)
		require.NotContains(t, err.Error(), "Z2VoZWlt", name)
	}
}

// TestWithoutAKeyNoInformantIsTaken: with a real clock none is made. The bot says so,
// keeps nothing of what was said, and check calls it a fault.
func TestWithoutAKeyNoInformantIsTaken(t *testing.T) {
	path := edited(t, edit{"clock: simulated ", "clock: real "})
	env := environment(t, databases[0].url(t))
	said := strings.Join([]string{"群众来电举报凤城镇建设路12号某某鞋店销售假冒运动鞋200双,货值3万元", "提交", "举报人 1 " + whoTold + " " + phoneOf, "举报人 1"}, "\n")
	got := command(t, env, said+"\n", "chat", "--json", "--as", "fengcheng.filer", "--config", path)
	require.Zero(t, got.code, got.errs)
	require.Equal(t, 2, strings.Count(got.out, "还没有设密钥"), got.out)
	db, err := sql.Open("sqlite", strings.TrimPrefix(env[1], "ZHUANBAN_DATABASE_URL=sqlite:"))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	leak(t, "the phone", strings.Join(query(t, db, "SELECT body FROM phone_messages"), "\n"))
	require.NoFileExists(t, filepath.Join(strings.TrimPrefix(env[0], "ZHUANBAN_DATA_DIR="), keyFile))
	require.Contains(t, command(t, env, "", "check", "--config", path).out, "FAULT  keys           keys.master is not set")
}

// TestRotation: with a new master and the old one beside it all can be read; reseal seals
// all anew, and then the old one may go. Without it before that, the loss is said plainly.
func TestRotation(t *testing.T) {
	env := environment(t, databases[0].url(t))
	with := func(more ...string) []string { return append(append([]string{}, env...), more...) }
	first := with("ZHUANBAN_KEYS_MASTER=" + key('a'))
	chat(t, first, "fengcheng.filer", "2024-01-18T16:20", "群众来电举报凤城镇建设路12号某某鞋店销售假冒运动鞋200双,货值3万元", "提交",
		"举报人 1 "+whoTold+" "+phoneOf)
	shown := func(env []string, at string) string {
		chat(t, env, "office.director", at, "查看举报人 1 需要回访核实")
		approved := chat(t, env, "custodian", at, "1")
		require.Contains(t, approved[0].Notices[0].Text, "可以查看举报人")
		return chat(t, env, "office.director", at, `{"tap":"`+approved[0].Notices[0].Buttons[0].Tap+`"}`)[0].Replies[0].Text
	}
	require.Contains(t, shown(with("ZHUANBAN_KEYS_MASTER="+key('b')), "2024-01-18T17:00"), "打不开：封存用的密钥不在了")
	both := with("ZHUANBAN_KEYS_MASTER="+key('b'), "ZHUANBAN_KEYS_OLD="+key('c')+", "+key('a'))
	require.Contains(t, shown(both, "2024-01-18T18:00"), phoneOf)
	got := command(t, both, "", "reseal")
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, "1 of 1 sealed anew with key ")
	require.Contains(t, command(t, both, "", "reseal").out, "0 of 1 sealed anew")
	require.Contains(t, shown(with("ZHUANBAN_KEYS_MASTER="+key('b')), "2024-01-18T19:00"), phoneOf)
	require.Equal(t, exitDone, command(t, both, "", "verify").code)
}
