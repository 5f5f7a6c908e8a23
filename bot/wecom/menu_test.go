package wecom

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
)

var menu = []MenuEntry{{Name: "报送", Sub: []MenuEntry{{Name: "报线索", Key: "报线索"}, {Name: "网页", URL: "https://example.com/a?b=<c>&d"}}}, {Name: "帮助", Key: "帮助"}}

func TestTheMenuIsSetIfItDiffers(t *testing.T) {
	w := newWorld(t, func(_ *wecomtest.Options, o *Options) { o.Menu = menu })
	for range 2 {
		require.NoError(t, w.channel.setMenu(t.Context()))
	}
	require.Equal(t, 1, w.server.Calls(wecomtest.MenuCreatePath))
	text, err := json.Marshal(w.server.Menu())
	require.NoError(t, err)
	require.JSONEq(t, `[{"name":"报送","sub_button":[{"type":"click","name":"报线索","key":"报线索","sub_button":null},
		{"type":"view","name":"网页","url":"https://example.com/a?b=<c>&d","sub_button":null}]},{"type":"click","name":"帮助","key":"帮助","sub_button":null}]`, string(text))
	other := w.replica(func(o *Options) { o.Menu = menu[1:] })
	require.NoError(t, other.setMenu(t.Context()))
	require.Len(t, w.server.Menu(), 1)

	none := w.replica(func(o *Options) { o.Menu = []MenuEntry{} })
	none.Tend(t.Context()) // ends at once
	require.Len(t, w.server.Menu(), 1, "nothing configured, nothing touched")
	for _, wrong := range [][]MenuEntry{make([]MenuEntry, 4), {{Name: "六个字的名称", Key: "x"}}, {{Name: "a"}}, {{Name: "a", Key: "x", URL: "https://example.com"}},
		{{Name: "a", URL: "example.com"}}, {{Name: "a", Sub: make([]MenuEntry, 6)}}, {{Name: "a", Sub: []MenuEntry{{Name: "b", Sub: menu}}}},
		{{Name: "a", Sub: []MenuEntry{{Name: strings.Repeat("字", 14), Key: "x"}}}}, {{Name: "a", Key: strings.Repeat("x", 129)}}} {
		require.NotEmpty(t, MenuMistakes(wrong))
		o := w.o
		o.Menu = wrong
		_, err := New(o)
		require.ErrorContains(t, err, "Menu: ")
	}
	require.Empty(t, MenuMistakes(menu))
}

// TestTendTriesAgainUntilItIsDone: nothing waits for it, and it ends when it is told.
func TestTendTriesAgainUntilItIsDone(t *testing.T) {
	set := make(chan struct{})
	w := newWorld(t, withGroups(t), func(_ *wecomtest.Options, o *Options) { o.Menu = menu })
	w.channel.retry = time.Millisecond
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		switch {
		case c.Path == wecomtest.MenuCreatePath && c.N == 3:
			close(set)
		case c.Path == wecomtest.MenuCreatePath && c.N < 3:
			return &wecomtest.Answer{ErrCode: -1, ErrMsg: "system busy"}
		}
		return nil
	})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.channel.Tend(ctx) })
	<-set
	require.Eventually(t, func() bool { return w.server.Menu() != nil && len(w.server.Chats()) == 1 }, 10*time.Second, time.Millisecond)
	stop()
	running.Wait()
	require.Equal(t, 1, strings.Count(w.log.String(), "tending WeCom failed"), "the log is told once")
}

func TestAClickOnTheMenuIsTheWord(t *testing.T) {
	w := newWorld(t, func(_ *wecomtest.Options, o *Options) { o.Menu = menu })
	require.NoError(t, w.channel.setMenu(t.Context()))
	_, err := w.client.Click(t.Context(), "Hutou.Filer", w.server.Menu()[0].Sub[0].Key)
	require.NoError(t, err)
	require.Equal(t, "报线索", w.desk.messages()[0].Text)
}
