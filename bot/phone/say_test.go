package phone

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

func saying(change map[string]any) map[string]any {
	m := map[string]any{"as": "fengcheng.filer", "chat": "p:fengcheng.filer", "id": "message-0001"}
	for k, v := range change {
		m[k] = v
	}
	return m
}

func TestWhatIsSaidIsKeptAndHandedIn(t *testing.T) {
	for name, c := range map[string]struct {
		said map[string]any
		want bot.Message
	}{
		"a text":         {map[string]any{"text": "报线索\n建设路"}, bot.Message{Text: "报线索\n建设路"}},
		"a tap":          {map[string]any{"tap": "submit", "label": "提交"}, bot.Message{Tap: "submit"}},
		"a place":        {map[string]any{"location": bot.Location{Lat: 25, Lng: 118, Label: "建设路"}}, bot.Message{Location: &bot.Location{Lat: 25, Lng: 118, Label: "建设路"}}},
		"to the bot":     {map[string]any{"chat": "g:专班工作群", "text": "进度", "mention": true}, bot.Message{Group: "专班工作群", Text: "进度"}},
		"a group button": {map[string]any{"chat": "g:专班工作群", "tap": "who"}, bot.Message{Group: "专班工作群", Tap: "who"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			rec := w.request("POST", "/phone/say", saying(c.said))
			require.Equal(t, http.StatusOK, rec.Code, rec.Body)
			c.want.Platform, c.want.ID, c.want.Sender, c.want.At = "phone", "message-0001", "fengcheng.filer", w.clock.Now()
			require.Equal(t, []bot.Message{c.want}, w.desk.messages())
			kept := w.inbox.entries[0]
			require.Equal(t, "fengcheng.filer", kept.Author)
			require.Equal(t, "message-0001", kept.Body.MessageID)
		})
	}
}

func TestInAGroupTheBotHearsOnlyWhatMentionsIt(t *testing.T) {
	w := newWorld(t)
	rec := w.request("POST", "/phone/say", saying(map[string]any{"chat": "g:专班工作群", "text": "下午开会"}))
	require.Equal(t, http.StatusOK, rec.Code)
	require.Empty(t, w.desk.messages())
	require.Len(t, w.chat("g:专班工作群"), 1)
}

func TestWhatFailedIsHandedInAgainTheSame(t *testing.T) {
	w := newWorld(t)
	w.desk.setFail(errors.New("the database is away"))
	said := saying(map[string]any{"text": "零报告"})
	rec := w.request("POST", "/phone/say", said)
	require.Equal(t, http.StatusInternalServerError, rec.Code)
	require.JSONEq(t, `{"error":"failed"}`, rec.Body.String())

	w.desk.setFail(nil)
	require.NoError(t, w.clock.AdvanceTo(t.Context(), friday.AddDate(0, 0, -1)))
	said["text"] = "something else under the same id"
	rec = w.request("POST", "/phone/say", said)
	require.Equal(t, http.StatusOK, rec.Code)
	heard := w.desk.messages()
	require.Len(t, heard, 2)
	require.Equal(t, heard[0], heard[1])
	require.Len(t, w.chat("p:fengcheng.filer"), 2, "the message once and one answer")
}

func TestOneIDIsEachSendersOwn(t *testing.T) {
	w := newWorld(t)
	for _, who := range []string{"fengcheng.filer", "hutou.filer"} {
		rec := w.request("POST", "/phone/say", saying(map[string]any{"as": who, "chat": "g:专班工作群", "text": "收到"}))
		require.Equal(t, http.StatusOK, rec.Code)
	}
	require.Len(t, w.chat("g:专班工作群"), 2)
}

