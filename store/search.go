package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// LeadTerms is the index that leads are found by: for each term the leads that have it,
// newest first. A term is a number, and what it stands for (two neighbouring characters,
// a hash of a link, who may see the lead) is the business of Options.Terms. The rows are
// written in the transaction that writes the lead.
//
// It is a table and not a full-text index, because the databases have none in common that
// finds Chinese words of two characters: SQLite's trigrams do not, and MariaDB has no
// n-grams at all. And because a permission is a term too, one walk answers both what is
// looked for and who may see it.
type LeadTerms struct{ tx *Tx }

// LeadTerms gives the index of leads.
func (tx *Tx) LeadTerms() LeadTerms { return LeadTerms{tx} }

var termCols = []string{"term", "lead_id"}

// put enters a new lead.
func (r LeadTerms) put(ctx context.Context, l Lead) error {
	if r.tx.terms == nil {
		return nil
	}
	return r.add(ctx, l.ID, r.tx.terms(l))
}

// change brings the terms of a lead up to date that is about to be written over.
func (r LeadTerms) change(ctx context.Context, l Lead) error {
	if r.tx.terms == nil {
		return nil
	}
	before, err := r.tx.Leads().Get(ctx, l.ID)
	if errors.Is(err, ErrNotFound) {
		return nil // Update will say what is wrong
	}
	if err != nil {
		return err
	}
	had, has := r.tx.terms(before), r.tx.terms(l)
	if err := r.drop(ctx, l.ID, without(had, has)); err != nil {
		return err
	}
	return r.add(ctx, l.ID, without(has, had))
}

// Renew writes a lead's terms anew, whatever was there: for leads that came before the
// index, or for an index whose terms are made differently now.
func (r LeadTerms) Renew(ctx context.Context, l Lead) error {
	if r.tx.terms == nil {
		return nil
	}
	now := r.tx.terms(l)
	there, err := r.of(ctx, l.ID, now)
	if err != nil {
		return err
	}
	return r.add(ctx, l.ID, without(now, there))
}

// of is which of some terms a lead has.
func (r LeadTerms) of(ctx context.Context, lead int64, among []int64) (out []int64, err error) {
	for part := range slices.Chunk(among, rowsAtOnce) {
		query, args, err := in("SELECT term FROM lead_terms WHERE term IN (?) AND lead_id = ?", part, lead)
		if err != nil {
			return nil, err
		}
		some, err := all(ctx, r.tx, scanID, query, args...)
		if err != nil {
			return nil, fmt.Errorf("reading the terms of lead %d: %w", lead, err)
		}
		out = append(out, some...)
	}
	return out, nil
}

func (r LeadTerms) add(ctx context.Context, lead int64, terms []int64) error {
	rows := make([][]any, len(terms))
	for i, t := range terms {
		rows[i] = []any{t, lead}
	}
	if err := r.tx.insert(ctx, "lead_terms", termCols, rows...); err != nil {
		return fmt.Errorf("indexing lead %d: %w", lead, err)
	}
	return nil
}

func (r LeadTerms) drop(ctx context.Context, lead int64, terms []int64) error {
	for part := range slices.Chunk(terms, rowsAtOnce) {
		query, args, err := in("DELETE FROM lead_terms WHERE term IN (?) AND lead_id = ?", part, lead)
		if err == nil {
			_, err = r.tx.exec(ctx, query, args...)
		}
		if err != nil {
			return fmt.Errorf("indexing lead %d anew: %w", lead, err)
		}
	}
	return nil
}

// without is what is in a and not in b.
func without(a, b []int64) (out []int64) {
	not := make(map[int64]bool, len(b))
	for _, t := range b {
		not[t] = true
	}
	for _, t := range a {
		if !not[t] {
			out = append(out, t)
		}
	}
	return out
}

// The walk through the index. A posting list is walked newest first in batches, each
// larger than the one before, and stops at a bound: then what is found so far is given,
// with where to go on. Without a bound two words that are both in every third lead but
// never together would be looked for through all the years.
const (
	// rareFrom is up to how many leads of a term are counted to find the rarest; where all
	// terms have as many, up to seldom. Terms of fewer leads than that are walked to their
	// end, so that a shop's name is found however long ago it was written.
	rareFrom   = 1000
	seldom     = 16 * 1024
	firstBatch = 64
	lastBatch  = 1024
	// mostWalked leads looked at take some 10 ms on SQLite and some 20 ms on MariaDB.
	mostWalked = 4 * 1024
)

// LeadQuery chooses leads by their terms.
type LeadQuery struct {
	// Groups: of each of them a lead has one term at least. None finds nothing.
	Groups   [][]int64
	BeforeID int64 // the page after the one that ended with this id; 0 = the newest
	Limit    int   // at least 1
}

