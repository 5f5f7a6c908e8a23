package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// renewed is the setting that says how far the index has been made anew, and for which
// way of making terms: "VERSION:ID", the id of the last lead, or "VERSION:done".
const renewed = "lead_terms"

// renewBatch is how many leads are indexed in one transaction: some tenths of a second.
const renewBatch = 100

// RenewTerms indexes the leads that were entered before there was an index, or while its
// terms were made in another way than version's. It goes on where it was stopped, costs
// one SELECT where nothing is to be done, and may run in several processes at once.
func (s *Store) RenewTerms(ctx context.Context, version int) error {
	if s.terms == nil {
		return nil
	}
	done := strconv.Itoa(version) + ":done"
	for {
		var at string
		err := s.View(ctx, func(tx *Tx) (err error) {
			at, err = tx.Settings().Get(ctx, renewed)
			if errors.Is(err, ErrNotFound) {
				err = nil
			}
			return err
		})
		if err != nil || at == done {
			return err
		}
		if err := s.Update(ctx, func(tx *Tx) error { return tx.LeadTerms().renewSome(ctx, version, at, done) }); err != nil {
			return fmt.Errorf("indexing older leads: %w", err)
		}
	}
}

// renewSome indexes the leads after the last one of an earlier batch.
func (r LeadTerms) renewSome(ctx context.Context, version int, at, done string) error {
	prefix := strconv.Itoa(version) + ":"
	var after int64
	if len(at) > len(prefix) && at[:len(prefix)] == prefix {
		after, _ = strconv.ParseInt(at[len(prefix):], 10, 64)
	}
	leads, err := all(ctx, r.tx, scanLead, "SELECT "+columns(leadCols)+" FROM leads WHERE id > ? ORDER BY id LIMIT ?", after, renewBatch)
	if err != nil {
		return err
	}
	for _, l := range leads {
		if err := r.Renew(ctx, l); err != nil {
			return err
		}
		after = l.ID
	}
	next := prefix + strconv.FormatInt(after, 10)
	if len(leads) < renewBatch {
		next = done
	}
	return r.tx.Settings().Set(ctx, renewed, next)
}
