package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
)

// The folders beside the segments.
const (
	rejected = "rejected"
	damaged  = "damaged"
)

// found is a record that was there at Open.
type found struct {
	kept    time.Time
	message bot.Message
	place   place
}

// segmentName is a segment's, with its number, or a rejected message's, with the
// offset behind it.
var segmentName = regexp.MustCompile(`^spool-(\d{6,9})(?:-\d+)*\.log$`)

// openJournal takes the folder and reads back what it holds, in the order of arrival.
func openJournal(dir string, o Options, d disk) (j *journal, waiting []found, err error) {
	if err := makeFolder(dir, d); err != nil {
		return nil, nil, fmt.Errorf("making the folder: %w", err)
	}
	j = &journal{dir: dir, disk: d, max: o.MaxBytes, minFree: o.MinFree, log: o.Log, box: box{o.Seal}, segments: map[*segment]struct{}{}}
	if j.lock, err = lock(dir); err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, j.close())
		}
	}()
	names, err := j.list()
	if err != nil {
		return nil, nil, err
	}
	for i, name := range names {
		f, err := j.load(name, i == len(names)-1)
		if err != nil {
			return nil, nil, fmt.Errorf("reading %s: %w", name, err)
		}
		waiting = append(waiting, f...)
	}
	return j, waiting, nil
}

// makeFolder makes a folder that lasts, and those that it is in.
func makeFolder(dir string, d disk) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	parent := filepath.Dir(dir)
	if err := makeFolder(parent, d); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.SyncDir(parent)
}

// list names the segments in order, without ending, and finds the highest number in
// use, in the folders for what was set aside as well: no name is used twice.
func (j *journal) list() (names []string, err error) {
	for _, sub := range []string{"", rejected, damaged} {
		all, err := os.ReadDir(filepath.Join(j.dir, sub))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range all {
			if !segmentName.MatchString(e.Name()) {
				continue
			}
			name := strings.TrimSuffix(e.Name(), ".log")
			j.number = max(j.number, numberOf(name))
			if sub == "" {
				names = append(names, name)
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(numberOf(a), numberOf(b)), strings.Compare(a, b))
	})
	return names, nil
}

// numberOf is the number in a segment's name: at most nine digits, so it is one.
func numberOf(name string) int {
	digits, _, _ := strings.Cut(strings.TrimPrefix(name, "spool-"), "-")
	n, _ := strconv.Atoi(digits)
	return n
}

// load opens a segment from an earlier run. Nothing will be added to it. Only in the
// last one can a write have been cut short.
func (j *journal) load(name string, last bool) ([]found, error) {
	path := filepath.Join(j.dir, name)
	data, readErr := os.ReadFile(path + ".log")
	f, err := j.disk.Open(path + ".log")
	if err != nil {
		return nil, errors.Join(readErr, err)
	}
	seg := &segment{name: name, file: f, size: int64(len(data))}
	spans, end, whole, torn := scan(data)
	switch {
	case readErr == nil && whole:
	case readErr == nil && torn && last:
		j.log.Warn("a message that was never acknowledged is cut off", "file", name, "bytes", len(data)-end)
		if err := errors.Join(f.Truncate(int64(end)), f.Sync()); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		seg.size = int64(end)
	default:
		j.spoilt(seg, readErr)
	}
	j.segments[seg] = struct{}{}
	j.bytes += seg.size
	waiting, err := j.undone(seg, data, spans)
	if err != nil {
		return nil, err
	}
	if seg.live = len(waiting); seg.live == 0 {
		j.drop(seg)
	}
	return waiting, nil
}

// spoilt notes that a segment holds what cannot be read.
func (j *journal) spoilt(seg *segment, err error) {
	if seg.damaged {
		return
	}
	seg.damaged = true
	j.damaged.Add(1)
	j.log.Error("a segment of the spool is damaged: what can be read is handed in, then it goes to the folder damaged",
		"file", seg.name, "err", err)
}

// undone are a segment's records that are not noted as done.
func (j *journal) undone(seg *segment, data []byte, spans [][2]int) ([]found, error) {
	path := filepath.Join(j.dir, seg.name+".done")
	notes, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil: // then all are handed in again
		j.log.Error("the spool cannot read what is done", "file", seg.name, "err", err)
		fallthrough
	default:
		if seg.notes, err = j.disk.Open(path); err != nil {
			return nil, err
		}
	}
	done := map[string]bool{}
	for n := range slices.Chunk(notes, noteSize) {
		done[string(n)] = true
	}
	seg.noted = int64(len(notes) / noteSize * noteSize) // a torn note is written over
	var waiting []found
	for _, s := range spans {
		frame := data[s[0]:s[1]]
		p := place{seg, int64(s[0]), int64(len(frame)), checksum(frame)}
		if done[string(note(p))] {
			continue
		}
		kept, m, err := j.box.decode(frame)
		if err != nil {
			j.spoilt(seg, err)
			continue
		}
		waiting = append(waiting, found{kept, m, p})
	}
	return waiting, nil
}

// read reads a record's message.
func (j *journal) read(p place) (bot.Message, error) {
	frame, err := p.frame()
	if err != nil {
		return bot.Message{}, err
	}
	_, m, err := j.box.decode(frame)
	return m, err
}

func (p place) frame() ([]byte, error) {
	frame := make([]byte, p.size)
	if _, err := p.segment.file.ReadAt(frame, p.at); err != nil {
		return nil, fmt.Errorf("reading from the spool: %w", err)
	}
	return frame, nil
}

// reject copies a record into a file of its own among the rejected, as a segment. A
// record that cannot be read stays where it is, and its segment will be set aside.
func (j *journal) reject(p place) (name string, err error) {
	frame, err := p.frame()
	if err == nil {
		_, _, err = j.box.decode(frame)
	}
	if err != nil {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.spoilt(p.segment, err)
		return filepath.Join(damaged, p.segment.name+".log"), nil
	}
	dir := filepath.Join(j.dir, rejected)
	if err := makeFolder(dir, j.disk); err != nil {
		return "", err
	}
	name = fmt.Sprintf("%s-%d.log", p.segment.name, p.at)
	path := filepath.Join(dir, name)
	if err := removeAll(path); err != nil { // from before a crash
		return "", err
	}
	f, err := j.disk.Create(path)
	if err != nil {
		return "", err
	}
	_, err = f.WriteAt(append([]byte(header), frame...), 0)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = j.disk.SyncDir(dir)
	}
	if err != nil {
		return "", errors.Join(err, removeAll(path))
	}
	return filepath.Join(rejected, name), nil
}

// setAside moves a segment to the damaged ones.
func setAside(dir, name string) error {
	if err := os.MkdirAll(filepath.Join(dir, damaged), 0o700); err != nil {
		return err
	}
	return os.Rename(filepath.Join(dir, name+".log"), filepath.Join(dir, damaged, name+".log"))
}

// removeAll removes files that may not be there.
func removeAll(paths ...string) error {
	var errs []error
	for _, p := range paths {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