func TestWhatIsNotTaken(t *testing.T) {
	for name, c := range map[string]struct {
		said   any
		status int
		code   string
	}{
		"nothing":                 {saying(map[string]any{"text": " \n"}), 400, "empty"},
		"no id":                   {saying(map[string]any{"id": "", "text": "帮助"}), 400, "bad_request"},
		"an id with a line break": {saying(map[string]any{"id": "message\n0001", "text": "帮助"}), 400, "bad_request"},
		"a place off the globe":   {saying(map[string]any{"location": bot.Location{Lat: 91}}), 400, "bad_request"},
		"a stranger":              {saying(map[string]any{"as": "nobody", "text": "帮助"}), 403, "unknown_person"},
		"someone else's chat":     {saying(map[string]any{"chat": "p:hutou.filer", "text": "帮助"}), 403, "not_in_chat"},
		"another office's group":  {saying(map[string]any{"chat": "g:专项办群", "text": "帮助"}), 403, "not_in_chat"},
		"too much":                {saying(map[string]any{"text": strings.Repeat("长", maxJSON)}), 413, "too_large"},
		"no JSON":                 {[]byte("帮助"), 400, "bad_request"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			rec := w.request("POST", "/phone/say", c.said)
			require.Equal(t, c.status, rec.Code, rec.Body)
			require.Equal(t, c.code, decode[map[string]string](t, rec)["error"])
			require.Empty(t, w.inbox.entries)
			require.Empty(t, w.desk.messages())
		})
	}
}

// upload is a file of a form.
type upload struct{ field, name, data string }

func (w *world) upload(said map[string]any, files ...upload) (int, string) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	message, err := json.Marshal(said)
	require.NoError(w.t, err)
	require.NoError(w.t, form.WriteField("message", string(message)))
	for _, f := range files {
		part, err := form.CreateFormFile(f.field, f.name)
		require.NoError(w.t, err)
		_, err = part.Write([]byte(f.data))
		require.NoError(w.t, err)
	}
	require.NoError(w.t, form.Close())
	rec := w.request("POST", "/phone/say", body.Bytes(), func(r *http.Request) { r.Header.Set("Content-Type", form.FormDataContentType()) })
	return rec.Code, rec.Body.String()
}

const pngHead = "\x89PNG\r\n\x1a\n"

func TestPhotosAndFilesAreEvidenceBeforeTheBotHears(t *testing.T) {
	w := newWorld(t)
	status, body := w.upload(saying(nil), upload{"photo", `C:\照片\门头.png`, pngHead + "..."}, upload{"photo", "x.png", "<script>"}, upload{"file", "../笔录.docx", "PK"})
	require.Equal(t, http.StatusOK, status, body)
	got := w.desk.messages()[0].Attachments
	require.Len(t, got, 3)
	require.Equal(t, bot.Photo, got[0].Kind)
	require.Equal(t, "image/png", got[0].MIME)
	require.Equal(t, "门头.png", got[0].Name)
	require.Equal(t, int64(len(pngHead)+3), got[0].Size)
	require.Equal(t, bot.File, got[1].Kind, "what its bytes say, not its name")
	require.Equal(t, "笔录.docx", got[2].Name)
	for _, a := range got {
		f, err := w.files.Open(a.SHA256)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
}

func TestUploadsThatAreNotTaken(t *testing.T) {
	many := make([]upload, maxFiles+1)
	for i := range many {
		many[i] = upload{"photo", fmt.Sprintf("%d.png", i), pngHead}
	}
	for name, c := range map[string]struct {
		said  map[string]any
		files []upload
		code  string
	}{
		"one too large":       {saying(nil), []upload{{"file", "a.bin", strings.Repeat("x", maxFile+1)}}, "too_large"},
		"one too many":        {saying(nil), many, "too_many"},
		"an empty one":        {saying(nil), []upload{{"file", "a.bin", ""}}, "empty_file"},
		"someone else's chat": {saying(map[string]any{"chat": "p:hutou.filer"}), []upload{{"file", "a.bin", "x"}}, "not_in_chat"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			status, body := w.upload(c.said, c.files...)
			require.GreaterOrEqual(t, status, 400)
			require.JSONEq(t, fmt.Sprintf(`{"error":%q}`, c.code), body)
			require.Empty(t, w.inbox.entries)
		})
	}
}

func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"a.png", `C:\x\y.doc`, "../../etc/passwd", "/", "..", "", "\r\nSet-Cookie: x", strings.Repeat("长", 300) + ".xlsx"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := fileName(name)
		if got == "" || got == "." || got == ".." || strings.ContainsAny(got, "/\\\r\n\x00") || len([]rune(got)) > 120 {
			t.Fatalf("fileName(%q) = %q", name, got)
		}
	})
}
