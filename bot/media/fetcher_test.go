package media_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/media"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// jpeg begins as one does.
var jpeg = append([]byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00"), bytes.Repeat([]byte("店"), 400)...)

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// shelf is a platform that gives out what lies on it.
type shelf struct {
	mu      sync.Mutex
	bodies  map[string][]byte
	names   map[string]string
	errs    []error // the next calls fail like this
	fetched map[string]int
	hold    func(ctx context.Context) // while a fetch is under way
}

func (s *shelf) Fetch(ctx context.Context, ref string) (media.Body, error) {
	s.mu.Lock()
	s.fetched[ref]++
	hold := s.hold
	var err error
	if len(s.errs) > 0 {
		err, s.errs = s.errs[0], s.errs[1:]
	}
	b, ok := s.bodies[ref]
	name := s.names[ref]
	s.mu.Unlock()
	if hold != nil {
		hold(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return media.Body{}, ctx.Err()
	case err != nil:
		return media.Body{}, err
	case !ok:
		return media.Body{}, &bot.SendError{Fate: bot.Refused, Err: errors.New("40007")}
	}
	return media.Body{Reader: io.NopCloser(bytes.NewReader(b)), Name: name, Size: int64(len(b))}, nil
}

// office is a world with a fetcher.
type office struct {
	*bottest.World
	t        *testing.T
	shelf    *shelf
	evidence *store.Evidence
	fetcher  *media.Fetcher
	taken    int64 // the id of what was sent last
}

func open(t *testing.T, opts ...bottest.Option) *office {
	o := &office{t: t, shelf: &shelf{bodies: map[string][]byte{"a": jpeg}, names: map[string]string{}, fetched: map[string]int{}}}
	o.World = bottest.New(t, append(opts, bottest.WithHandlers(func() []bot.Handler {
		return []bot.Handler{{Name: "keeper", Claim: func(_ context.Context, turn *bot.Turn) bot.Certainty {
			return bot.Certainty(len(turn.Message.Attachments))
		}, Take: func(_ context.Context, turn *bot.Turn) error {
			o.taken = turn.Message.Attachments[0].ID
			turn.Say("bot.enclosure", 1)
			return nil
		}}}
	}))...)
	var err error
	o.evidence, err = store.OpenEvidence(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.evidence.Close()) })
	o.fetcher = o.another()
	return o
}

// another is the fetcher of another process.
func (o *office) another() *media.Fetcher {
	return &media.Fetcher{Store: o.Store, Evidence: o.evidence, Sources: map[string]media.Source{"test": o.shelf}, Notices: o.Bot, Clock: o.Clock,
		Wall: o.Wall.Now, Log: slog.New(slog.DiscardHandler), Wake: o.Courier.Wake, Chance: func() float64 { return 0.5 }, MaxBytes: 1 << 20}
}

// send sends something that is to be fetched, and gives its id.
func (o *office) send(kind bot.AttachmentKind, ref, name string) int64 {
	o.t.Helper()
	m := o.Message("ann", "")
	m.Attachments = []bot.Attachment{{Kind: kind, Ref: ref, Name: name}}
	o.Send(m)
	o.Channel.Read("ann")
	return o.taken
}

func (o *office) get(id int64) (m store.Media) {
	o.t.Helper()
	require.NoError(o.t, o.Store.View(o.t.Context(), func(tx *store.Tx) (err error) {
		m, err = tx.Media().Get(o.t.Context(), id)
		return err
	}))
	return m
}

func (o *office) fetch() {
	o.t.Helper()
	_, err := o.fetcher.Flush(o.t.Context())
	require.NoError(o.t, err)
	o.Flush()
}

func TestAPhotoIsFetchedWhenItsMessageIsDurable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, _ func(*testing.T) *store.Store) {
		var opts []bottest.Option
		if strings.HasSuffix(t.Name(), "mysql") {
			opts = append(opts, bottest.At(storetest.MariaDBURL(t)))
		}
		o := open(t, opts...)
		o.shelf.names["a"] = "../MEDIA.jpg"
		id := o.send(bot.Photo, "a", "")
		require.Equal(t, store.MediaWanted, o.get(id).State)
		require.Zero(t, o.shelf.fetched["a"], "not within the turn")
		o.fetch()
		m := o.get(id)
		require.Equal(t, []any{store.MediaFetched, hash(jpeg), "image/jpeg", int64(len(jpeg)), "MEDIA.jpg"}, []any{m.State, m.SHA256, m.MIME, m.Size, m.Name})
		f, err := o.evidence.Open(hash(jpeg))
		require.NoError(t, err)
		require.NoError(t, f.Close())
		o.fetch()
		require.Equal(t, 1, o.shelf.fetched["a"])
		o.ExpectNothing("ann")
	})
}

