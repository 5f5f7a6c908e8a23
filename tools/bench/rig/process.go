// Package rig starts what is measured: the desk, the yardstick and a database, in a
// throwaway folder and on free ports, and ends them again. Nothing outlives the
// measuring process, however it ends. Linux only, because of that and of /proc.
package rig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Process is a program that was started.
type Process struct {
	name string
	log  string // file of all that it says
	cmd  *exec.Cmd
	gone chan struct{} // closed when it has ended
}

// Start starts a program whose output goes to the file log. env is its whole
// environment.
func Start(name, log, dir string, env []string, program string, args ...string) (*Process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the log of %s: %w", name, err)
	}
	p := &Process{name: name, log: log, cmd: exec.Command(program, args...), gone: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = dir, env, out, out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := errors.Join(p.cmd.Start(), out.Close()); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go func() {
		defer close(p.gone)
		_ = p.cmd.Wait() // how it ended is in its log
	}()
	return p, nil
}

// PID is the process's number.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Patience with a program that starts or stops: a start makes tables, and a stop
// waits for what is under way.
const (
	startLimit = time.Minute
	stopLimit  = 30 * time.Second
	lookAgain  = 10 * time.Millisecond
)

// Ready waits until an address answers 200. A program that has ended instead is an
// error with its last words.
func (p *Process) Ready(ctx context.Context, url string) error {
	ctx, stop := context.WithTimeout(ctx, startLimit)
	defer stop()
	for tick := time.NewTicker(lookAgain); ; {
		ok, err := answers(ctx, url)
		if ok {
			tick.Stop()
			return nil
		}
		select {
		case <-p.gone:
			return fmt.Errorf("%s has refused to start:\n%s", p.name, p.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready at %s: %w\n%s", p.name, url, errors.Join(ctx.Err(), err), p.lastWords())
		case <-tick.C:
		}
	}
}

func answers(ctx context.Context, url string) (bool, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return false, err
	}
	return response.StatusCode == http.StatusOK, response.Body.Close()
}

// lastWords is the end of what the process said.
func (p *Process) lastWords() string {
	const enough = 2000
	said, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(said[max(0, len(said)-enough):]))
}

// Stop ends the process as an operator does, and by force if that does not help.
func (p *Process) Stop() error {
	select {
	case <-p.gone:
		return fmt.Errorf("%s had ended before it was stopped:\n%s", p.name, p.lastWords())
	default:
	}
	err := p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.gone:
		return err
	case <-time.After(stopLimit):
	}
	p.kill()
	return errors.Join(err, fmt.Errorf("%s did not stop within %v", p.name, stopLimit))
}

// kill ends the process by force, if it has not ended.
func (p *Process) kill() {
	_ = p.cmd.Process.Kill() // fails only if it has ended already
	<-p.gone
}

// FreeAddress is an address of this machine that nobody listens on.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}
