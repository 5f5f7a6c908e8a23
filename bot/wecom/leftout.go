package wecom

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// between says what stands between names: WeCom's "|", and what no name can have in it.
func between(r rune) bool { return strings.ContainsRune("|,;，；、", r) || unicode.IsSpace(r) }

// leftOut are the members, departments or tags that WeCom has left out of a call, in lower
// case: joined by "|" in the answer of message/send, a list (of numbers, where those
// are names) in that of message/update_template_card.
type leftOut map[string]bool

// UnmarshalJSON reads both forms.
func (n *leftOut) UnmarshalJSON(b []byte) error {
	var joined string
	var list []any
	switch {
	case string(b) == "null":
	case json.Unmarshal(b, &joined) == nil:
		for one := range strings.FieldsFuncSeq(joined, between) {
			list = append(list, one)
		}
	default:
		if err := json.Unmarshal(b, &list); err != nil {
			return fmt.Errorf("reading names: %w", err)
		}
	}
	*n = nil
	for _, one := range list {
		name := strings.ToLower(strings.TrimSpace(fmt.Sprint(one)))
		if name == "" {
			continue
		}
		if *n == nil {
			*n = leftOut{}
		}
		(*n)[name] = true
	}
	return nil
}

func (n leftOut) has(name string) bool { return n[strings.ToLower(name)] }
