package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBenchConversations holds the conversations that the benchmark plays
// (tools/bench/scripts) against the desk: whoever says them, on whatever day, and
// whatever was left open before, every answer has what the benchmark wants in it.
// The steps are answered with one reply without buttons, which a platform's
// acknowledgement can carry; the others with cards, which it cannot.
func TestBenchConversations(t *testing.T) {
	for who, day := range map[string]string{"fengcheng.filer": "2024-01-12T09:00", "zscq.filer": "2024-06-30T23:59", "jiandou.filer": "2024-03-01T00:00"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			env := environment(t, databases[0].url(t))
			for _, script := range []string{"steps", "cards", "cards", "steps", "steps"} {
				begin, lines := benchScript(t, script)
				var say []string
				for _, l := range lines {
					say = append(say, l[0])
				}
				for i, a := range chat(t, env, who, day, say...) {
					require.NotEmpty(t, a.Replies, say[i])
					require.Contains(t, a.Replies[0].Text, lines[i][1], "%s: %s", script, say[i])
					if i < begin {
						continue
					}
					require.Len(t, a.Replies, 1, say[i])
					require.Equal(t, script == "cards", len(a.Replies[0].Buttons) > 0, "%s: %s", script, say[i])
				}
			}
		})
	}
}

// benchScript is a conversation that goes around twice: lines said, with what is
// wanted in their answers, of which the first few are only the beginning.
func benchScript(t *testing.T, name string) (begin int, lines [][2]string) {
	t.Helper()
	text, err := os.ReadFile("tools/bench/scripts/" + name + ".txt")
	require.NoError(t, err)
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimSpace(l); l == "---" {
			begin = len(lines)
		} else if !strings.HasPrefix(l, "#") {
			say, want, _ := strings.Cut(l, "\t")
			lines = append(lines, [2]string{say, want})
		}
	}
	return begin, append(lines, lines[begin:]...)
}
