package robot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/internal/uploads"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/store"
)

func filed(id int64, to, path, name string) bot.Parcel {
	return bot.Parcel{ID: id, To: person(to), Reply: bot.Reply{Kind: bot.FileReply, Path: path, Name: name}}
}

// uploading is a world whose robot is connected and has spoken with people.
func uploading(t *testing.T, bend ...func(*wecomtest.RobotOptions, *Options)) *world {
	w := newWorld(t, bend...)
	w.up()
	for _, one := range []string{"ann", "ben", groupChat} {
		w.server.Spoken(one)
	}
	return w
}

func TestBytesGoUpInChunksAndArriveWhole(t *testing.T) {
	big := func(head string, size int) []byte {
		return append([]byte(head), bytes.Repeat([]byte{7}, size-len(head))...)
	}
	for name, c := range map[string]struct {
		kind   bot.ReplyKind
		body   []byte
		as     string // "" = refused
		chunks int
	}{
		"a picture":                  {bot.ImageReply, photo, "image", 1},
		"a picture over the limit":   {bot.ImageReply, big("\xFF\xD8\xFF", 10<<20+1), "file", 41},
		"a picture of another kind":  {bot.ImageReply, []byte("GIF89a picture"), "file", 1},
		"a table":                    {bot.FileReply, []byte("单位,数\n凤城所,1\n"), "file", 1},
		"a voice note":               {bot.FileReply, []byte("#!AMR\n1234567"), "voice", 1},
		"a video":                    {bot.FileReply, []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), "video", 1},
		"exactly two chunks":         {bot.FileReply, big("x", 2*chunkSize), "file", 2},
		"a file at the limit":        {bot.FileReply, big("x", 20<<20), "file", 80},
		"a file over the limit":      {bot.FileReply, big("x", 20<<20+1), "", 0},
		"a file that is nearly none": {bot.FileReply, []byte("12345"), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := uploading(t)
			w.put(t, "out/a.bin", c.body)
			_, err := w.channel.Send(t.Context(), bot.Parcel{ID: 1, To: person("ann"), Reply: bot.Reply{Kind: c.kind, Path: "out/a.bin", Name: "第2期.bin"}})
			require.Equal(t, c.chunks, w.server.Calls(cmdUploadChunk))
			if c.as == "" {
				require.Equal(t, bot.Refused, failure(t, err).Fate)
				require.Zero(t, w.server.Calls(cmdUploadBegin))
				return
			}
			require.NoError(t, err)
			shown := w.server.Shown("ann")
			require.Len(t, shown, 1)
			up := w.server.Media(shown[0].Media)
			require.Equal(t, []string{c.as, c.as, "第2期.bin"}, []string{shown[0].Kind, up.Type, up.Name})
			require.True(t, bytes.Equal(c.body, up.Bytes))
		})
	}
}

func TestChunksAreCountedFromZeroAndRepeatedWhenTheServerStumbles(t *testing.T) {
	w := uploading(t)
	w.put(t, "a.bin", make([]byte, chunkSize+1))
	var indices []int
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
		if c.Cmd != cmdUploadChunk {
			return nil
		}
		var b struct {
			Index int `json:"chunk_index"`
		}
		require.NoError(t, json.Unmarshal(c.Body, &b))
		indices = append(indices, b.Index)
		if c.N == 2 || c.N == 3 {
			return &wecomtest.RobotAnswer{ErrCode: -1, ErrMsg: "system error"}
		}
		return nil
	})
	_, err := w.channel.Send(t.Context(), filed(1, "ann", "a.bin", ""))
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 1, 1}, indices)
	require.Equal(t, "a.bin", w.server.Shown("ann")[0].Name)
}

func TestAFileForThreeIsUploadedOnce(t *testing.T) {
	w := uploading(t)
	w.put(t, "a.xlsx", []byte("PK\x03\x04 table"))
	to := []bot.Recipient{person("ann"), person("ben"), {Kind: bot.ToGroup, Account: groupName}}
	for i, r := range to {
		p := filed(int64(i+1), "", "a.xlsx", "第2期.xlsx")
		p.To = r
		_, err := w.channel.Send(t.Context(), p)
		require.NoError(t, err)
	}
	require.Equal(t, 1, w.server.Calls(cmdUploadBegin))
	require.Equal(t, w.server.Shown("ann")[0].Media, w.server.Shown(groupChat)[0].Media)
	w.clock.Forward(uploads.Sharing)
	_, err := w.channel.Send(t.Context(), filed(9, "ann", "a.xlsx", "第2期.xlsx"))
	require.NoError(t, err)
	require.Equal(t, 2, w.server.Calls(cmdUploadBegin), "before its three days are over")
}

