package batch

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

func TestSameRepliesGoTogetherAndNobodyGetsAnothers(t *testing.T) {
	p := func(id int64, who, text string) bot.Parcel {
		return bot.Parcel{ID: id, To: bot.Recipient{Kind: bot.ToPerson, Account: who}, Reply: bot.Reply{Text: text}}
	}
	var many [][]int64
	var one []int64
	nobody := errors.New("nobody")
	w := Way{Most: 2,
		Of: func(p bot.Parcel) (string, bool, error) {
			if p.To.Account == "" {
				return "", false, nobody
			}
			return p.To.Account, p.To.Account == "alone", nil
		},
		Many: func(ps []bot.Parcel) []bot.Outcome {
			var ids []int64
			for _, p := range ps {
				require.Equal(t, "a", p.Reply.Text)
				ids = append(ids, p.ID)
			}
			many = append(many, ids)
			return make([]bot.Outcome, len(ps))
		},
		One: func(p bot.Parcel) (bot.Receipt, error) {
			one = append(one, p.ID)
			return bot.Receipt{Ref: p.To.Account}, nil
		}}
	out := w.Send([]bot.Parcel{p(7, "ann", "a"), p(1, "alone", "a"), p(3, "ben", "a"), p(2, "", "a"), p(5, "cleo", "a"), p(4, "dora", "b"), p(6, "ben", "a")})
	require.Equal(t, [][]int64{{3, 5}, {7}}, many)
	require.Equal(t, []int64{1, 4, 6}, one)
	require.ErrorIs(t, out[3].Err, nobody)
	require.Equal(t, "dora", out[5].Receipt.Ref)
}
