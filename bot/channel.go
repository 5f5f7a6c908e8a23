package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Channel is a platform: what it must be able to do. What it may lack is in its
// Traits, so that no code outside the platform's folder asks which one it is.
type Channel interface {
	// Name is the platform's name in Message.Platform, in the roster and in the
	// delivery rows.
	Name() string
	Traits() Traits
	// Send hands one parcel to the platform and waits for its word. A nil error
	// means that the platform took it; any other is a *SendError, whose Fate
	// tells whether it may be tried again. Sending the same parcel id twice must
	// not show it twice where the platform can tell.
	Send(ctx context.Context, p Parcel) (Receipt, error)
}

// Traits are what a platform can and cannot do.
type Traits struct {
	Buttons bool // draws cards with buttons; otherwise cards go as plain text
	Updates bool // changes a card that was tapped (CardDone); otherwise Message.Card is always ""
	Files   bool // takes images and files
	Dedupes bool // recognises a parcel that it already has
	// DedupeFor is how long it does, from the first time it was handed the parcel; 0
	// = as long as anybody asks. After that a copy would show.
	DedupeFor   time.Duration
	MaxTextSize int // bytes of one text; 0 = no limit
	// Limits names what the platform allows, on the page of limits in package
	// delivery; "" = anything.
	Limits string
	// Batch is how many recipients one call takes, for a BatchSender; 0 or 1 = one.
	Batch int
}

// BatchSender is a channel that can hand the same reply to many people in one call.
type BatchSender interface {
	Channel
	// SendAll sends one reply to the recipients of these parcels, at most
	// Traits().Batch of them, all persons, whose replies are the same. It returns
	// one outcome for each parcel, in their order.
	SendAll(ctx context.Context, ps []Parcel) []Outcome
}

// Seated is a channel through which one process at a time can send, because its
// platform allows one connection.
type Seated interface {
	Channel
	// Here says whether that process is this one, now. While it is not, the courier
	// leaves the platform's rows where they are, for the one that it is; they cost no
	// try and nobody is told of trouble.
	Here() bool
}

// Preparer is a channel that has to do something for a parcel before it can be sent:
// to upload its image or file, whose name over there is then part of every try.
type Preparer interface {
	Channel
	// Prepare is called before every try of a parcel with an image or file, with what
	// it gave the time before in p.Prepared. What it gives is kept before the parcel
	// is handed to Send, where it is p.Prepared; for the same reply to many people it is
	// called once, and all get the same. An error is a *SendError; nothing was sent.
	Prepare(ctx context.Context, p Parcel) ([]byte, error)
}

// Particular is a channel that can do more or less for some recipients than for
// others: a group's robot is another thing than an app.
type Particular interface {
	Channel
	// TraitsTo are the traits towards one recipient.
	TraitsTo(r Recipient) Traits
}

// TraitsTo are a channel's traits towards a recipient.
func TraitsTo(c Channel, r Recipient) Traits {
	if p, ok := c.(Particular); ok {
		return p.TraitsTo(r)
	}
	return c.Traits()
}

// Measurer is a channel that shows some replies in several messages, all of which
// count where a person may get only so many.
type Measurer interface {
	Channel
	// Pieces is in how many messages a reply arrives at a recipient; 0 if it only changes
	// one. It is asked often: nothing is read or uploaded for it.
	Pieces(p Parcel) int
}

// Metered is a channel whose platform counts calls by the month, and that counts them
// itself: some parcels cost none, others several, and much that is called is no parcel.
type Metered interface {
	Channel
	// Calls is how many counted calls a parcel will take; 0 = none. It is asked often: nothing
	// is read or uploaded for it.
	Calls(ctx context.Context, p Parcel) int
	// Month is how many calls were counted in this month.
	Month(ctx context.Context) (used int, m Month)
}

// Month is a month as a platform counts it.
type Month struct {
	Name string    // "2024-01"
	End  time.Time // when the next one begins
}

// Recaller is a channel that can take back what it has shown, while its platform
// allows it (WeCom: 24 hours).
type Recaller interface {
	Channel
	// Recall takes back the message that a receipt names. A nil error means that nobody
	// sees it any more in the platform's own app; any other is a *SendError.
	Recall(ctx context.Context, ref string) error
}

