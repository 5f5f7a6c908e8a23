package spool

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
)

// segmentSize is when a new segment is begun: some ten thousand messages. Small
// enough that the disk is free soon after, large enough that there are few files.
const segmentSize = 4 << 20

// journal is the spool's files.
type journal struct {
	dir     string
	disk    disk
	max     int64
	minFree uint64
	log     *slog.Logger
	box     box
	lock    io.Closer
	damaged atomic.Int64

	turn sync.Mutex // whose holder writes a batch; before mu

	mu       sync.Mutex
	next     *batch // what the next holder of the turn writes
	active   *segment
	segments map[*segment]struct{}
	bytes    int64 // of all segments
	number   int   // of the newest segment
}

// segment is one file of records. The journal's mutex guards what changes, and the
// turn as well where the active one grows.
type segment struct {
	name  string // without the ending
	file  file
	notes file // nil before the first
	noted int64
	size  int64
	live  int // records that are not done, and those being written
	// damaged: something in it cannot be read, so it is not removed but set aside.
	damaged bool
}

// place is where a record is.
type place struct {
	segment *segment
	at      int64
	size    int64
	crc     uint32
}

// batch is what is written with one fsync.
type batch struct {
	frames  [][]byte
	places  []place
	errs    []error
	written bool
}

// append writes a record and returns when it is safe. Who comes while a batch is
// being written is in the next one, and the first of them to get the turn writes it
// for all.
func (j *journal) append(frame []byte) (place, error) {
	j.mu.Lock()
	if j.next == nil {
		j.next = &batch{}
	}
	b, i := j.next, len(j.next.frames)
	b.frames = append(b.frames, frame)
	j.mu.Unlock()

	j.turn.Lock()
	defer j.turn.Unlock()
	if !b.written {
		j.mu.Lock()
		j.next = nil
		j.mu.Unlock()
		j.write(b)
	}
	return b.places[i], b.errs[i]
}

// write writes a batch: all that there is room for, or nothing.
func (j *journal) write(b *batch) {
	b.written = true
	b.places, b.errs = make([]place, len(b.frames)), make([]error, len(b.frames))
	room, full := j.room()
	var bytes []byte
	var in []int
	for i, f := range b.frames {
		if int64(len(bytes)+len(f)) > room {
			b.errs[i] = full
			continue
		}
		bytes, in = append(bytes, f...), append(in, i)
	}
	if len(in) == 0 {
		return
	}
	seg, err := j.grow(len(in))
	if err == nil {
		err = j.extend(seg, bytes, len(in))
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		err = fmt.Errorf("%w: %w", ErrFull, err)
	}
	at := int64(0)
	for _, i := range in {
		if b.errs[i] = err; err == nil {
			size := int64(len(b.frames[i]))
			b.places[i] = place{seg, seg.size - int64(len(bytes)) + at, size, checksum(b.frames[i])}
			at += size
		}
	}
}

// room is how many bytes may be written, and why no more.
func (j *journal) room() (int64, error) {
	free, err := j.disk.Free(j.dir)
	if err != nil {
		return 0, fmt.Errorf("asking for the free space: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	byLimit := j.max - j.bytes
	if free < j.minFree+uint64(max(byLimit, 0)) {
		return int64(free) - int64(j.minFree), fmt.Errorf("%w: the disk has %d bytes left", ErrFull, free)
	}
	return byLimit, fmt.Errorf("%w: %d bytes are in use", ErrFull, j.bytes)
}

// grow is the segment for n further records, which it counts as its own.
func (j *journal) grow(n int) (*segment, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.active != nil && j.active.size >= segmentSize {
		j.active = nil
	}
	if j.active == nil {
		seg, err := j.create(fmt.Sprintf("spool-%06d", j.number+1))
		if err != nil {
			return nil, fmt.Errorf("beginning a segment: %w", err)
		}
		j.number++
		j.active = seg
		j.segments[seg] = struct{}{}
		j.bytes += seg.size
	}
	j.active.live += n
	return j.active, nil
}

// create makes an empty segment that lasts.
func (j *journal) create(name string) (*segment, error) {
	path := filepath.Join(j.dir, name)
	if err := removeAll(path + ".done"); err != nil { // of one that a crash brought back
		return nil, err
	}
	f, err := j.disk.Create(path + ".log")
	if err != nil {
		return nil, err
	}
	if _, err = f.WriteAt([]byte(header), 0); err == nil {
		err = j.disk.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(err, f.Close(), removeAll(path+".log"))
	}
	return &segment{name: name, file: f, size: int64(len(header))}, nil
}

// extend puts n records at a segment's end. If it cannot, nothing of them stays: the
// file is cut back, and after a failed fsync, which says nothing of what is on the
// disk now, the segment gets no further record.
func (j *journal) extend(seg *segment, bytes []byte, n int) error {
	_, err := seg.file.WriteAt(bytes, seg.size)
	usable := true
	if err == nil {
		err = seg.file.Sync()
		usable = err == nil
	}
	if err != nil {
		if cut := seg.file.Truncate(seg.size); cut != nil {
			usable = false
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil {
		seg.size += int64(len(bytes))
		j.bytes += int64(len(bytes))
		return nil
	}
	j.log.Error("the spool cannot write", "file", seg.name, "err", err)
	if !usable && j.active == seg {
		j.active = nil
	}
	if seg.live -= n; seg.live == 0 {
		j.drop(seg)
	}
	return fmt.Errorf("writing to the spool: %w", err)
}

// finish notes a record as done. A note that fails costs a needless repetition after
// a crash.
func (j *journal) finish(p place) {
	j.mu.Lock()
	defer j.mu.Unlock()
	seg := p.segment
	if seg.live--; seg.live == 0 {
		j.drop(seg)
		return
	}
	if err := j.note(seg, p); err != nil {
		j.log.Warn("the spool cannot note what is done", "file", seg.name, "err", err)
	}
}

func (j *journal) note(seg *segment, p place) (err error) {
	if seg.notes == nil {
		if seg.notes, err = j.disk.Create(filepath.Join(j.dir, seg.name+".done")); err != nil {
			seg.notes = nil
			return err
		}
	}
	if _, err := seg.notes.WriteAt(note(p), seg.noted); err != nil {
		return err
	}
	seg.noted += noteSize
	return nil
}

// drop removes a segment whose records are all done, or sets it aside if it was damaged.
func (j *journal) drop(seg *segment) {
	delete(j.segments, seg)
	j.bytes -= seg.size
	if j.active == seg {
		j.active = nil
	}
	path := filepath.Join(j.dir, seg.name)
	var err error
	if seg.damaged {
		err = setAside(j.dir, seg.name)
	} else {
		err = removeAll(path + ".log")
	}
	err = errors.Join(err, seg.close())
	if err == nil {
		err = removeAll(path + ".done") // last: without it all would be handed in again
	}
	if err != nil {
		j.log.Error("the spool cannot remove a segment", "file", seg.name, "err", err)
	}
}

func (s *segment) close() error {
	if s.notes == nil {
		return s.file.Close()
	}
	return errors.Join(s.file.Close(), s.notes.Close())
}

// close lets go of everything.
func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var errs []error
	for seg := range j.segments {
		errs = append(errs, seg.close())
	}
	clear(j.segments)
	j.active = nil
	return errors.Join(append(errs, j.lock.Close())...)
}
