package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
	"zhuanban/store/storetest"
)

// TestWhoeverTampersIsFound: of the audit and of an evidence chain, any row that is
// changed, left out, put in or cut off at the end is named, on both databases.
func TestWhoeverTampersIsFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func(t *testing.T) *store.Store) {
		for name, c := range map[string]struct {
			sql  string
			seq  int64
			what string
		}{
			"a word changed":         {"UPDATE audit SET reason = 'y' WHERE seq = 3", 3, "it was changed"},
			"a time changed":         {"UPDATE audit SET happened_at = happened_at + 1 WHERE seq = 3", 3, "it was changed"},
			"an actor changed":       {"UPDATE audit SET actor = 'b' WHERE seq = 1", 1, "it was changed"},
			"one taken out":          {"DELETE FROM audit WHERE seq = 3", 3, "it is missing"},
			"the first taken out":    {"DELETE FROM audit WHERE seq = 1", 1, "it is missing"},
			"the last cut off":       {"DELETE FROM audit WHERE seq = 5", 5, "it is missing"},
			"all taken out":          {"DELETE FROM audit", 1, "it is missing"},
			"one put in at the end":  {"INSERT INTO audit SELECT 6, happened_at, actor, action, object, reason, details, hash, hash FROM audit WHERE seq = 5", 6, "it was changed"},
			"two changed places":     {"UPDATE audit SET seq = CASE WHEN seq = 2 THEN 103 ELSE 102 END WHERE seq IN (2, 3)", 2, "it is missing"},
			"the head taken away":    {"DELETE FROM chains WHERE name = 'audit'", 5, "the head of the chain"},
			"the head set back":      {"UPDATE chains SET seq = 4 WHERE name = 'audit'", 5, "the head of the chain"},
			"another hash at a link": {"UPDATE audit SET hash = prev WHERE seq = 4", 4, "it was changed"},
		} {
			t.Run(name, func(t *testing.T) {
				s := open(t)
				write(t, s)
				require.NoError(t, verify(t, s), "untouched")
				require.NoError(t, s.Tamper(t.Context(), c.sql))
				var flaw *store.Flaw
				require.ErrorAs(t, verify(t, s), &flaw)
				require.Equal(t, "audit", flaw.Chain)
				require.Equal(t, c.seq, flaw.Seq)
				require.Contains(t, flaw.Error(), c.what)
			})
		}
		for name, c := range map[string]struct {
			sql  string
			seq  int64
			what string
		}{
			"another picture": {"UPDATE evidence SET sha256 = 'cd34' WHERE owner = 'lead:1' AND seq = 2", 2, "it was changed"},
			"one taken out":   {"DELETE FROM evidence WHERE owner = 'lead:1' AND seq = 1", 1, "it is missing"},
			"one moved here":  {"UPDATE evidence SET owner = 'lead:1', seq = 3 WHERE owner = 'lead:2'", 3, "it does not follow"},
			"all taken out":   {"DELETE FROM evidence WHERE owner = 'lead:1'", 1, "it is missing"},
		} {
			t.Run("evidence, "+name, func(t *testing.T) {
				s := open(t)
				write(t, s)
				require.NoError(t, verifyEvidence(t, s, "lead:1"), "untouched")
				require.NoError(t, s.Tamper(t.Context(), c.sql))
				var flaw *store.Flaw
				require.ErrorAs(t, verifyEvidence(t, s, "lead:1"), &flaw)
				require.Equal(t, c.seq, flaw.Seq)
				require.Contains(t, flaw.Error(), c.what)
			})
		}
	})
}

func write(t *testing.T, s *store.Store) {
	t.Helper()
	now := time.Date(2024, 1, 19, 4, 0, 0, 0, time.UTC)
	require.NoError(t, s.Update(t.Context(), func(tx *store.Tx) error {
		var errs []error
		for range 5 {
			errs = append(errs, tx.Audit().Append(t.Context(), store.AuditEntry{At: now, Actor: "a", Action: "informant.opened", Object: "AX-2024-0001", Reason: "x"}))
		}
		for _, owner := range []string{"lead:1", "lead:1", "lead:2"} {
			errs = append(errs, tx.Files().Attach(t.Context(), store.FileRef{SHA256: "ab12", Name: "a.jpg", Owner: owner, By: "a", At: now}))
		}
		return errors.Join(errs...)
	}))
}

func verify(t *testing.T, s *store.Store) error {
	return s.View(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Audit().Verify(t.Context())
		return err
	})
}

func verifyEvidence(t *testing.T, s *store.Store, owner string) error {
	return s.View(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.EvidenceLog().VerifyOwner(context.Background(), owner)
		return err
	})
}
