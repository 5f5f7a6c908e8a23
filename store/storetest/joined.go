package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

var errHandler = errors.New("the handler failed")

// turnOf is the n-th message of a person.
func turnOf(person string, n int) store.Turn {
	return store.Turn{Person: person, Platform: "phone", Sender: person, MsgID: fmt.Sprint("m", n)}
}

// take is what a turn does to the rows that every message has: the conversation
// counts, a draft is begun or goes on, the message is kept, an answer is queued.
func take(ctx context.Context, tx *store.Tx, of store.Turn) error {
	c, err := tx.Conversations().Lock(ctx, of.Person, noon)
	if err != nil {
		return err
	}
	_, err = tx.Messages().Find(ctx, of.Platform, of.Sender, of.MsgID)
	if err == nil {
		return nil // handled before
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	open, err := tx.Drafts().Open(ctx, of.Person)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		d := store.Draft{ID: tx.NewID(), Person: of.Person, Form: "lead", Topic: of.MsgID, State: []byte(of.MsgID), Status: store.DraftOpen, CreatedAt: noon, UpdatedAt: noon}
		err = tx.Drafts().Insert(ctx, d)
	} else {
		open[0].State = append(open[0].State, of.MsgID...)
		err = tx.Drafts().Save(ctx, open[0])
	}
	c.State = append(c.State, of.MsgID...)
	return errors.Join(err,
		tx.Messages().Insert(ctx, store.Message{Platform: of.Platform, Sender: of.Sender, MsgID: of.MsgID, Person: of.Person, ReceivedAt: noon, Answer: []byte("ok"), Carried: true}),
		tx.Deliveries().Queue(ctx, store.Delivery{ToKind: "person", ToAccount: of.Person, Cause: of.MsgID, CreatedAt: noon}),
		tx.Conversations().Save(ctx, c))
}

// taken wants the traces of messages 1 to n of a person, each once and in order.
func taken(t *testing.T, s *store.Store, person string, n int) {
	t.Helper()
	var want string
	for i := range n {
		want += fmt.Sprint("m", i+1)
	}
	look(t, s, func(ctx context.Context, tx *store.Tx) error {
		drafts, err := tx.Drafts().Open(ctx, person)
		if err != nil {
			return err
		}
		require.Len(t, drafts, 1, person)
		require.Equal(t, want, string(drafts[0].State), person)
		for i := range n {
			m, err := tx.Messages().Find(ctx, "phone", person, fmt.Sprint("m", i+1))
			require.NoError(t, err)
			require.True(t, m.Carried)
		}
		rows, err := tx.Deliveries().Undone(ctx, store.Queued)
		count := 0
		for _, r := range rows {
			if r.ToAccount == person {
				count++
			}
		}
		require.Equal(t, n, count, person)
		return err
	})
}

// joined is what Join promises beside what Update does.
func joined(t *testing.T, open Opener) {
	t.Run("many at once are each done once, in each one's own order", func(t *testing.T) {
		s := open(t)
		const people, each = 20, 6
		var all sync.WaitGroup
		for p := range people {
			all.Go(func() {
				for i := range each {
					turn := turnOf(fmt.Sprint("p", p), i+1)
					for range 2 { // and again: a re-delivery changes nothing
						assert.NoError(t, s.Join(t.Context(), turn, func(tx *store.Tx) error { return take(t.Context(), tx, turn) }))
					}
				}
			})
		}
		all.Wait()
		for p := range people {
			taken(t, s, fmt.Sprint("p", p), each)
		}
	})
	t.Run("one that fails, or panics, fails alone", func(t *testing.T) {
		s := open(t)
		const people = 16
		errs, panics := make([]error, people), make([]any, people)
		var all sync.WaitGroup
		leave := busy(t, s) // so that the others form a group
		for p := range people {
			all.Go(func() {
				defer func() { panics[p] = recover() }()
				turn := turnOf(fmt.Sprint("p", p), 1)
				errs[p] = s.Join(t.Context(), turn, func(tx *store.Tx) error {
					if err := take(t.Context(), tx, turn); err != nil {
						return err
					}
					if _, err := tx.Counters().Next(t.Context(), "n"); err != nil {
						return err
					}
					switch p {
					case 3:
						return errHandler
					case 5:
						panic("the handler panicked")
					}
					return nil
				})
			})
		}
		leave()
		all.Wait()
		for p := range people {
			switch p {
			case 3:
				require.ErrorIs(t, errs[p], errHandler)
			case 5:
				require.NotNil(t, panics[p])
			default:
				require.NoError(t, errs[p])
				taken(t, s, fmt.Sprint("p", p), 1)
			}
		}
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, p := range []string{"p3", "p5"} {
				_, err := tx.Messages().Find(ctx, "phone", p, "m1")
				require.ErrorIs(t, err, store.ErrNotFound, p)
			}
			return nil
		})
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.Counters().Next(ctx, "n")
			require.EqualValues(t, people-2+1, n, "who failed has counted nothing")
			return err
		})
	})
	t.Run("what was written in it is seen by every statement after it", func(t *testing.T) { seen(t, open(t)) })
	t.Run("who waits no longer leaves the queue", func(t *testing.T) {
		s := open(t)
		leave := busy(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := s.Join(ctx, turnOf("b", 1), func(*store.Tx) error { t.Error("it ran"); return nil })
		require.ErrorIs(t, err, context.Canceled)
		leave()
	})
}

// busy keeps a store's group busy, so that whoever comes has to wait, until leave is
// called.
func busy(t *testing.T, s *store.Store) (leave func()) {
	t.Helper()
	begun, finish, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	say := sync.OnceFunc(func() { close(begun) })
	go func() {
		done <- s.Join(t.Context(), turnOf("busy", 1), func(*store.Tx) error {
			say()
			<-finish
			return nil
		})
	}()
	<-begun
	return func() { close(finish); require.NoError(t, <-done) }
}

func seen(t *testing.T, s *store.Store) {
	ctx, turn := t.Context(), turnOf("ann", 1)
	require.NoError(t, s.Join(ctx, turn, func(tx *store.Tx) error {
		if err := take(ctx, tx, turn); err != nil {
			return err
		}
		rows, err := tx.Deliveries().ByCause(ctx, "m1") // by a statement of its own
		if err != nil {
			return err // before there is a transaction: it runs again
		}
		require.Len(t, rows, 1)
		waiting, err := tx.Deliveries().Waiting(ctx, "person", "ann", 0)
		if err != nil {
			return err
		}
		require.True(t, waiting)
		about, err := tx.Drafts().OpenAbout(ctx, "m1")
		if err != nil {
			return err
		}
		require.Len(t, about, 1)
		again := tx.Messages().Insert(ctx, store.Message{Platform: "phone", Sender: "ann", MsgID: "m1"})
		require.ErrorIs(t, again, store.ErrDuplicate)
		// What is changed after it was written out is written again.
		about[0].State = []byte("later")
		return tx.Drafts().Save(ctx, about[0])
	}))
	look(t, s, func(ctx context.Context, tx *store.Tx) error {
		drafts, err := tx.Drafts().Open(ctx, "ann")
		require.Equal(t, "later", string(drafts[0].State))
		return err
	})
}
