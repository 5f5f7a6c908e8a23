package store

import (
	"context"
	"fmt"
	"time"
)

// MediaState is where something that is to be fetched stands.
type MediaState string

// The states of media.
const (
	MediaWanted  MediaState = "wanted"  // to be fetched, or being fetched; set by Want
	MediaFetched MediaState = "fetched" // its bytes are in the Evidence under SHA256
	MediaLost    MediaState = "lost"    // it will never come; Why says why
)

// Media is a photo, file, voice note or video that somebody sent and the platform
// still has. It is fetched after the message is durable.
type Media struct {
	ID       int64
	Platform string
	Ref      string // the platform's name of it
	Kind     string
	Name     string // as the sender's device named it; "" = not told
	Person   string // who sent it
	Cause    string // the message that it came with
	State    MediaState
	SaidAt   time.Time // of the message, in the campaign
	WantedAt time.Time // on the wall, as it was first wanted
	DueAt    time.Time // not to be tried before, on the wall; while it is being fetched, the end of the lease
	Attempts int       // how often it was claimed; the number of a claim is its fence
	SHA256   string
	MIME     string
	Size     int64
	Why      string // why it was lost, in a word
	Error    string // what went wrong last, for the operator
	DoneAt   time.Time
}

// MediaList is what is to be fetched.
type MediaList struct{ tx *Tx }

// Media gives what is to be fetched.
func (tx *Tx) Media() MediaList { return MediaList{tx} }

var mediaCols = []string{"id", "platform", "ref", "kind", "name", "person", "cause", "state", "said_at", "wanted_at", "due_at",
	"attempts", "sha256", "mime", "size", "why", "error_text", "done_at"}

func scanMedia(r scanner) (m Media, err error) {
	err = r.Scan(&m.ID, &m.Platform, &m.Ref, &m.Kind, &m.Name, &m.Person, &m.Cause, &m.State, at(&m.SaidAt), at(&m.WantedAt),
		at(&m.DueAt), &m.Attempts, &m.SHA256, &m.MIME, &m.Size, &m.Why, &m.Error, at(&m.DoneAt))
	return m, err
}

// Want puts media down to be fetched at once. Their ids are given.
func (r MediaList) Want(ctx context.Context, ms ...Media) error {
	rows := make([][]any, len(ms))
	for i, m := range ms {
		rows[i] = []any{m.ID, m.Platform, m.Ref, m.Kind, m.Name, m.Person, m.Cause, string(MediaWanted), millis(m.SaidAt),
			millis(m.WantedAt), millis(m.WantedAt), 0, "", m.MIME, m.Size, "", "", 0}
	}
	if err := r.tx.insert(ctx, "media", mediaCols, rows...); err != nil {
		return fmt.Errorf("putting down %d files to be fetched: %w", len(ms), err)
	}
	return nil
}

// Get reads one, or gives ErrNotFound.
func (r MediaList) Get(ctx context.Context, id int64) (Media, error) {
	m, err := one(ctx, r.tx, scanMedia, "SELECT "+columns(mediaCols)+" FROM media WHERE id = ?", id)
	if err != nil {
		return m, fmt.Errorf("reading media %d: %w", id, err)
	}
	return m, nil
}

// Claim hands out at most limit of what is due on these platforms, until the lease
// ends, who has waited longest first. Nothing is in two hands: the UPDATE repeats
// its conditions, and a claimer who meets less than it chose starts over.
func (r MediaList) Claim(ctx context.Context, platforms []string, now time.Time, lease time.Duration, limit int) ([]Media, error) {
	if len(platforms) == 0 {
		return nil, nil
	}
	const due = "state = 'wanted' AND due_at <= ?"
	query, args, err := in("SELECT "+columns(mediaCols)+" FROM media WHERE "+due+" AND platform IN (?) ORDER BY due_at, id LIMIT ?",
		millis(now), platforms, limit)
	if err != nil {
		return nil, fmt.Errorf("claiming what is to be fetched: %w", err)
	}
	out, err := all(ctx, r.tx, scanMedia, query, args...)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	ids := make([]int64, len(out))
	for i := range out {
		ids[i] = out[i].ID
		out[i].DueAt, out[i].Attempts = now.Add(lease), out[i].Attempts+1
	}
	query, args, err = in("UPDATE media SET due_at = ?, attempts = attempts + 1 WHERE "+due+" AND id IN (?)", millis(now.Add(lease)), millis(now), ids)
	if err != nil {
		return nil, fmt.Errorf("claiming what is to be fetched: %w", err)
	}
	n, err := r.tx.exec(ctx, query, args...)
	if err == nil && int(n) != len(ids) {
		return nil, r.tx.again()
	}
	if err != nil {
		return nil, fmt.Errorf("claiming what is to be fetched: %w", err)
	}
	return out, nil
}

