package bottest_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// TestTheAuditIsOneChain, however many turns of how many people and processes write into
// it at the same time; a file that is shown is in it without its handler's doing.
func TestTheAuditIsOneChain(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite": func(t *testing.T) string { return storetest.SQLiteURL(t) }, "mysql": storetest.MariaDBURL} {
		t.Run(name, func(t *testing.T) {
			const people, each = 12, 4
			var all []bot.Person
			for i := range people {
				all = append(all, bot.Person{Account: fmt.Sprint("p", i), Name: fmt.Sprint("p", i), Unit: "u", Role: bot.Filer})
			}
			roster := bot.NewRoster(all, []bot.Unit{{ID: "u", Name: "u", Kind: bot.Station}}, nil)
			duty := bottest.WithHandlers(func() []bot.Handler {
				return []bot.Handler{{Name: "sender", Commands: []bot.Command{{Words: []string{"发来"}, Do: func(_ context.Context, t *bot.Turn, _ string) error {
					t.Because("要核对")
					t.Show(bot.Reply{Kind: bot.FileReply, Path: "exports/a.docx", Name: "a.docx"})
					return nil
				}}}}}
			})
			one := bottest.New(t, duty, bottest.WithRoster(roster), bottest.At(url(t)))
			two := bottest.New(t, duty, bottest.WithRoster(roster), bottest.At(one.URL()), bottest.Owner("two"))
			var wg sync.WaitGroup
			errs := make(chan error, people*each)
			for i, p := range all {
				w := []*bottest.World{one, two}[i%2]
				wg.Go(func() {
					for range each {
						m := w.Message(p.Account, "发来")
						m.ID = p.Account + m.ID
						_, err := w.Handle(m)
						errs <- err
					}
				})
			}
			wg.Wait()
			for range people * each {
				require.NoError(t, <-errs)
			}
			require.NoError(t, one.Store.View(t.Context(), func(tx *store.Tx) error {
				head, err := tx.Audit().Verify(t.Context())
				require.EqualValues(t, people*each, head.Seq)
				require.NoError(t, err)
				last, err := tx.Audit().Of(t.Context(), "a.docx", 1)
				require.Equal(t, "file.sent", last[0].Action)
				require.Equal(t, "要核对", last[0].Reason)
				require.Contains(t, last[0].Details, "over test: exports/a.docx")
				return err
			}))
		})
	}
}