// Find is the ids of the leads of a query, newest first. next is where to go on, if
// there may be more: the BeforeID of the next page, 0 = nothing is left. Fewer than Limit
// with a next say that the walk has come to its bound.
func (r LeadTerms) Find(ctx context.Context, q LeadQuery) (ids []int64, next int64, err error) {
	groups, bounded, err := r.rarestFirst(ctx, q.Groups)
	if err != nil || len(groups) == 0 {
		return nil, 0, err
	}
	before := q.BeforeID
	if before == 0 {
		before = math.MaxInt64
	}
	batch, walked := firstBatch, 0
	for {
		some, err := r.newest(ctx, groups[0], before, batch)
		if err != nil {
			return nil, 0, err
		}
		end := len(some) < batch
		if !end {
			before = some[len(some)-1]
		}
		walked += len(some)
		for _, g := range groups[1:] {
			if some, err = r.having(ctx, g, some); err != nil {
				return nil, 0, err
			}
		}
		if room := q.Limit - len(ids); len(some) > room || len(some) == room && !end {
			ids = append(ids, some[:room]...)
			return ids, ids[len(ids)-1], nil
		}
		ids = append(ids, some...)
		if end {
			return ids, 0, nil
		}
		if bounded && walked >= mostWalked {
			return ids, before, nil // with fewer than Limit
		}
		batch = min(2*batch, lastBatch)
	}
}

// rarestFirst sorts groups by how many leads they have; none at all if one has no lead.
// common says that even the first has too many to walk them all.
func (r LeadTerms) rarestFirst(ctx context.Context, groups [][]int64) (sorted [][]int64, common bool, err error) {
	sorted, least, err := r.sorted(ctx, groups, rareFrom)
	if err == nil && least >= rareFrom {
		sorted, least, err = r.sorted(ctx, groups, seldom)
	}
	return sorted, least >= seldom, err
}

// sorted sorts groups by how many leads they have, counted up to a number.
func (r LeadTerms) sorted(ctx context.Context, groups [][]int64, upTo int) (out [][]int64, least int, err error) {
	many := make(map[int]int, len(groups))
	order := make([]int, len(groups))
	for i, g := range groups {
		order[i] = i
		for _, t := range g {
			n, err := one(ctx, r.tx, scanInt, countSQL, t, upTo)
			if err != nil {
				return nil, 0, fmt.Errorf("counting the leads of a term: %w", err)
			}
			many[i] += n
		}
		if many[i] == 0 {
			return nil, 0, nil
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return many[a] - many[b] })
	out = make([][]int64, len(groups))
	for i, n := range order {
		out[i] = groups[n]
	}
	if len(order) > 0 {
		least = many[order[0]]
	}
	return out, least, nil
}

const (
	countSQL  = "SELECT COUNT(*) FROM (SELECT 1 FROM lead_terms WHERE term = ? LIMIT ?) some"
	newestSQL = "SELECT lead_id FROM lead_terms WHERE term = ? AND lead_id < ? ORDER BY lead_id DESC LIMIT ?"
	havingSQL = "SELECT lead_id FROM lead_terms WHERE term = ? AND lead_id IN (?)"
)

// newest are the newest n leads before an id that have one of some terms.
func (r LeadTerms) newest(ctx context.Context, terms []int64, before int64, n int) ([]int64, error) {
	var out []int64
	for _, t := range terms {
		some, err := all(ctx, r.tx, scanID, newestSQL, t, before, n)
		if err != nil {
			return nil, fmt.Errorf("walking the leads of a term: %w", err)
		}
		out = append(out, some...)
	}
	if len(terms) > 1 {
		slices.SortFunc(out, func(a, b int64) int { return int(max(-1, min(1, b-a))) })
		out = slices.Compact(out)
	}
	return out[:min(n, len(out))], nil
}

// having are those of some leads that have one of some terms, in their order.
func (r LeadTerms) having(ctx context.Context, terms, leads []int64) ([]int64, error) {
	found := make(map[int64]bool, len(leads))
	for part := range slices.Chunk(leads, lastBatch) {
		for _, t := range terms {
			query, args, err := in(havingSQL, t, part)
			if err != nil {
				return nil, err
			}
			some, err := all(ctx, r.tx, scanID, query, args...)
			if err != nil {
				return nil, fmt.Errorf("looking which leads have a term: %w", err)
			}
			for _, id := range some {
				found[id] = true
			}
		}
	}
	return slices.DeleteFunc(leads, func(id int64) bool { return !found[id] }), nil
}

// ByIDs reads some leads, newest first.
func (r Leads) ByIDs(ctx context.Context, ids []int64) ([]Lead, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	query, args, err := in("SELECT "+columns(leadCols)+" FROM leads WHERE id IN (?) ORDER BY id DESC", ids)
	if err != nil {
		return nil, err
	}
	out, err := all(ctx, r.tx, scanLead, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading %d leads: %w", len(ids), err)
	}
	return out, nil
}

// Newest are the newest n leads that have a term.
func (r LeadTerms) Newest(ctx context.Context, term int64, n int) ([]int64, error) {
	return r.newest(ctx, []int64{term}, math.MaxInt64, n)
}

// Open gives a lead a term that it has beside those that it is made of: who was given it
// may see it from then on.
func (r LeadTerms) Open(ctx context.Context, lead, term int64) error {
	there, err := r.of(ctx, lead, []int64{term})
	if err != nil || len(there) > 0 {
		return err
	}
	return r.add(ctx, lead, []int64{term})
}
