package robot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/wecom/wecomtest"
)

func TestWhatMembersSayBecomesAMessage(t *testing.T) {
	at := time.Date(2024, 1, 19, 9, 0, 0, 0, shanghai)
	text := func(s string) map[string]any { return map[string]any{"text": map[string]string{"content": s}} }
	for name, c := range map[string]struct {
		chat, kind string
		body       map[string]any
		want       bot.Message
	}{
		"a text":                     {"", "text", text("行动3次 @所有人"), bot.Message{Text: "行动3次 @所有人"}},
		"a text in a group":          {groupChat, "text", text("@专班助手 谁没报"), bot.Message{Text: "谁没报", Group: groupName}},
		"a thin blank":               {groupChat, "text", text("@专班助手\u2005谁没报 @张三"), bot.Message{Text: "谁没报 @张三", Group: groupName}},
		"a mention and nothing else": {groupChat, "text", text("@专班助手"), bot.Message{Group: groupName}},
		"no mention at the front":    {groupChat, "text", text("谁没报"), bot.Message{Text: "谁没报", Group: groupName}},
		"a voice note":               {"", "voice", map[string]any{"voice": map[string]string{"content": "湖头镇有人卖假酒"}}, bot.Message{Text: "湖头镇有人卖假酒", Voice: true}},
		"a quotation": {"", "text", map[string]any{"text": map[string]string{"content": "这条"}, "quote": map[string]any{"msgtype": "text",
			"text": map[string]string{"content": "原话"}}}, bot.Message{Text: "这条"}},
		"only a quotation": {groupChat, "text", map[string]any{"text": map[string]string{"content": "@专班助手 "}, "quote": map[string]any{"msgtype": "text",
			"text": map[string]string{"content": "原话"}}}, bot.Message{Text: "原话", Group: groupName}},
		"mixed": {"", "mixed", map[string]any{"mixed": map[string]any{"msg_item": []any{
			map[string]any{"msgtype": "text", "text": map[string]string{"content": "一"}},
			map[string]any{"msgtype": "text", "text": map[string]string{"content": "二"}}}}}, bot.Message{Text: "一\n二"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.up()
			body := w.server.Body("Hutou.Filer", c.chat, c.kind, c.body)
			_, err := w.server.Push(cmdMessage, body)
			require.NoError(t, err)
			c.want.Platform, c.want.Sender, c.want.ID, c.want.At = Name, "hutou.filer", body["msgid"].(string), at
			require.Equal(t, c.want, w.heard(1)[0])
		})
	}
}

func TestWhatIsNotTakenIsAnsweredSo(t *testing.T) {
	w := newWorld(t)
	w.up()
	for i, kind := range []string{"location", "link", "image"} { // a picture without an address is none
		_, err := w.server.Push(cmdMessage, w.server.Body("ann", "", kind, map[string]any{kind: map[string]string{"aeskey": "a2V5"}}))
		require.NoError(t, err)
		require.Contains(t, w.shows("ann", i+1)[i].Text, "收不了")
	}
	require.Empty(t, w.desk.messages())
}

func TestAGroupThatIsNotConfiguredIsToldItsIdOnceADay(t *testing.T) {
	w := newWorld(t)
	w.up()
	for range 3 {
		require.NoError(t, w.server.Say("ann", "wrUNKNOWN_1", "@专班助手 谁没报"))
	}
	require.NoError(t, w.server.Say("ann", "", "我"))
	w.heard(1)
	require.Len(t, w.desk.messages(), 1, "the group's messages are not handled")
	shown := w.shows("wrUNKNOWN_1", 1)
	require.Len(t, shown, 1)
	require.Contains(t, shown[0].Text, "robot: wrUNKNOWN_1")
	w.clock.Forward(24 * time.Hour)
	require.NoError(t, w.server.Say("ann", "wrUNKNOWN_1", "@专班助手 谁没报"))
	w.shows("wrUNKNOWN_1", 2)
}

func TestWhoOpensTheChatIsWelcomed(t *testing.T) {
	w := newWorld(t)
	w.up()
	require.NoError(t, w.server.Enter("Ann"))
	shown := w.shows("ann", 1)
	require.Equal(t, cmdWelcome, shown[0].Cmd)
	require.Contains(t, shown[0].Text, "帮助")
	require.Empty(t, w.desk.messages())
}

func TestATapIsAMessageAndTheCardSaysWhatWasChosen(t *testing.T) {
	card := bot.Reply{Kind: bot.CardReply, Title: "线索", Text: "【线索】\n货值 3万元\n\n回复 1 提交  2 修改", Body: "货值 3万元",
		Buttons: []bot.Button{{Label: "提交", Tap: "form.submit:1:1", Code: 1}, {Label: "修改", Tap: "form.edit:1:1", Code: 2}}}
	for name, chat := range map[string]string{"single": "", "group": groupChat} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(_ *wecomtest.RobotOptions, o *Options) {
				o.Said = func(_ context.Context, id int64) (bot.Reply, error) {
					require.Equal(t, int64(77), id)
					return card, nil
				}
			})
			w.up()
			to, where := person("ann"), "ann"
			if chat != "" {
				to, where = bot.Recipient{Kind: bot.ToGroup, Account: groupName}, chat
			}
			w.server.Spoken(where)
			_, err := w.channel.Send(t.Context(), bot.Parcel{ID: 77, To: to, Reply: card})
			require.NoError(t, err)
			sent := w.server.Shown(where)[0].Card
			require.NoError(t, w.server.Tap("Ann", chat, sent.Task, sent.Buttons[1].Key))
			w.eventually(func() bool { return w.server.Shown(where)[0].Update != nil }, "updated")
			m := w.desk.messages()[0]
			require.Equal(t, []string{"form.edit:1:1", "ann", m.Group}, []string{m.Tap, m.Sender, map[string]string{"": "", groupChat: groupName}[chat]})
			update := w.server.Shown(where)[0].Update
			require.Equal(t, "text_notice", update.Kind)
			require.Equal(t, "已选：修改", update.Text)
			require.Equal(t, "线索", update.Title.Title)
			require.Equal(t, sent.Task, update.Task)
		})
	}
}

