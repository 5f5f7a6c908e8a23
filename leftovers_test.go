package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhuanban/store/redis/redistest"
	"zhuanban/store/storetest"
)

// TestTheProgramLeavesNothingBehind: started and stopped three times in one process, it
// leaves no goroutine and no open file. It is not parallel: others have theirs.
func TestTheProgramLeavesNothingBehind(t *testing.T) {
	server := redistest.Start(t)
	env := append(environment(t, storetest.MariaDBURL(t)), "ZHUANBAN_REDIS_URL="+server.URL())
	serveOnce(t, env) // what a process has once and keeps: the resolver, the poller
	before, files := goleak.IgnoreCurrent(), openFiles(t)
	for range 3 {
		serveOnce(t, env)
	}
	goleak.VerifyNone(t, before)
	require.Equal(t, files, openFiles(t))
}

// serveOnce starts the program, asks it something and stops it.
func serveOnce(t *testing.T, env []string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	address := redistest.FreeAddress(t)
	out, begun := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--listen", address}, strings.NewReader(""), begun, &errs, env)
		_ = begun.Close()
	}()
	shown := make([]byte, 1)
	_, err := out.Read(shown) // the title: it listens
	require.NoError(t, err, &errs)
	rest := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, out); close(rest) }()
	client := &http.Client{Transport: &http.Transport{}}
	for _, path := range []string{"/readyz", "/metrics", "/"} {
		res, err := client.Get(fmt.Sprint("http://", address, path))
		require.NoError(t, err, &errs)
		_, err = io.Copy(io.Discard, res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusOK, res.StatusCode, path)
	}
	client.CloseIdleConnections()
	stop()
	require.Zero(t, <-ended, &errs)
	<-rest
}

// openFiles names what this process has open, without the numbers that differ.
func openFiles(t *testing.T) (out []string) {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	for _, f := range all {
		if to, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil { // the folder's own is gone
			kind, _, _ := strings.Cut(to, ":")
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return out
}
