package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
)

// soak is how hard the whole program is tried: real processes behind an imitation
// of WeCom, while members talk.
type soak struct {
	members    int
	scenes     int // of each member; a scene is 3 to 5 messages
	kills      int
	replicas   int
	duplicates float64       // of the messages
	pause      time.Duration // the longest between an acknowledgement and the member's next line
	sticky     bool          // each member's messages go to one replica, as behind a load balancer with affinity
	oneFolder  bool          // the replicas share one data folder
	seed       uint64
}

// long says that the tests are to run in their long form.
func long() bool { return os.Getenv("SOAK") != "" }

// member is somebody with what they are going to say.
type member struct {
	name  string
	lines []string

	mu     sync.Mutex
	passed []string // the answers that came with the acknowledgements; "" = none
	begun  []time.Time
}

// cast is the members with their parts; the same for the same seed.
func (s soak) cast() []*member {
	chance := rand.New(rand.NewPCG(s.seed, 7))
	var out []*member
	for i := range s.members {
		m := &member{name: fmt.Sprintf("soak%02d", i)}
		for k := range s.scenes {
			no, shop := 1000*(i+1)+k, fmt.Sprintf("某某%d鞋店", 1000*(i+1)+k)
			lead := fmt.Sprintf("报线索 凤城镇建设路%d号有人卖假鞋%d双", no, 10+chance.IntN(80))
			switch chance.IntN(4) {
			case 0:
				m.lines = append(m.lines, lead, "主体"+shop, fmt.Sprintf("改货值 %d元", 100*(1+chance.IntN(90))), "提交")
			case 1:
				m.lines = append(m.lines, lead, "帮助", "主体"+shop, "提交", "谢谢")
			case 2:
				m.lines = append(m.lines, lead, "主体"+shop, "撤回", "取消")
			default:
				m.lines = append(m.lines, lead, "主体"+shop, "提交")
			}
		}
		m.passed, m.begun = make([]string, len(m.lines)), make([]time.Time, len(m.lines))
		out = append(out, m)
	}
	return out
}

// trial is a run under way.
type trial struct {
	soak
	t       *testing.T
	server  *wecomtest.Server
	client  wecomtest.Client
	args    []string
	env     []string
	actors  []*replica
	members []*member
	said    atomic.Int64  // acknowledged
	missed  atomic.Int64  // calls of the callback that failed, and were made again
	slow    atomic.Int64  // the slowest acknowledgement, in nanoseconds
	wait    time.Duration // the longest that a member waited for an answer, once drained
}

// replica is one process with its address. It keeps its address when it is killed
// and started again.
type replica struct {
	addr string
	mu   sync.Mutex
	cmd  *exec.Cmd
}

const soakKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// run plays all parts on a fresh database, which nobody disturbs.
func (s soak) run(t *testing.T, url string) outcome {
	st := s.open(t, url)
	st.play(nil)
	return st.finish(url)
}

// calm is the outcome of the same parts when nothing happens.
func (s soak) calm(t *testing.T) outcome {
	s.duplicates, s.pause, s.replicas, s.sticky = 0, 0, 1, false
	return s.run(t, "sqlite:"+filepath.Join(t.TempDir(), "zhuanban.db"))
}

