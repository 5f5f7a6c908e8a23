package wecom

import (
	"encoding/json"
	"fmt"
	"strings"
)

// names are members, departments or tags that WeCom has left out of a call, in lower
// case: joined by "|" in the answer of message/send, a list (of numbers, where those
// are names) in that of message/update_template_card.
type names map[string]bool

// UnmarshalJSON reads both forms.
func (n *names) UnmarshalJSON(b []byte) error {
	var joined string
	var list []any
	switch {
	case string(b) == "null":
	case json.Unmarshal(b, &joined) == nil:
		for one := range strings.SplitSeq(joined, "|") {
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
			*n = names{}
		}
		(*n)[name] = true
	}
	return nil
}

func (n names) has(name string) bool { return n[strings.ToLower(name)] }
