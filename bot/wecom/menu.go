package wecom

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"zhuanban/bot/internal/secret"
)

// MenuEntry is one entry of the menu at the foot of the app's chat: a word that a tap
// says, a page that it opens, or a list of such entries.
type MenuEntry struct {
	Name string      `yaml:"name" required:"true"`
	Key  string      `yaml:"key"` // the word; a tap on the entry is as if it had been typed
	URL  string      `yaml:"url"`
	Sub  []MenuEntry `yaml:"sub"`
}

// The sizes of a menu.
const (
	mostTop     = 3
	mostSub     = 5
	longestTop  = 16 // bytes of a name
	longestSub  = 40
	longestWord = 128
	longestPage = 1024
)

// MenuMistake is what is wrong with an entry, and where: "[0].sub[2].name".
type MenuMistake struct{ At, Found, Remedy string }

// MenuMistakes finds what WeCom would not take of a menu.
func MenuMistakes(menu []MenuEntry) (out []MenuMistake) {
	return mistakes(nil, "", menu, true)
}

func mistakes(out []MenuMistake, at string, menu []MenuEntry, top bool) []MenuMistake {
	add := func(at, remedy, found string, args ...any) {
		out = append(out, MenuMistake{at, fmt.Sprintf(found, args...), remedy})
	}
	most, longest := mostSub, longestSub
	if top {
		most, longest = mostTop, longestTop
	}
	if len(menu) > most {
		add(at, fmt.Sprintf("keep %d of them", most), "%d entries side by side", len(menu))
	}
	for i, e := range menu {
		here := fmt.Sprintf("%s[%d]", at, i)
		if e.Name == "" || len(e.Name) > longest {
			add(here+".name", fmt.Sprintf("use 1 to %d Chinese characters", longest/3), "a name of %d bytes, WeCom takes 1 to %d", len(e.Name), longest)
		}
		if len(e.Key) > longestWord {
			add(here+".key", "use a word of command", "a key of %d bytes, WeCom takes %d", len(e.Key), longestWord)
		}
		if page, err := url.Parse(e.URL); e.URL != "" && (err != nil || page.Host == "" || len(e.URL) > longestPage) {
			add(here+".url", "use an address such as https://example.com/page", "%q is no address of a page", secret.Line(e.URL))
		}
		switch n := given(e); {
		case n != 1 && top:
			add(here, "give it exactly one of key, url and sub", "an entry with %d of key, url and sub", n)
		case len(e.Sub) > 0 && !top:
			add(here+".sub", "give it a key or a url", "a list within a list")
		case n != 1:
			add(here, "give it a key or a url", "an entry with %d of key and url", n)
		}
		if top {
			out = mistakes(out, here+".sub", e.Sub, false)
		}
	}
	return out
}

// menuFault is the first mistake as an error.
func menuFault(menu []MenuEntry) error {
	for _, m := range MenuMistakes(menu) {
		return wrong("Menu", "%s: %s: %s", m.At, m.Found, m.Remedy)
	}
	return nil
}

// given counts what a tap on an entry would do.
func given(e MenuEntry) (n int) {
	for _, is := range []bool{e.Key != "", e.URL != "", len(e.Sub) > 0} {
		if is {
			n++
		}
	}
	return n
}

// The paths of the menu.
const (
	menuGetPath    = "/cgi-bin/menu/get"
	menuCreatePath = "/cgi-bin/menu/create"
)

// menuButton is an entry as WeCom writes it.
type menuButton struct {
	Type string       `json:"type,omitempty"`
	Name string       `json:"name"`
	Key  string       `json:"key,omitempty"`
	URL  string       `json:"url,omitempty"`
	Sub  []menuButton `json:"sub_button,omitempty"`
}

func buttons(menu []MenuEntry) (out []menuButton) {
	for _, e := range menu {
		b := menuButton{Name: e.Name, Key: e.Key, URL: e.URL, Sub: buttons(e.Sub)}
		switch {
		case e.URL != "":
			b.Type = "view"
		case e.Key != "":
			b.Type = "click"
		}
		out = append(out, b)
	}
	return out
}

// sameMenu says whether two menus look and do the same. WeCom gives entries back with
// more than they were made with.
func sameMenu(a, b []menuButton) bool {
	return slices.EqualFunc(a, b, func(x, y menuButton) bool {
		if len(x.Sub) > 0 || len(y.Sub) > 0 { // what else a list has is of no meaning
			return x.Name == y.Name && sameMenu(x.Sub, y.Sub)
		}
		return x.Name == y.Name && x.Type == y.Type && strings.TrimSpace(x.Key) == strings.TrimSpace(y.Key) && x.URL == y.URL
	})
}

// noMenu is WeCom's code for an app that has none.
const noMenu = 46003

// getMenu is the app's menu; nothing if it has none.
func (c *Channel) getMenu(ctx context.Context) ([]menuButton, error) {
	var is struct {
		Buttons []menuButton `json:"button"`
	}
	_, err := c.api(ctx, http.MethodGet, menuGetPath, url.Values{"agentid": {c.o.AgentID}}, nil, &is)
	if CodeOf(err) == noMenu {
		return nil, nil
	}
	return is.Buttons, err
}

// setMenu makes the app's menu what it should be, if it is not. With nothing
// configured it does not even look.
func (c *Channel) setMenu(ctx context.Context) error {
	if len(c.o.Menu) == 0 {
		return nil
	}
	want := buttons(c.o.Menu)
	is, err := c.getMenu(ctx)
	if err != nil {
		return err
	}
	if sameMenu(is, want) {
		return nil
	}
	body := compact(struct {
		Buttons []menuButton `json:"button"`
	}{want})
	if _, err := c.api(ctx, http.MethodPost, menuCreatePath, url.Values{"agentid": {c.o.AgentID}}, body, nil); err != nil {
		return err
	}
	c.o.Log.InfoContext(ctx, "the app's menu was set", "entries", len(want))
	return nil
}
