package wecom

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/internal/uploads"
	"zhuanban/bot/internal/worldtest"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/store"
)

func file(id int64, to, path, name string) bot.Parcel {
	return bot.Parcel{ID: id, To: person(to), Reply: bot.Reply{Kind: bot.FileReply, Path: path, Name: name}}
}

func image(id int64, to, path string) bot.Parcel {
	return bot.Parcel{ID: id, To: person(to), Reply: bot.Reply{Kind: bot.ImageReply, Path: path}}
}

func TestBytesGoAsWhatWeComShowsOrAsAFile(t *testing.T) {
	big := func(head string, size int) []byte { return append([]byte(head), make([]byte, size-len(head))...) }
	mp4 := "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
	for name, c := range map[string]struct {
		reply bot.ReplyKind
		body  []byte
		as    string // "" = refused
	}{
		"a photo":                     {bot.ImageReply, jpeg, "image"},
		"a photo as a file":           {bot.FileReply, jpeg, "file"},
		"a photo over the limit":      {bot.ImageReply, big("\xFF\xD8\xFF", 10<<20+1), "file"},
		"a photo at the limit":        {bot.ImageReply, big("\xFF\xD8\xFF", 10<<20), "image"},
		"a picture of another kind":   {bot.ImageReply, []byte("GIF89a picture"), "file"},
		"a voice note":                {bot.FileReply, []byte("#!AMR\n1234567"), "voice"},
		"a voice note over the limit": {bot.FileReply, big("#!AMR\n", 2<<20+1), "file"},
		"a video":                     {bot.FileReply, []byte(mp4), "video"},
		"a video over the limit":      {bot.FileReply, big(mp4, 10<<20+1), "file"},
		"a table":                     {bot.FileReply, []byte("单位,数\n凤城所,1\n"), "file"},
		"a file at the limit":         {bot.FileReply, big("x", 20<<20), "file"},
		"a file over the limit":       {bot.FileReply, big("x", 20<<20+1), ""},
		"a file that is nearly none":  {bot.FileReply, []byte("12345"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.put(t, "out/a.bin", c.body)
			_, err := w.channel.Send(t.Context(), bot.Parcel{ID: 1, To: person("a"), Reply: bot.Reply{Kind: c.reply, Path: "out/a.bin", Name: "第2期.bin"}})
			if c.as == "" {
				require.Equal(t, bot.Refused, failure(t, err).Fate)
				require.Zero(t, w.server.Calls(wecomtest.UploadPath))
				return
			}
			require.NoError(t, err)
			shown := w.server.Shown("a")
			require.Len(t, shown, 1)
			require.Equal(t, []string{c.as, "第2期.bin"}, []string{shown[0].Media.Kind, shown[0].Media.Name})
			require.True(t, bytes.Equal(c.body, shown[0].Media.Bytes))
		})
	}
}

func TestTooLargeIsSaidInTheOfficesWords(t *testing.T) {
	w := newWorld(t)
	w.put(t, "a.zip", make([]byte, 20<<20+1))
	_, err := w.channel.Prepare(t.Context(), file(1, "a", "a.zip", ""))
	require.Equal(t, bot.TooLarge, failure(t, err).Reason)
}

func TestAnUploadIsAFormWithNameAndLength(t *testing.T) {
	w := newWorld(t)
	w.put(t, "a.csv", []byte("1,2,3,4"))
	var body string
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.UploadPath {
			body = string(c.Body)
		}
		return nil
	})
	_, err := w.channel.Send(t.Context(), file(1, "a", "a.csv", "a\"b\\c\r\n第2期.csv"))
	require.NoError(t, err)
	require.Contains(t, body, "Content-Disposition: form-data; name=\"media\"; filename=\"a'b_c__第2期.csv\"; filelength=7\r\n")
	require.NotContains(t, body, "filename*", "WeCom does not read it")
}

func TestANameThatIsNotReadIsReplaced(t *testing.T) {
	w := newWorld(t)
	w.put(t, "a.csv", []byte("1,2,3,4"))
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.UploadPath && strings.Contains(string(c.Body), "统计") {
			return &wecomtest.Answer{ErrCode: 44001, ErrMsg: "empty media data"}
		}
		return nil
	})
	_, err := w.channel.Send(t.Context(), file(1, "a", "a.csv", "统计.csv"))
	require.NoError(t, err)
	require.Equal(t, "file.csv", w.server.Shown("a")[0].Media.Name)
}

