package wecom

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

func TestThePiecesOfAGroupAreCountedWithoutItsFiles(t *testing.T) {
	w := newWorld(t, withGroups(t))
	long := strings.Repeat("好", 1500)
	for name, c := range map[string]struct {
		group string
		reply bot.Reply
		want  int
	}{
		"a text":                       {robotGroup, bot.Reply{Kind: bot.TextReply, Text: "在"}, 1},
		"a long text":                  {robotGroup, bot.Reply{Kind: bot.TextReply, Text: long}, 3},
		"a table of the robot's":       {robotGroup, bot.Reply{Kind: bot.TextReply, Text: strings.Repeat("题", 800) + "\n|a|b|\n|-|-|\n|1|2|"}, 1},
		"the same in a chat":           {chatGroup, bot.Reply{Kind: bot.TextReply, Text: strings.Repeat("题", 800) + "\n|a|b|\n|-|-|\n|1|2|"}, 2},
		"a card is words":              {chatGroup, bot.Reply{Kind: bot.CardReply, Title: "x", Text: long, Buttons: []bot.Button{{Label: "y", Tap: "y"}}}, 3},
		"an image that is not there":   {robotGroup, bot.Reply{Kind: bot.ImageReply, Path: "nothing"}, 1},
		"an image with words":          {robotGroup, bot.Reply{Kind: bot.ImageReply, Path: "nothing", Text: "图"}, 2},
		"a file with a long text":      {chatGroup, bot.Reply{Kind: bot.FileReply, Path: "nothing", Text: long}, 4},
		"nothing":                      {robotGroup, bot.Reply{Kind: bot.TextReply}, 1},
		"a group that nobody has made": {"没有的群", bot.Reply{Kind: bot.TextReply, Text: long}, 1},
	} {
		require.Equal(t, c.want, w.channel.Pieces(bot.Parcel{To: bot.Recipient{Kind: bot.ToGroup, Account: c.group}, Reply: c.reply}), name)
	}
	require.Zero(t, w.server.Calls(wecomtest.UploadPath)+w.server.Calls(wecomtest.WebhookUploadPath))
}