const claimed = " WHERE id = ? AND state = 'wanted' AND attempts = ?"

// hold changes what the claim that m names still holds; mine is false, and nothing
// is changed, if another has claimed it since or it has come to its end.
func (r MediaList) hold(ctx context.Context, doing string, m Media, set string, args ...any) (mine bool, err error) {
	n, err := r.tx.exec(ctx, "UPDATE media SET "+set+claimed, append(args, m.ID, m.Attempts)...)
	if err != nil {
		return false, fmt.Errorf("%s media %d: %w", doing, m.ID, err)
	}
	return n == 1, nil
}

// Extend makes the lease of a claim longer.
func (r MediaList) Extend(ctx context.Context, m Media, until time.Time) (mine bool, err error) {
	return r.hold(ctx, "extending the lease of", m, "due_at = ?", millis(until))
}

// Later gives a claim back, to be tried again at DueAt; Error says why.
func (r MediaList) Later(ctx context.Context, m Media) (mine bool, err error) {
	return r.hold(ctx, "putting off", m, "due_at = ?, error_text = ?", millis(m.DueAt), m.Error)
}

// Fetched ends a claim whose bytes are in the Evidence, and completes every file
// that was attached before they were.
func (r MediaList) Fetched(ctx context.Context, m Media) (mine bool, err error) {
	mine, err = r.hold(ctx, "ending", m, "state = ?, sha256 = ?, mime = ?, size = ?, name = ?, error_text = '', done_at = ?",
		string(MediaFetched), m.SHA256, m.MIME, m.Size, m.Name, millis(m.DoneAt))
	if err != nil || !mine {
		return mine, err
	}
	_, err = r.tx.exec(ctx, "UPDATE file_refs SET sha256 = ?, mime = ?, size = ?, name = ? WHERE media = ?",
		m.SHA256, m.MIME, m.Size, m.Name, m.ID)
	if err == nil {
		err = r.tx.EvidenceLog().arrived(ctx, m)
	}
	if err != nil {
		return false, fmt.Errorf("completing the files of media %d: %w", m.ID, err)
	}
	return true, nil
}

// Lost ends a claim whose bytes will never come; Why and Error say why. The files
// that were attached stay, and show that they are missing.
func (r MediaList) Lost(ctx context.Context, m Media) (mine bool, err error) {
	return r.hold(ctx, "giving up", m, "state = ?, why = ?, error_text = ?, done_at = ?", string(MediaLost), m.Why, m.Error, millis(m.DoneAt))
}

// LostAlike is how many others of the same kind a person has lost for the same
// reason that were said between two times.
func (r MediaList) LostAlike(ctx context.Context, m Media, from, until time.Time) (int, error) {
	n, err := one(ctx, r.tx, scanInt, "SELECT COUNT(*) FROM media WHERE person = ? AND state = 'lost' AND said_at >= ? AND said_at < ?"+
		" AND kind = ? AND why = ? AND id <> ?", m.Person, millis(from), millis(until), m.Kind, m.Why, m.ID)
	if err != nil {
		return 0, fmt.Errorf("counting what %s has lost: %w", m.Person, err)
	}
	return n, nil
}

// Depth is how many wait to be fetched, and since when the oldest (zero if none).
func (r MediaList) Depth(ctx context.Context) (waiting int, oldest time.Time, err error) {
	err = r.tx.query(ctx, func(row scanner) error { return row.Scan(&waiting, at(&oldest)) },
		"SELECT COUNT(*), MIN(wanted_at) FROM media WHERE state = 'wanted'")
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("measuring what is to be fetched: %w", err)
	}
	return waiting, oldest, nil
}
