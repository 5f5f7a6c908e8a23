package phone

import (
	"fmt"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

func TestThePageListsEverybodyByUnit(t *testing.T) {
	w := newWorld(t)
	rec := w.request("GET", "/?as=hutou.filer", nil)
	require.Equal(t, http.StatusOK, rec.Code)
	body := rec.Body.String()
	for _, p := range roster().People {
		require.Contains(t, body, p.Name)
		require.Contains(t, body, "/?as="+p.Account)
	}
	require.Less(t, strings.Index(body, `id="unit-office"`), strings.Index(body, `id="unit-hutou"`))
	require.Equal(t, 1, strings.Count(body, `aria-current="page"`))
	require.Contains(t, body, `data-word="零报告"`)
	require.Contains(t, body, `id="clock"`)
	require.Contains(t, body, `lang="zh-CN"`)
	require.NotRegexp(t, regexp.MustCompile(`<script[^>]*>[^<]|\son[a-z]+=|\sstyle=|<style`), body, "nothing inline: the policy forbids it")
}

func TestARealClockHasNoControls(t *testing.T) {
	w := newWorld(t)
	p, err := New(Options{Desk: w.desk, Inbox: w.inbox, Evidence: w.files, Now: w.clock.Now})
	require.NoError(t, err)
	w.phone = p
	require.NotContains(t, w.request("GET", "/", nil).Body.String(), `id="clock"`)
	require.Equal(t, http.StatusNotFound, w.request("GET", "/phone/clock", nil).Code)
	require.Equal(t, http.StatusNotFound, w.request("POST", "/phone/clock", map[string]string{"to": "friday"}).Code)
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/phone/static/phone.js", "/phone/state?as=hutou.filer", "/phone/state?as=nobody", "/elsewhere"} {
		h := w.request("GET", path, nil).Header()
		require.Equal(t, policy, h.Get("Content-Security-Policy"), path)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"), path)
	}
	require.NotContains(t, policy, "unsafe")
}

func TestOtherSitesAndNamesAreRefused(t *testing.T) {
	header := func(key, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(key, value) }
	}
	host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"the page itself":            {header("Sec-Fetch-Site", "same-origin"), http.StatusOK},
		"an old browser's own page":  {header("Origin", "http://127.0.0.1:8080"), http.StatusOK},
		"another site":               {header("Sec-Fetch-Site", "cross-site"), http.StatusForbidden},
		"another site, old browser":  {header("Origin", "http://evil.example"), http.StatusForbidden},
		"localhost":                  {host("localhost:8080"), http.StatusOK},
		"an address of version 6":    {host("[::1]:8080"), http.StatusOK},
		"a name pointed here":        {host("evil.example"), http.StatusMisdirectedRequest},
		"a name that was configured": {host("demo.example:8080"), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.phone.o.Hosts = []string{"demo.example"}
			rec := w.request("POST", "/phone/say", saying(map[string]any{"text": "帮助"}), c.change)
			require.Equal(t, c.status, rec.Code, rec.Body)
			require.Equal(t, c.status == http.StatusOK, len(w.inbox.entries) > 0)
		})
	}
}

func TestHistoryIsForMembers(t *testing.T) {
	w := newWorld(t)
	for i := range historyPage + 5 {
		w.send(person("hutou.filer"), text(fmt.Sprint(i)))
	}
	type page struct {
		Entries []shown
		More    bool
	}
	newest := decode[page](t, w.request("GET", "/phone/history?as=hutou.filer&chat=p:hutou.filer", nil))
	require.Len(t, newest.Entries, historyPage)
	require.True(t, newest.More)
	require.Equal(t, "2024-01-17T09:30:00+08:00", newest.Entries[0].At)
	older := decode[page](t, w.request("GET", fmt.Sprintf("/phone/history?as=hutou.filer&chat=p:hutou.filer&before=%d", newest.Entries[0].ID), nil))
	require.Len(t, older.Entries, 5)
	require.False(t, older.More)
	require.Equal(t, http.StatusForbidden, w.request("GET", "/phone/history?as=hutou.head&chat=p:hutou.filer", nil).Code)
	require.Equal(t, http.StatusForbidden, w.request("GET", "/phone/history?as=hutou.filer&chat=g:专项办群", nil).Code)
}

func TestStateListsOnesOwnChats(t *testing.T) {
	w := newWorld(t)
	w.send(bot.Recipient{Kind: bot.ToGroup, Account: "专班工作群"}, bot.Reply{Kind: bot.TextReply, Text: "截止", Mention: []string{"hutou.filer"}})
	s := decode[state](t, w.request("GET", "/phone/state?as=hutou.filer", nil))
	require.Equal(t, int64(1), s.Newest)
	require.Len(t, s.Chats, 2)
	require.Equal(t, "p:hutou.filer", s.Chats[0].Key)
	require.Nil(t, s.Chats[0].Last)
	require.Equal(t, 6, s.Chats[1].People)
	require.Equal(t, 1, s.Chats[1].Unread)
	require.Equal(t, []string{"填报员·湖头所"}, s.Chats[1].Last.Mentions)
	nobody := decode[state](t, w.request("GET", "/phone/state?as=", nil))
	require.Empty(t, nobody.Chats)
	require.Equal(t, 1, nobody.Unread["hutou.filer"])
}

// Every module is there under the name by which another imports it.
func TestEveryModuleImportedIsServed(t *testing.T) {
	w := newWorld(t)
	names, err := fs.Glob(web, "web/static/*.js")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	imports := regexp.MustCompile(`from "\./([a-z]+\.js)"`)
	for _, name := range names {
		source, err := web.ReadFile(name)
		require.NoError(t, err)
		for _, m := range imports.FindAllStringSubmatch(string(source), -1) {
			rec := w.request("GET", "/phone/static/"+m[1], nil)
			require.Equal(t, http.StatusOK, rec.Code, "%s imports %s", name, m[1])
			require.Contains(t, rec.Header().Get("Content-Type"), "javascript")
		}
		require.NotContains(t, string(source), "innerHTML", name)
	}
	require.Equal(t, http.StatusNotFound, w.request("GET", "/phone/static/", nil).Code)
}

// Every code that a fault may carry has words in the page.
func TestEveryFaultHasWords(t *testing.T) {
	words, err := web.ReadFile("web/static/net.js")
	require.NoError(t, err)
	for _, code := range []string{"unknown_person", "not_in_chat", "other_site", "other_host", "bad_request", "empty", "empty_file",
		"too_large", "too_many", "no_file", "failed", "real_clock", "clock_busy", "no_reminder", "bad_time", "past", "too_far"} {
		require.Contains(t, string(words), "  "+code+": ")
	}
}
