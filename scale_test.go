package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/phone"
	"zhuanban/store"
)

// TestTheLedgerAtScale asks a large ledger what people ask: every answer is right, and
// every statement behind it goes by an index. With LEADS=1000000 (make bench-ledger) it is
// a million leads, and what the answers took is written out and held against the limits;
// by itself it is some thousands, and no time counts.
func TestTheLedgerAtScale(t *testing.T) {
	n, long := 3000, false
	if v := os.Getenv("LEADS"); v != "" {
		var err error
		n, err = strconv.Atoi(v)
		require.NoError(t, err)
		long = true
	}
	for _, db := range databases {
		if only := os.Getenv("LEDGER_ON"); only != "" && only != db.name {
			continue
		}
		t.Run(db.name, func(t *testing.T) {
			env := environment(t, kept(t, db.name, db.url))
			cfg, err := loadCampaign("config.yaml", env)
			require.NoError(t, err)
			begin := time.Now()
			if !filled(t, cfg) {
				flood(t, cfg, n)
			}
			t.Logf("filled in %v", time.Since(begin).Round(time.Second))
			s := scale{t: t, n: n, long: long, times: 3}
			if long {
				s.times = 100
			}
			s.desk, err = openDesk(t.Context(), cfg, quiet)
			require.NoError(t, err)
			defer func() { require.NoError(t, s.desk.close()) }()
			s.questions()
			s.lists()
			s.registrations()
			s.export(env)
		})
	}
}

// kept is the database's address: with LEDGER_DB one that stays and is filled once.
func kept(t *testing.T, name string, fresh func(*testing.T) string) string {
	if url := os.Getenv("LEDGER_DB"); strings.HasPrefix(url, name+":") {
		return url
	}
	return fresh(t)
}

// filled says whether a database was filled before.
func filled(t *testing.T, cfg *campaign) bool {
	t.Helper()
	d, err := openDesk(t.Context(), cfg, quiet)
	require.NoError(t, err)
	empty, err := d.store.Empty(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.close())
	return !empty
}

// scale is a large ledger being asked.
type scale struct {
	t     *testing.T
	desk  *desk
	n     int
	long  bool
	times int
}

// The limits that were asked for, on a machine that does nothing else.
const (
	answerLimit = 50 * time.Millisecond
	listLimit   = 100 * time.Millisecond
	exportLimit = 10 * time.Second
)

// measure does something some times, tells the times, and holds the p99 against a limit.
func (s *scale) measure(what string, limit time.Duration, do func(i int)) {
	s.t.Helper()
	took := make([]time.Duration, s.times)
	for i := range took {
		begin := time.Now()
		do(i)
		took[i] = time.Since(begin)
	}
	slices.Sort(took)
	p := func(share float64) time.Duration {
		return took[min(len(took)-1, int(share*float64(len(took))))].Round(10 * time.Microsecond)
	}
	if s.long {
		s.t.Logf("%-44s median %8v  p99 %8v  max %8v  (limit %v)", what, p(0.5), p(0.99), took[len(took)-1].Round(10*time.Microsecond), limit)
	}
}

// say has somebody say something, and gives the answer.
func (s *scale) say(who, text string) string {
	m := bot.Message{Platform: phone.Name, Sender: who, ID: fmt.Sprint("s", s.desk.store.NewID()), At: s.desk.clock.Now(), Text: text}
	replies, err := s.desk.phone.Say(s.t.Context(), m, "")
	require.NoError(s.t, err)
	var all []string
	for _, r := range replies {
		all = append(all, r.Text)
	}
	return strings.Join(all, "\n")
}

