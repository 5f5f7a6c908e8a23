package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/phone"
	"zhuanban/store"
)

// buildDir is where this test process builds the program.
func buildDir() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("zhuanban-test-%d", os.Getpid()))
}

// build builds the program once, for the tests that kill it.
var build = sync.OnceValues(func() (path string, err error) {
	path = filepath.Join(buildDir(), "zhuanban")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// TestMain removes what build built.
func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(buildDir())
	os.Exit(code)
}

// process is a running chat --json.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startChat(t *testing.T, env []string, as string) *process {
	t.Helper()
	program, err := build()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program, "chat", "--json", "--as", as, "--at", "2024-01-19T10:00")
	cmd.Env = append(os.Environ(), env...)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	p := &process{cmd, in, bufio.NewReader(out)}
	t.Cleanup(p.kill)
	return p
}

// say says a line and waits for its answer; ok is false if the process died first.
func (p *process) say(line string) (a answer, ok bool) {
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		return a, false
	}
	text, err := p.out.ReadString('\n')
	if err != nil || json.Unmarshal([]byte(text), &a) != nil {
		return a, false
	}
	return a, true
}

// kill is kill -9, and waits until it is dead.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// TestKillLosesNothingAcknowledgedAndDoublesNothing reports twelve leads, draft by
// draft, while the process is killed twenty times: between two lines, or while a
// line is on its way. The platform then hands in the last line again, and after a
// kill between lines the one before, which was acknowledged.
func TestKillLosesNothingAcknowledgedAndDoublesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		const leads, kills = 12, 20
		env := environment(t, url)
		chance := rand.New(rand.NewPCG(9, 9))
		var lines []string
		for i := range leads {
			for j, text := range []string{
				fmt.Sprintf("报线索 凤城镇建设路%d号有人卖假鞋%d双", i+1, i+10), fmt.Sprintf("主体某某%d鞋店", i+1), "提交"} {
				lines = append(lines, fmt.Sprintf(`{"id":"k%d-%d","text":"%s"}`, i, j, text))
			}
		}
		acknowledged := map[string]answer{}
		p := startChat(t, env, "fengcheng.filer")
		killed := 0
		for i, line := range lines {
			if killed < kills && chance.IntN(len(lines)-i) < kills-killed {
				killed++
				if chance.IntN(2) == 0 { // while the line is on its way
					_, _ = io.WriteString(p.in, line+"\n")
				}
				p.kill()
				p = startChat(t, env, "fengcheng.filer")
				if i > 0 {
					again, ok := p.say(lines[i-1])
					require.True(t, ok)
					require.Equal(t, acknowledged[lines[i-1]].Replies, again.Replies, "it answers as before")
					require.Empty(t, again.Notices)
				}
			}
			a, ok := p.say(line)
			require.True(t, ok)
			require.Empty(t, a.Error)
			acknowledged[line] = a
		}
		p.kill()
		require.Equal(t, kills, killed)
		checkLeads(t, env, leads)
	})
}

// checkLeads wants each lead exactly once in the ledger, numbered without a gap,
// and each notice to the office exactly once.
func checkLeads(t *testing.T, env []string, leads int) {
	t.Helper()
	cfg, err := loadCampaign("config.yaml", env)
	require.NoError(t, err)
	d, err := openDesk(t.Context(), cfg, quiet)
	require.NoError(t, err)
	defer func() { require.NoError(t, d.close()) }()
	_, err = d.courier.Flush(t.Context()) // what a killed process left is sent by the next
	require.NoError(t, err)
	require.NoError(t, d.store.View(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Leads().List(t.Context(), store.LeadFilter{})
		if err != nil {
			return err
		}
		require.Len(t, all, leads)
		for i, l := range all {
			n := leads - i
			require.Equal(t, fmt.Sprintf("AX-2024-%04d", n), l.Number)
			require.Equal(t, fmt.Sprintf("凤城镇建设路%d号", n), l.Place)
			require.Equal(t, fmt.Sprintf("某某%d鞋店", n), l.Subject)
		}
		for n := range leads {
			rows, err := tx.Deliveries().ByCause(t.Context(), bot.Cause(bot.Message{Platform: phone.Name, Sender: "fengcheng.filer", ID: fmt.Sprintf("k%d-2", n)}))
			if err != nil {
				return err
			}
			var to []string
			for _, r := range rows {
				to = append(to, r.ToAccount)
			}
			require.ElementsMatch(t, []string{"fengcheng.filer", "office.director", "office.clerk"}, to, "a receipt and two notices, each queued once")
		}
		inbox, err := tx.Phone().History(t.Context(), "p:office.clerk", 0, 500)
		if err != nil {
			return err
		}
		shown := map[string]bool{}
		for _, m := range inbox {
			require.False(t, shown[string(m.Body)], "shown twice: %s", m.Body)
			shown[string(m.Body)] = true
		}
		return nil
	}))
}

// TestTwoPeopleInTwoProcesses write into one database at the same time: nobody
// is turned away, nothing is lost, and the numbers have no gap.
func TestTwoPeopleInTwoProcesses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		env := environment(t, url)
		const each = 8
		people := []string{"fengcheng.filer", "hutou.filer"}
		errs := make(chan error, len(people))
		for _, who := range people {
			p := startChat(t, env, who)
			go func() {
				for i := range each {
					for _, text := range []string{
						fmt.Sprintf("报线索 凤城镇建设路%d号%s鞋店销售假冒某品牌运动鞋%d双", i+1, strings.ToUpper(who[:3]), i+10), "提交"} {
						a, ok := p.say(text)
						if !ok || a.Error != "" || len(a.Replies) == 0 {
							errs <- fmt.Errorf("%s: %q got %v %v", who, text, ok, a)
							return
						}
					}
				}
				errs <- nil
			}()
		}
		for range people {
			require.NoError(t, <-errs)
		}
		cfg, err := loadCampaign("config.yaml", env)
		require.NoError(t, err)
		d, err := openDesk(context.Background(), cfg, quiet)
		require.NoError(t, err)
		defer func() { require.NoError(t, d.close()) }()
		require.NoError(t, d.store.View(t.Context(), func(tx *store.Tx) error {
			all, err := tx.Leads().List(t.Context(), store.LeadFilter{})
			numbers := map[string]bool{}
			byUnit := map[string]int{}
			for _, l := range all {
				numbers[l.Number] = true
				byUnit[l.Unit]++
			}
			for n := 1; n <= 2*each; n++ {
				require.True(t, numbers[fmt.Sprintf("AX-2024-%04d", n)], n)
			}
			require.Equal(t, map[string]int{"fengcheng": each, "hutou": each}, byUnit)
			return err
		}))
	})
}
