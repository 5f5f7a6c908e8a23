package spool

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// fill keeps n messages of ann and closes the spool.
func fill(t *testing.T, dir string, n int) {
	t.Helper()
	s, _, _ := awayOn(t, dir)
	for i := range n {
		kept(t, s, said("ann", fmt.Sprint(i), i))
	}
	require.NoError(t, s.Close())
}

func TestWhatWaitsSurvivesTheProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "spool")
	fill(t, dir, 3)
	fill(t, dir, 5) // the first three are there already
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.EqualValues(t, 0o700, info.Mode().Perm())
	info, err = os.Stat(filepath.Join(dir, "spool-000001.log"))
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
	d := newDesk()
	replayed(t, dir, d)
	require.Equal(t, []string{"0", "1", "2", "3", "4"}, d.handled("ann"))
	require.Equal(t, 5, d.called())
	require.Empty(t, files(t, dir))
}

func TestWhatIsDoneIsNotHandedInAgainAfterACrash(t *testing.T) {
	dir, crashed := t.TempDir(), t.TempDir()
	fill(t, dir, 4)
	d := newDesk()
	d.poison["2"] = true
	synctest.Test(t, func(t *testing.T) {
		s := openSpool(t, dir, d.options())
		stop := start(t, s)
		time.Sleep(lastPause) // 0 and 1 are done, 2 is being tried
		synctest.Wait()
		copyFiles(t, dir, crashed)
		stop()
	})
	d.poison = map[string]bool{}
	d.calls = 0
	notes := filepath.Join(crashed, "spool-000001.done")
	require.NoError(t, os.WriteFile(notes, append(read(t, notes), make([]byte, noteSize+5)...), 0o600), "torn, and a hole of zeros")
	replayed(t, crashed, d)
	require.Equal(t, []string{"0", "1", "2", "3"}, d.handled("ann"))
	require.Equal(t, 2, d.called())
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	return b
}

// copyFiles copies a folder as a crash would leave it.
func copyFiles(t require.TestingT, from, to string) {
	require.NoError(t, os.MkdirAll(to, 0o700))
	all, err := os.ReadDir(from)
	require.NoError(t, err)
	for _, e := range all {
		if e.IsDir() {
			copyFiles(t, filepath.Join(from, e.Name()), filepath.Join(to, e.Name()))
			continue
		}
		b, err := os.ReadFile(filepath.Join(from, e.Name()))
		if os.IsNotExist(err) {
			continue // removed meanwhile
		}
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, e.Name()), b, 0o600))
	}
}

// TestATornEndIsCutOff cuts the last record at each of its bytes.
func TestATornEndIsCutOff(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 2)
	whole := read(t, filepath.Join(dir, "spool-000001.log"))
	spans, end, ok, _ := scan(whole)
	require.True(t, ok)
	require.Len(t, spans, 2)
	require.Equal(t, len(whole), end)
	for size := range whole {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "spool-000001.log"), whole[:size], 0o600))
		s := openSpool(t, dir, newDesk().options())
		want := 0
		for _, span := range spans {
			if size >= span[1] {
				want++
			}
		}
		require.Equal(t, want, depth(s), size)
		require.Zero(t, s.Counts().Damaged)
		require.NoError(t, s.Close())
		if want == 0 {
			require.Empty(t, files(t, dir))
		} else {
			require.Len(t, read(t, filepath.Join(dir, "spool-000001.log")), spans[want-1][1], "cut back to what is whole")
		}
	}
}

// TestADamagedSegmentIsReadAsFarAsPossibleAndSetAside spoils each byte of the middle one of
// three records.
func TestADamagedSegmentIsReadAsFarAsPossibleAndSetAside(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 3)
	path := filepath.Join(dir, "spool-000001.log")
	whole := read(t, path)
	spans, _, _, _ := scan(whole)
	for at := spans[1][0]; at < spans[1][1]; at++ {
		spoilt := bytes.Clone(whole)
		spoilt[at] ^= 0x40
		require.NoError(t, os.WriteFile(path, spoilt, 0o600))
		d := newDesk()
		replayed(t, dir, d)
		require.Equal(t, []string{"0", "2"}, d.handled("ann"), at)
		require.Equal(t, []string{"damaged"}, files(t, dir))
		require.Equal(t, spoilt, read(t, filepath.Join(dir, "damaged", "spool-000001.log")), "the file is whole for who repairs it")
	}
}

func TestAnEndThatIsSpoiltInAnEarlierSegmentIsDamage(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 2)
	fill(t, dir, 3) // a segment of its own
	path := filepath.Join(dir, "spool-000001.log")
	require.NoError(t, os.WriteFile(path, read(t, path)[:100], 0o600))
	s := openSpool(t, dir, newDesk().options())
	require.EqualValues(t, 1, s.Counts().Damaged)
	require.Equal(t, 1, depth(s))
	require.NoError(t, s.Close())
	require.Equal(t, []string{"damaged", "spool-000002.log"}, files(t, dir))
}

