package store_test

import (
	"testing"

	"zhuanban/store/storetest"
)

// TestContract runs the contract on both databases.
func TestContract(t *testing.T) { storetest.Each(t, storetest.Run) }
