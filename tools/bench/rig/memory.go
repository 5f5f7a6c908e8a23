package rig

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Memory is what a process occupies, in MB of 1,000,000 bytes.
type Memory struct {
	Now  float64 `json:"now_mb"`
	Peak float64 `json:"peak_mb"` // since its start
}

// MemoryOf asks the kernel.
func MemoryOf(pid int) (Memory, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Memory{}, fmt.Errorf("looking at a process: %w", err)
	}
	return parseMemory(string(status))
}

func parseMemory(status string) (m Memory, err error) {
	if m.Now, err = kilobytes(status, "VmRSS"); err == nil {
		m.Peak, err = kilobytes(status, "VmHWM")
	}
	return m, err
}

// kilobytes reads a line such as "VmRSS:	   12345 kB", whose kB are of 1,024 bytes.
func kilobytes(status, name string) (float64, error) {
	for line := range strings.Lines(status) {
		value, found := strings.CutPrefix(line, name+":")
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		return n * 1024 / 1e6, nil
	}
	return 0, fmt.Errorf("the kernel does not tell %s", name)
}

// CPU is the processor time that a server has used since its start.
func (s *Server) CPU() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.PID()))
	if err != nil {
		return 0, fmt.Errorf("looking at a process: %w", err)
	}
	// The program's name stands in brackets and may hold anything; behind it, utime and
	// stime are the 12th and 13th, in hundredths of a second on Linux (proc(5)).
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("reading a process's times: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100, nil
}
