package media

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"runtime/debug"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/store"
)

// lost is what will never come.
type lost struct {
	why Why
	err error
}

func (l *lost) Error() string { return string(l.why) + ": " + l.err.Error() }

// Unwrap gives what went wrong.
func (l *lost) Unwrap() error { return l.err }

// errStalled is a platform that says nothing any more.
var errStalled = errors.New("no byte came for too long")

// fetch fetches one claim and writes what has become of it.
func (f *Fetcher) fetch(ctx context.Context, m store.Media) {
	work, cancel := context.WithTimeout(ctx, fetchTime)
	got, err := f.bring(work, m)
	cancel()
	// What has come must be written even while we stop; what has not is given back.
	if settled := f.settle(context.WithoutCancel(ctx), ctx.Err() != nil, got, err); settled != nil {
		f.Log.ErrorContext(ctx, "fetching", "media", m.ID, "err", settled)
	}
}

// bring brings the bytes home. It gives the row as it is when they are.
func (f *Fetcher) bring(ctx context.Context, m store.Media) (got store.Media, err error) {
	defer func() {
		if p := recover(); p != nil {
			got = m
			f.Log.ErrorContext(ctx, "a source panicked", "media", m.ID, "at", string(debug.Stack()))
			err = errors.New("the source panicked")
		}
	}()
	ctx, flow, end := f.watch(ctx, m)
	defer end()
	body, err := f.Sources[m.Platform].Fetch(ctx, m.Ref)
	if err != nil {
		return m, because(ctx, err)
	}
	defer func() { _ = body.Reader.Close() }()
	if body.Size > f.MaxBytes {
		return m, &lost{TooLarge, fmt.Errorf("%d bytes", body.Size)}
	}
	bytes := bufio.NewReaderSize(&flowing{body.Reader, flow}, headSize)
	head, err := bytes.Peek(headSize)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return m, because(ctx, err)
	case len(head) == 0:
		return m, &lost{Empty, io.EOF}
	}
	if m.Name = clean(m.Name); m.Name == "" {
		m.Name = clean(body.Name)
	}
	kind, ok := look(bot.AttachmentKind(m.Kind), m.Name, head)
	if !ok {
		return m, &lost{WrongType, fmt.Errorf("%q of type %s as a %s", path.Ext(m.Name), kind.mime, m.Kind)}
	}
	if m.Name == "" {
		m.Name = m.SaidAt.In(calendar.Shanghai).Format("20060102-150405")
	}
	if path.Ext(m.Name) == "" {
		m.Name += kind.ext
	}
	m.MIME = kind.mime
	m.SHA256, m.Size, err = f.Evidence.Put(ctx, bytes, f.MaxBytes)
	switch {
	case errors.Is(err, store.ErrTooLarge):
		return m, &lost{TooLarge, err}
	case err != nil:
		return m, because(ctx, err)
	case body.Size > 0 && m.Size != body.Size:
		return m, fmt.Errorf("%d bytes of %d", m.Size, body.Size)
	}
	return m, nil
}

// because is an error of a source: what is gone for good is lost, and anything else has
// the reason why its context ended, if that is known.
func because(ctx context.Context, err error) error {
	var failed *bot.SendError
	if errors.As(err, &failed) && failed.Fate == bot.Refused {
		return &lost{Gone, err}
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		return errors.Join(err, cause)
	}
	return err
}

// watch ends the work on a claim when no byte has come for too long, and makes its
// lease longer while bytes come; without the lease the work ends, too. end ends the
// watch.
func (f *Fetcher) watch(ctx context.Context, m store.Media) (work context.Context, flow chan struct{}, end func()) {
	work, cancel := context.WithCancelCause(ctx)
	flow = make(chan struct{}, 1)
	ended := make(chan struct{})
	extended := f.Wall()
	go func() {
		defer close(ended)
		quiet := time.NewTimer(silence)
		defer quiet.Stop()
		for {
			select {
			case <-work.Done():
				return
			case <-quiet.C:
				cancel(errStalled)
				return
			case <-flow:
				quiet.Reset(silence)
			}
			if now := f.Wall(); now.Sub(extended) >= extension {
				extended = now
				if err := f.extend(work, m, now.Add(lease)); err != nil {
					cancel(err)
					return
				}
			}
		}
	}()
	return work, flow, func() { cancel(nil); <-ended }
}

func (f *Fetcher) extend(ctx context.Context, m store.Media, until time.Time) error {
	return f.Store.Update(ctx, func(tx *store.Tx) error {
		mine, err := tx.Media().Extend(ctx, m, until)
		if err == nil && !mine {
			err = fmt.Errorf("the lease of media %d is lost: %w", m.ID, store.ErrConflict)
		}
		return err
	})
}

// flowing tells the watch of every read that brought something.
type flowing struct {
	r    io.Reader
	flow chan<- struct{}
}

// Read reads on.
func (s *flowing) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if n > 0 {
		select {
		case s.flow <- struct{}{}:
		default:
		}
	}
	return n, err
}
