package dingtalk

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/internal/uploads"
	"zhuanban/bot/internal/worldtest"
)

var (
	picture = []byte("\x89PNG\r\n\x1a\n and so on")
	table   = []byte("PK\x03\x04 a table")
	// voice is of two frames of 12.2 kbit/s and a silent one.
	voice = []byte(amr + "\x3c" + strings.Repeat("v", 31) + "\x3c" + strings.Repeat("v", 31) + "\x7c")
)

// film is an mp4 of 90 seconds.
func film() []byte {
	box := func(name string, body []byte) []byte {
		return append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), append([]byte(name), body...)...)
	}
	head := make([]byte, 100)
	binary.BigEndian.PutUint32(head[12:], 600)
	binary.BigEndian.PutUint32(head[16:], 90*600)
	return bytes.Join([][]byte{box("ftyp", []byte("isom\x00\x00\x02\x00isommp41")), box("free", nil), box("moov", box("mvhd", head)), box("mdat", make([]byte, 50))}, nil)
}

func file(name, as string) bot.Reply {
	kind := bot.FileReply
	if strings.HasSuffix(name, ".png") {
		kind = bot.ImageReply
	}
	return bot.Reply{Kind: kind, Path: name, Name: as}
}

func TestWhatIsShownAsWhat(t *testing.T) {
	w := newOutside(t, withGroups)
	w.put(t, "chart.png", picture)
	w.put(t, "table.xlsx", table)
	w.put(t, "note.amr", voice)
	w.put(t, "film.mp4", film())
	for i, x := range []struct {
		reply bot.Reply
		kind  string
		param map[string]any
	}{
		{file("chart.png", ""), "sampleImageMsg", map[string]any{}},
		{file("table.xlsx", "第2期统计表.xlsx"), "sampleFile", map[string]any{"fileName": "第2期统计表.xlsx", "fileType": "xlsx"}},
		{file("note.amr", ""), "sampleAudio", map[string]any{"duration": "60"}},
		{file("film.mp4", ""), "sampleVideo", map[string]any{"duration": "90000", "videoType": "mp4"}},
	} {
		r, err := w.send(bot.Parcel{ID: int64(i), To: person("ann"), Reply: x.reply})
		require.NoError(t, err)
		require.NotEmpty(t, r.Ref)
		shown := w.server.Shown("u-ann")[i]
		require.Equal(t, x.kind, shown.Kind)
		for key, want := range x.param {
			require.Equal(t, want, shown.Param[key], key)
		}
		r, err = w.send(bot.Parcel{ID: int64(i), To: group(appGroup), Reply: x.reply})
		require.NoError(t, err)
		require.Contains(t, r.Ref, "group:cidApp==:")
	}
	require.Equal(t, 5, w.server.Calls(dingtalktest.UploadPath), "each once, and a picture of the film")
	cover := w.server.Shown("u-ann")[3].Param["picMediaId"]
	for _, f := range w.server.Uploads() {
		if f.ID == cover {
			require.True(t, bytes.HasPrefix(f.Bytes, []byte("\x89PNG")))
		}
	}
	require.Equal(t, "第2期统计表.xlsx", w.server.Shown("u-ann")[1].File.Name)
}

func TestAnAskedForFileGoesByTheOpenAPI(t *testing.T) {
	w := newOutside(t)
	w.put(t, "chart.png", picture)
	p := w.asked(bot.Parcel{ID: 1, To: person("ann"), Reply: file("chart.png", "")})
	require.Equal(t, 1, w.channel.Calls(t.Context(), p))
	_, err := w.send(p)
	require.NoError(t, err)
	require.False(t, w.server.Shown("u-ann")[0].Free, "webhooks take no images")
}

func TestEveryTryNamesTheSameUpload(t *testing.T) {
	w := newOutside(t)
	w.put(t, "table.xlsx", table)
	p := bot.Parcel{ID: 1, To: person("ann"), Reply: file("table.xlsx", "表.xlsx")}
	made, err := w.channel.Prepare(t.Context(), p)
	require.NoError(t, err)
	p.Prepared = made
	again, err := w.channel.Prepare(t.Context(), p)
	require.NoError(t, err)
	require.Equal(t, made, again)
	for range 2 {
		_, err = w.send(p)
		require.NoError(t, err)
	}
	shown := w.server.Shown("u-ann")
	require.Equal(t, shown[0].Param["mediaId"], shown[1].Param["mediaId"])
	require.Equal(t, 1, w.server.Calls(dingtalktest.UploadPath))

	w.server.Lose()
	_, err = w.send(p)
	require.Equal(t, bot.NotSent, failure(t, err).Fate, "lost over there: anew, once")
	p.Prepared, err = w.channel.Prepare(t.Context(), p)
	require.NoError(t, err)
	require.NotEqual(t, made, p.Prepared)
	_, err = w.send(p)
	require.NoError(t, err)
	w.server.Lose()
	_, err = w.send(p)
	require.Equal(t, bot.Refused, failure(t, err).Fate)
	made, err = w.channel.Prepare(t.Context(), parcel(1, "ann", "text"))
	require.NoError(t, err)
	require.Nil(t, made)
}

