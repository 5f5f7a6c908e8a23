package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
)

// ErrTooLarge says that a file is larger than it may be.
var ErrTooLarge = errors.New("too large")

// Evidence keeps the bytes of photos and files in a folder, each under its SHA-256:
// dir/ab/cdef…. What Put has returned survives a power cut. Nothing is ever changed
// or removed, and no name can lead out of the folder.
type Evidence struct{ root *os.Root }

// OpenEvidence opens the folder, and makes it if need be.
func OpenEvidence(dir string) (*Evidence, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: making the evidence folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("store: opening the evidence folder: %w", err)
	}
	if err := root.MkdirAll(incoming, 0o700); err != nil {
		return nil, errors.Join(fmt.Errorf("store: making the evidence folder: %w", err), root.Close())
	}
	return &Evidence{root}, nil
}

// incoming is where files are while they arrive. Leftovers of a crash may be removed
// when nothing runs.
const incoming = "incoming"

// Close lets go of the folder.
func (e *Evidence) Close() error { return e.root.Close() }

// Put reads a file to its end and keeps it, if it has at most max bytes; otherwise
// ErrTooLarge. Putting the same bytes again changes nothing.
func (e *Evidence) Put(ctx context.Context, r io.Reader, max int64) (sha string, size int64, err error) {
	name := incoming + "/" + rand.Text()
	defer func() {
		if err != nil {
			_ = e.root.Remove(name)
			err = fmt.Errorf("keeping a file: %w", err)
		}
	}()
	sha, size, err = e.receive(name, &untilDone{ctx, r}, max)
	if err != nil {
		return "", 0, err
	}
	folder, file := sha[:2], sha[:2]+"/"+sha[2:]
	if err := e.root.MkdirAll(folder, 0o700); err != nil {
		return "", 0, err
	}
	if err := e.root.Rename(name, file); err != nil {
		return "", 0, err
	}
	return sha, size, errors.Join(e.sync(folder), e.sync("."))
}

// receive writes the bytes to the disk and hashes them on the way.
func (e *Evidence) receive(name string, r io.Reader, max int64) (string, int64, error) {
	f, err := e.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }()
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(f, hash), io.LimitReader(r, max+1))
	if err != nil {
		return "", 0, err
	}
	if size > max {
		return "", 0, fmt.Errorf("more than %d bytes: %w", max, ErrTooLarge)
	}
	if err := f.Sync(); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(hash.Sum(nil)), size, f.Close()
}

// sync makes a folder's entries last.
func (e *Evidence) sync(folder string) error {
	d, err := e.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var shaPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Open opens a kept file for reading. What is not a SHA-256, or of no kept file,
// gives ErrNotFound.
func (e *Evidence) Open(sha string) (*os.File, error) {
	if !shaPattern.MatchString(sha) {
		return nil, fmt.Errorf("opening a kept file: %w", ErrNotFound)
	}
	f, err := e.root.Open(sha[:2] + "/" + sha[2:])
	if errors.Is(err, os.ErrNotExist) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("opening the kept file %s: %w", sha, err)
	}
	return f, nil
}

// untilDone ends a copy when its context does.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

// Read reads on while the context lasts.
func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
