// Package batch hands parcels with the same reply to a platform that takes many in one
// call.
package batch

import (
	"bytes"
	"cmp"
	"reflect"
	"slices"

	"zhuanban/bot"
)

// Way is how one platform sends.
type Way struct {
	// Most is how many recipients one call takes.
	Most int
	// Of says who a parcel is for, as the platform knows them, or why it cannot be sent.
	// alone says that it has to go by itself, whatever else.
	Of func(p bot.Parcel) (who string, alone bool, err error)
	// Many sends one reply to no more than Most recipients, who differ.
	Many func(ps []bot.Parcel) []bot.Outcome
	One  func(p bot.Parcel) (bot.Receipt, error)
}

// Send sends parcels in the order of their ids, together as far as they say the same. A
// parcel whose reply differs from the first one's, or whose recipient has one already, goes
// by itself: nobody gets what was meant for another. It gives one outcome for each parcel.
func (w Way) Send(ps []bot.Parcel) []bot.Outcome {
	out := make([]bot.Outcome, len(ps))
	order := make([]int, len(ps))
	for i := range ps {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a].ID, ps[b].ID) })
	var together, single []int
	seen := map[string]bool{}
	for _, i := range order {
		who, alone, err := w.Of(ps[i])
		switch {
		case alone:
			single = append(single, i)
		case err != nil:
			out[i].Err = err
		case seen[who] || len(together) > 0 && !same(ps[i], ps[together[0]]):
			single = append(single, i)
		default:
			seen[who] = true
			together = append(together, i)
		}
	}
	for chunk := range slices.Chunk(together, w.Most) {
		ps := pick(ps, chunk)
		for k, o := range w.Many(ps) {
			out[chunk[k]] = o
		}
	}
	for _, i := range single {
		out[i].Receipt, out[i].Err = w.One(ps[i])
	}
	return out
}

func pick(ps []bot.Parcel, at []int) []bot.Parcel {
	out := make([]bot.Parcel, len(at))
	for k, i := range at {
		out[k] = ps[i]
	}
	return out
}

func same(a, b bot.Parcel) bool {
	return reflect.DeepEqual(a.Reply, b.Reply) && bytes.Equal(a.Prepared, b.Prepared)
}
