package media_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/templates"
)

func words(t *testing.T) *templates.Set {
	t.Helper()
	s, err := templates.Load()
	require.NoError(t, err)
	return s
}
