package spool

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

// moody is a disk that fails as it is told.
type moody struct {
	realDisk
	mu     sync.Mutex
	mood   mood
	free   uint64 // if not zero
	syncs  int    // of files
	within func() // called in every fsync
}

type mood string

const (
	fine      mood = ""
	full      mood = "no space left"
	half      mood = "full half way through a write"
	stuck     mood = "full half way through a write that cannot be undone"
	deaf      mood = "fsync fails"
	crowded   mood = "no new files"
	forgetful mood = "fsync of folders fails"
)

var moods = []mood{full, half, stuck, deaf, crowded, forgetful}

func (d *moody) is(m ...mood) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range m {
		if d.mood == m {
			return true
		}
	}
	return false
}

func (d *moody) set(m mood) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mood = m
}

// Create makes a file, if there is room.
func (d *moody) Create(name string) (file, error) {
	if d.is(crowded) {
		return nil, &os.PathError{Op: "open", Path: name, Err: syscall.ENOSPC}
	}
	f, err := d.realDisk.Create(name)
	return moodyFile{f, d}, err
}

// Open opens a file.
func (d *moody) Open(name string) (file, error) {
	f, err := d.realDisk.Open(name)
	return moodyFile{f, d}, err
}

// SyncDir makes a folder's entries last, or fails.
func (d *moody) SyncDir(name string) error {
	if d.is(forgetful) {
		return syscall.EIO
	}
	return d.realDisk.SyncDir(name)
}

// Free is what the test says is free.
func (d *moody) Free(dir string) (uint64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.free > 0 {
		return d.free, nil
	}
	return d.realDisk.Free(dir)
}

type moodyFile struct {
	file
	disk *moody
}

// WriteAt writes all, half or nothing.
func (f moodyFile) WriteAt(b []byte, at int64) (int, error) {
	switch {
	case f.disk.is(full):
		return 0, syscall.ENOSPC
	case f.disk.is(half, stuck):
		n, err := f.file.WriteAt(b[:len(b)/2], at)
		return n, errors.Join(err, syscall.ENOSPC)
	}
	return f.file.WriteAt(b, at)
}

// Sync syncs, or fails.
func (f moodyFile) Sync() error {
	f.disk.mu.Lock()
	f.disk.syncs++
	within := f.disk.within
	f.disk.mu.Unlock()
	if within != nil {
		within()
	}
	if f.disk.is(deaf) {
		return syscall.EIO
	}
	return f.file.Sync()
}

// Truncate cuts, or fails.
func (f moodyFile) Truncate(size int64) error {
	if f.disk.is(stuck) {
		return syscall.EIO
	}
	return f.file.Truncate(size)
}

// away makes a spool whose database is away, on a moody disk.
func awayOn(t *testing.T, dir string, change ...func(*Options)) (*Spool, *desk, *moody) {
	t.Helper()
	d, disk := newDesk(), &moody{}
	d.away = true
	o := d.options()
	for _, c := range change {
		c(&o)
	}
	s, err := open(dir, o, disk)
	require.NoError(t, err)
	return s, d, disk
}

func refused(t *testing.T, s *Spool, m bot.Message) error {
	t.Helper()
	a, err := s.Handle(t.Context(), m)
	require.Error(t, err)
	require.Zero(t, a)
	return err
}

// replayed hands in what is in a folder, and gives the order.
func replayed(t *testing.T, dir string, d *desk) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d.set(func(d *desk) { d.away = false })
		s := openSpool(t, dir, d.options())
		stop := start(t, s)
		time.Sleep(lastPause)
		synctest.Wait()
		require.Zero(t, depth(s))
		stop()
	})
}

func TestWhatCannotBeKeptIsRefusedAndLeavesNothing(t *testing.T) {
	for _, m := range moods {
		for name, first := range map[string]bool{"in a new segment": false, "behind another message": true} {
			t.Run(string(m)+", "+name, func(t *testing.T) {
				if first && (m == crowded || m == forgetful) {
					return // no file is made here
				}
				dir := t.TempDir()
				s, d, disk := awayOn(t, dir)
				var want []string
				if first {
					kept(t, s, said("ann", "0", 0))
					want = append(want, "0")
				}
				disk.set(m)
				for range 3 {
					err := refused(t, s, said("ann", "1", 1))
					require.Equal(t, !first, errors.Is(err, errAway), "it says what it was kept for, too, where that was tried")
					require.Equal(t, m != deaf && m != forgetful, errors.Is(err, ErrFull), err)
				}
				require.Equal(t, len(want), depth(s))
				disk.set(fine)
				kept(t, s, said("ann", "2", 2)) // the next has room
				want = append(want, "2")
				require.Equal(t, int64(3), s.Counts().Refused)
				require.NoError(t, s.Close())
				replayed(t, dir, d)
				require.Equal(t, want, d.handled("ann"), "what was refused is not there, what was acknowledged is")
			})
		}
	}
}

