package progress

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/internal/uploads"
)

func busy() *bot.SendError { return &bot.SendError{Fate: bot.NotSent, Err: errors.New("busy")} }

func TestAParcelGoesOnWhereItStopped(t *testing.T) {
	var here, there Memory
	p := bot.Parcel{ID: 7}
	require.Empty(t, here.Of(p))
	err := here.Stopped(p, []string{"m1", "m2"}, busy())
	require.Equal(t, []string{"m1", "m2"}, here.Of(p), "in this process")
	require.Empty(t, there.Of(p))
	p.Prepared = err.Kept
	require.Equal(t, []string{"m1", "m2"}, there.Of(p), "in any process")
	err = there.Stopped(p, append(there.Of(p), "m3"), busy())
	require.Equal(t, []string{"m1", "m2"}, here.Of(p))
	p.Prepared = err.Kept
	require.Equal(t, []string{"m1", "m2", "m3"}, here.Of(p), "whichever is longer")
	there.Ended(p)
	require.Empty(t, there.said)
}

func TestWhatWasPreparedStays(t *testing.T) {
	var m Memory
	p := bot.Parcel{ID: 7, Prepared: []byte(`{"type":"file","media_id":"abc","key":"k","anew":1}`)}
	p.Prepared = m.Stopped(p, []string{""}, busy()).Kept
	r, ok := uploads.Given(p.Prepared)
	require.True(t, ok)
	require.Equal(t, uploads.Ready{Type: "file", MediaID: "abc", Key: "k", Anew: 1}, r)
	require.Equal(t, []string{""}, new(Memory).Of(p))
}

func TestNothingIsKeptOfWhatHasNotBegunOrHasEnded(t *testing.T) {
	var m Memory
	p := bot.Parcel{ID: 7}
	require.Nil(t, m.Stopped(p, nil, busy()).Kept)
	require.Nil(t, m.Stopped(p, []string{"a"}, &bot.SendError{Fate: bot.Refused}).Kept)
	require.Empty(t, m.said)
	for id := range int64(2 * most) {
		m.Stopped(bot.Parcel{ID: id}, []string{"a"}, busy())
	}
	require.Len(t, m.said, most)
	for _, broken := range []string{"", "{", "[]", `{"said":1}`, "null"} {
		p := bot.Parcel{ID: -1, Prepared: []byte(broken)}
		require.Empty(t, m.Of(p), broken)
		require.JSONEq(t, `{"said":["a"]}`, string(with(p.Prepared, []string{"a"})), broken)
	}
}
