package staff_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/staff"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/store"
	"zhuanban/store/storetest"
	"zhuanban/templates"
)

// corp is a bot with its records between the channel of WeCom and the imitation.
type corp struct {
	*bottest.World
	server *wecomtest.Server
	client *wecomtest.Client
	staff  *staff.Staff
}

const (
	corpToken = "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo"
	corpKey   = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
)

// duties are one that says after.
func duties() []bot.Handler {
	return []bot.Handler{{Name: "echo", Commands: []bot.Command{
		{Words: []string{"念"}, Do: func(_ context.Context, t *bot.Turn, rest string) error {
			t.Show(bot.Reply{Kind: bot.TextReply, Text: "念：" + rest})
			return nil
		}},
	}}}
}

func newCorp(t *testing.T, url string) *corp {
	opts := []bottest.Option{bottest.WithHandlers(duties)}
	if url != "" {
		opts = append(opts, bottest.At(url))
	}
	c := &corp{World: bottest.New(t, opts...)}
	c.server = wecomtest.New(wecomtest.Options{CorpID: "ww1", AgentID: 1000002, Secret: "secret", Now: c.Wall.Now, MemberMinute: -1})
	c.server.SetDirectory(everybody())
	web := httptest.NewServer(c.server)
	words, err := templates.Load()
	require.NoError(t, err)
	log := slog.New(slog.DiscardHandler)
	o := wecom.Options{CorpID: "ww1", AgentID: "1000002", Secret: "secret", Token: corpToken, AESKey: corpKey, APIBase: web.URL,
		Desk: c.Bot, Contacts: hears{c}, Templates: words, Wall: c.Wall.Now, Log: log}
	ch, err := wecom.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { ch.Close(); web.Close() })
	c.Courier.Channels[ch.Name()] = ch
	c.Courier.Office = c.Bot
	c.client = &wecomtest.Client{Callback: ch, CorpID: "ww1", AgentID: "1000002", Token: corpToken, AESKey: corpKey, Now: c.Wall.Now}
	c.staff, err = staff.New(staff.Options{Store: c.Store, Config: c.Bot.Roster(), Platform: ch.Name(), Directory: ch, Every: time.Hour,
		Rules: staff.Rules{Departments: map[string]string{"12": "a"}, Tags: map[string]bot.Role{"3": bot.Head}}, Put: c.Bot.Put, Wall: c.Wall.Now, Log: log})
	require.NoError(t, err)
	return c
}

type hears struct{ corp *corp }

func (h hears) Changed(ctx context.Context, m bot.MemberChange) error {
	return h.corp.staff.Changed(ctx, m)
}

func everybody() wecomtest.Directory {
	return wecomtest.Directory{
		Departments: []wecomtest.Department{{ID: 1}, {ID: 12, Parent: 1}}, Parties: []int64{1}, Tags: map[int64]wecomtest.Tag{3: {Users: []string{"Carl"}}},
		People: []wecomtest.Person{{UserID: "ann", Name: "甲", Departments: []int64{1}}, {UserID: "Ben", Name: "乙", Departments: []int64{1}},
			{UserID: "cleo", Name: "丙", Departments: []int64{1}}, {UserID: "Carl", Name: "丁", Departments: []int64{12}}},
	}
}

// hear is what a member hears at once, in the acknowledgement or right after it.
func (c *corp) hear(t *testing.T, member, msgID, text string) string {
	before := len(c.server.Texts(member))
	reply, err := c.client.Say(t.Context(), member, msgID, text)
	require.NoError(t, err)
	require.Equal(t, 200, reply.Status)
	if reply.Text != "" {
		return reply.Text
	}
	c.Flush()
	said := c.server.Texts(member)
	require.Len(t, said, before+1)
	return said[before]
}

// TestALeaverIsLockedOutByTheCallback is the whole way: WeCom's callback, the bot, its
// records, the courier.
func TestALeaverIsLockedOutByTheCallback(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "" },
		"mysql":  func(t *testing.T) string { return storetest.MariaDBURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCorp(t, url(t))
			require.Contains(t, c.hear(t, "carl", "1", "念 一"), "还不在")
			c.staff.Step(t.Context())
			require.Equal(t, "念：二", c.hear(t, "CARL", "2", "念 二"), "in by the directory")
			require.Equal(t, "念：三", c.hear(t, "Ben", "3", "念 三"), "in by the configuration")

			// a notice waits for him when he goes
			require.NoError(t, c.Store.Update(t.Context(), func(tx *store.Tx) error {
				return c.Bot.Queue(t.Context(), tx, "test", c.Clock.Now(),
					bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: "ben"}, Template: "bot.empty"})
			}))
			for _, who := range []string{"BEN", "carl"} {
				reply, err := c.client.Left(t.Context(), who)
				require.NoError(t, err)
				require.Equal(t, 200, reply.Status)
			}
			require.Empty(t, c.Bot.Roster().Of("b", bot.Filer), "no reminder finds him")
			for i, who := range []string{"ben", "Carl"} {
				heard := c.hear(t, who, []string{"4", "5"}[i], "念 秘密")
				require.Contains(t, heard, "已停用")
				require.NotContains(t, heard, "秘密")
			}
			c.Wall.Set(c.Wall.Now().Add(time.Minute))
			c.Flush()
			require.NotContains(t, c.server.Texts("ben"), "没有收到内容。发「帮助」看看我能做什么。")
			var refused []store.Delivery
			require.NoError(t, c.Store.View(t.Context(), func(tx *store.Tx) (err error) {
				refused, err = tx.Deliveries().Undone(t.Context(), store.Refused)
				return err
			}))
			require.Len(t, refused, 1)
			require.Equal(t, string(bot.HasLeft), refused[0].Reason, "the office sees it")

			// back in the directory, and back in by the next reading
			c.staff.Step(t.Context())
			require.Equal(t, "念：六", c.hear(t, "ben", "6", "念 六"))
		})
	}
}
