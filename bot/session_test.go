package bot

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot/dialog"
	"zhuanban/bot/zh"
)

func TestWhatCanBeTakenBackIsStoredByHowItDiffers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), rapid.Custom(func(t *rapid.T) dialog.Value {
			return dialog.Value{Text: rapid.SampledFrom([]string{"", "甲", "乙"}).Draw(t, "text"), Num: zh.Num(rapid.Int64Range(0, 2).Draw(t, "number"))}
		}), 0, 4)
		s := draftState{Draft: dialog.Draft{Values: values.Draw(t, "values"), Rev: 3}, Receipt: "AX-2024-0001"}
		if rapid.Bool().Draw(t, "changed") {
			s.Draft.Undo = values.Draw(t, "undo")
		}
		text, err := json.Marshal(s.packed())
		require.NoError(t, err)
		var got draftState
		require.NoError(t, got.unpack(text))
		require.Equal(t, s, got)

		before, err := json.Marshal(s) // as earlier versions stored it
		require.NoError(t, err)
		got = draftState{}
		require.NoError(t, got.unpack(before))
		require.Equal(t, s, got)
	})
	var recent recent[int64, draftState]
	s := draftState{Draft: dialog.Draft{Values: map[string]dialog.Value{"a": {Text: "甲"}}, Undo: map[string]dialog.Value{"a": {Text: "乙"}}}}
	text, err := recent.encode(1, s)
	require.NoError(t, err)
	require.JSONEq(t, `{"draft":{"values":{"a":{"t":"甲"}},"phase":"","rev":0},"back":{"a":{"t":"乙"}}}`, string(text))
	got, err := recent.decode(2, text)
	require.NoError(t, err)
	require.Equal(t, s, got)
}