// Outcome is what became of one parcel: taken if Err is nil, otherwise a
// *SendError.
type Outcome struct {
	Receipt Receipt
	Err     error
}

// Parcel is one reply on its way to one recipient.
type Parcel struct {
	ID    int64 // the delivery's id
	To    Recipient
	Reply Reply
	// Prepared is what a Preparer gave for it, or what its last try left (SendError.Kept);
	// nil = neither.
	Prepared []byte
	// Asked says that it answers what its recipient has just said.
	Asked bool
	// Doubt is since when it may have arrived; zero = certainly not yet. From then on it
	// has to be sent as it was.
	Doubt time.Time
}

// Recipient is a person's private chat or a group.
type Recipient struct {
	Kind    RecipientKind `json:"kind"`
	Account string        `json:"account"` // the person's account in the roster, or the group's name
}

// RecipientKind tells persons from groups.
type RecipientKind string

// The kinds of recipient.
const (
	ToPerson RecipientKind = "person"
	ToGroup  RecipientKind = "group"
)

// Receipt is what the platform said of a parcel it took.
type Receipt struct {
	Ref string // the platform's own id of the message, for recall and questions; may be empty
}

// Fate is what became of a send that did not succeed.
type Fate string

// The fates of a failed send.
const (
	NotSent Fate = "not_sent" // certainly not delivered: try again later
	Refused Fate = "refused"  // the platform will never take it: give up, visibly
	Unknown Fate = "unknown"  // perhaps delivered: again only byte for byte, where the platform dedupes
)

// SendError tells the fate of a parcel that was not taken.
type SendError struct {
	Fate Fate
	// Reason is for the office, in plain words; "" = not known.
	Reason Reason
	// Wait is how long the platform is not to be asked again; 0 = the courier
	// decides. With Everybody it holds for all recipients, not only for this one.
	Wait      time.Duration
	Everybody bool
	// Kept is to be kept with the parcel, as its Prepared, for its next try: of several
	// messages it may be that some were taken. nil = that stays as it is.
	Kept []byte
	Err  error // for the operator, with the platform's own code and no secret
}

// Reason is why a parcel was not taken, as far as somebody in the office can do
// something about it. Each has a sentence in templates/delivery.tmpl.
type Reason string

// The reasons.
const (
	NoSuchAccount  Reason = "no_such_account" // the platform does not know the recipient
	HasLeft        Reason = "has_left"        // the recipient is in the roster no more
	NotVisible     Reason = "not_visible"     // the recipient is outside the app's visible range, or has no licence
	NoSuchGroup    Reason = "no_such_group"   // the group is gone, or the bot is not in it
	NotPermitted   Reason = "not_permitted"   // the app lacks a permission
	NotTrusted     Reason = "not_trusted"     // the program's address or secret is not accepted
	BadContent     Reason = "bad_content"     // the platform does not take what is said: too long, a kind it lacks
	TooLarge       Reason = "too_large"       // the image or file is larger than the platform takes
	NoSuchFile     Reason = "no_such_file"    // the image or file is not where it should be
	Throttled      Reason = "throttled"       // too much in too short a time
	PlatformAway   Reason = "platform_away"   // no answer, or none that can be read
	NotConfigured  Reason = "not_configured"  // no such platform in the configuration
	PerhapsArrived Reason = "perhaps_arrived" // nobody knows whether it arrived
)

func (e *SendError) Error() string { return fmt.Sprintf("%s: %v", e.Fate, e.Err) }

// Unwrap gives the platform's error.
func (e *SendError) Unwrap() error { return e.Err }

// Unshown is an error of what by itself shows nobody a message, such as an upload before
// one: whatever became of that, nothing was sent. Unknown becomes NotSent; all else
// stays.
func Unshown(err error) error {
	var failed *SendError
	if errors.As(err, &failed) && failed.Fate == Unknown {
		certain := *failed
		certain.Fate = NotSent
		return &certain
	}
	return err
}
