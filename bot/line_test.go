package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// TestWhoWaitsForWhom is a turn of a message with the platform's time 10, by the spool
// "m", while others have noted what waits with them.
func TestWhoWaitsForWhom(t *testing.T) {
	now := time.Date(2024, 1, 19, 4, 0, 0, 0, time.UTC)
	second := func(n int) time.Time { return now.Add(time.Duration(n) * time.Second) }
	note := func(spool string, at, kept, until int) store.Wait {
		return store.Wait{Spool: spool, At: second(at), Kept: second(kept), Until: second(until)}
	}
	live, waited := Line{Spool: "m"}, Line{Spool: "m", Kept: second(-20)}
	more := Line{Spool: "m", Kept: second(-20), Next: Place{second(12), second(-10)}}
	minute := int(waitFor / time.Second)
	cases := map[string]struct {
		line  Line
		noted []store.Wait
		waits bool
		then  []store.Wait
	}{
		"nobody has anything":                    {line: live},
		"another has an older one":               {live, []store.Wait{note("a", 9, -5, 5)}, true, []store.Wait{note("a", 9, -5, 5), note("m", 10, 0, minute)}},
		"another has a later one":                {live, []store.Wait{note("a", 11, -5, 5)}, false, []store.Wait{note("a", 11, -5, 5)}},
		"another has had one for too long":       {live, []store.Wait{note("a", 9, -5, 0)}, false, nil},
		"of the same second, the first kept":     {waited, []store.Wait{note("a", 10, -19, 5)}, false, []store.Wait{note("a", 10, -19, 5)}},
		"of the same second, kept before":        {waited, []store.Wait{note("z", 10, -21, 5)}, true, []store.Wait{note("z", 10, -21, 5), note("m", 10, -20, minute)}},
		"kept at one moment, the first name":     {waited, []store.Wait{note("n", 10, -20, 5)}, false, []store.Wait{note("n", 10, -20, 5)}},
		"kept at one moment, another name":       {waited, []store.Wait{note("l", 10, -20, 5)}, true, []store.Wait{note("l", 10, -20, 5), note("m", 10, -20, minute)}},
		"the last one takes its note away":       {waited, []store.Wait{note("m", 10, -20, 5)}, false, nil},
		"one that is left over of its own spool": {live, []store.Wait{note("m", 3, -20, 5)}, false, nil},
		"with more behind it":                    {more, []store.Wait{note("m", 10, -20, 5)}, false, []store.Wait{note("m", 12, -10, minute)}},
		"with more behind it, and it waits":      {more, []store.Wait{note("a", 9, 0, 5)}, true, []store.Wait{note("a", 9, 0, 5), note("m", 10, -20, minute)}},
		"without a spool, it waits unnoted":      {Line{}, []store.Wait{note("a", 9, -5, 5)}, true, []store.Wait{note("a", 9, -5, 5)}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.line == (Line{}) {
				require.Equal(t, c.line, Message{}.line())
			}
			b := &Bot{wall: func() time.Time { return now }}
			talk := store.Conversation{Waits: c.noted}
			require.Equal(t, c.waits, b.line(Message{At: second(10), Line: &c.line}, &talk))
			require.Equal(t, c.then, talk.Waits)
		})
	}
}
