package spool

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// killed tells this test program to be the process that is killed, and in which folder.
const killed = "ZHUANBAN_TEST_SPOOL"

// keepUntilKilled keeps messages of eight people as fast as it can and prints the name
// of each that it has acknowledged.
func keepUntilKilled(dir string) {
	d := newDesk()
	d.away = true
	s, err := Open(dir, d.options())
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	for who := range 8 {
		go func() {
			for n := 0; ; n++ {
				m := said(fmt.Sprint("p", who), fmt.Sprintf("%d-%d", os.Getpid(), n), n)
				if a, err := s.Handle(context.Background(), m); err != nil || !a.Spooled {
					fmt.Println("handle:", a, err)
				}
				_, _ = os.Stdout.WriteString(m.Sender + " " + m.ID + "\n")
			}
		}()
	}
	select {}
}

// TestKillLosesNothingAcknowledged kills the process five times in the middle of its work.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	dir := t.TempDir()
	acknowledged := map[key]bool{}
	for life := range 5 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), killed+"="+dir)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		for n := 0; n < 100+37*life && lines.Scan(); n++ {
			sender, id, ok := strings.Cut(lines.Text(), " ")
			require.True(t, ok && strings.HasPrefix(sender, "p"), lines.Text())
			acknowledged[key{"test", sender, id}] = true
		}
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait() // says that it was killed
	}
	require.GreaterOrEqual(t, len(acknowledged), 5*100)
	s := openSpool(t, dir, newDesk().options())
	for k := range acknowledged {
		require.Contains(t, s.keys, k)
	}
	require.Zero(t, s.Counts().Damaged)
	require.NoError(t, s.Close())
}
