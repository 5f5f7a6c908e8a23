package wecom

import "fmt"

// Buttons is a card with one to six buttons, and perhaps a list above them.
type Buttons struct {
	Frame
	SubTitle  string // 112 characters
	Selection *Select
	Buttons   []Button
}

// Vote is a card with up to twenty options, of which one or several are chosen.
type Vote struct {
	Source    *Source
	Title     Heading
	Key       string   // 1024 bytes: names the question in the answer
	Options   []Option // 1 to 20
	Many      bool     // several may be chosen
	Submit    string   // on the button, 10 characters
	SubmitKey string   // 1024 bytes: what a tap on it gives
}

// Choices is a card with up to three lists, in each of which one option is chosen.
type Choices struct {
	Source    *Source
	Title     Heading
	Selects   []Select // 1 to 3
	Submit    string
	SubmitKey string
}

func (b Buttons) put(m *message) error {
	var l limits
	c := b.frame(&l, buttonCard)
	c.SubTitle = shorten(b.SubTitle, shownSubTitle)
	l.must(c.Title != nil && c.Title.Title != "" || c.SubTitle != "", "main_title.title", "is empty, and so is sub_title_text")
	if b.Selection != nil {
		s := l.selection("button_selection", *b.Selection)
		c.Selection = &s
	}
	l.count("button_list", len(b.Buttons), 1, mostButtons)
	for i, one := range b.Buttons {
		field := fmt.Sprintf("button_list[%d]", i)
		one.Text = l.text(field+".text", one.Text, shownButton)
		l.must(one.Style >= 0 && one.Style <= 4, field+".style", "%d, where 1 to 4 are right", one.Style)
		switch one.Type {
		case 0:
			l.key(field+".key", one.Key)
		case 1:
			l.url(field+".url", one.URL, true)
		default:
			l.must(false, field+".type", "%d, where 0 and 1 are right", one.Type)
		}
		c.Buttons = append(c.Buttons, one)
	}
	m.Card = c
	return l.err
}

func (v Vote) put(m *message) error {
	var l limits
	c := chooser(&l, voteCard, v.Source, v.Title, v.Submit, v.SubmitKey)
	l.key("checkbox.question_key", v.Key)
	c.Checkbox = &checkbox{Key: v.Key, Options: l.options("checkbox.option_list", v.Options, mostVotes, shownVote)}
	if v.Many {
		c.Checkbox.Mode = 1
	}
	checked := 0
	for _, o := range v.Options {
		if o.Checked {
			checked++
		}
	}
	l.must(v.Many || checked <= 1, "checkbox.option_list", "%d are checked, where one may be chosen", checked)
	m.Card = c
	return l.err
}

func (s Choices) put(m *message) error {
	var l limits
	c := chooser(&l, choiceCard, s.Source, s.Title, s.Submit, s.SubmitKey)
	l.count("select_list", len(s.Selects), 1, mostSelects)
	for i, one := range s.Selects {
		c.Selects = append(c.Selects, l.selection(fmt.Sprintf("select_list[%d]", i), one))
	}
	m.Card = c
	return l.err
}

// chooser makes a card whose choice is submitted with a button.
func chooser(l *limits, kind string, from *Source, title Heading, text, key string) *templateCard {
	c := &templateCard{Type: kind, tasked: true, Source: l.source(from), Title: heading(title)}
	l.must(c.Title != nil && c.Title.Title != "", "main_title.title", "is empty")
	l.key("submit_button.key", key)
	c.Submit = &submit{l.text("submit_button.text", text, shownButton), key}
	return c
}

func (l *limits) selection(field string, s Select) Select {
	l.key(field+".question_key", s.Key)
	s.Title = shorten(s.Title, shownQuestion)
	s.Options = l.options(field+".option_list", s.Options, mostOptions, shownOption)
	there := s.Selected == ""
	for _, o := range s.Options {
		there = there || o.ID == s.Selected
	}
	l.must(there, field+".selected_id", "is none of the options")
	return s
}

func (l *limits) options(field string, in []Option, most, shown int) []Option {
	l.count(field, len(in), 1, most)
	ids := map[string]bool{}
	var out []Option
	for i, o := range in {
		one := fmt.Sprintf("%s[%d]", field, i)
		l.id(one+".id", o.ID, longestOption)
		l.must(!ids[o.ID], one+".id", "%q is taken by another option", o.ID)
		ids[o.ID] = true
		o.Text = l.text(one+".text", o.Text, shown)
		out = append(out, o)
	}
	return out
}
