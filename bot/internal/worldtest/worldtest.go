// Package worldtest is what the tests of all channels need around them: a clock that
// stands still, a log that can be read, the place that replicas share, and other people's
// programs for Node.
package worldtest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Clock stands still until it is moved. Its zero value stands at the zero time.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time that it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set sets it.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Forward moves it on.
func (c *Clock) Forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Log is a log that several goroutines write.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write writes on.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String is all that was written.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// NPM copies files of a folder below testdata, and the folder's package.json and
// package-lock.json, to a folder of the test, and lets npm fetch there what they need:
// the versions and the hashes that are locked, and no scripts of theirs are run.
func NPM(t testing.TB, folder string, files ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range append([]string{"package.json", "package-lock.json"}, files...) {
		text, err := os.ReadFile(filepath.Join("testdata", folder, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	cmd := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
	cmd.Dir = dir
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "npm is needed (tools/need): %s", said)
	return dir
}
