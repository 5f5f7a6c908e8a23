package store

import (
	"context"
	"fmt"
	"time"
)

// SpanKind is what a span of a lead's time is.
type SpanKind string

// The kinds of span.
const (
	Extension  SpanKind = "extension"  // Units more
	Inspection SpanKind = "inspection" // From to Until do not count: inspection, identification …
	Suspension SpanKind = "suspension" // likewise, while the lead is suspended
)

// SpanStatus is whether a span holds.
type SpanStatus string

// The statuses.
const (
	SpanAsked   SpanStatus = "asked"   // somebody has to agree yet
	SpanHolds   SpanStatus = "holds"   //
	SpanRefused SpanStatus = "refused" //
)

// Span is time that was added to a limit of a lead, or that does not count in it.
type Span struct {
	ID          int64
	LeadID      int64
	Kind        SpanKind
	Limit       string // which limit is extended
	From, Until string // days, 2024-01-19; "" as Until = it goes on
	Units       int64  // of an extension
	Reason      string
	AskedBy     string
	AskedAt     time.Time
	AnsweredBy  string
	AnsweredAt  time.Time
	Status      SpanStatus
}

// Spans is the spans of all leads.
type Spans struct{ tx *Tx }

// Spans gives the spans.
func (tx *Tx) Spans() Spans { return Spans{tx} }

var spanCols = []string{"id", "lead_id", "kind", "limit_kind", "from_day", "until_day", "units", "reason", "asked_by", "asked_at",
	"answered_by", "answered_at", "status"}

func scanSpan(r scanner) (s Span, err error) {
	err = r.Scan(&s.ID, &s.LeadID, &s.Kind, &s.Limit, &s.From, &s.Until, &s.Units, &s.Reason, &s.AskedBy, at(&s.AskedAt),
		&s.AnsweredBy, at(&s.AnsweredAt), &s.Status)
	return s, err
}

// Put writes a span, new or changed.
func (r Spans) Put(ctx context.Context, s Span) error {
	err := r.tx.upsert(ctx, "lead_spans", spanCols[:1], spanCols[1:], []any{r.tx.id(s.ID), s.LeadID, string(s.Kind), s.Limit, s.From,
		s.Until, s.Units, s.Reason, s.AskedBy, millis(s.AskedAt), s.AnsweredBy, millis(s.AnsweredAt), string(s.Status)})
	if err != nil {
		return fmt.Errorf("writing a span of lead %d: %w", s.LeadID, err)
	}
	return nil
}

// List is a lead's spans in the order in which they were asked for.
func (r Spans) List(ctx context.Context, leadID int64) ([]Span, error) {
	out, err := all(ctx, r.tx, scanSpan, "SELECT "+columns(spanCols)+" FROM lead_spans WHERE lead_id = ? ORDER BY id", leadID)
	if err != nil {
		return nil, fmt.Errorf("reading the spans of lead %d: %w", leadID, err)
	}
	return out, nil
}
