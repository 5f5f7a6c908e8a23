package find_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/handlers/ledger/find"
	"zhuanban/store"
)

var lead = store.Lead{Subject: "某某鞋店", Place: "凤城镇建设路12号", Township: "凤城镇", Content: "销售假冒ＮＩＫＥ运动鞋,店主电话13800005678",
	Link: "https://item.taobao.com/item.htm?id=612345678901", Unit: "fengcheng", Reporter: "fengcheng.filer", Violation: "tm", Source: "inspect"}

// TestWhatALeadIsFoundBy: what the query needs is among the lead's terms exactly if the
// lead has it, or has the pairs of it.
func TestWhatALeadIsFoundBy(t *testing.T) {
	terms := map[int64]bool{}
	for _, n := range find.Terms(lead) {
		require.False(t, terms[n], "each term once")
		terms[n] = true
	}
	for words, want := range map[string]bool{
		"鞋店": true, "假冒": true, "建设路 鞋店": true, "某某鞋店": true, "凤城镇建设路12号": true, "nike": true, "尾号5678": true, "电话尾号是5678": true,
		"13800005678": true, "https://detail.tmall.com/item.htm?id=612345678901&spm=1": true, "建设路,假冒": true,
		"酒店": false, "建设路 酒店": false, "尾号5679": false, "13800005679": false, "https://item.taobao.com/item.htm?id=1": false, "adidas": false,
		"店销": false, // across two fields
	} {
		t.Run(words, func(t *testing.T) {
			q := find.Read(words)
			require.False(t, q.Empty())
			all := true
			for _, g := range q.Groups(nil) {
				all = all && terms[g[0]]
			}
			require.Equal(t, want, q.Matches(lead))
			if want {
				require.True(t, all)
			}
		})
	}
	require.False(t, find.Read("鞋店冒").Matches(lead), "pairs that are not side by side")
	q := find.Read("鞋 a")
	require.True(t, q.Empty())
	require.Equal(t, []string{"鞋", "a"}, q.Short)
}

func TestWhoSeesWhat(t *testing.T) {
	rights := find.Rights{Lines: map[string][]string{"zscq": {"violation:tm"}, "xiaobao": {"source:complain"}}}
	secret := lead
	secret.Details = []byte(`{"secrecy":{"t":"secret"}}`)
	for name, c := range map[string]struct {
		who          bot.Person
		open, hidden bool
	}{
		"the office":            {bot.Person{Account: "o", Unit: "office", Role: bot.Clerk}, true, true},
		"a leader":              {bot.Person{Account: "l", Unit: "leaders", Role: bot.Chief}, true, true},
		"its reporter":          {bot.Person{Account: "fengcheng.filer", Unit: "fengcheng", Role: bot.Filer}, true, true},
		"its unit's head":       {bot.Person{Account: "fengcheng.head", Unit: "fengcheng", Role: bot.Head}, true, false},
		"another station":       {bot.Person{Account: "hutou.filer", Unit: "hutou", Role: bot.Filer}, false, false},
		"the section of it":     {bot.Person{Account: "zscq.filer", Unit: "zscq", Role: bot.Filer}, true, false},
		"another section":       {bot.Person{Account: "xiaobao.filer", Unit: "xiaobao", Role: bot.Filer}, false, false},
		"who keeps the program": {bot.Person{Account: "admin", Unit: "fengcheng", Role: bot.Admin}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, x := range []struct {
				lead store.Lead
				want bool
			}{{lead, c.open}, {secret, c.hidden}} {
				require.Equal(t, x.want, rights.Sees(c.who, x.lead, ""))
				scope, terms, found := rights.Scope(c.who), find.Terms(x.lead), false
				for _, s := range scope {
					for _, n := range terms {
						found = found || s == n
					}
				}
				require.Equal(t, x.want, scope == nil || found, "the index says the same")
			}
		})
	}
	require.True(t, rights.Sees(bot.Person{Account: "hutou.head", Unit: "hutou", Role: bot.Head}, secret, "hutou"), "who handles it")
	broken := lead
	broken.Details = []byte(`{"secrecy":`)
	require.True(t, find.Secret(broken))
}

func FuzzRead(f *testing.F) {
	f.Add("尾号5678 建设路")
	f.Add("https://item.taobao.com/item.htm?id=1 13800005678")
	f.Fuzz(func(t *testing.T, words string) {
		q := find.Read(words)
		_ = q.Groups([]int64{1})
		_ = q.Matches(lead)
		l := lead
		l.Content = words
		for _, w := range q.Words {
			require.True(t, find.Read(w).Empty() || len(find.Terms(l)) > 0)
		}
	})
}
