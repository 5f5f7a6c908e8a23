package phone

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot"
	"zhuanban/bot/channeltest"
)

func TestThePhoneHoldsWhatEveryPlatformMust(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Kit {
		w := newWorld(t)
		return channeltest.Kit{Channel: w.phone, Person: "hutou.filer", Group: "专班工作群",
			Put: func(t *testing.T, path string, content []byte) {
				require.NoError(t, os.MkdirAll(filepath.Join(w.data, filepath.Dir(path)), 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(w.data, path), content, 0o600))
			},
			Seen: func(_ *testing.T, to bot.Recipient) []bot.Reply {
				chat := PrivateChat(to.Account)
				if to.Kind == bot.ToGroup {
					chat = GroupChat(to.Account)
				}
				var out []bot.Reply
				for _, e := range w.chat(chat) {
					out = append(out, *e.Body.Reply)
				}
				return out
			}}
	})
}

func TestAParcelIsShownOnceHoweverOftenItIsSent(t *testing.T) {
	w := newWorld(t)
	parcel := bot.Parcel{ID: 7, To: person("hutou.filer"), Reply: bot.Reply{Kind: bot.TextReply, Text: "周五截止"}}
	first, err := w.phone.Send(t.Context(), parcel)
	require.NoError(t, err)
	second, err := w.phone.Send(t.Context(), parcel)
	require.NoError(t, err)
	require.Equal(t, first, second)
	shown := w.chat("p:hutou.filer")
	require.Len(t, shown, 1)
	require.Equal(t, "", shown[0].Author)
	require.Equal(t, "周五截止", shown[0].Body.Reply.Text)
	require.Equal(t, w.clock.Now(), shown[0].At)
}

func TestSendTellsTheFate(t *testing.T) {
	text := bot.Reply{Kind: bot.TextReply, Text: "周五截止"}
	for name, c := range map[string]struct {
		parcel bot.Parcel
		away   error
		fate   bot.Fate
	}{
		"a stranger is refused":        {parcel: bot.Parcel{ID: 1, To: person("nobody"), Reply: text}, fate: bot.Refused},
		"a strange group is refused":   {parcel: bot.Parcel{ID: 1, To: bot.Recipient{Kind: bot.ToGroup, Account: "别的群"}, Reply: text}, fate: bot.Refused},
		"a parcel without id":          {parcel: bot.Parcel{To: person("hutou.filer"), Reply: text}, fate: bot.Refused},
		"an inbox that is away: again": {parcel: bot.Parcel{ID: 1, To: person("hutou.filer"), Reply: text}, away: errors.New("away"), fate: bot.NotSent},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.inbox.fail = c.away
			_, err := w.phone.Send(t.Context(), c.parcel)
			var failed *bot.SendError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, c.fate, failed.Fate)
			require.Empty(t, w.inbox.entries)
		})
	}
}

func TestAMessagesKeyIsNegativeAndItsOwn(t *testing.T) {
	seen := make(map[int64][3]string)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z.]{1,12}`)
		said := [3]string{word.Draw(t, "account"), word.Draw(t, "chat"), word.Draw(t, "id")}
		key := saidKey(said[0], said[1], said[2])
		if key >= 0 || key == math.MinInt64 {
			t.Fatalf("key %d of %v", key, said)
		}
		if other, ok := seen[key]; ok && other != said {
			t.Fatalf("%v and %v share %d", said, other, key)
		}
		seen[key] = said
	})
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	_, err := New(Options{})
	require.ErrorContains(t, err, "Desk, Inbox and Evidence are required")
	w := newWorld(t)
	_, err = New(Options{Desk: w.desk, Inbox: w.inbox, Evidence: w.files})
	require.ErrorContains(t, err, "Now is required")
}
