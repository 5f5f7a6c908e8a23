package dingtalk

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

func TestWhatIsRecalledAndWhoHasRead(t *testing.T) {
	w := newOutside(t, withGroups, withCards)
	r, err := w.send(parcel(1, "ann", strings.Repeat("凤城镇\n", 2000)))
	require.NoError(t, err)
	require.Len(t, w.server.Shown("u-ann"), 3)
	keys := strings.Split(r.Ref, "|")
	w.server.Reads(keys[2], "u-ann")
	read, err := w.channel.ReadStatus(t.Context(), r.Ref)
	require.NoError(t, err)
	require.Equal(t, Read{Status: "SUCCESS", Read: []string{"u-ann"}}, read)
	read, err = w.channel.ReadStatus(t.Context(), keys[0])
	require.NoError(t, err)
	require.Equal(t, []string{"u-ann"}, read.Unread)
	require.NoError(t, w.channel.Recall(t.Context(), r.Ref))
	require.Empty(t, w.server.Shown("u-ann"))
	require.Equal(t, bot.Refused, failure(t, w.channel.Recall(t.Context(), r.Ref)).Fate, "it is gone")

	r, err = w.send(bot.Parcel{ID: 2, To: group(appGroup), Reply: bot.Reply{Kind: bot.TextReply, Text: "通报"}})
	require.NoError(t, err)
	_, key, _ := named(r.Ref)
	w.server.Reads(key, "u-ann", "u-ben", "u-cleo", "u-dan", "u-eve")
	read, err = w.channel.ReadStatus(t.Context(), r.Ref)
	require.NoError(t, err)
	require.Len(t, read.Read, 5, "page after page")
	require.NoError(t, w.channel.Recall(t.Context(), r.Ref))
	require.Empty(t, w.server.Said("cidApp=="))

	for _, ref := range []string{"", "card:zhuanban-1", "group:cid:"} {
		require.Equal(t, bot.Refused, failure(t, w.channel.Recall(t.Context(), ref)).Fate)
		_, err := w.channel.ReadStatus(t.Context(), ref)
		require.Equal(t, bot.Refused, failure(t, err).Fate)
	}
	off := w.replica(func(o *Options) { o.Features.Recall = Off })
	require.Equal(t, bot.NotPermitted, failure(t, off.Recall(t.Context(), "k")).Reason)
}
