// Package channeltest is what every platform must hold, as a test that each
// channel's own tests run. It knows no platform: a Kit says how the imitation of
// the platform's server is looked into.
package channeltest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

// Kit is a channel under test and a view into the imitation of its platform.
type Kit struct {
	Channel bot.Channel
	// Person and Group are known to the channel's roster; Group is "" where the
	// platform lets the bot into none, and then a group is refused.
	Person, Group string
	// Seen lists the replies that a recipient's chat shows, oldest first.
	Seen func(t *testing.T, to bot.Recipient) []bot.Reply
	// Put puts a file into the folder that the paths of images and files are below.
	// A channel that says that it takes files has one.
	Put func(t *testing.T, path string, content []byte)
	// Tap taps a button that the person sees, by its label, and gives the handle of its
	// card (bot.Message.Card); nil where the channel does not update cards.
	Tap func(t *testing.T, person, label string) string
}

// picture is the smallest PNG.
var picture = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\rIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")

// Run holds a channel to the contract of bot.Channel. open makes a fresh Kit.
func Run(t *testing.T, open func(t *testing.T) Kit) {
	text := bot.Reply{Kind: bot.TextReply, Text: "第2期统计表 1月19日(周五) 17:30 截止"}
	send := func(t *testing.T, k Kit, id int64, to bot.Recipient, r bot.Reply) (bot.Receipt, error) {
		t.Helper()
		return k.Channel.Send(t.Context(), bot.Parcel{ID: id, To: to, Reply: r})
	}

	t.Run("has a name that never changes", func(t *testing.T) {
		k := open(t)
		require.NotEmpty(t, k.Channel.Name())
		require.Equal(t, k.Channel.Name(), k.Channel.Name())
	})
	t.Run("shows a text to the person it is for and to nobody else", func(t *testing.T) {
		k := open(t)
		person, group := bot.Recipient{Kind: bot.ToPerson, Account: k.Person}, bot.Recipient{Kind: bot.ToGroup, Account: k.Group}
		_, err := send(t, k, 1, person, text)
		require.NoError(t, err)
		require.Equal(t, []string{text.Text}, texts(k.Seen(t, person)))
		require.Empty(t, k.Seen(t, group))
	})
	t.Run("shows a group's text in the group, or refuses it where it has no groups", func(t *testing.T) {
		k := open(t)
		group := bot.Recipient{Kind: bot.ToGroup, Account: k.Group}
		_, err := send(t, k, 1, group, text)
		if k.Group == "" {
			var failed *bot.SendError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, bot.Refused, failed.Fate)
			return
		}
		require.NoError(t, err)
		require.Equal(t, []string{text.Text}, texts(k.Seen(t, group)))
		require.Empty(t, k.Seen(t, bot.Recipient{Kind: bot.ToPerson, Account: k.Person}))
	})
	t.Run("says in a group all that a card says, and refuses a group that is not there", func(t *testing.T) {
		k := open(t)
		if k.Group == "" {
			return // refused above
		}
		group := bot.Recipient{Kind: bot.ToGroup, Account: k.Group}
		_, err := send(t, k, 1, group, bot.Reply{Kind: bot.CardReply, Title: "会商", Text: "【会商】\n周五 15:00", Body: "周五 15:00"})
		require.NoError(t, err)
		seen := k.Seen(t, group)
		require.Len(t, seen, 1)
		require.Equal(t, "【会商】\n周五 15:00", seen[0].Text)
		_, err = send(t, k, 2, bot.Recipient{Kind: bot.ToGroup, Account: "没有的群"}, text)
		var failed *bot.SendError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, bot.Refused, failed.Fate)
	})
	t.Run("keeps the order in which it was handed parcels", func(t *testing.T) {
		k := open(t)
		person := bot.Recipient{Kind: bot.ToPerson, Account: k.Person}
		for i, s := range []string{"一", "二", "三"} {
			_, err := send(t, k, int64(i+1), person, bot.Reply{Kind: bot.TextReply, Text: s})
			require.NoError(t, err)
		}
		require.Equal(t, []string{"一", "二", "三"}, texts(k.Seen(t, person)))
	})
	t.Run("shows a parcel that is sent again once, where it says that it dedupes", func(t *testing.T) {
		k := open(t)
		person := bot.Recipient{Kind: bot.ToPerson, Account: k.Person}
		if !bot.TraitsTo(k.Channel, person).Dedupes {
			return // it does not say so
		}
		first, err := send(t, k, 7, person, text)
		require.NoError(t, err)
		again, err := send(t, k, 7, person, text)
		require.NoError(t, err)
		require.Equal(t, first, again)
		require.Len(t, k.Seen(t, person), 1)
	})
	t.Run("a card is complete as plain text, and has its buttons where it says that it draws them", func(t *testing.T) {
		k := open(t)
		person := bot.Recipient{Kind: bot.ToPerson, Account: k.Person}
		card := bot.Reply{Kind: bot.CardReply, Title: "线索", Text: "【线索】\n货值 3万元\n\n回复 1 提交", Body: "货值 3万元",
			Buttons: []bot.Button{{Label: "提交", Tap: "form.submit:1:1", Code: 1}}}
		_, err := send(t, k, 1, person, card)
		require.NoError(t, err)
		seen := k.Seen(t, person)
		require.Len(t, seen, 1)
		if k.Channel.Traits().Buttons {
			require.Len(t, seen[0].Buttons, 1)
			require.Equal(t, card.Buttons[0].Label, seen[0].Buttons[0].Label)
			require.Equal(t, card.Buttons[0].Tap, seen[0].Buttons[0].Tap)
		} else {
			require.Equal(t, card.Text, seen[0].Text)
		}
	})
	t.Run("shows an image and a file, by its name, where it says that it takes them", func(t *testing.T) {
		k := open(t)
		if !k.Channel.Traits().Files {
			return // it does not say so
		}
		k.Put(t, "charts/第2期.png", picture)
		k.Put(t, "reports/table.xlsx", []byte("PK\x03\x04 a table"))
		to := []bot.Recipient{{Kind: bot.ToPerson, Account: k.Person}}
		if k.Group != "" {
			to = append(to, bot.Recipient{Kind: bot.ToGroup, Account: k.Group})
		}
		for i, recipient := range to {
			shows(t, k, int64(10*(i+1)), recipient)
		}
	})
	t.Run("refuses a recipient that is not there, and tells the fate", func(t *testing.T) {
		k := open(t)
		_, err := send(t, k, 1, bot.Recipient{Kind: bot.ToPerson, Account: "nobody.here"}, text)
		var failed *bot.SendError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, bot.Refused, failed.Fate)
	})
	t.Run("a send that is cut short tells that nothing is known or nothing was sent", func(t *testing.T) {
		k := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := k.Channel.Send(ctx, bot.Parcel{ID: 1, To: bot.Recipient{Kind: bot.ToPerson, Account: k.Person}, Reply: text})
		var failed *bot.SendError
		if err != nil && errors.As(err, &failed) {
			require.NotEqual(t, bot.Refused, failed.Fate)
		} else {
			require.NoError(t, err)
		}
	})
	runCards(t, open)
}