func TestAMessageThatComesAgainWantsNothingAgain(t *testing.T) {
	o := open(t)
	m := o.Message("ann", "")
	m.Attachments = []bot.Attachment{{Kind: bot.Photo, Ref: "a"}}
	o.Send(m)
	o.Restart()
	o.Send(m)
	require.NoError(t, o.Store.View(t.Context(), func(tx *store.Tx) error {
		n, _, err := tx.Media().Depth(t.Context())
		require.Equal(t, 1, n)
		return err
	}))
}

func TestAStrangersPhotoIsNotFetched(t *testing.T) {
	o := open(t)
	m := o.Message("nobody", "")
	m.Attachments = []bot.Attachment{{Kind: bot.Photo, Ref: "a"}}
	o.Send(m)
	o.fetch()
	require.Zero(t, o.shelf.fetched["a"])
	o.Expect("nobody", "名册")
}

func TestWhatIsWoken(t *testing.T) {
	o := open(t)
	rung := 0
	b, err := bot.New(bot.Options{Store: o.Store, Roster: o.Bot.Roster(), Templates: words(t), Clock: o.Clock, Wall: o.Wall.Now,
		Platform: "test", Fetch: func() { rung++ }, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	m := o.Message("ann", "")
	m.Attachments = []bot.Attachment{{Kind: bot.Photo, Ref: "a"}}
	for _, m := range []bot.Message{m, o.Message("ann", "你好"), m} {
		_, err = b.Handle(t.Context(), m)
		require.NoError(t, err)
	}
	require.Equal(t, 1, rung, "by the commit that put something down, and by no other")
}

func TestAFailureIsTriedAgainAndLaterAndLater(t *testing.T) {
	o := open(t)
	id := o.send(bot.Photo, "a", "")
	for range 3 {
		o.shelf.errs = append(o.shelf.errs, &bot.SendError{Fate: bot.NotSent, Err: errors.New("busy")})
	}
	o.shelf.errs = append(o.shelf.errs, &bot.SendError{Fate: bot.Unknown, Wait: time.Minute, Err: errors.New("45009")}, errors.New("cut"))
	var due []time.Duration
	for range 5 {
		o.fetch()
		o.fetch()
		due = append(due, o.get(id).DueAt.Sub(o.Wall.Now()))
		o.Wall.Set(o.get(id).DueAt)
	}
	require.Equal(t, []time.Duration{1500 * time.Millisecond, 3 * time.Second, 6 * time.Second, time.Minute, 24 * time.Second}, due)
	o.fetch()
	require.Equal(t, store.MediaFetched, o.get(id).State)
	require.Equal(t, 6, o.shelf.fetched["a"])
}

func TestWhatIsLostIsToldInPlainWords(t *testing.T) {
	program := append([]byte("MZ\x90\x00"), bytes.Repeat([]byte{0}, 600)...)
	for name, c := range map[string]struct {
		kind bot.AttachmentKind
		name string
		body []byte
		why  media.Why
		says []string
	}{
		"expired":                     {bot.Photo, "", nil, media.Gone, []string{"1月19日 09:00", "照片", "重新发"}},
		"too large":                   {bot.Video, "", append([]byte("\x00\x00\x00\x18ftypmp42"), make([]byte, 1<<20)...), media.TooLarge, []string{"视频", "1 MB"}},
		"empty":                       {bot.Video, "", []byte{}, media.Empty, []string{"视频", "空的"}},
		"a program":                   {bot.File, "工具.exe", program, media.WrongType, []string{"「工具.exe」", "不收"}},
		"a program that is called so": {bot.File, "通报.pdf", program, media.WrongType, []string{"「通报.pdf」", "不收"}},
		"a program as a photo":        {bot.Photo, "", program, media.WrongType, []string{"照片", "不收"}},
		"a page as a photo":           {bot.Photo, "", []byte("<!DOCTYPE html><html>登录</html>"), media.WrongType, []string{"照片", "不收"}},
		"a script":                    {bot.File, "run.txt", []byte("#!/bin/sh\nrm -rf"), media.WrongType, []string{"「run.txt」"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			if c.body != nil {
				o.shelf.bodies["x"] = c.body
			}
			id := o.send(c.kind, "x", c.name)
			o.fetch()
			require.Equal(t, []any{store.MediaLost, string(c.why)}, []any{o.get(id).State, o.get(id).Why})
			o.Expect("ann", c.says...)
			o.fetch()
			require.Equal(t, 1, o.shelf.fetched["x"], "it is not asked for again")
			o.ExpectNothing("ann")
		})
	}
}

func TestItIsGivenUpAfterThreeDays(t *testing.T) {
	o := open(t)
	id := o.send(bot.Photo, "a", "")
	for range 1000 {
		o.shelf.errs = append(o.shelf.errs, errors.New("away"))
	}
	for o.get(id).State == store.MediaWanted {
		o.fetch()
		o.Wall.Set(o.get(id).DueAt)
	}
	require.InDelta(t, 72*6, o.shelf.fetched["a"], 200)
	o.Expect("ann", "试了几天")
}

func TestSeveralPhotosThatAreLostAlikeAreToldOnce(t *testing.T) {
	o := open(t)
	for range 5 {
		o.send(bot.Photo, "gone", "")
	}
	o.fetch()
	require.Len(t, o.Channel.Shown("ann"), 5+1, "five answers, one notice")
	o.send(bot.File, "gone", "一.doc")
	o.send(bot.File, "gone", "二.doc")
	o.fetch()
	o.Expect("ann", "一.doc", "二.doc")
}

func TestAProcessThatDiesLeavesItToAnother(t *testing.T) {
	o := open(t)
	id := o.send(bot.Photo, "a", "")
	require.NoError(t, o.Store.Update(t.Context(), func(tx *store.Tx) error { // who dies with it in its hands
		_, err := tx.Media().Claim(t.Context(), []string{"test"}, o.Wall.Now(), 30*time.Second, 1)
		return err
	}))
	o.fetch()
	require.Zero(t, o.shelf.fetched["a"])
	o.Wall.Set(o.Wall.Now().Add(30 * time.Second))
	o.fetch()
	require.Equal(t, store.MediaFetched, o.get(id).State)
}

func TestWhoLostItsLeaseChangesNothing(t *testing.T) {
	o := open(t)
	id := o.send(bot.Photo, "a", "")
	o.shelf.hold = func(context.Context) { // while the first fetches, its lease ends, and another brings the bytes
		o.shelf.hold = nil
		o.Wall.Set(o.Wall.Now().Add(time.Minute))
		_, err := o.another().Flush(t.Context())
		require.NoError(t, err)
		o.shelf.bodies["a"] = []byte("no photo")
	}
	o.fetch()
	require.Equal(t, []any{store.MediaFetched, hash(jpeg)}, []any{o.get(id).State, o.get(id).SHA256})
	o.ExpectNothing("ann")
}

func TestTwoFetchersNeverDouble(t *testing.T) {
	storetest.Each(t, func(t *testing.T, _ func(*testing.T) *store.Store) {
		var opts []bottest.Option
		if strings.HasSuffix(t.Name(), "mysql") {
			opts = append(opts, bottest.At(storetest.MariaDBURL(t)))
		}
		o := open(t, opts...)
		var ids []int64
		for i := range 30 {
			ref := strings.Repeat("r", i+1)
			o.shelf.bodies[ref] = append(bytes.Clone(jpeg), ref...)
			ids = append(ids, o.send(bot.Photo, ref, ""))
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for range 2 {
			f := o.another()
			running.Go(func() { f.Run(ctx) })
		}
		require.Eventually(t, func() bool { return o.get(ids[29]).State == store.MediaFetched && depth(t, o) == 0 }, 20*time.Second, 20*time.Millisecond)
		stop()
		running.Wait()
		for ref, n := range o.shelf.fetched {
			require.Equal(t, 1, n, ref)
		}
		require.Len(t, o.shelf.fetched, 30)
	})
}

func depth(t *testing.T, o *office) (n int) {
	require.NoError(t, o.Store.View(t.Context(), func(tx *store.Tx) (err error) {
		n, _, err = tx.Media().Depth(t.Context())
		return err
	}))
	return n
}

func TestWhatIsUnderWayWhenWeStopIsGivenBackAtOnce(t *testing.T) {
	o := open(t)
	id := o.send(bot.Photo, "a", "")
	ctx, stop := context.WithCancel(t.Context())
	o.shelf.hold = func(ctx context.Context) { stop(); <-ctx.Done() }
	o.fetcher.Run(ctx)
	o.shelf.hold = nil
	require.Equal(t, []any{store.MediaWanted, o.Wall.Now().UTC()}, []any{o.get(id).State, o.get(id).DueAt})
	o.fetch()
	require.Equal(t, store.MediaFetched, o.get(id).State)
}

func TestASourceThatPanicsCostsATry(t *testing.T) {
	o := open(t)
	id := o.send(bot.Photo, "a", "")
	o.shelf.hold = func(context.Context) { o.shelf.hold = nil; panic("as the test wished") }
	o.fetch()
	require.Equal(t, store.MediaWanted, o.get(id).State)
	o.Wall.Set(o.Wall.Now().Add(time.Minute))
	o.fetch()
	require.Equal(t, store.MediaFetched, o.get(id).State)
}

func TestAVoiceNoteIsKeptAndItsSpeakerIsToldThatNobodyReadsIt(t *testing.T) {
	o := open(t)
	o.shelf.bodies["v"] = []byte("#!AMR\n" + strings.Repeat("x", 600))
	m := o.Message("ann", "")
	m.Attachments = []bot.Attachment{{Kind: bot.Voice, Ref: "v"}}
	o.Send(m)
	o.Expect("ann", "语音收到", "用文字")
	o.fetch()
	require.Zero(t, depth(t, o))
	_, err := o.evidence.Open(hash(o.shelf.bodies["v"]))
	require.NoError(t, err)
}

// slow is bytes between which something happens.
type slow struct {
	io.Reader
	before func(read int)
	reads  int
}

func (s *slow) Read(p []byte) (int, error) {
	s.reads++
	s.before(s.reads)
	return s.Reader.Read(p[:min(len(p), 600)])
}

type source func(ctx context.Context, ref string) (media.Body, error)

func (s source) Fetch(ctx context.Context, ref string) (media.Body, error) { return s(ctx, ref) }

func TestALeaseLastsWhileBytesFlow(t *testing.T) {
	o := open(t)
	id := o.send(bot.Photo, "a", "")
	others := 0
	o.fetcher.Sources["test"] = source(func(context.Context, string) (media.Body, error) {
		return media.Body{Reader: io.NopCloser(&slow{Reader: bytes.NewReader(jpeg), before: func(read int) {
			switch read {
			case 2:
				o.Wall.Set(o.Wall.Now().Add(25 * time.Second))
			case 3: // the one before has told the watch
				require.Eventually(t, func() bool { return o.get(id).DueAt.Equal(o.Wall.Now().Add(30 * time.Second)) }, 5*time.Second, time.Millisecond)
				o.Wall.Set(o.Wall.Now().Add(25 * time.Second))
				n, err := o.another().Flush(t.Context())
				require.NoError(t, err)
				others += n
			}
		}})}, nil
	})
	o.fetch()
	require.Zero(t, others)
	require.Equal(t, store.MediaFetched, o.get(id).State)
}

func TestADownloadThatBreaksOffIsTriedAgain(t *testing.T) {
	o := open(t)
	id := o.send(bot.Photo, "a", "")
	for _, bytesOf := range []int{300, 700, len(jpeg)} {
		o.fetcher.Sources["test"] = source(func(context.Context, string) (media.Body, error) {
			return media.Body{Reader: io.NopCloser(bytes.NewReader(jpeg[:bytesOf])), Size: int64(len(jpeg))}, nil
		})
		require.Equal(t, store.MediaWanted, o.get(id).State)
		o.fetch()
		o.Wall.Set(o.Wall.Now().Add(time.Minute))
	}
	require.Equal(t, []any{store.MediaFetched, hash(jpeg)}, []any{o.get(id).State, o.get(id).SHA256})
}
