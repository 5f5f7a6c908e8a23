package templates

import (
	"bytes"
	"strings"
)

// The control characters that mark a title and a button.
const (
	titleMark  = '\x01'
	buttonMark = '\x02'
	fieldMark  = '\x03'
)

// split takes the marked lines out of what was written and tidies the rest: no
// spaces at the ends of lines, no empty lines at the ends, one between paragraphs.
func (s *state) split() Page {
	var p Page
	if n := bytes.Count(s.out, []byte{buttonMark}) / 2; n > 0 {
		p.Buttons = make([]Button, 0, n)
	}
	body, gap := s.body[:0], false
	for line := range strings.SplitSeq(string(s.out), "\n") {
		line = strings.TrimRight(line, " \t")
		line, taken := p.buttons(line)
		switch {
		case taken && strings.TrimSpace(line) == "":
		case line == "":
			gap = true
		case line[0] == titleMark:
			p.Title = line[1:]
		default:
			if len(body) > 0 {
				body = append(body, '\n')
				if gap {
					body = append(body, '\n')
				}
			}
			body, gap = append(body, line...), false
		}
	}
	p.Body, s.body = string(body), body
	return p
}

// buttons takes the buttons off the beginning of a line.
func (p *Page) buttons(line string) (rest string, taken bool) {
	for {
		mark, ok := strings.CutPrefix(strings.TrimLeft(line, " "), string(buttonMark))
		if !ok {
			return line, taken
		}
		mark, line, _ = strings.Cut(mark, string(buttonMark))
		label, tap, _ := strings.Cut(mark, string(fieldMark))
		p.Buttons = append(p.Buttons, Button{Label: label, Tap: tap})
		taken = true
	}
}