// open starts the replicas on a database. The environment may hold more than the
// trial's own; edits change its configuration.
func (s soak) open(t *testing.T, url string, edits ...edit) *trial {
	st := &trial{soak: s, t: t, members: s.cast()}
	st.server = wecomtest.New(wecomtest.Options{CorpID: "wwsoak", AgentID: 1000002, Secret: "soak-secret", MemberMinute: -1, PerMinute: 1 << 30})
	api := httptest.NewServer(st.server)
	t.Cleanup(api.Close)
	st.client = wecomtest.Client{CorpID: "wwsoak", AgentID: "1000002", Token: "token", AESKey: soakKey,
		HTTP: &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: s.members}}}
	st.args = []string{"serve", "--config", st.config(edits)}
	st.env = append(os.Environ(), "ZHUANBAN_DATABASE_URL="+url, "ZHUANBAN_WECOM_CORP_ID=wwsoak", "ZHUANBAN_WECOM_AGENT_ID=1000002",
		"ZHUANBAN_WECOM_SECRET=soak-secret", "ZHUANBAN_WECOM_TOKEN=token", "ZHUANBAN_WECOM_AES_KEY="+soakKey, "ZHUANBAN_WECOM_API_BASE="+api.URL)
	for range s.replicas {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		st.actors = append(st.actors, &replica{addr: l.Addr().String()})
		require.NoError(t, l.Close())
	}
	t.Cleanup(func() {
		if log, err := os.ReadFile(filepath.Join(filepath.Dir(st.args[2]), "log")); err == nil && t.Failed() {
			t.Logf("the program's log ends with:\n%s", log[max(0, len(log)-4000):])
		}
	})
	for _, r := range st.actors {
		st.start(r)
		t.Cleanup(func() { st.end(r, syscall.SIGKILL) })
	}
	for _, r := range st.actors {
		st.up(r)
	}
	return st
}

// finish waits until everything has left, stops the replicas, and says what it has
// come to.
func (st *trial) finish(url string) outcome {
	out := st.drained(url)
	for _, r := range st.actors {
		require.NoError(st.t, st.end(r, syscall.SIGTERM), "it stops by itself")
	}
	return out
}

// config is the shipped campaign with the members, and without quiet hours.
func (st *trial) config(edits []edit) string {
	var people strings.Builder
	for _, m := range st.members {
		fmt.Fprintf(&people, "  - {account: %s, name: 填报员·凤城所, unit: fengcheng, role: filer}\n", m.name)
	}
	return edited(st.t, append([]edit{{"clock: simulated", "clock: real"}, {"  enabled: true", "  enabled: false"},
		{`{from: "22:00", until: "07:00"}`, `{from: "00:00", until: "00:00"}`}, {"  # daily: 60 ", "  daily: 0   # "}, {"  merge: 3", "  merge: 0"},
		{"  limits: platform", "  limits: none"}, {"cards: notices", "cards: never"}, // what is shown is compared word for word
		{"\n  - {account: office.director", "\n" + people.String() + "  - {account: office.director"}}, edits...)...)
}

// start starts a replica; it keeps its data folder.
func (st *trial) start(r *replica) {
	program, err := build()
	require.NoError(st.t, err)
	cmd := exec.Command(program, append(st.args, "--listen", r.addr)...)
	data := "data"
	if !st.oneFolder {
		data += "-" + strings.ReplaceAll(r.addr, ":", "-")
	}
	cmd.Env = append(slices.Clone(st.env), "ZHUANBAN_DATA_DIR="+filepath.Join(filepath.Dir(st.args[2]), data))
	log, err := os.OpenFile(filepath.Join(filepath.Dir(st.args[2]), "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(st.t, err)
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(st.t, fromOneThread(cmd.Start))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cmd = cmd
}

// starter starts processes from one thread that never ends: Linux takes the death of
// the thread that started a process for that of its parent (Pdeathsig).
var starter = sync.OnceValue(func() chan<- func() {
	starts := make(chan func())
	go func() {
		runtime.LockOSThread()
		for start := range starts {
			start()
		}
	}()
	return starts
})

func fromOneThread(start func() error) error {
	done := make(chan error)
	starter() <- func() { done <- start() }
	return <-done
}

// up waits until a replica takes messages.
func (st *trial) up(r *replica) { st.answering(r, "/readyz", http.StatusOK) }

// answering waits until a replica answers so.
func (st *trial) answering(r *replica, path string, status int) {
	require.Eventually(st.t, func() bool {
		res, err := st.client.HTTP.Get("http://" + r.addr + path)
		if err != nil {
			return false
		}
		return res.Body.Close() == nil && res.StatusCode == status
	}, time.Minute, 5*time.Millisecond, "%s is answered with %d", path, status)
}

// end sends a replica a signal and waits until it is gone.
func (st *trial) end(r *replica, signal syscall.Signal) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd == nil {
		return nil
	}
	cmd := r.cmd
	r.cmd = nil
	_ = cmd.Process.Signal(signal)
	return cmd.Wait()
}

// play lets all members talk at once, and trouble, if there is any, do what it does:
// it hears how many messages there will be, and done when all have been said.
func (st *trial) play(trouble func(total int, done <-chan struct{})) {
	total := 0
	for _, m := range st.members {
		total += len(m.lines)
	}
	begin := time.Now()
	var all, late, beside sync.WaitGroup
	for i, m := range st.members {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(st.seed, uint64(100+i)))
			for k := range m.lines {
				st.say(m, k, chance, &late)
				if st.pause > 0 {
					time.Sleep(time.Duration(chance.Int64N(int64(st.pause))))
				}
			}
		})
	}
	done := make(chan struct{})
	if trouble != nil {
		beside.Go(func() { trouble(total, done) })
	}
	all.Wait()
	late.Wait()
	close(done)
	beside.Wait()
	st.t.Logf("%d messages in %v; the slowest acknowledgement took %v, %d calls failed", total, time.Since(begin).Round(time.Millisecond),
		time.Duration(st.slow.Load()).Round(time.Millisecond), st.missed.Load())
}

