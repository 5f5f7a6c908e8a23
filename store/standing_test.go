package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/store"
	"zhuanban/store/storetest"
)

// two gives two processes' stores on one database.
func two(t *testing.T, test func(t *testing.T, a, b *store.Store)) {
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite": func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "db") },
		"mysql":  storetest.MariaDBURL,
	} {
		t.Run(name, func(t *testing.T) {
			u := url(t)
			test(t, storetest.Open(t, u), storetest.Open(t, u))
		})
	}
}

var noon = time.Date(2024, 1, 19, 4, 0, 0, 0, time.UTC)

// say is a person's turn: it adds a letter to the conversation and to the draft, which it
// begins if there is none. Every other letter needs a statement of its own, so that its
// turn waits for a transaction.
func say(ctx context.Context, s *store.Store, person, letter string, fresh bool) error {
	turn := store.Turn{Person: person, Platform: "phone", Sender: person, MsgID: letter, Fresh: fresh}
	return s.Join(ctx, turn, func(tx *store.Tx) error {
		c, err := tx.Conversations().Lock(ctx, person, noon)
		if err != nil {
			return err
		}
		if letter[0]%2 == 0 {
			if _, err := tx.Settings().Get(ctx, "anything"); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		switch _, err := tx.Messages().Find(ctx, "phone", person, letter); {
		case err == nil:
			return nil
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		open, err := tx.Drafts().Open(ctx, person)
		if err != nil {
			return err
		}
		c.State = append(c.State[:len(c.State):len(c.State)], letter...)
		if len(open) == 0 {
			err = tx.Drafts().Insert(ctx, store.Draft{ID: tx.NewID(), Person: person, Form: "lead", State: []byte(letter), Status: store.DraftOpen, CreatedAt: noon, UpdatedAt: noon})
		} else {
			d := open[0]
			d.State = append(d.State[:len(d.State):len(d.State)], letter...)
			err = tx.Drafts().Save(ctx, d)
		}
		return errors.Join(err, tx.Conversations().Save(ctx, c),
			tx.Messages().Insert(ctx, store.Message{Platform: "phone", Sender: person, MsgID: letter, Person: person, ReceivedAt: noon}))
	})
}

// heard wants that a person's turns have left these letters.
func heard(t *testing.T, s *store.Store, person, letters string) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, s.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.Conversations().Lock(ctx, person, noon)
		if err != nil {
			return err
		}
		require.Equal(t, letters, string(c.State), person)
		open, err := tx.Drafts().Open(ctx, person)
		require.Len(t, open, 1, person)
		require.Equal(t, letters, string(open[0].State), person)
		return err
	}))
}

func TestWhatIsRememberedOfATurnIsNotBelievedWhenAnotherProcessHasHadOne(t *testing.T) {
	two(t, func(t *testing.T, a, b *store.Store) {
		for i, s := range []*store.Store{a, a, b, a, b, b, a} {
			require.NoError(t, say(t.Context(), s, "ann", string(rune('a'+i)), true))
		}
		heard(t, b, "ann", "abcdefg")
		require.NoError(t, say(t.Context(), a, "ann", "h", true), "heard has had a turn in b")
		heard(t, a, "ann", "abcdefgh")
	})
}

func TestAFreshMessageThatWasHandledElsewhereIsFoundAllTheSame(t *testing.T) {
	two(t, func(t *testing.T, a, b *store.Store) {
		for _, s := range []*store.Store{a, b, a} {
			require.NoError(t, say(t.Context(), s, "ann", "a", true))
			require.NoError(t, say(t.Context(), s, "ann", "b", true))
		}
		heard(t, a, "ann", "ab")
	})
}

func TestADraftThatSomebodyElseWritesIsReadAgain(t *testing.T) {
	two(t, func(t *testing.T, a, b *store.Store) {
		ctx := t.Context()
		require.NoError(t, say(ctx, a, "ann", "a", true))
		write := func(letters string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				open, err := tx.Drafts().Open(ctx, "ann")
				if err != nil {
					return err
				}
				open[0].State = []byte(letters)
				return tx.Drafts().Save(ctx, open[0])
			}
		}
		wants := func(letters string) {
			t.Helper()
			require.NoError(t, a.Join(ctx, store.Turn{Person: "ann", Platform: "phone", Sender: "ann", MsgID: letters}, func(tx *store.Tx) error {
				open, err := tx.Drafts().Open(ctx, "ann")
				require.Equal(t, letters, string(open[0].State))
				return err
			}))
		}
		for i, s := range []*store.Store{a, b} {
			by := fmt.Sprint("in a transaction of its own ", i)
			require.NoError(t, s.Update(ctx, write(by)))
			require.NoError(t, say(ctx, a, "ann", fmt.Sprint("after", i), true))
			wants(by + fmt.Sprint("after", i))
			by = fmt.Sprint("in another's turn ", i)
			require.NoError(t, s.Join(ctx, store.Turn{Person: "bob", Platform: "phone", Sender: "bob", MsgID: by}, write(by)))
			require.NoError(t, say(ctx, a, "ann", fmt.Sprint("then", i), true))
			wants(by + fmt.Sprint("then", i))
		}
	})
}

func TestTwoProcessesTakeTurnsWithTheSamePeople(t *testing.T) {
	two(t, func(t *testing.T, a, b *store.Store) {
		const people, each = 12, 10
		var all sync.WaitGroup
		for p := range people {
			all.Go(func() {
				for i := range each {
					s := a
					if (p+i)%3 == 0 {
						s = b
					}
					for range 1 + i%2 { // every other message comes twice
						assert.NoError(t, say(t.Context(), s, fmt.Sprint("p", p), string(rune('a'+i)), true))
					}
				}
			})
		}
		all.Wait()
		for p := range people {
			heard(t, a, fmt.Sprint("p", p), "abcdefghij")
		}
	})
}

func TestADraftThatIsTakenUpAgainIsRemembered(t *testing.T) {
	two(t, func(t *testing.T, a, _ *store.Store) {
		ctx := t.Context()
		d := store.Draft{ID: a.NewID(), Person: "ann", Form: "lead", Status: store.DraftOpen, CreatedAt: noon, UpdatedAt: noon}
		turn := func(n int, do func(tx *store.Tx) error) {
			t.Helper()
			require.NoError(t, a.Join(ctx, store.Turn{Person: "ann", Platform: "phone", Sender: "ann", MsgID: fmt.Sprint(n), Fresh: true}, func(tx *store.Tx) error {
				if _, err := tx.Conversations().Lock(ctx, "ann", noon); err != nil {
					return err
				}
				return do(tx)
			}))
		}
		save := func(s store.DraftStatus) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				d.Status = s
				return tx.Drafts().Save(ctx, d)
			}
		}
		count := func(want int) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				open, err := tx.Drafts().Open(ctx, "ann")
				require.Len(t, open, want)
				return err
			}
		}
		turn(1, func(tx *store.Tx) error { return tx.Drafts().Insert(ctx, d) })
		turn(2, count(1))
		turn(3, save(store.DraftDropped))
		turn(4, count(0))
		turn(5, save(store.DraftOpen))
		turn(6, count(1))
	})
}
