package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func phone(t *testing.T, s *store.Store) {
	say := func(t *testing.T, chat, author string, delivery int64) (id int64, fresh bool) {
		do(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			id, fresh, err = tx.Phone().Append(ctx, store.PhoneMessage{Chat: chat, Author: author,
				Body: []byte(`{"text":"你好"}`), At: noon, DeliveryID: delivery})
			return err
		})
		return id, fresh
	}
	var ids []int64
	for _, line := range []struct {
		chat, author string
		delivery     int64
	}{{"p:a", "a", 0}, {"p:a", "bot", 11}, {"g:群", "b", 0}, {"p:a", "bot", 12}, {"g:群", "bot", 13}} {
		id, fresh := say(t, line.chat, line.author, line.delivery)
		require.True(t, fresh)
		ids = append(ids, id)
	}
	t.Run("lines are counted in the order they were said", func(t *testing.T) { require.IsIncreasing(t, ids) })
	t.Run("a delivery brings its line once", func(t *testing.T) {
		id, fresh := say(t, "p:a", "bot", 12)
		require.False(t, fresh)
		require.Equal(t, ids[3], id)
	})
	t.Run("a chat's history comes in pages, each the oldest first", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			page, err := tx.Phone().History(ctx, "p:a", 0, 2)
			require.NoError(t, err)
			require.Equal(t, []store.PhoneMessage{
				{ID: ids[1], Chat: "p:a", Author: "bot", Body: []byte(`{"text":"你好"}`), At: noon, DeliveryID: 11},
				{ID: ids[3], Chat: "p:a", Author: "bot", Body: []byte(`{"text":"你好"}`), At: noon, DeliveryID: 12}}, page)
			page, err = tx.Phone().History(ctx, "p:a", ids[1], 2)
			require.Len(t, page, 1)
			require.Equal(t, ids[0], page[0].ID)
			return err
		})
	})
	t.Run("what came after a line, in all chats", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Phone().After(ctx, ids[1], 2)
			require.Len(t, got, 2)
			require.Equal(t, []int64{ids[2], ids[3]}, []int64{got[0].ID, got[1].ID})
			return err
		})
	})
	t.Run("unread is what others said since", func(t *testing.T) {
		unread := func(want map[string]int) {
			look(t, s, func(ctx context.Context, tx *store.Tx) error {
				got, err := tx.Phone().Unread(ctx, "a", []string{"p:a", "g:群", "g:none"})
				require.Equal(t, want, got)
				return err
			})
		}
		read := func(chat string, id int64) {
			do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Phone().MarkRead(ctx, "a", chat, id) })
		}
		unread(map[string]int{"p:a": 2, "g:群": 2})
		read("p:a", ids[1])
		unread(map[string]int{"p:a": 1, "g:群": 2})
		read("p:a", ids[3])
		read("p:a", ids[0]) // reading an old line again makes nothing unread
		unread(map[string]int{"g:群": 2})
	})
}