// until waits for the moment part of all: when so much of the total has been said.
// It gives false if all has.
func (st *trial) until(total int, part float64, all int, done <-chan struct{}) bool {
	for at := int64(part * float64(total) / float64(all)); st.said.Load() < at; {
		select {
		case <-done:
			return false
		case <-time.After(time.Millisecond):
		}
	}
	return true
}

// metric is one figure of a replica.
func (st *trial) metric(r *replica, name string) float64 {
	res, err := st.client.HTTP.Get("http://" + r.addr + "/metrics")
	require.NoError(st.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(st.t, err)
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			v, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			require.NoError(st.t, err)
			return v
		}
	}
	return 0
}

// say sends a message until it is acknowledged, as the platform and then the member
// do, and now and then once more.
func (st *trial) say(m *member, k int, chance *rand.Rand, late *sync.WaitGroup) {
	m.begun[k] = time.Now()
	for try := 0; ; try++ {
		text, err := st.post(m, k, st.replicaFor(m, chance))
		if err == nil {
			m.mu.Lock()
			m.passed[k] = text
			m.mu.Unlock()
			st.said.Add(1)
			break
		}
		st.missed.Add(1)
		if try > 2000 {
			st.t.Errorf("%s said %q and was never acknowledged: %v", m.name, m.lines[k], err)
			return
		}
		time.Sleep(time.Duration(5+chance.IntN(40)) * time.Millisecond)
	}
	for chance.Float64() < st.duplicates {
		wait, to := time.Duration(chance.IntN(400))*time.Millisecond, st.replicaFor(m, chance)
		late.Go(func() {
			time.Sleep(wait)
			text, err := st.post(m, k, to)
			m.mu.Lock()
			defer m.mu.Unlock()
			if err == nil && text != "" && text != m.passed[k] { // silence says that it waits with others of theirs
				st.t.Errorf("%s said %q again and was answered %q, before %q", m.name, m.lines[k], text, m.passed[k])
			}
		})
	}
}

// replicaFor is the replica that the load balancer chooses.
func (st *trial) replicaFor(m *member, chance *rand.Rand) *replica {
	if st.sticky {
		return st.actors[slices.Index(st.members, m)%len(st.actors)]
	}
	return st.actors[chance.IntN(len(st.actors))]
}

// id is the platform's id of a member's k-th message.
func (st *trial) id(m *member, k int) string {
	return fmt.Sprintf("%d%05d", 1+slices.Index(st.members, m), k)
}

// post calls the callback once, as patiently as the platform.
func (st *trial) post(m *member, k int, to *replica) (string, error) {
	begin := time.Now()
	c := st.client
	c.URL = "http://" + to.addr + "/wecom/callback"
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	reply, err := c.Say(ctx, m.name, st.id(m, k), m.lines[k])
	if err == nil && reply.Status != http.StatusOK {
		err = fmt.Errorf("status %d", reply.Status)
	}
	if took := int64(time.Since(begin)); err == nil {
		for was := st.slow.Load(); took > was && !st.slow.CompareAndSwap(was, took); was = st.slow.Load() {
		}
	}
	return reply.Text, err
}
