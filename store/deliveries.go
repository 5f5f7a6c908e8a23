package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery. Queue makes it queued; everything after is set by the
// process that holds its lease, through Claim and Settle, unless it says otherwise.
const (
	Queued    DeliveryState = "queued"    // waits for its time on the wall; set by Queue, by Settle for a next try, and by Claim when its hold is over
	Held      DeliveryState = "held"      // waits for an hour of the campaign (quiet hours, the day's cap); set by Settle, and by Claim behind a held one
	Sending   DeliveryState = "sending"   // in somebody's hands until the lease ends; set by Claim
	Sent      DeliveryState = "sent"      // the platform took it; set by Settle, as all that follow
	Merged    DeliveryState = "merged"    // its words went out within the delivery that Ref names
	Withdrawn DeliveryState = "withdrawn" // no longer wanted when its turn came; set by Withdraw too, when a broadcast is stopped
	Expired   DeliveryState = "expired"   // of no use any more when its turn came
	Withheld  DeliveryState = "withheld"  // the same words had just been said too often
	Refused   DeliveryState = "refused"   // the platform will never take it
	Unknown   DeliveryState = "unknown"   // perhaps delivered, and not tried again
	Failed    DeliveryState = "failed"    // given up after a long time
)

// Trouble are the ends that somebody should look at.
func Trouble() []DeliveryState { return []DeliveryState{Refused, Unknown, Failed, Withheld} }

// Delivery is one thing to be said to one recipient.
type Delivery struct {
	ID         int64
	ToKind     string // "person" or "group"; without a colon
	ToAccount  string
	Platform   string
	Priority   int // higher goes first
	Template   string
	Args       []byte // JSON, for what is rendered when it is sent
	Body       []byte // the bytes that are sent; once tried they never change
	Prepared   []byte // what the channel did before the first try; comes back at every try
	Words      string // tells the same words from others; "" = not yet frozen
	Wanted     string // what is asked before the first attempt; "" = always wanted
	Cause      string // the message, occurrence or broadcast that it came of
	State      DeliveryState
	CreatedAt  time.Time
	PlaceAt    time.Time // its place among the recipient's deliveries: DueAt as it was queued
	DueAt      time.Time // not to be tried before, on the wall; zero when queued = CreatedAt
	HoldUntil  time.Time // not to be said before, in the campaign; zero = it was never held
	ExpiresAt  time.Time // of no use after that; zero = never
	Attempts   int       // how often it was claimed
	Tried      int       // how often it was handed to the platform
	Doubts     int       // how many of those may have arrived
	DoubtAt    time.Time // the first of these, on the wall; zero = it has certainly not arrived
	Owner      string    // who holds, or last held, the lease
	LeaseUntil time.Time
	Why        string // why it waits or ended, in a word for the operator
	Reason     string // the same for the office, as far as it can do something
	Error      string // what went wrong last, for the operator
	Ref        string // the platform's own id of it, or of a merged one the id of what carried it
	DoneAt     time.Time
	ReportedAt time.Time // when the office was told of its end
}

// Deliveries is the outbox. The sender's half of it is in outbox.go.
type Deliveries struct{ tx *Tx }

// Deliveries gives the outbox.
func (tx *Tx) Deliveries() Deliveries { return Deliveries{tx} }

var deliveryCols = []string{"id", "recipient", "platform", "priority", "template", "args", "body", "wanted", "cause",
	"state", "created_at", "place_at", "due_at", "expires_at", "attempts", "owner", "lease_until", "error_text", "ref",
	"done_at", "hold_until", "tried", "doubts", "doubt_at", "why", "reason", "words", "reported_at", "prepared"}

func scanDelivery(r scanner) (d Delivery, err error) {
	var recipient string
	err = r.Scan(&d.ID, &recipient, &d.Platform, &d.Priority, &d.Template, doc(&d.Args), doc(&d.Body), &d.Wanted,
		&d.Cause, &d.State, at(&d.CreatedAt), at(&d.PlaceAt), at(&d.DueAt), at(&d.ExpiresAt), &d.Attempts, &d.Owner,
		at(&d.LeaseUntil), &d.Error, &d.Ref, at(&d.DoneAt), at(&d.HoldUntil), &d.Tried, &d.Doubts, at(&d.DoubtAt), &d.Why,
		&d.Reason, &d.Words, at(&d.ReportedAt), doc(&d.Prepared))
	d.ToKind, d.ToAccount, _ = strings.Cut(recipient, ":")
	return d, err
}

