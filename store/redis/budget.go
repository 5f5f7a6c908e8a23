package redis

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Charge is what is to be taken from one budget: N of the Limit that may be spent in any
// window of the length Per. One Key may have several budgets that differ in Per. The Key
// is seen in errors and in Redis; it must say nothing that is a secret.
type Charge struct {
	Key   string
	N     int
	Limit int
	Per   time.Duration
}

// Budget is what Redis, MemoryBudget and Fallback have in common.
type Budget interface {
	// Take takes all charges or none. A wait of 0 means that they are granted and
	// counted. Otherwise nothing is counted, and wait says how long it may be until
	// they can be granted, if nobody comes before: never more than Per and a sixtieth.
	// An error means that the charges can never be granted, that ctx has ended, or
	// is ErrAway.
	Take(ctx context.Context, now time.Time, charges []Charge) (wait time.Duration, err error)
	// Refund gives back what was granted and not used after all. Now must be the
	// time that Take was given, so that it is taken out where it was put in; what is
	// not found there, because it is too long ago, is not given back.
	Refund(ctx context.Context, now time.Time, charges []Charge) error
	// Spent says for each charge what counts in its budget now. N and Limit are not
	// looked at.
	Spent(ctx context.Context, now time.Time, charges []Charge) ([]int, error)
}

const (
	// parts is how many sub-buckets a period has: the price for exactness is at most 61
	// small numbers per budget, the gain that nobody waits more than a sixtieth longer
	// than necessary.
	parts = 60
	// shortest and longest bound a period: below a millisecond a sub-bucket is no
	// longer a matter for a network, and a month, with a little for clocks that differ, is
	// the longest that platforms count.
	shortest, longest = time.Millisecond, 32 * 24 * time.Hour
)

// line is one charge in terms of sub-buckets, the only terms in which budgets are kept.
// Sub-bucket i holds what was spent in [i·width, (i+1)·width). It counts until all of it
// is more than Per ago; so whatever lies in a window of Per is counted at its end.
type line struct {
	key            string
	n, limit       int
	per, width     time.Duration
	oldest, bucket int64 // the first sub-bucket that counts now, and the one of now
}

// plan puts charges in terms of sub-buckets. Charges to the same budget become one, with the
// lowest of their limits.
func plan(now time.Time, charges []Charge) ([]line, error) {
	lines := make([]line, 0, len(charges))
	for _, c := range charges {
		if err := c.valid(); err != nil {
			return nil, fmt.Errorf("budget %s per %s: %w", c.Key, c.Per, err)
		}
		lines = merge(lines, newLine(now, c))
	}
	for _, l := range lines {
		if l.n > l.limit {
			return nil, fmt.Errorf("budget %s per %s: %d at once is more than its limit %d", l.key, l.per, l.n, l.limit)
		}
	}
	return lines, nil
}

// each puts charges in terms of sub-buckets one by one, only to look at their budgets.
func each(now time.Time, charges []Charge) ([]line, error) {
	lines := make([]line, 0, len(charges))
	for _, c := range charges {
		c.N, c.Limit = 0, 0
		if err := c.valid(); err != nil {
			return nil, fmt.Errorf("budget %s per %s: %w", c.Key, c.Per, err)
		}
		lines = append(lines, newLine(now, c))
	}
	return lines, nil
}

func (c Charge) valid() error {
	switch {
	case c.Per < shortest || c.Per > longest:
		return fmt.Errorf("a period must be from %s to %s", shortest, longest)
	case c.N < 0:
		return errors.New("less than nothing cannot be charged")
	}
	return nil
}

func newLine(now time.Time, c Charge) line {
	width := c.Per / parts
	t := now.UnixNano()
	return line{key: c.Key, n: c.N, limit: c.Limit, per: c.Per, width: width,
		oldest: floor(t-int64(c.Per), int64(width)), bucket: floor(t, int64(width))}
}

func merge(lines []line, l line) []line {
	for i, m := range lines {
		if m.key == l.key && m.per == l.per {
			lines[i].n += l.n
			lines[i].limit = min(m.limit, l.limit)
			return lines
		}
	}
	return append(lines, l)
}

// wait is how long it is until a sub-bucket no longer counts. One of a replica whose clock
// is ahead would be longer than what Take promises; then it is time to ask again.
func (l line) wait(now time.Time, bucket int64) time.Duration {
	free := time.Duration((bucket+1)*int64(l.width) - now.UnixNano())
	return min(free, l.width) + l.per
}

// floor divides, rounding down also below zero.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
