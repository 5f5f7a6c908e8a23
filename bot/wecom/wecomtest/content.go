package wecomtest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// What message/send takes of each kind of message. Which code WeCom gives for which
// mistake in a card is not documented but for 42045: the others are guesses.

// rich are the kinds of message that are checked and shown here.
var rich = map[string]bool{"markdown": true, "textcard": true, "news": true, "template_card": true}

// failed is a check that did not hold.
type failed struct{ failure }

func deny(code int, msg string, args ...any) { panic(failed{fail(code, fmt.Sprintf(msg, args...))}) }

// content checks what a request of one of these kinds says; its code is 0 if that is right.
func (s *Server) content(kind string, body []byte, sum [32]byte) (no failure) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case failed:
			no = p.failure
		default:
			panic(p)
		}
	}()
	var all map[string]any
	if json.Unmarshal(body, &all) != nil {
		return fail(40058, "invalid json")
	}
	m := at(all, kind)
	switch kind {
	case "markdown":
		atMost(m, "content", longestText, 45002)
		some(m, "content", 44004)
	case "textcard":
		article(m)
		some(m, "description", 40058)
	case "news":
		switch all := list(m, "articles"); {
		case len(all) == 0:
			return fail(40058, "no articles")
		case len(all) > 8:
			return fail(45008, "article size out of limit")
		default:
			for _, a := range all {
				article(a)
			}
		}
	case "template_card":
		s.card(m, sum)
	}
	return failure{}
}

func article(a map[string]any) {
	some(a, "title", 40058)
	some(a, "url", 40058)
	atMost(a, "title", 128, 45002)
	atMost(a, "description", 512, 45002)
	atMost(a, "url", 2048, 40058)
	atMost(a, "picurl", 2048, 40058)
}

func some(m map[string]any, key string, code int) {
	if strings.TrimSpace(str(m, key)) == "" {
		deny(code, "%s is empty", key)
	}
}

func atMost(m map[string]any, key string, most, code int) {
	if n := len(str(m, key)); n > most {
		deny(code, "%s has %d bytes", key, n)
	}
}

func between(m map[string]any, key string, least, most float64) {
	if f := number(m, key); f < least || f > most {
		deny(40058, "%s is %v", key, f)
	}
}

// several gives a list of so many entries.
func several(m map[string]any, key string, least, most, code int) []map[string]any {
	all := list(m, key)
	if len(all) < least || len(all) > most {
		deny(code, "%d entries in %s", len(all), key)
	}
	return all
}

// card checks a template card.
func (s *Server) card(m map[string]any, sum [32]byte) {
	keys := map[string]bool{}
	kind := str(m, "card_type")
	switch kind {
	case "text_notice", "news_notice":
		if a := at(m, "card_action"); a == nil || number(a, "type") == 0 {
			deny(42045, "card_action is missing")
		}
	case "button_interaction":
		for _, b := range several(m, "button_list", 1, 6, 40016) {
			some(b, "text", 40058)
			between(b, "style", 0, 4)
			between(b, "type", 0, 1)
			if number(b, "type") == 1 {
				link(b, 1)
			} else {
				unique(keys, b, "key")
			}
		}
		if l := at(m, "button_selection"); l != nil {
			question(keys, l, 10)
		}
	case "vote_interaction":
		between(at(m, "checkbox"), "mode", 0, 1)
		question(keys, at(m, "checkbox"), 20)
	case "multiple_interaction":
		for _, l := range several(m, "select_list", 1, 3, 40058) {
			question(keys, l, 10)
		}
	default:
		deny(40058, "unknown card_type")
	}
	if kind == "vote_interaction" || kind == "multiple_interaction" {
		some(at(m, "submit_button"), "text", 40058)
		unique(keys, at(m, "submit_button"), "key")
	}
	frame(keys, m)
	if str(at(m, "main_title"), "title") == "" && (kind == "news_notice" || str(m, "sub_title_text") == "") {
		deny(40058, "neither main_title nor sub_title_text")
	}
	if !updatable(m) {
		return
	}
	if s.o.NoCallback {
		deny(40057, "the app has no callback url")
	}
	s.task(str(m, "task_id"), sum)
}

