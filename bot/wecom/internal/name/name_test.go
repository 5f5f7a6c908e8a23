package name

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAccount(t *testing.T) {
	for name, want := range map[string]bool{
		"a":                     true,
		"hutou.filer":           true,
		"Zhang_San-2@corp":      true,
		strings.Repeat("a", 64): true,
		strings.Repeat("a", 65): false,
		"":                      false,
		"@all":                  false,
		"@":                     false,
		"a b":                   false,
		"a|b":                   false,
		"a&userid=b":            false,
		"凤城所":                   false,
		"a\n":                   false,
		"a\xff":                 false,
	} {
		require.Equal(t, want, Account(name), "%q", name)
		require.Equal(t, want, Account([]byte(name)), "%q as bytes", name)
	}
}