func TestAnUploadThatFailsHasSentNothing(t *testing.T) {
	for name, c := range map[string]struct {
		cmd  string
		bent wecomtest.RobotAnswer
		want bot.SendError
	}{
		"too often":       {cmdUploadBegin, wecomtest.RobotAnswer{ErrCode: 846607}, bot.SendError{Fate: bot.NotSent, Reason: bot.Throttled, Wait: time.Minute}},
		"no upload_id":    {cmdUploadBegin, wecomtest.RobotAnswer{}, bot.SendError{Fate: bot.NotSent, Reason: bot.PlatformAway, Wait: soon}},
		"no media_id":     {cmdUploadEnd, wecomtest.RobotAnswer{}, bot.SendError{Fate: bot.NotSent, Reason: bot.PlatformAway, Wait: soon}},
		"busy":            {cmdUploadChunk, wecomtest.RobotAnswer{ErrCode: -1}, bot.SendError{Fate: bot.NotSent, Reason: bot.PlatformAway, Wait: soon}},
		"the end":         {cmdUploadEnd, wecomtest.RobotAnswer{Done: true, Drop: true}, bot.SendError{Fate: bot.NotSent, Reason: bot.PlatformAway}},
		"too large there": {cmdUploadBegin, wecomtest.RobotAnswer{ErrCode: 45001}, bot.SendError{Fate: bot.Refused, Reason: bot.TooLarge}},
	} {
		t.Run(name, func(t *testing.T) {
			w := uploading(t)
			w.put(t, "a.jpg", photo)
			w.server.Bend(func(call wecomtest.RobotCall) *wecomtest.RobotAnswer {
				if call.Cmd == c.cmd {
					return &c.bent
				}
				return nil
			})
			_, err := w.channel.Send(t.Context(), filed(1, "ann", "a.jpg", ""))
			got := *failure(t, err)
			got.Err = nil
			require.Equal(t, c.want, got)
			require.Zero(t, w.server.Calls(cmdSend))
		})
	}
}

func TestWhatIsNotTakenAsAPictureIsOfferedAsAFile(t *testing.T) {
	w := uploading(t)
	w.put(t, "a.jpg", photo)
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
		if c.Cmd == cmdUploadBegin && strings.Contains(string(c.Body), `"image"`) {
			return &wecomtest.RobotAnswer{ErrCode: 40058}
		}
		return nil
	})
	_, err := w.channel.Send(t.Context(), bot.Parcel{ID: 1, To: person("ann"), Reply: bot.Reply{Kind: bot.ImageReply, Path: "a.jpg"}})
	require.NoError(t, err)
	require.Equal(t, "file", w.server.Shown("ann")[0].Kind)
}

func TestARobotThatIsCalledBackTakesNoFiles(t *testing.T) {
	w, _ := called(t)
	w.up()
	require.False(t, w.channel.Traits().Files)
	w.put(t, "a.jpg", photo)
	p := filed(1, "ann", "a.jpg", "")
	_, err := w.channel.Prepare(t.Context(), p)
	require.Equal(t, bot.BadContent, failure(t, err).Reason)
	_, err = w.channel.Send(t.Context(), p)
	require.Equal(t, bot.Refused, failure(t, err).Fate)
	require.ErrorContains(t, err, "called back")
}

// asking is a world whose courier sends files by the robot.
func asking(t *testing.T) (*world, *bottest.World) {
	office := bottest.New(t, bottest.WithHandlers(func() []bot.Handler {
		return []bot.Handler{{Name: "files", Commands: []bot.Command{{Words: []string{"要表"}, Do: func(_ context.Context, turn *bot.Turn, _ string) error {
			turn.Show(bot.Reply{Kind: bot.FileReply, Path: "a.xlsx", Name: "第2期.xlsx"})
			return nil
		}}}}}
	}))
	w := uploading(t, func(theirs *wecomtest.RobotOptions, o *Options) {
		theirs.Now, o.Wall, o.Desk = office.Wall.Now, office.Wall.Now, office.Bot
	})
	office.Courier.Channels["test"] = w.channel
	w.put(t, "a.xlsx", []byte("PK\x03\x04 table"))
	return w, office
}

func TestEveryTryOfAParcelNamesTheSameUpload(t *testing.T) {
	w, office := asking(t)
	var named []string
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
		if c.Cmd != cmdSend {
			return nil
		}
		var b outgoing
		require.NoError(t, json.Unmarshal(c.Body, &b))
		named = append(named, b.File.MediaID)
		if len(named) < 3 {
			return &wecomtest.RobotAnswer{ErrCode: -1}
		}
		return nil
	})
	office.Say("ann", "要表")
	for range 6 {
		office.Wall.Set(office.Wall.Now().Add(time.Minute))
		w.channel.uploads = uploads.New(nil, office.Wall.Now) // as after a restart
		office.Flush()
	}
	require.Len(t, w.server.Shown("ann"), 1)
	require.Equal(t, []string{named[0], named[0], named[0]}, named)
	require.Equal(t, 1, w.server.Calls(cmdUploadBegin))
}

func TestAnUploadThatWeComHasLostIsMadeAnewOnce(t *testing.T) {
	w, office := asking(t)
	loses := 1
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
		if c.Cmd == cmdSend && loses > 0 {
			loses--
			w.server.Lose()
		}
		return nil
	})
	office.Say("ann", "要表")
	require.Empty(t, w.server.Shown("ann"))
	office.FastForward(time.Minute)
	require.Equal(t, "第2期.xlsx", w.server.Shown("ann")[0].Name)
	require.Equal(t, 2, w.server.Calls(cmdUploadBegin))

	loses = 100
	office.Say("ben", "要表")
	for range 5 {
		office.FastForward(time.Minute)
	}
	require.Empty(t, w.server.Shown("ben"))
	require.Equal(t, 3, w.server.Calls(cmdUploadBegin), "once, and then the office is told")
	require.NoError(t, office.Store.View(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Deliveries().Undone(t.Context(), store.Refused)
		require.Len(t, rows, 1, fmt.Sprint(rows))
		require.Equal(t, string(bot.BadContent), rows[0].Reason)
		return err
	}))
}
