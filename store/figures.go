package store

import (
	"cmp"
	"context"
	"fmt"
)

// Sums adds up the current filings of a table over the periods from one to another,
// both included, and the given units (none = all). A figure that is zero everywhere
// is not in the map; who has not filed adds nothing.
func (r Filings) Sums(ctx context.Context, table string, from, to int32, units []string) (map[string]int64, error) {
	query, args, err := sumQuery("figure, SUM(value)", "figure", table, from, to, units)
	if err != nil {
		return nil, err
	}
	out, err := r.tx.sums(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("summing %s from %d to %d: %w", table, from, to, err)
	}
	return out, nil
}

// SumsByUnit is Sums for each unit. A unit without any is not in the map.
func (r Filings) SumsByUnit(ctx context.Context, table string, from, to int32, units []string) (map[string]map[string]int64, error) {
	query, args, err := sumQuery("unit, figure, SUM(value)", "unit, figure", table, from, to, units)
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]int64{}
	err = r.tx.query(ctx, func(s scanner) error {
		var unit, figure string
		var v int64
		if err := s.Scan(&unit, &figure, &v); err != nil {
			return err
		}
		if out[unit] == nil {
			out[unit] = map[string]int64{}
		}
		out[unit][figure] = v
		return nil
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("summing %s by unit from %d to %d: %w", table, from, to, err)
	}
	return out, nil
}

func sumQuery(what, by, table string, from, to int32, units []string) (string, []any, error) {
	query := "SELECT " + what + " FROM figures WHERE table_id = ? AND period BETWEEN ? AND ?"
	args := []any{table, from, to}
	if len(units) > 0 {
		query, args = query+" AND unit IN (?)", append(args, units)
	}
	return in(query+" GROUP BY "+by, args...)
}

// sums reads rows of a name and a number.
func (tx *Tx) sums(ctx context.Context, query string, args ...any) (map[string]int64, error) {
	out := map[string]int64{}
	err := tx.query(ctx, func(s scanner) error {
		var name string
		var n int64
		if err := s.Scan(&name, &n); err != nil {
			return err
		}
		out[name] = n
		return nil
	}, query, args...)
	return out, err
}

func compareText(a, b any) int { return cmp.Compare(a.(string), b.(string)) }