// FuzzScan: whatever is in a file, each byte belongs to one record or to none.
func FuzzScan(f *testing.F) {
	frame, err := box{}.encode(friday, said("ann", "1", 1))
	require.NoError(f, err)
	f.Add([]byte(header))
	f.Add(slices.Concat([]byte(header), frame, frame))
	f.Add(slices.Concat([]byte(header), frame[:20], frame, frame[:30]))
	f.Fuzz(func(t *testing.T, data []byte) {
		spans, end, whole, torn := scan(data)
		require.False(t, whole && len(data) != end)
		at := 0
		for _, s := range spans {
			require.LessOrEqual(t, at, s[0])
			require.Less(t, s[0]+prefix, s[1])
			at = s[1]
		}
		require.LessOrEqual(t, at, end)
		require.LessOrEqual(t, end, len(data))
		again, _, ok, _ := scan(data[:end])
		require.Equal(t, spans, again)
		require.True(t, ok || !torn || end == 0, "what is left after a cut is whole")
	})
}

func TestNoNameIsUsedTwice(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "damaged"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "damaged", "spool-000041.log"), nil, 0o600))
	fill(t, dir, 1)
	require.Equal(t, []string{"damaged", "spool-000042.log"}, files(t, dir))
}

func TestARejectedMessageIsHandedInAgainWhenItsFileIsMovedBack(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 3)
	d := newDesk()
	d.poison["1"] = true
	for range 2 { // the second time from its own file
		synctest.Test(t, func(t *testing.T) {
			s := openSpool(t, dir, d.options())
			stop := start(t, s)
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			require.EqualValues(t, 1, s.Counts().Rejected)
			stop()
		})
		require.Equal(t, []string{"0", "2"}, d.handled("ann"))
		require.Equal(t, []string{"rejected"}, files(t, dir))
		names := files(t, filepath.Join(dir, "rejected"))
		require.Len(t, names, 1)
		require.NoError(t, os.Rename(filepath.Join(dir, "rejected", names[0]), filepath.Join(dir, names[0])))
	}
	d.poison = map[string]bool{}
	replayed(t, dir, d)
	require.Equal(t, []string{"0", "2", "1"}, d.handled("ann"))
}

func TestARecordThatCanNoLongerBeReadDoesNotBlock(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, 2)
	d := newDesk()
	synctest.Test(t, func(t *testing.T) {
		s := openSpool(t, dir, d.options())
		f, err := os.OpenFile(filepath.Join(dir, "spool-000001.log"), os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.WriteAt([]byte("???"), 30)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		stop := start(t, s)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.Equal(t, Counts{Replayed: 1, Rejected: 1, Damaged: 1}, s.Counts())
		stop()
	})
	require.Equal(t, []string{"1"}, d.handled("ann"))
	require.Equal(t, []string{"damaged"}, files(t, dir))
}

func TestSegmentsAreRemovedOneByOne(t *testing.T) {
	dir := t.TempDir()
	s, d, _ := awayOn(t, dir)
	long := strings.Repeat("证", 100_000) // 300 kB
	for i := range 30 {
		m := said("ann", fmt.Sprint(i), i)
		m.Text = long
		kept(t, s, m)
	}
	require.NoError(t, s.Close())
	require.Equal(t, []string{"spool-000001.log", "spool-000002.log", "spool-000003.log"}, files(t, dir))
	d.poison["20"] = true
	d.away = false
	synctest.Test(t, func(t *testing.T) {
		s := openSpool(t, dir, d.options())
		stop := start(t, s)
		time.Sleep(lastPause)
		synctest.Wait()
		require.Equal(t, []string{"spool-000002.done", "spool-000002.log", "spool-000003.log"}, files(t, dir))
		stop()
	})
}

func TestTwoProcessesCannotUseOneFolder(t *testing.T) {
	dir := t.TempDir()
	s := openSpool(t, dir, newDesk().options())
	_, err := Open(dir, newDesk().options())
	require.ErrorContains(t, err, "in use by another process")
	require.NoError(t, s.Close())
	s = openSpool(t, dir, newDesk().options())
	require.NoError(t, s.Close())
}

// TestTheLogHasNoContents logs everything that there is to log.
func TestTheLogHasNoContents(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		d, disk := newDesk(), &moody{}
		o := d.options()
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		s, err := open(dir, o, disk)
		require.NoError(t, err)
		d.set(func(d *desk) { d.away = true; d.poison["1"] = true })
		kept(t, s, said("ann", "1", 1), said("ann", "2", 2))
		disk.set(half)
		_, err = s.Handle(context.Background(), said("ann", "3", 3))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "线索")
		disk.set(fine)
		d.set(func(d *desk) { d.away = false })
		stop := start(t, s)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		stop()
	})
	for _, line := range []string{"database is away", "cannot write", "database is back", "fails", "set aside"} {
		require.Contains(t, log.String(), line)
	}
	require.NotContains(t, log.String(), "线索")
}
