package told

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEachIsToldOnceInATime(t *testing.T) {
	var told Told
	require.True(t, told.First("a", "monday"))
	require.False(t, told.First("a", "monday"))
	require.True(t, told.First("b", "monday"))
	require.True(t, told.First("a", "tuesday"))
	for i := range 3 * most {
		require.True(t, told.First(strconv.Itoa(i), "tuesday"))
		require.LessOrEqual(t, len(told.in), most)
	}
}