// frame checks what all kinds may have.
func frame(keys map[string]bool, m map[string]any) {
	if menu := at(m, "action_menu"); menu != nil {
		for _, a := range several(menu, "action_list", 1, 3, 40058) {
			some(a, "text", 40058)
			unique(keys, a, "key")
		}
	}
	between(at(m, "source"), "desc_color", 0, 3)
	link(at(m, "card_action"), 2)
	link(at(m, "quote_area"), 2)
	link(at(m, "image_text_area"), 2)
	for _, j := range several(m, "jump_list", 0, 3, 40058) {
		some(j, "title", 40058)
		link(j, 2)
	}
	for _, p := range several(m, "horizontal_content_list", 0, 6, 40058) {
		some(p, "keyname", 40058)
		between(p, "type", 0, 3)
		if field := []string{"", "url", "media_id", "userid"}[int(number(p, "type"))]; field != "" {
			some(p, field, 40058)
		}
	}
	for _, v := range several(m, "vertical_content_list", 0, 4, 40058) {
		some(v, "title", 40058)
	}
	if i := at(m, "card_image"); i != nil {
		some(i, "url", 40058)
		if i["aspect_ratio"] != nil {
			between(i, "aspect_ratio", 1.3, 2.25)
		}
	}
}

func link(m map[string]any, most float64) {
	between(m, "type", 0, most)
	atMost(m, "url", 2048, 40058)
	switch number(m, "type") {
	case 1:
		some(m, "url", 40058)
	case 2:
		some(m, "appid", 40058)
	}
}

func unique(keys map[string]bool, m map[string]any, field string) {
	some(m, field, 40058)
	atMost(m, field, 1024, 40058)
	if keys[str(m, field)] {
		deny(40058, "%s twice", field)
	}
	keys[str(m, field)] = true
}

func question(keys map[string]bool, m map[string]any, most int) {
	unique(keys, m, "question_key")
	ids := map[string]bool{}
	for _, o := range several(m, "option_list", 1, most, 40058) {
		some(o, "text", 40058)
		atMost(o, "id", 128, 40058)
		unique(ids, o, "id")
	}
}

// task holds a task's name to its characters, and to one request.
func (s *Server) task(name string, sum [32]byte) {
	if name == "" || len(name) > 128 || strings.Trim(name, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-@") != "" {
		deny(40058, "invalid task_id")
	}
	if before, ok := s.drawn.tasks[name]; ok && before != sum {
		deny(40058, "task_id was used before")
	}
	if s.drawn.tasks == nil {
		s.drawn.tasks = map[string][32]byte{}
	}
	s.drawn.tasks[name] = sum
}

// display is what a member sees of a request.
func display(kind string, body []byte) Shown {
	var all map[string]any
	if json.Unmarshal(body, &all) != nil {
		return Shown{}
	}
	m := at(all, kind)
	out := Shown{Kind: kind}
	switch kind {
	case "template_card":
		out.Card, out.raw = draw(m), m
		out.Text = strings.TrimSpace(out.Card.Title + "\n" + strings.Join(out.Card.Words, "\n"))
	case "textcard":
		out.Text = str(m, "title") + "\n" + str(m, "description")
	case "news":
		for _, a := range list(m, "articles") {
			out.Text += str(a, "title") + "\n"
		}
	default:
		out.Text = str(m, "content")
	}
	return out
}

// cut leaves out what WeCom does not show of a long text.
func (s *Shown) cut() {
	if s.Card == nil && len(s.Text) > longestText {
		s.Text = strings.ToValidUTF8(s.Text[:longestText], "")
	}
}
