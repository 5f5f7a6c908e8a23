package wecom

import "bytes"

// What was selected on a card stands deeper in its event than everything else:
//
//	SelectedItems > SelectedItem > QuestionKey
//	                             > OptionIds > OptionId
//
// It is read like the rest, in place; the list of what was found is kept by the
// document and used again.

// chosen is one option that was selected in one list.
type chosen struct{ question, option []byte }

// mostChosen is far above what a card can have: twenty options of one vote.
const mostChosen = 64

// selected reads on from <SelectedItems> to its end.
func (p *parser) selected(d *document) bool {
	if len(d.chosen) > 0 {
		return false
	}
	return p.children("SelectedItems", func(name []byte) bool {
		if string(name) != "SelectedItem" {
			return p.skip(name)
		}
		return p.item(d)
	})
}

// item reads on from <SelectedItem> to its end. The question may stand behind its
// options.
func (p *parser) item(d *document) bool {
	from := len(d.chosen)
	var question []byte
	var asked, answered bool
	ok := p.children("SelectedItem", func(name []byte) bool {
		switch {
		case string(name) == "QuestionKey" && !asked:
			asked = true
			return p.leaf(name, &question)
		case string(name) == "OptionIds" && !answered:
			answered = true
			return p.options(d)
		case string(name) == "QuestionKey" || string(name) == "OptionIds":
			return false
		}
		return p.skip(name)
	})
	for i := range d.chosen[from:] {
		d.chosen[from+i].question = question
	}
	return ok
}

// options reads on from <OptionIds> to its end.
func (p *parser) options(d *document) bool {
	return p.children("OptionIds", func(name []byte) bool {
		if string(name) != "OptionId" {
			return p.skip(name)
		}
		var option []byte
		if !p.leaf(name, &option) || len(d.chosen) == mostChosen {
			return false
		}
		d.chosen = append(d.chosen, chosen{option: option})
		return true
	})
}

// children hands every element up to </parent> to read, which reads to its end.
func (p *parser) children(parent string, read func(name []byte) bool) bool {
	for {
		p.space()
		name, opens := p.tag()
		switch {
		case name == nil:
			return false
		case !opens:
			return string(name) == parent
		case !read(name):
			return false
		}
	}
}

// leaf reads on from <name> to its end, with nothing but text between.
func (p *parser) leaf(name []byte, into *[]byte) bool {
	text, ok := p.text()
	end, opens := p.tag()
	*into = text
	return ok && !opens && bytes.Equal(end, name)
}
