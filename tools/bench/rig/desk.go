package rig

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// App is the WeCom app that is measured: the same for the desk, the yardstick and
// whoever speaks to them. Nothing of it is secret.
var App = struct{ CorpID, AgentID, Token, AESKey, Secret string }{
	CorpID: "wwbench", AgentID: "1000002", Token: "benchToken", Secret: "benchSecret",
	AESKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}

// Server is a server that is measured.
type Server struct {
	callback string
	start    func() (*Process, error)
	ready    string
	process  *Process
}

// Callback is the address at which it takes messages.
func (s *Server) Callback() string { return s.callback }

// Start starts it and waits until it is ready.
func (s *Server) Start(ctx context.Context) error {
	p, err := s.start()
	if err != nil {
		return err
	}
	if err := p.Ready(ctx, s.ready); err != nil {
		p.kill()
		return err
	}
	s.process = p
	return nil
}

// Restart stops it and starts it again without waiting, and tells when it was started.
func (s *Server) Restart() (begin time.Time, err error) {
	if err := s.process.Stop(); err != nil {
		return begin, err
	}
	begin = time.Now()
	s.process, err = s.start()
	return begin, err
}

// Memory is what it occupies.
func (s *Server) Memory() (Memory, error) { return MemoryOf(s.process.PID()) }

// Stop stops it, if it was started.
func (s *Server) Stop() error {
	if s.process == nil {
		return nil
	}
	return s.process.Stop()
}

// Desk is the program itself with a configuration and a data folder of its own,
// below dir. checkout is where its config.yaml is, api the imitated platform. more are
// variables beside those that all desks here have.
func Desk(binary, checkout, dir, databaseURL, api string, people int, more ...string) (*Server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a desk's folder: %w", err)
	}
	shipped, err := os.ReadFile(filepath.Join(checkout, "config.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading the shipped configuration: %w", err)
	}
	campaign, err := Campaign(string(shipped), people)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, []byte(campaign), 0o600); err != nil {
		return nil, fmt.Errorf("writing the configuration: %w", err)
	}
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	master := make([]byte, 32)
	_, _ = rand.Read(master) // never fails
	env := append(without(os.Environ(), "ZHUANBAN_"),
		"ZHUANBAN_CLOCK=real",
		"ZHUANBAN_PHONE_ENABLED=false",
		"ZHUANBAN_LISTEN="+address,
		"ZHUANBAN_DATA_DIR="+filepath.Join(dir, "data"),
		"ZHUANBAN_DATABASE_URL="+databaseURL,
		"ZHUANBAN_KEYS_MASTER="+base64.StdEncoding.EncodeToString(master),
		"ZHUANBAN_WECOM_CORP_ID="+App.CorpID,
		"ZHUANBAN_WECOM_AGENT_ID="+App.AgentID,
		"ZHUANBAN_WECOM_SECRET="+App.Secret,
		"ZHUANBAN_WECOM_TOKEN="+App.Token,
		"ZHUANBAN_WECOM_AES_KEY="+App.AESKey,
		"ZHUANBAN_WECOM_API_BASE="+api,
	)
	env = append(env, more...)
	return &Server{callback: "http://" + address + "/wecom/callback", ready: "http://" + address + "/readyz",
		start: func() (*Process, error) {
			return Start("zhuanban", filepath.Join(dir, "desk.log"), dir, env, binary, "serve", "--config", config)
		}}, nil
}

// Yardstick is the yardstick in a process of its own: this very program, run with
// the command "yardstick".
func Yardstick(program, dir, store, dsn string) (*Server, error) {
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	return &Server{callback: "http://" + address + "/wecom/callback", ready: "http://" + address + "/readyz",
		start: func() (*Process, error) {
			return Start("the yardstick", filepath.Join(dir, "yardstick.log"), dir, os.Environ(), program,
				"yardstick", "--listen", address, "--store", store, "--dsn", dsn)
		}}, nil
}

// without leaves out the variables that begin with a prefix: what somebody has set
// for a desk of their own must not reach the one that is measured.
func without(env []string, prefix string) (out []string) {
	for _, e := range env {
		if !strings.HasPrefix(e, prefix) {
			out = append(out, e)
		}
	}
	return out
}
