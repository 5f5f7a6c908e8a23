package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/store"
)

// outcome is what a run has come to, without what differs from run to run.
type outcome struct {
	ledger []string
	heard  map[string][]string
}

// like wants the ledger of another run, and that everybody has heard the same.
func (s soak) like(t *testing.T, want, got outcome) {
	t.Helper()
	require.Equal(t, want.ledger, got.ledger, "the ledger")
	for _, m := range s.cast() {
		require.Equal(t, want.heard[m.name], got.heard[m.name], "what %s heard", m.name)
	}
	for _, who := range []string{"office.director", "office.clerk"} {
		require.Equal(t, want.heard[who], got.heard[who], "what %s heard", who)
	}
}

// drained waits until everything has left, and reads what it has come to.
func (st *trial) drained(url string) outcome {
	t, ctx := st.t, st.t.Context()
	for _, r := range st.actors {
		st.up(r)
		require.Eventually(t, func() bool { return st.metric(r, "zhuanban_spool_messages") == 0 }, 90*time.Second, 20*time.Millisecond, "everything is handed in")
	}
	s, err := store.Open(ctx, url, store.Options{Wall: time.Now})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.Eventually(t, func() bool {
		left := -1
		_ = s.View(ctx, func(tx *store.Tx) error {
			rows, err := tx.Deliveries().Undone(ctx, store.Queued, store.Sending)
			left = len(rows)
			return err
		})
		return left == 0
	}, 90*time.Second, 20*time.Millisecond, "everything leaves")
	out := outcome{heard: map[string][]string{}}
	require.NoError(t, s.View(ctx, func(tx *store.Tx) error {
		leads, err := tx.Leads().List(ctx, store.LeadFilter{})
		numbers := map[string]bool{}
		for _, l := range leads {
			numbers[l.Number] = true
			value := int64(-1)
			if l.Value != nil {
				value = *l.Value
			}
			out.ledger = append(out.ledger, fmt.Sprint(l.Reporter, " | ", l.Place, " | ", l.Subject, " | ", l.Content, " | ", value, " | ", l.State))
		}
		for n := 1; n <= len(leads); n++ {
			require.True(t, numbers[fmt.Sprintf("AX-%d-%04d", time.Now().Year(), n)], "number %d is given once", n)
		}
		slices.Sort(out.ledger)
		return err
	}))
	for _, m := range st.members {
		out.heard[m.name] = st.answers(s, m)
	}
	for _, who := range []string{"office.director", "office.clerk"} {
		texts := st.server.Texts(who)
		for i := range texts {
			texts[i] = code.ReplaceAllString(timeless(texts[i]), "回复 № ")
		}
		slices.Sort(texts) // the members' order among each other is chance
		out.heard[who] = texts
	}
	return out
}

// answers is everything that a member was to hear, by the records, in the order of
// what they said. It wants them to have heard just that: with the acknowledgement what
// it carried, and from the platform the rest, once and in order.
func (st *trial) answers(s *store.Store, m *member) (all []string) {
	var sent []string
	require.NoError(st.t, s.View(st.t.Context(), func(tx *store.Tx) error {
		for k := range m.lines {
			kept, err := tx.Messages().Find(st.t.Context(), "wecom", m.name, st.id(m, k))
			if err != nil {
				return err
			}
			var replies []bot.Reply
			if err := json.Unmarshal(kept.Answer, &replies); err != nil {
				return err
			}
			require.NotEmpty(st.t, replies, m.lines[k])
			if kept.Carried {
				require.Equal(st.t, replies[0].Text, m.passed[k], "%s said %q", m.name, m.lines[k])
			} else {
				require.Empty(st.t, m.passed[k], "%s said %q", m.name, m.lines[k])
			}
			if shown := st.server.Shown(m.name); !kept.Carried && len(sent) < len(shown) {
				st.wait = max(st.wait, shown[len(sent)].At.Sub(m.begun[k]))
			}
			for _, r := range replies {
				all = append(all, timeless(r.Text))
				if !kept.Carried {
					sent = append(sent, r.Text)
				}
			}
		}
		return nil
	}))
	require.Equal(st.t, sent, st.server.Texts(m.name), "what the platform showed %s", m.name)
	return all
}

var (
	number = regexp.MustCompile(`AX-\d{4}-\d{4}`)
	code   = regexp.MustCompile(`回复 \d+ `)
	hour   = regexp.MustCompile(`(\d+月\d+日 ?)?\d{1,2}:\d{2}`)
)

// timeless takes out what differs from run to run: times, and numbers given in the
// order in which members happened to come.
func timeless(s string) string {
	return hour.ReplaceAllString(number.ReplaceAllString(s, "№"), "⏱")
}
