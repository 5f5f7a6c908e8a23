package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// disk is what a segment is written with, so that tests can make it fail.
type disk interface {
	Create(name string) (file, error) // the file must not be there
	Open(name string) (file, error)
	SyncDir(name string) error // makes a folder's entries last
	Free(dir string) (bytes uint64, err error)
}

type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
}

type realDisk struct{}

// Create makes a file for its owner only.
func (realDisk) Create(name string) (file, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

// Open opens a file.
func (realDisk) Open(name string) (file, error) { return os.OpenFile(name, os.O_RDWR, 0) }

// SyncDir makes a folder's entries last.
func (realDisk) SyncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Free is what the disk has left for this process.
func (realDisk) Free(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return st.Bavail * uint64(st.Bsize), nil
}

// lock takes the folder for this process. The lock ends with the process, however it ends.
func lock(dir string) (io.Closer, error) {
	f, err := os.OpenFile(dir+"/lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", dir, ErrInUse)
		}
		return nil, fmt.Errorf("locking %s: %w", dir, err)
	}
	return f, nil
}
