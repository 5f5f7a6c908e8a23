package table

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/config"
)

// shipped is the table of the shipped campaign.
func shipped(t require.TestingT) *Table {
	text, err := os.ReadFile("testdata/table.yaml")
	require.NoError(t, err)
	f, err := config.Parse("config.yaml", text)
	require.NoError(t, err)
	table, err := Parse(f, "weekly")
	require.NoError(t, err)
	return table
}

func TestShippedTableIsComplete(t *testing.T) {
	table := shipped(t)
	require.Len(t, table.Fields, 84)
	require.Len(t, table.Figures(), 84+14*5)
	require.Len(t, table.Rules, 37)
	require.Len(t, table.Sections, 11)
}