func TestAfterAFailedFsyncTheSegmentGetsNoFurtherRecord(t *testing.T) {
	dir := t.TempDir()
	s, _, disk := awayOn(t, dir)
	kept(t, s, said("ann", "1", 1))
	disk.set(deaf)
	_ = refused(t, s, said("ann", "2", 2))
	disk.set(fine)
	kept(t, s, said("ann", "3", 3))
	require.Equal(t, []string{"spool-000001.log", "spool-000002.log"}, files(t, dir))
	require.NoError(t, s.Close())
}

func TestWhatIsSentAgainWhileItIsBeingWrittenSharesItsFate(t *testing.T) {
	for _, m := range []mood{fine, deaf} {
		t.Run(string(m), func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				s, _, disk := awayOn(t, dir)
				disk.set(m)
				var again error
				var wg sync.WaitGroup
				disk.within = func() {
					wg.Go(func() { _, again = s.Handle(t.Context(), said("ann", "1", 1)) })
					synctest.Wait() // until it waits for the disk, too
				}
				_, err := s.Handle(t.Context(), said("ann", "1", 1))
				wg.Wait()
				require.Equal(t, m == deaf, err != nil)
				require.Equal(t, m == deaf, again != nil)
				require.Equal(t, 1, disk.syncs)
				require.NoError(t, s.Close())
			})
		})
	}
}

func TestTheSpoolStaysWithinItsLimits(t *testing.T) {
	t.Run("its own size", func(t *testing.T) {
		s, d, _ := awayOn(t, t.TempDir(), func(o *Options) { o.MaxBytes = 400 })
		kept(t, s, said("ann", "1", 1), said("ann", "2", 2))
		require.ErrorIs(t, refused(t, s, said("ann", "3", 3)), ErrFull)
		require.ErrorIs(t, refused(t, s, said("ben", "3", 3)), ErrFull)
		kept(t, s, said("ann", "1", 1)) // sent again: it is there
		d.set(func(d *desk) { d.away = false })
		passed(t, s, said("ben", "3", 3)) // nobody but ann waits
		require.NoError(t, s.Close())
	})
	t.Run("the disk's", func(t *testing.T) {
		s, _, disk := awayOn(t, t.TempDir(), func(o *Options) { o.MinFree = 1 << 20 })
		disk.free = 1<<20 + 100
		require.ErrorIs(t, refused(t, s, said("ann", "1", 1)), ErrFull)
		disk.free = 1<<20 + 1000
		kept(t, s, said("ann", "1", 1))
		require.NoError(t, s.Close())
	})
}

// TestWhoWritesAtTheSameTimeSharesAnFsync: 64 people are in by the time that the
// first is on disk; the rest is one batch.
func TestWhoWritesAtTheSameTimeSharesAnFsync(t *testing.T) {
	const people = 64
	s, _, disk := awayOn(t, t.TempDir())
	var once sync.Once
	var wg sync.WaitGroup
	disk.within = func() {
		once.Do(func() {
			for i := range people - 1 {
				wg.Go(func() { kept(t, s, said(string(rune('A'+i)), "1", 1)) })
			}
			for s.nextFrames() < people-1 { // until all wait for the disk
				runtime.Gosched()
			}
		})
	}
	kept(t, s, said("ann", "1", 1))
	wg.Wait()
	require.Equal(t, 2, disk.syncs)
	require.Equal(t, people, depth(s))
	require.NoError(t, s.Close())
}

func (s *Spool) nextFrames() int {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	if s.journal.next == nil {
		return 0
	}
	return len(s.journal.next.frames)
}

// TestARealDiskThatIsFull is a small one of memory; mounting it takes root. Others
// have the moods above.
func TestARealDiskThatIsFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("not root: no disk to fill")
		return
	}
	mount := t.TempDir()
	if err := syscall.Mount("tmpfs", mount, "tmpfs", 0, "size=256k"); err != nil {
		t.Log("no disk to fill:", err)
		return
	}
	defer func() { require.NoError(t, syscall.Unmount(mount, 0)) }()
	dir := filepath.Join(mount, "spool")
	s, d, _ := awayOn(t, dir)
	require.NoError(t, os.WriteFile(filepath.Join(mount, "others"), make([]byte, 200<<10), 0o600))
	var err error
	n := 0
	for ; err == nil; n++ {
		_, err = s.Handle(t.Context(), said("ann", string(rune(0x4e00+n)), n))
	}
	require.ErrorIs(t, err, ErrFull)
	require.Greater(t, n, 100)
	require.NoError(t, s.Close())
	replayed(t, dir, d)
	require.Len(t, d.handled("ann"), n-1)
}