// TestADeploymentThatIsStrictAboutFormsGetsFilesAllTheSame: of the app, and of a group's
// robot.
func TestADeploymentThatIsStrictAboutFormsGetsFilesAllTheSame(t *testing.T) {
	const key = "693a91f6-7aac-4bc4-97a0"
	w := newWorld(t, func(theirs *wecomtest.Options, ours *Options) {
		theirs.StrictForms, theirs.Webhooks = true, []string{key}
		ours.Groups = []Group{{Name: "专班工作群", Webhook: key}}
	})
	w.put(t, "a.csv", []byte("1,2,3,4"))
	for i, c := range [][2]string{{"统计.csv", "file.csv"}, {"第2期 weekly.csv", "_2_ weekly.csv"}, {"weekly.csv", "weekly.csv"}, {strings.Repeat("统", 200) + ".csv", "file.csv"}} {
		_, err := w.channel.Send(t.Context(), file(int64(i+1), "a", "a.csv", c[0]))
		require.NoError(t, err, c[0])
		require.Equal(t, c[1], w.server.Shown("a")[i].Media.Name)
	}
	group := file(9, "专班工作群", "a.csv", "统计.csv")
	group.To.Kind = bot.ToGroup
	_, err := w.channel.Send(t.Context(), group)
	require.NoError(t, err)
	require.Equal(t, "file.csv", w.said("专班工作群")[0].File)
}

func TestWhatIsNotTakenAsAnImageIsOfferedAsAFile(t *testing.T) {
	w := newWorld(t)
	w.put(t, "a.jpg", jpeg)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.UploadPath && c.Query.Get("type") == "image" {
			return &wecomtest.Answer{ErrCode: 40009}
		}
		return nil
	})
	_, err := w.channel.Send(t.Context(), image(1, "a", "a.jpg"))
	require.NoError(t, err)
	require.Equal(t, "file", w.server.Shown("a")[0].Media.Kind)
}

func TestAFileForThreeUploadsOnce(t *testing.T) {
	w := newWorld(t)
	w.put(t, "a.xlsx", []byte("PK\x03\x04 table"))
	for i, o := range w.channel.SendAll(t.Context(), []bot.Parcel{file(1, "a", "a.xlsx", "a.xlsx"), file(2, "b", "a.xlsx", "a.xlsx"), file(3, "c", "a.xlsx", "a.xlsx")}) {
		require.NoError(t, o.Err, i)
	}
	_, err := w.channel.Send(t.Context(), file(4, "d", "a.xlsx", "a.xlsx"))
	require.NoError(t, err)
	require.Equal(t, 1, w.server.Calls(wecomtest.UploadPath))
	require.Equal(t, 2, w.server.Calls(wecomtest.SendPath))
	_, err = w.channel.Send(t.Context(), file(5, "d", "a.xlsx", "另一个名字.xlsx"))
	require.NoError(t, err)
	require.Equal(t, 2, w.server.Calls(wecomtest.UploadPath), "another name is another file to its readers")
	w.clock.Forward(uploads.Sharing)
	_, err = w.channel.Send(t.Context(), file(6, "d", "a.xlsx", "a.xlsx"))
	require.NoError(t, err)
	require.Equal(t, 3, w.server.Calls(wecomtest.UploadPath))
}

func TestReplicasThatSendTheSameFileAtOnceUploadItOnce(t *testing.T) {
	w := newWorld(t)
	shared := worldtest.NewPlace(w.clock.Now)
	w.put(t, "a.xlsx", []byte("PK\x03\x04 table"))
	replicas := []*Channel{w.replica(func(o *Options) { o.Shared = shared }), w.replica(func(o *Options) { o.Shared = shared })}
	var sending sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		sending.Go(func() {
			_, errs[i] = replicas[i%2].Send(t.Context(), file(int64(i+1), fmt.Sprint("p", i), "a.xlsx", "a.xlsx"))
		})
	}
	sending.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, 1, w.server.Calls(wecomtest.UploadPath))
}

// What one replica was told is lost, another does not hand out from its memory.
func TestAnUploadThatOneReplicaFoundLostNoReplicaUses(t *testing.T) {
	w := newWorld(t)
	shared := worldtest.NewPlace(w.clock.Now)
	one, two := uploads.New(shared, w.clock.Now), uploads.New(shared, w.clock.Now)
	made := 0
	upload := func() (uploads.Ready, error) {
		made++
		return uploads.Ready{Type: "file", MediaID: fmt.Sprint("m", made)}, nil
	}
	for _, u := range []*uploads.Uploads{one, two} {
		r, err := u.Once(t.Context(), "key", upload)
		require.NoError(t, err)
		require.Equal(t, "m1", r.MediaID)
	}
	prepared, err := one.Prepare(t.Context(), nil, func() (uploads.Ready, error) { return one.Once(t.Context(), "key", upload) })
	require.NoError(t, err)
	require.Error(t, one.Lost(t.Context(), prepared, io.ErrUnexpectedEOF))
	for _, u := range []*uploads.Uploads{two, one} {
		r, err := u.Once(t.Context(), "key", upload)
		require.NoError(t, err)
		require.Equal(t, "m2", r.MediaID)
	}
	require.Equal(t, 2, made)
}