func TestReplicasShareUploads(t *testing.T) {
	w := newOutside(t, func(_ *dingtalktest.Options, o *Options) { o.Shared = worldtest.NewPlace(o.Wall) })
	w.put(t, "table.xlsx", table)
	p := bot.Parcel{ID: 1, To: person("ann"), Reply: file("table.xlsx", "")}
	for _, c := range []*Channel{w.channel, w.replica(func(*Options) {})} {
		_, err := c.Send(t.Context(), p)
		require.NoError(t, err)
	}
	require.Equal(t, 1, w.server.Calls(dingtalktest.UploadPath))
	require.Equal(t, 1, w.server.Tokens())
}

func TestOneFileForMany(t *testing.T) {
	w := newOutside(t)
	w.put(t, "table.xlsx", table)
	var ps []bot.Parcel
	for i, who := range []string{"ann", "ben"} {
		ps = append(ps, bot.Parcel{ID: int64(i), To: person(who), Reply: file("table.xlsx", "")})
	}
	for _, o := range w.channel.SendAll(t.Context(), ps) {
		require.NoError(t, o.Err)
	}
	require.Equal(t, 1, w.server.Calls(dingtalktest.PersonsPath))
	require.Equal(t, "table.xlsx", w.server.Shown("u-ben")[0].Name)
}

func TestFilesThatDingTalkDoesNotTake(t *testing.T) {
	w := newOutside(t)
	w.put(t, "empty.xlsx", nil)
	w.put(t, "a.exe", []byte("MZ"))
	big, err := w.data.Create("big.xlsx")
	require.NoError(t, err)
	require.NoError(t, big.Truncate(20<<20+1))
	require.NoError(t, big.Close())
	for name, reason := range map[string]bot.Reason{"big.xlsx": bot.TooLarge, "none.xlsx": bot.NoSuchFile, "empty.xlsx": bot.BadContent, "a.exe": bot.BadContent, "../x": bot.NoSuchFile} {
		_, err := w.channel.Prepare(t.Context(), bot.Parcel{ID: 1, To: person("ann"), Reply: file(name, "")})
		failed := failure(t, err)
		require.Equal(t, []any{bot.Refused, reason}, []any{failed.Fate, failed.Reason}, name)
	}
}

// shelf is evidence by its hash.
type shelf string

func (s shelf) Open(sha string) (*os.File, error) { return os.Open(filepath.Join(string(s), sha)) }

func TestEvidenceIsSentByItsHash(t *testing.T) {
	dir := t.TempDir()
	sum := sha256.Sum256(picture)
	name := hex.EncodeToString(sum[:])
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), picture, 0o600))
	w := newOutside(t, func(_ *dingtalktest.Options, o *Options) { o.Evidence = shelf(dir) })
	_, err := w.send(bot.Parcel{ID: 1, To: person("ann"), Reply: bot.Reply{Kind: bot.ImageReply, Path: name, Name: "现场.png"}})
	require.NoError(t, err)
	require.Equal(t, picture, w.server.Shown("u-ann")[0].File.Bytes)
}

func TestAnUploadOfUnknownFateShowsNobodyAnything(t *testing.T) {
	w := newOutside(t)
	w.put(t, "table.xlsx", table)
	w.bend(dingtalktest.UploadPath, &dingtalktest.Answer{Done: true, Drop: true})
	_, err := w.send(bot.Parcel{ID: 1, To: person("ann"), Reply: file("table.xlsx", "")})
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	_, err = w.channel.Prepare(t.Context(), bot.Parcel{ID: 1, To: person("ann"), Reply: file("table.xlsx", "")})
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	w.withoutSecrets(err.Error())
}

func TestLengths(t *testing.T) {
	for name, x := range map[string]struct {
		as    string
		bytes []byte
		want  time.Duration
	}{
		"a note": {uploads.Voice, voice, 60 * time.Millisecond}, "a film": {uploads.Video, film(), 90 * time.Second},
		"no note": {uploads.Voice, nil, time.Second}, "no film": {uploads.Video, []byte("moov"), time.Second},
		"a film cut short": {uploads.Video, film()[:60], time.Second}, "boxes of nothing": {uploads.Video, make([]byte, 99), time.Second},
	} {
		require.Equal(t, x.want, length(x.as, bytes.NewReader(x.bytes), int64(len(x.bytes))), name)
	}
}