func TestATapOfACardNobodyKnowsIsAnsweredAllTheSame(t *testing.T) {
	w := newWorld(t)
	w.up()
	// As the types of the platform's own client have it: flat.
	id, err := w.server.Event("ann", "", map[string]any{"eventtype": "template_card_event", "event_key": "lead.new", "task_id": "zb-5-0"})
	require.NoError(t, err)
	require.Equal(t, "lead.new", w.heard(1)[0].Tap)
	w.eventually(func() bool { return w.server.Calls(cmdUpdate) == 1 }, "updated "+id)
	require.NotContains(t, w.log.String(), "was not taken")
}

func TestEventsAreNamedByWhoWhenAndWhat(t *testing.T) {
	w := newWorld(t)
	read := func(key string, second int) string {
		in, err := w.channel.read([]byte(fmt.Sprintf(`{"create_time":%d,"chattype":"single","from":{"userid":"ann"},"msgtype":"event",
			"event":{"eventtype":"template_card_event","template_card_event":{"event_key":%q,"task_id":"t"}}}`, second, key)))
		require.NoError(t, err)
		return in.message.ID
	}
	require.Equal(t, read("a", 1), read("a", 1))
	require.NotEqual(t, read("a", 1), read("b", 1))
	require.NotEqual(t, read("a", 1), read("a", 2))
}

func TestWhatIsNoMessageIsNotHandled(t *testing.T) {
	w := newWorld(t)
	for _, b := range []string{"", "[]", "{}", `{"msgtype":"text"}`, `{"msgtype":"event"}`,
		`{"msgid":"1","msgtype":"text","chattype":"single","from":{"userid":"@all"},"text":{"content":"x"}}`,
		`{"msgid":"1","msgtype":"text","chattype":"single","from":{"userid":"a b"},"text":{"content":"x"}}`,
		`{"msgid":"1","msgtype":"text","chattype":"group","from":{"userid":"ann"},"text":{"content":"x"}}`,
		`{"msgtype":"text","chattype":"single","from":{"userid":"ann"},"text":{"content":"x"}}`} {
		_, err := w.channel.read([]byte(b))
		require.Error(t, err, b)
	}
}

// TestWhatTheDeskCannotTakeIsHandedInAgain: over the connection nobody else does it.
func TestWhatTheDeskCannotTakeIsHandedInAgain(t *testing.T) {
	w := newWorld(t)
	var failures atomic.Int32
	failures.Store(2)
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) {
		if failures.Add(-1) >= 0 {
			return bot.Answer{}, errors.New("a deadlock")
		}
		return bot.Answer{}, nil
	}
	w.up()
	require.NoError(t, w.server.Say("ann", "", "一"))
	require.NoError(t, w.server.Say("ann", "", "二"))
	heard := w.heard(4)
	var texts []string
	for _, m := range heard {
		texts = append(texts, m.Text)
	}
	require.Equal(t, "一 一 一 二", strings.Join(texts, " "), "in order")
	require.Empty(t, w.server.Shown("ann"))

	failures.Store(100)
	require.NoError(t, w.server.Say("ann", "", "三"))
	require.Contains(t, w.shows("ann", 1)[0].Text, "没有收下")
}

// TestAMessageDeliveredTwiceIsAnsweredOnce, through the whole engine.
func TestAMessageDeliveredTwiceIsAnsweredOnce(t *testing.T) {
	office := bottest.New(t, bottest.WithHandlers(func() []bot.Handler {
		return []bot.Handler{{Name: "echo", Commands: []bot.Command{{Words: []string{"念"}, Do: func(_ context.Context, turn *bot.Turn, rest string) error {
			turn.Show(bot.Reply{Kind: bot.TextReply, Text: "念：" + rest})
			return nil
		}}}}}
	}))
	w := newWorld(t, func(theirs *wecomtest.RobotOptions, o *Options) {
		theirs.Now, o.Wall, o.Desk = office.Wall.Now, office.Wall.Now, office.Bot
	})
	w.up()
	office.Courier.Channels[Name] = w.channel
	body := w.server.Body("Ann", "", "text", map[string]any{"text": map[string]string{"content": "念 *一_二*"}})
	for range 3 {
		_, err := w.server.Push(cmdMessage, body)
		require.NoError(t, err)
	}
	require.NoError(t, w.server.Say("Ann", "", "念 完"))
	w.eventually(func() bool { office.Flush(); return len(w.server.Shown("ann")) >= 2 }, "answered")
	require.Equal(t, []string{"念：*一_二*", "念：完"}, w.server.Texts("ann"))
}
