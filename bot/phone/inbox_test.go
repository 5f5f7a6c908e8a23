package phone

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/store"
)

func storeInbox(t *testing.T) Inbox {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "phone.db"),
		store.Options{Wall: func() time.Time { return friday }, Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return NewInbox(s)
}

// What every inbox must hold: the one in the store, and the one that the other
// tests of this package trust.
func TestInbox(t *testing.T) {
	for name, open := range map[string]func(*testing.T) Inbox{
		"store":  storeInbox,
		"memory": func(*testing.T) Inbox { return newMemoryInbox() },
	} {
		t.Run(name, func(t *testing.T) { inboxHolds(t, open(t)) })
	}
}

func inboxHolds(t *testing.T, in Inbox) {
	ctx := t.Context()
	reply := text("周五截止")
	sent := Entry{Chat: "p:hutou.filer", At: friday, DeliveryID: 7, Body: Body{Reply: &reply}}
	first, fresh, err := in.Append(ctx, sent)
	require.NoError(t, err)
	require.True(t, fresh)
	again, fresh, err := in.Append(ctx, sent)
	require.NoError(t, err)
	require.False(t, fresh, "a delivery id seen before is ignored")
	require.Equal(t, first, again)

	said := Entry{Chat: "p:hutou.filer", Author: "hutou.filer", At: friday, DeliveryID: saidKey("hutou.filer", "p:hutou.filer", "message-0001"),
		Body: Body{MessageID: "message-0001", Text: "零报告", Mention: true, Location: &bot.Location{Lat: 25, Lng: 118, Label: "湖头"},
			Attachments: []bot.Attachment{{Kind: bot.Photo, Name: "a.png", MIME: "image/png", Size: 3, SHA256: "ab"}}}}
	second, fresh, err := in.Append(ctx, said)
	require.NoError(t, err)
	require.True(t, fresh)
	require.Greater(t, second, first)
	again, fresh, err = in.Append(ctx, said)
	require.NoError(t, err)
	require.False(t, fresh, "what is said twice is kept once")
	require.Equal(t, second, again)

	third, _, err := in.Append(ctx, Entry{Chat: "g:专班工作群", At: friday, DeliveryID: 8, Body: Body{Reply: &reply}})
	require.NoError(t, err)
	sent.ID, said.ID = first, second

	found, err := in.History(ctx, "p:hutou.filer", 0, 10)
	require.NoError(t, err)
	same(t, []Entry{sent, said}, found)
	found, err = in.History(ctx, "p:hutou.filer", 0, 1)
	require.NoError(t, err)
	same(t, []Entry{said}, found)
	found, err = in.History(ctx, "p:hutou.filer", second, 10)
	require.NoError(t, err)
	same(t, []Entry{sent}, found)
	found, err = in.After(ctx, first, 10)
	require.NoError(t, err)
	require.Equal(t, []int64{second, third}, []int64{found[0].ID, found[1].ID})
	found, err = in.After(ctx, 0, 1)
	require.NoError(t, err)
	same(t, []Entry{sent}, found)

	counts := func(viewer string) map[string]int {
		got, err := in.Unread(ctx, viewer, []string{"p:hutou.filer", "g:专班工作群"})
		require.NoError(t, err)
		return got
	}
	require.Equal(t, map[string]int{"p:hutou.filer": 1, "g:专班工作群": 1}, counts("hutou.filer"), "one's own words do not wait")
	require.NoError(t, in.MarkRead(ctx, "hutou.filer", "p:hutou.filer", second))
	require.NoError(t, in.MarkRead(ctx, "hutou.filer", "p:hutou.filer", first))
	require.Equal(t, map[string]int{"g:专班工作群": 1}, counts("hutou.filer"), "reading never goes back")
	require.Equal(t, 1, counts("hutou.head")["g:专班工作群"])
}

// same compares entries; their times as instants, for the store has no zone.
func same(t *testing.T, want, got []Entry) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.WithinDuration(t, want[i].At, got[i].At, 0)
		got[i].At = want[i].At
	}
	require.Equal(t, want, got)
}

// The page's evidence is the store's, as it is.
func TestTheStoresEvidenceFits(t *testing.T) {
	w := newWorld(t)
	kept, err := store.OpenEvidence(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	w.phone.o.Evidence = kept
	status, body := w.upload(saying(nil), upload{"photo", "门头.png", pngHead})
	require.Equal(t, 200, status, body)
	sha := w.desk.messages()[0].Attachments[0].SHA256
	require.Equal(t, pngHead, w.request("GET", "/phone/file/"+sha+"?type=image/png", nil).Body.String())
	require.Equal(t, 404, w.request("GET", "/phone/file/"+sha[1:]+"0", nil).Code)
	status, body = w.upload(saying(nil), upload{"file", "a.bin", string(make([]byte, maxFile+1))})
	require.Equal(t, 413, status, body)
}