func TestATokenThatDiesBeforeAnUploadIsReplaced(t *testing.T) {
	w := newWorld(t)
	_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
	require.NoError(t, err)
	w.server.RevokeToken()
	w.put(t, "a.jpg", jpeg)
	_, err = w.channel.Send(t.Context(), image(2, "a", "a.jpg"))
	require.NoError(t, err)
	require.True(t, bytes.Equal(jpeg, w.server.Shown("a")[1].Media.Bytes), "from its beginning")
}

func TestAnUploadThatFailsHasSentNothing(t *testing.T) {
	for name, bend := range map[string]*wecomtest.Answer{
		"busy": {ErrCode: -1}, "a page": {Type: "text/html", Body: "<html>"}, "broken": {Drop: true}, "a gateway": {Status: 502, Body: "x"},
		"no media_id": {Body: `{"errcode":0}`, Type: "application/json"}, "no code": {Body: `{}`, Type: "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.put(t, "a.jpg", jpeg)
			w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
				if c.Path == wecomtest.UploadPath {
					return bend
				}
				return nil
			})
			_, err := w.channel.Send(t.Context(), image(1, "a", "a.jpg"))
			require.Equal(t, bot.NotSent, failure(t, err).Fate)
			w.withoutSecrets(err.Error())
			require.Zero(t, w.server.Calls(wecomtest.SendPath))
		})
	}
}

// sending is a world whose courier sends files by the channel.
func sending(t *testing.T) (*world, *bottest.World) {
	office := bottest.New(t, bottest.WithHandlers(func() []bot.Handler {
		return []bot.Handler{{Name: "files", Commands: []bot.Command{{Words: []string{"要表"}, Do: func(_ context.Context, turn *bot.Turn, _ string) error {
			turn.Show(bot.Reply{Kind: bot.FileReply, Path: "a.xlsx", Name: "第2期.xlsx"})
			return nil
		}}}}}
	}))
	w := newWorld(t, func(theirs *wecomtest.Options, o *Options) {
		theirs.Now, o.Wall, o.Desk = office.Wall.Now, office.Wall.Now, office.Bot
	})
	office.Courier.Channels["test"] = w.channel
	w.put(t, "a.xlsx", []byte("PK\x03\x04 table"))
	return w, office
}

func TestEveryTryOfAParcelNamesTheSameUpload(t *testing.T) {
	w, office := sending(t)
	lost := 0
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.SendPath && lost < 3 { // it has arrived, and nobody knows
			lost++
			return &wecomtest.Answer{Done: true, Drop: true}
		}
		return nil
	})
	office.Say("ann", "要表")
	for range 6 {
		office.Wall.Set(office.Wall.Now().Add(time.Minute))
		w.channel.uploads = uploads.New(nil, office.Wall.Now) // as after a restart
		office.Flush()
	}
	require.Len(t, w.server.Shown("ann"), 1, "the duplicate check knows it")
	require.Equal(t, 3, w.server.Counts().Duplicates)
	require.Equal(t, 1, w.server.Calls(wecomtest.UploadPath))
}

func TestAnUploadThatWeComHasLostIsMadeAnewOnce(t *testing.T) {
	w, office := sending(t)
	loses := 1
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.SendPath && loses > 0 {
			loses--
			w.server.Lose()
		}
		return nil
	})
	office.Say("ann", "要表")
	require.Empty(t, w.server.Shown("ann"))
	office.FastForward(time.Minute)
	require.Equal(t, "第2期.xlsx", w.server.Shown("ann")[0].Media.Name)
	require.Equal(t, 2, w.server.Calls(wecomtest.UploadPath))

	loses = 100
	office.Say("ben", "要表")
	for range 5 {
		office.FastForward(time.Minute)
	}
	require.Empty(t, w.server.Shown("ben"))
	require.Equal(t, 3, w.server.Calls(wecomtest.UploadPath), "once, and then the office is told")
	require.NoError(t, office.Store.View(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Deliveries().Undone(t.Context(), store.Refused)
		require.Len(t, rows, 1)
		require.Equal(t, string(bot.BadContent), rows[0].Reason)
		return err
	}))
}
