package wecom

import (
	"bytes"
	"errors"
	"regexp"
)

// The documents of a callback are small and flat: <xml> with one element for each
// value, text or CDATA. This reads them in one pass, in place and without
// allocating. It takes a subset of XML: no attributes, comments, instructions,
// document types or names with colons, because WeCom sends none and every one of
// them is a way in. What libraries write of their own accord it takes: <?xml …?> before
// the document, where it says UTF-8 or nothing, and <a/> for <a></a>.

// field is a value that somebody here asks for.
type field int

const (
	fToUserName field = iota
	fAgentID
	fEncrypt
	fFromUserName
	fCreateTime
	fMsgType
	fMsgID
	fContent
	fEvent
	fEventKey
	fTaskID
	fResponseCode
	fTitle
	fURL
	fLocationX
	fLocationY
	fLabel
	fMediaID
	fFileName
	fChangeType
	fUserID
	fNewUserID
	fStatus
	fields
)

// fieldOf finds a field by its element's name.
func fieldOf(name []byte) (field, bool) {
	switch string(name) {
	case "ToUserName":
		return fToUserName, true
	case "AgentID":
		return fAgentID, true
	case "Encrypt":
		return fEncrypt, true
	case "FromUserName":
		return fFromUserName, true
	case "CreateTime":
		return fCreateTime, true
	case "MsgType":
		return fMsgType, true
	case "MsgId":
		return fMsgID, true
	case "Content":
		return fContent, true
	case "Event":
		return fEvent, true
	case "EventKey":
		return fEventKey, true
	case "TaskId":
		return fTaskID, true
	case "ResponseCode":
		return fResponseCode, true
	case "Title":
		return fTitle, true
	case "Url":
		return fURL, true
	case "Location_X":
		return fLocationX, true
	case "Location_Y":
		return fLocationY, true
	case "Label":
		return fLabel, true
	case "MediaId":
		return fMediaID, true
	case "FileName":
		return fFileName, true
	case "ChangeType":
		return fChangeType, true
	case "UserID":
		return fUserID, true
	case "NewUserID":
		return fNewUserID, true
	case "Status":
		return fStatus, true
	}
	return 0, false
}

// document is the values of one document, parts of the bytes it was read from.
type document struct {
	value  [fields][]byte
	has    [fields]bool
	chosen []chosen // of a card's lists; its room is used again
}

// deepest is how many elements may be open at once: a card with several
// selections has five (xml, SelectedItems, SelectedItem, OptionIds, OptionId).
const deepest = 8

var errXML = errors.New("not a document of WeCom")

// parse reads a document. It overwrites b, of which the values are parts.
func parse(b []byte, d *document) error {
	*d = document{chosen: d.chosen[:0]}
	p := parser{b: b}
	p.space()
	if bytes.HasPrefix(b[p.at:], instruction) {
		p.at += len(prolog.Find(b[p.at:]))
		p.space()
	}
	if name, opens := p.tag(); !opens || string(name) != "xml" {
		return errXML
	}
	for {
		p.space()
		name, opens := p.tag()
		if name == nil {
			return errXML
		}
		if !opens {
			p.space()
			if string(name) != "xml" || p.at != len(p.b) {
				return errXML
			}
			return nil
		}
		f, known := fieldOf(name)
		if !known {
			if string(name) == "SelectedItems" && !p.selected(d) || string(name) != "SelectedItems" && !p.skip(name) {
				return errXML
			}
			continue
		}
		text, ok := p.text()
		if end, opens := p.tag(); !ok || opens || !bytes.Equal(end, name) || d.has[f] {
			return errXML
		}
		d.value[f], d.has[f] = text, true
	}
}

var (
	instruction = []byte("<?")
	prolog      = regexp.MustCompile(`^<\?xml[ \t\r\n]+version=["']1\.0["']([ \t\r\n]+encoding=["'](?i:utf-8)["'])?([ \t\r\n]+standalone=["'](yes|no)["'])?[ \t\r\n]*\?>`)
)

// parser is a place in a document.
type parser struct {
	b     []byte
	at    int
	empty []byte // the name of <name/>, whose </name> is still to be given
}

func (p *parser) space() {
	for p.at < len(p.b) {
		switch p.b[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// tag reads <name> or </name>; name is nil where there is none. <name/> is both, one
// after the other.
func (p *parser) tag() (name []byte, opens bool) {
	if p.empty != nil {
		name, p.empty = p.empty, nil
		return name, false
	}
	i := p.at
	if i+1 >= len(p.b) || p.b[i] != '<' {
		return nil, false
	}
	i++
	opens = p.b[i] != '/'
	if !opens {
		i++
	}
	start := i
	for i < len(p.b) && nameByte(p.b[i], i == start) {
		i++
	}
	name = p.b[start:i]
	if opens && i < len(p.b) && p.b[i] != '>' {
		rest := bytes.TrimLeft(p.b[i:], " \t\r\n")
		if bytes.HasPrefix(rest, emptyEnd) && len(name) > 0 {
			p.at = len(p.b) - len(rest) + len(emptyEnd)
			p.empty = name
			return name, true
		}
	}
	if len(name) == 0 || i >= len(p.b) || p.b[i] != '>' {
		return nil, false
	}
	p.at = i + 1
	return name, opens
}

func nameByte(c byte, first bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || !first && c >= '0' && c <= '9'
}

// skip reads to the end of an element that nobody asks for, whatever is in it.
func (p *parser) skip(name []byte) bool {
	var open [deepest][]byte
	open[0], open[1] = nil, name // open[0] is <xml> itself
	for depth := 2; depth > 1; {
		if _, ok := p.text(); !ok {
			return false
		}
		name, opens := p.tag()
		switch {
		case name == nil:
			return false
		case !opens:
			depth--
			if !bytes.Equal(name, open[depth]) {
				return false
			}
		case depth == deepest:
			return false
		default:
			open[depth] = name
			depth++
		}
	}
	return true
}
