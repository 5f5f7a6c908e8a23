package phone

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/seal"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// TestASealedInbox: the database shows nothing of what people type, nor of what the bot
// says only once; the page does, and of the latter only until its time.
func TestASealedInbox(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func(t *testing.T) *store.Store) {
		s, ctx := open(t), t.Context()
		keys := func(b byte) *seal.Ring {
			k := make([]byte, seal.MasterSize)
			k[0] = b
			r, err := seal.New(k)
			require.NoError(t, err)
			return r
		}
		now := time.Date(2024, 1, 19, 9, 0, 0, 0, time.UTC)
		box := NewSealedInbox(s, keys(1), func() time.Time { return now })
		typed := Entry{Chat: "p:ann", Author: "ann", At: now, DeliveryID: -5, Body: Body{MessageID: "m1", Text: "郑小暗"}}
		once := Entry{Chat: "p:ann", At: now, DeliveryID: 7, Body: Body{Reply: &bot.Reply{Kind: bot.TextReply, Text: "郑小暗",
			Once: &bot.Once{Until: now.Add(10 * time.Minute), After: "看过了"}}}}
		ids := map[string]int64{}
		for name, e := range map[string]Entry{"typed": typed, "once": once} {
			id, _, err := box.Append(ctx, e)
			require.NoError(t, err)
			ids[name] = id
		}
		raw := func() (all string) {
			require.NoError(t, s.View(ctx, func(tx *store.Tx) error {
				found, err := tx.Phone().History(ctx, "p:ann", 0, 9)
				for _, m := range found {
					all += string(m.Body)
				}
				return err
			}))
			return all
		}
		words := func(box Inbox) map[int64]string {
			out := map[int64]string{}
			found, err := box.History(ctx, "p:ann", 0, 9)
			require.NoError(t, err)
			for _, e := range found {
				require.Nil(t, e.Body.Sealed)
				if out[e.ID] = e.Body.Text; e.Body.Reply != nil {
					out[e.ID] = e.Body.Reply.Text
				}
			}
			return out
		}
		require.NotContains(t, raw(), "小暗")
		require.Equal(t, "郑小暗", once.Body.Reply.Text, "what was handed in is as it was")
		require.Equal(t, map[int64]string{ids["typed"]: "郑小暗", ids["once"]: "郑小暗"}, words(box))
		require.Equal(t, map[int64]string{ids["typed"]: "", ids["once"]: "看过了"}, words(NewSealedInbox(s, keys(2), func() time.Time { return now })), "with another key")
		now = now.Add(11 * time.Minute)
		require.Equal(t, map[int64]string{ids["typed"]: "郑小暗", ids["once"]: "看过了"}, words(box))
		typed.ID = ids["typed"]
		require.NoError(t, box.(Forgetter).Forget(context.Background(), typed))
		require.Equal(t, map[int64]string{ids["typed"]: "", ids["once"]: "看过了"}, words(box))
	})
}