// recipient is whose order a delivery keeps, whatever the platform.
func (d Delivery) recipient() string { return d.ToKind + ":" + d.ToAccount }

// Queue puts deliveries into the outbox, each recipient's in the order given. An id
// of zero is chosen here.
func (r Deliveries) Queue(ctx context.Context, ds ...Delivery) error {
	if u := r.tx.unit; u != nil {
		for i := range ds {
			ds[i].ID = r.tx.id(ds[i].ID)
		}
		u.queue(ds)
		return nil
	}
	return r.insert(ctx, ds)
}

func (r Deliveries) insert(ctx context.Context, ds []Delivery) error {
	rows := make([][]any, 0, len(ds))
	for _, d := range ds {
		due := d.DueAt
		if due.IsZero() {
			due = d.CreatedAt
		}
		rows = append(rows, []any{r.tx.id(d.ID), d.recipient(), d.Platform, d.Priority, d.Template, string(d.Args),
			d.Body, d.Wanted, d.Cause, string(Queued), millis(d.CreatedAt), millis(due), millis(due),
			millis(d.ExpiresAt), 0, "", 0, "", "", 0, 0, 0, 0, 0, "", "", d.Words, 0, nil})
	}
	if err := r.tx.insert(ctx, "deliveries", deliveryCols, rows...); err != nil {
		return fmt.Errorf("queueing %d deliveries: %w", len(ds), err)
	}
	return nil
}

// Waiting says whether anything of a priority or a higher one has not ended yet for
// a recipient.
func (r Deliveries) Waiting(ctx context.Context, kind, account string, priority int) (bool, error) {
	if u := r.tx.unit; u != nil && kind == "person" && u.of.Person == account {
		return u.busy >= priority, nil
	}
	name := Delivery{ToKind: kind, ToAccount: account}.recipient()
	rows, err := all(ctx, r.tx, scanInt, "SELECT 1 FROM deliveries WHERE "+unfinished+" AND recipient = ? AND priority >= ? LIMIT 1", name, priority)
	if err != nil {
		return false, fmt.Errorf("asking whether anything waits for %s: %w", name, err)
	}
	return len(rows) > 0, nil
}

// Get reads one delivery, or gives ErrNotFound.
func (r Deliveries) Get(ctx context.Context, id int64) (Delivery, error) {
	d, err := one(ctx, r.tx, scanDelivery, "SELECT "+columns(deliveryCols)+" FROM deliveries WHERE id = ?", id)
	if err != nil {
		return d, fmt.Errorf("reading delivery %d: %w", id, err)
	}
	return d, nil
}

// ByCause lists what a message or occurrence brought about, in order.
func (r Deliveries) ByCause(ctx context.Context, cause string) ([]Delivery, error) {
	out, err := all(ctx, r.tx, scanDelivery, "SELECT "+columns(deliveryCols)+
		" FROM deliveries WHERE cause = ? ORDER BY id", cause)
	if err != nil {
		return nil, fmt.Errorf("listing the deliveries of %s: %w", cause, err)
	}
	return out, nil
}

// undoneAtOnce bounds what an operator is shown.
const undoneAtOnce = 500

// Undone lists the newest 500 deliveries in the given states, newest first; without
// any, those that somebody should look at (Trouble).
func (r Deliveries) Undone(ctx context.Context, states ...DeliveryState) ([]Delivery, error) {
	if len(states) == 0 {
		states = Trouble()
	}
	query, args, err := in("SELECT "+columns(deliveryCols)+" FROM deliveries WHERE state IN (?) ORDER BY id DESC LIMIT ?",
		states, undoneAtOnce)
	if err != nil {
		return nil, fmt.Errorf("listing deliveries: %w", err)
	}
	out, err := all(ctx, r.tx, scanDelivery, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing deliveries that are %v: %w", states, err)
	}
	return out, nil
}

// Depth is how many deliveries are due and not done, and since when the oldest
// waits (zero if none does): what tells an operator that sending is stuck. What is
// held for its hour does not count.
func (r Deliveries) Depth(ctx context.Context, now time.Time) (queued int, oldest time.Time, err error) {
	err = r.tx.query(ctx, func(row scanner) error { return row.Scan(&queued, at(&oldest)) },
		"SELECT COUNT(*), MIN(place_at) FROM deliveries WHERE state IN ('queued', 'sending') AND place_at <= ?", millis(now))
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("measuring the outbox: %w", err)
	}
	return queued, oldest, nil
}
