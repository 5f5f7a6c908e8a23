package table

import (
	"fmt"
	"strings"
	"unicode"
)

// token is a word, a number or a sign; the last one is empty.
type token struct {
	text string
	at   int
}

// lex cuts an expression into tokens.
func lex(source string) ([]token, error) {
	var out []token
	runes := []rune(source)
	for i := 0; i < len(runes); {
		start := i
		switch r := runes[i]; {
		case r == ' ':
			i++
			continue
		case isWord(r):
			for i < len(runes) && (isWord(runes[i]) || runes[i] == '.' && isDigit(r)) {
				i++
			}
		case strings.ContainsRune("<>=!", r) && i+1 < len(runes) && runes[i+1] == '=':
			i += 2
		case strings.ContainsRune("+-*/<>(),:.", r):
			i++
		default:
			remedy := ""
			if unicode.Is(unicode.Han, r) || r > unicode.MaxASCII {
				remedy = "use half-width signs and the figures' keys"
			}
			return nil, &exprError{i + 1, fmt.Sprintf("unexpected %q", string(r)), remedy}
		}
		out = append(out, token{string(runes[start:i]), start + 1})
	}
	return append(out, token{"", len(runes) + 1}), nil
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isWord(r rune) bool { return isDigit(r) || r >= 'a' && r <= 'z' || r == '_' }
