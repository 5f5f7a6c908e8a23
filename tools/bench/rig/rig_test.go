package rig

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCampaign(t *testing.T) {
	const config = `clock: real
units:
  - {id: office, name: A, kind: office}
  - {id: one, name: B, kind: section, alias: [C]}
  - {id: two, name: D, kind: station}
people:   # who
  - {account: boss, name: E, unit: office, role: director}
groups:
`
	got, err := Campaign(config, 3)
	want := strings.Replace(config, "  - {account: boss", `  - {account: user0001, name: user0001, unit: two, role: filer}
  - {account: user0002, name: user0002, unit: one, role: filer}
  - {account: user0003, name: user0003, unit: two, role: filer}
  - {account: boss`, 1)
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
	for _, broken := range []string{"", strings.Replace(config, "people:", "folk:", 1), strings.NewReplacer("section", "office", "station", "office").Replace(config)} {
		if _, err := Campaign(broken, 3); err == nil {
			t.Errorf("was taken: %s", broken)
		}
	}
}

// TestTheShippedCampaign takes people as it is.
func TestTheShippedCampaign(t *testing.T) {
	shipped, err := os.ReadFile("../../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Campaign(string(shipped), 2000)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(got, "role: filer}") - strings.Count(string(shipped), "role: filer}"); n != 2000 {
		t.Errorf("%d people were added", n)
	}
	for _, unit := range []string{"zscq", "zhifa", "jiandou"} {
		if !strings.Contains(got, "unit: "+unit+", role: filer}\n  - {account: user") {
			t.Errorf("nobody of %s", unit)
		}
	}
}

func TestMemory(t *testing.T) {
	m, err := MemoryOf(os.Getpid())
	if err != nil || m.Now < 1 || m.Peak < m.Now {
		t.Errorf("this process: %+v, %v", m, err)
	}
	m, err = parseMemory("VmHWM:\t   20000 kB\nVmRSS:\t   10000 kB\n")
	if err != nil || m != (Memory{Now: 10.24, Peak: 20.48}) {
		t.Errorf("%+v, %v", m, err)
	}
	for _, status := range []string{"", "VmRSS:\t x kB\n", "VmRSS:\t 1 kB\n"} {
		if _, err := parseMemory(status); err == nil {
			t.Errorf("%q was read", status)
		}
	}
}

func TestAProcessThatRefuses(t *testing.T) {
	p, err := Start("the desk", filepath.Join(t.TempDir(), "log"), "", os.Environ(), "sh", "-c", "echo no such campaign; exit 1")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(t.Context(), "http://127.0.0.1:1/readyz"); err == nil || !strings.Contains(err.Error(), "the desk has refused to start:\nno such campaign") {
		t.Errorf("got %v", err)
	}
	if err := p.Stop(); err == nil {
		t.Error("that it had ended is not told")
	}
}

func TestAServerIsStartedAgainAndStopped(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	done := make(chan bool)
	go func() { _ = server.Serve(l); close(done) }()
	s := &Server{ready: "http://" + l.Addr().String(), start: func() (*Process, error) {
		return Start("a program", filepath.Join(t.TempDir(), "log"), "", os.Environ(), "cat", "/dev/zero")
	}}
	if err := s.Stop(); err != nil {
		t.Errorf("one that never was started: %v", err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := s.process.PID()
	if begin, err := s.Restart(); err != nil || begin.IsZero() || s.process.PID() == first {
		t.Errorf("started again at %v: %v", begin, err)
	}
	if _, err := s.Memory(); err != nil {
		t.Error(err)
	}
	for used, tries := time.Duration(0), 0; used == 0; tries++ { // cat never rests
		var err error
		if used, err = s.CPU(); err != nil || tries > 1e6 {
			t.Fatalf("no processor time after %d looks: %v", tries, err)
		}
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	<-done
}

func TestADeskHearsNothingOfItsEnvironment(t *testing.T) {
	got := without([]string{"PATH=/bin", "ZHUANBAN_REDIS_URL=redis://x", "HOME=/"}, "ZHUANBAN_")
	if strings.Join(got, " ") != "PATH=/bin HOME=/" {
		t.Error(got)
	}
}
