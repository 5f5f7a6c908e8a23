package wecomtest

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Card is a template card in a member's chat.
type Card struct {
	Type    string
	TaskID  string
	Title   string
	Words   []string     // all other words, as they stand one under the other
	Buttons []CardButton // what can be tapped, the button that submits included
	Grey    string       // what stands in place of the buttons, once it was updated
	// Cut are the fields that a small screen does not show to their ends.
	Cut []string
}

// CardButton is something that can be tapped.
type CardButton struct{ Text, Key string }

// The display limits of cards, in characters, by the fields that hold them; those of
// lists are under the list's name.
var displayed = map[string]int{
	"source.desc": 13, "main_title.title": 26, "main_title.desc": 30, "sub_title_text": 112,
	"emphasis_content.title": 10, "emphasis_content.desc": 15,
	"horizontal_content_list.keyname": 5, "horizontal_content_list.value": 26, "jump_list.title": 13,
	"vertical_content_list.title": 26, "vertical_content_list.desc": 112,
	"button_list.text": 10, "submit_button.text": 10, "button_selection.title": 13, "select_list.title": 13,
	"button_selection.option_list.text": 10, "select_list.option_list.text": 10, "checkbox.option_list.text": 11,
	"quote_area.title": 1 << 10, "quote_area.quote_text": 1 << 10, "action_menu.desc": 1 << 10, "action_menu.action_list.text": 1 << 10,
	"image_text_area.title": 1 << 10, "image_text_area.desc": 1 << 10,
}

// draw makes a card of its JSON.
func draw(raw map[string]any) *Card {
	c := &Card{Type: str(raw, "card_type"), TaskID: str(raw, "task_id"), Title: str(at(raw, "main_title"), "title")}
	for _, b := range list(raw, "button_list") {
		c.Buttons = append(c.Buttons, CardButton{str(b, "text"), str(b, "key")})
	}
	if b := at(raw, "submit_button"); b != nil {
		c.Buttons = append(c.Buttons, CardButton{str(b, "text"), str(b, "key")})
	}
	c.words("", raw)
	return c
}

// order is in which a card shows its parts.
var order = []string{"source", "main_title", "emphasis_content", "quote_area", "sub_title_text", "image_text_area",
	"vertical_content_list", "horizontal_content_list", "button_selection", "checkbox", "select_list", "option_list",
	"button_list", "submit_button", "jump_list", "action_menu", "action_list", "title", "keyname", "value", "desc", "quote_text", "text"}

func (c *Card) words(path string, v any) {
	switch v := v.(type) {
	case string:
		most, ok := displayed[path]
		if !ok {
			return
		}
		if utf8.RuneCountInString(v) > most {
			c.Cut = append(c.Cut, path)
		}
		if path != "main_title.title" && path != "button_list.text" && path != "submit_button.text" {
			c.Words = append(c.Words, v)
		}
	case []any:
		for _, one := range v {
			c.words(path, one)
		}
	case map[string]any:
		for _, key := range order {
			if inner, ok := v[key]; ok {
				c.words(strings.TrimPrefix(path+"."+key, "."), inner)
			}
		}
	}
}

// at is an object in an object; nil if it is not there.
func at(m map[string]any, key string) map[string]any {
	out, _ := m[key].(map[string]any)
	return out
}

func str(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func number(m map[string]any, key string) float64 {
	f, _ := m[key].(float64)
	return f
}

func list(m map[string]any, key string) []map[string]any {
	all, _ := m[key].([]any)
	out := make([]map[string]any, 0, len(all))
	for _, one := range all {
		o, _ := one.(map[string]any)
		out = append(out, o)
	}
	return out
}

// drawn is what the server remembers of cards.
type drawn struct {
	tasks  map[string][32]byte // the request that a task came with
	codes  map[string]code
	issued int
	days   map[int64]int // messages sent on a day
}

// code is a handle to one card, good for one update within 72 hours.
type code struct {
	msgID string
	until time.Time
	used  bool
}

const codeLife = 72 * time.Hour

// issue gives a new handle to a card; the lock is held.
func (s *Server) issue(msgID string) string {
	if s.drawn.codes == nil {
		s.drawn.codes = map[string]code{}
	}
	s.drawn.issued++
	name := "code-" + strconv.Itoa(s.drawn.issued)
	s.drawn.codes[name] = code{msgID: msgID, until: s.o.Now().Add(codeLife)}
	return name
}

// updatable says whether a card can be updated: it has buttons or a menu.
func updatable(raw map[string]any) bool {
	switch str(raw, "card_type") {
	case "button_interaction", "vote_interaction", "multiple_interaction":
		return true
	}
	return at(raw, "action_menu") != nil
}