// shows wants an image and a file shown, as parcels from id on, once where the channel knows what it has.
func shows(t *testing.T, k Kit, id int64, to bot.Recipient) {
	t.Helper()
	dedupes := bot.TraitsTo(k.Channel, to).Dedupes
	for i, r := range []bot.Reply{{Kind: bot.ImageReply, Path: "charts/第2期.png"}, {Kind: bot.FileReply, Path: "reports/table.xlsx", Name: "第2期统计表.xlsx"}} {
		p := bot.Parcel{ID: id + int64(i), To: to, Reply: r}
		first, err := k.Channel.Send(t.Context(), p)
		require.NoError(t, err)
		again, err := k.Channel.Send(t.Context(), p)
		require.NoError(t, err)
		if dedupes {
			require.Equal(t, first, again)
			require.Len(t, k.Seen(t, to), i+1)
		}
	}
	seen := k.Seen(t, to)
	require.Equal(t, bot.ImageReply, seen[0].Kind)
	last := seen[len(seen)-1]
	require.Equal(t, []any{bot.FileReply, "第2期统计表.xlsx"}, []any{last.Kind, last.Name})
}

func texts(replies []bot.Reply) []string {
	var out []string
	for _, r := range replies {
		out = append(out, r.Text)
	}
	return out
}