func (s *scale) questions() {
	lead := func(i int) store.Lead {
		var l store.Lead
		require.NoError(s.t, s.desk.store.View(s.t.Context(), func(tx *store.Tx) (err error) {
			l, err = tx.Leads().Get(s.t.Context(), int64(1+(i*7919)%s.n)<<22)
			return err
		}))
		return l
	}
	leads := make([]store.Lead, s.times)
	phones := make([]store.Lead, s.times)
	for i := range leads {
		leads[i] = lead(i)
		for j := i; phones[i].Phone == ""; j++ {
			phones[i] = lead(j)
		}
	}
	found := func(what, who string, question func(i int) string, want func(i int) string) {
		s.measure(what, answerLimit, func(i int) { require.Contains(s.t, s.say(who, question(i)), want(i)) })
	}
	road := func(i int) string { return floodRoads[i%15] }
	same := func(text string) func(int) string { return func(int) string { return text } }
	found("查 a shop", "office.clerk", func(i int) string { return "查 " + leads[i].Subject }, func(i int) string { return "查到「" + brief16(leads[i].Subject) })
	found("查尾号 four digits", "office.clerk", func(i int) string { return "查尾号" + phones[i].Phone[7:] }, same("查到"))
	found("查 a phone number", "office.clerk", func(i int) string { return "查 " + phones[i].Phone }, func(i int) string { return phones[i].Number })
	found("查 a place and goods (common words)", "office.clerk", func(i int) string { return "查 " + floodRoads[i%15] + " " + floodGoods[i%20] }, road)
	found("查 two characters (in every fourth lead)", "office.clerk", func(i int) string { return "查 " + []string{"假冒", "举报", "建设", "销售"}[i%4] }, same("查到"))
	found("查 a place and goods, a station its own", "hutou.filer", func(i int) string { return "查 " + floodRoads[i%15] + " " + floodGoods[i%20] }, road)
	found("查 a place and goods, a section its line", "zscq.filer", func(i int) string { return "查 " + floodRoads[i%15] + " " + floodGoods[i%20] }, road)
	found("查 what nobody has", "office.clerk", same("查 销售假冒 摆放三无"), same("销售假冒"))
	found("查 what a station has not", "gande.filer", same("查 凤城镇 湖头镇"), same("湖头镇"))
	found("a lead's card (进度)", "office.clerk", func(i int) string { return "进度 " + leads[i].Number }, func(i int) string { return leads[i].Number })
}

func brief16(s string) string { return string([]rune(s)[:min(16, len([]rune(s)))]) }

func (s *scale) lists() {
	for words, who := range map[string]string{"研判": "office.clerk", "超期": "office.clerk", "我的任务": "hutou.head"} {
		s.measure(words, listLimit, func(int) { require.NotEmpty(s.t, s.say(who, words)) })
	}
	s.measure("进度 (a station's list with its count)", listLimit, func(int) { require.Contains(s.t, s.say("hutou.filer", "进度"), "湖头所线索") })
	s.measure("进度 (all leads with their count)", listLimit, func(int) { require.Contains(s.t, s.say("office.clerk", "进度"), "全部线索") })
}

func (s *scale) registrations() {
	s.measure("a registration with what it repeats", listLimit, func(i int) {
		text := fmt.Sprintf("湖头镇%s%d号%s鞋店销售假冒%s%d双,联系电话1390000%04d", floodRoads[i%15], 1+i%300, floodNames[i%30], floodGoods[i%20], 1+i, i)
		require.Contains(s.t, s.say("hutou.filer", text), "请核对")
		require.Contains(s.t, s.say("hutou.filer", "1"), "已登记")
	})
}

// export takes a tenth of a million out, by a process of its own whose memory is measured.
func (s *scale) export(env []string) {
	program := filepath.Join(s.t.TempDir(), "zhuanban")
	build := exec.Command("go", "build", "-o", program, ".")
	out, err := build.CombinedOutput()
	require.NoError(s.t, err, string(out))
	for _, days := range []int{8, 80} { // a hundredth and a tenth of 800 days
		file := filepath.Join(s.t.TempDir(), "out.xlsx")
		until := time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days-1)
		cmd := exec.CommandContext(s.t.Context(), program, "export", "ledger", "--out", file, "--period", "2022-06-01到"+until.Format("2006-01-02"))
		cmd.Env = append(os.Environ(), env...)
		begin := time.Now()
		out, err := cmd.CombinedOutput()
		took := time.Since(begin)
		require.NoError(s.t, err, string(out))
		usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		require.True(s.t, ok)
		info, err := os.Stat(file)
		require.NoError(s.t, err)
		if s.long {
			s.t.Logf("%s: %v, processor %v, %d MB resident at most, file %d KB (limit %v)", strings.TrimSpace(string(out)), took.Round(time.Millisecond),
				(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Round(time.Millisecond), usage.Maxrss>>10, info.Size()>>10, exportLimit)
		}
	}
}
