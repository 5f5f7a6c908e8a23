package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
)

// TestTheProgramWithstandsItsCallback: the whole program behind HTTP, and WeCom, or
// somebody with its keys, at its worst.
func TestTheProgramWithstandsItsCallback(t *testing.T) {
	onEach(t, withstands)
}

func withstands(t *testing.T, database string) {
	d, server, client := cardDeskOn(t, database, wecomtest.Options{}, edit{"cards: always", "cards: notices"})
	web := httptest.NewServer(d.routes())
	t.Cleanup(web.Close)
	client.Callback, client.URL, client.HTTP = nil, web.URL+"/wecom/callback", web.Client()
	say := func(id, text string) string {
		reply, err := client.Say(t.Context(), "fengcheng.filer", id, text)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, reply.Status)
		return reply.Text
	}

	t.Run("a re-delivery while the first is in flight", func(t *testing.T) {
		require.Contains(t, say("1", aLead), "1 提交")
		q, body, err := client.Seal(client.Message("fengcheng.filer", "text", "2", "<Content>1</Content>"))
		require.NoError(t, err)
		answers := make([]string, 12)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				reply, err := client.Do(t.Context(), http.MethodPost, q, body)
				if err == nil {
					answers[i] = reply.Text
				}
			})
		}
		all.Wait()
		for _, a := range answers {
			require.Equal(t, answers[0], a, "the same answer to all")
		}
		require.Contains(t, answers[0], "已登记 AX-")
		require.NoError(t, d.flush(t.Context()))
		require.Equal(t, 1, strings.Count(strings.Join(server.Texts("office.director"), "\n"), "【新线索 AX-"))
	})
	t.Run("what is no message", func(t *testing.T) {
		honest := client.Message("fengcheng.filer", "text", "3", "<Content>帮助</Content>")
		for name, c := range map[string]struct {
			old, new string
			status   int
		}{
			"a time after all":           {"<CreateTime>", "<CreateTime>9", http.StatusBadRequest},
			"an id of four kilobytes":    {"<MsgId>3", "<MsgId>" + strings.Repeat("3", 4096), http.StatusOK},
			"a sender whom nobody knows": {"fengcheng.filer", "somebody.else", http.StatusOK},
			"a kind of tomorrow":         {"[text]", "[hologram]", http.StatusOK},
			"words of a megabyte half":   {"<Content>", "<Content>" + strings.Repeat("好", 150000), http.StatusOK},
			"words of NUL":               {"<Content>", "<Content>\x00\x01\xFF\xFE", http.StatusOK},
			"an entity":                  {"<Content>", "<Content>&x;", http.StatusBadRequest},
			"a tap with a long key":      {"<![CDATA[text]]></MsgType>", "event</MsgType><Event>click</Event><EventKey>" + strings.Repeat("k", 4000) + "</EventKey>", http.StatusOK},
			"a tap of nothing":           {"<![CDATA[text]]></MsgType>", "event</MsgType><Event>template_card_event</Event><EventKey>zb:1:2:3</EventKey><TaskId>x</TaskId>", http.StatusOK},
			"a place of no place":        {"<![CDATA[text]]></MsgType>", "location</MsgType><Location_X>1e999</Location_X><Location_Y>0</Location_Y>", http.StatusBadRequest},
			"a photo that is none":       {"<![CDATA[text]]></MsgType>", "image</MsgType><MediaId>" + strings.Repeat("m", 1000) + "</MediaId>", http.StatusOK},
		} {
			message := strings.Replace(honest, c.old, c.new, 1)
			require.NotEqual(t, honest, message, name)
			reply, err := client.Post(t.Context(), message)
			require.NoError(t, err, name)
			require.Equal(t, c.status, reply.Status, name)
		}
	})
	t.Run("afterwards it works as before", func(t *testing.T) {
		require.NoError(t, d.flush(t.Context()))
		before := len(server.Texts("fengcheng.filer"))
		said := say("4", "帮助")
		require.NoError(t, d.flush(t.Context()))
		require.Contains(t, said+strings.Join(server.Texts("fengcheng.filer")[before:], "\n"), "报线索")
	})
}
