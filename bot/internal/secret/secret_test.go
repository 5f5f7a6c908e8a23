package secret

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestNoSecretIsShown(t *testing.T) {
	const key = "a+b/c=&d"
	hide := func(s string) string { return Hide(s, "", key) }
	err := Error("asking", &url.Error{Op: "Get", URL: "https://example.com/?secret=" + url.QueryEscape(key), Err: fmt.Errorf("%s and %s: %w", key, url.QueryEscape(key), context.DeadlineExceeded)}, hide)
	require.EqualError(t, err, "asking: *** and ***: context deadline exceeded")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.False(t, errors.As(err, new(*url.Error)), "the address cannot be found in it")
}

func TestALineStaysOneLineOfText(t *testing.T) {
	require.Equal(t, "a b c", Line(" a\n\tb\r\nc "))
	for _, s := range []string{strings.Repeat("好", 500), strings.Repeat("\xff", 500), strings.Repeat("a", 398) + "好"} {
		require.True(t, utf8.ValidString(Line(s)))
		require.LessOrEqual(t, len(Line(s)), 410)
	}
}
