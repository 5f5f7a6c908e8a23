package phone

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/device"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

const chromium = "/usr/bin/chromium"

// browser is a tab of a real browser at the world's page.
type browser struct {
	t   *testing.T
	ctx context.Context
	url string
}

// newBrowser opens a browser. PHONE_SHOTS names a folder to leave pictures in.
func newBrowser(t *testing.T, w *world) *browser {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil {
		t.Fatalf("%v\nThe page is tested in a real browser: apt-get install -y --no-install-recommends chromium fonts-wqy-microhei", err)
	}
	// Ticks as in life: this test waits for what is seen, not for time.
	w.phone.o.Tick = newTicker
	server := httptest.NewServer(w.phone)
	t.Cleanup(server.Close)
	t.Cleanup(w.phone.Close)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "zh-CN"), chromedp.Env("LANGUAGE=zh_CN", "LANG=C.UTF-8"))
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return &browser{t: t, ctx: ctx, url: server.URL}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.shot("failed")
		b.t.Fatal(err)
	}
}

// until waits for a JavaScript expression to hold.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	deadline, cancel := context.WithTimeout(b.ctx, 15*time.Second)
	defer cancel()
	for {
		ok, err := chromedp.Run(deadline, chromedp.Evaluate[bool](fmt.Sprintf("Boolean(%s)", expression)))
		if ok && err == nil {
			return
		}
		if deadline.Err() != nil {
			b.shot("failed")
			b.t.Fatalf("not seen: %s (%s): %v", what, expression, err)
		}
		b.frame()
	}
}

// frame waits until the browser has painted once more.
func (b *browser) frame() {
	_, _ = chromedp.Run(b.ctx, chromedp.Evaluate[bool]("new Promise(r => setTimeout(() => requestAnimationFrame(() => r(true)), 30))", chromedp.EvalAwaitPromise))
}

func (b *browser) sees(selector, text string) {
	b.t.Helper()
	b.until(text, fmt.Sprintf("[...document.querySelectorAll(%q)].some(e => e.checkVisibility() && e.textContent.includes(%q))", selector, text))
}

func (b *browser) shot(name string) {
	dir := os.Getenv("PHONE_SHOTS")
	if dir == "" {
		return
	}
	data, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600)
	}
	if err != nil {
		b.t.Logf("no picture %s: %v", name, err)
	}
}

// both takes a picture in light and in dark.
func (b *browser) both(name string) {
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		b.frame()
		b.shot(name + "-" + scheme)
	}
	b.scheme("light")
}

func (b *browser) scheme(name string) {
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

func (b *browser) typeText(text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS("#text"), text))
}

func photo(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for x := range 320 {
		for y := range 240 {
			img.Set(x, y, color.RGBA{uint8(x / 2), uint8(90 + y/3), 140, 255})
		}
	}
	var buf bytes.Buffer
	require.NoError(t, png.Encode(&buf, img))
	name := filepath.Join(t.TempDir(), "现场照片.png")
	require.NoError(t, os.WriteFile(name, buf.Bytes(), 0o600))
	return name
}

// One filer's morning on a phone: chosen from the list, a lead typed, the card
// answered by keyboard, a photo, then Friday comes.
func TestOnAPhone(t *testing.T) {
	w := newWorld(t)
	w.phone.o.Inbox = storeInbox(t)
	w.send(bot.Recipient{Kind: bot.ToGroup, Account: "专班工作群"}, bot.Reply{Kind: bot.TextReply, Text: "本周截止:周五 17:30。已报 0 / 2。", Mention: []string{"fengcheng.filer"}})
	b := newBrowser(t, w)
	b.do(chromedp.Emulate(device.IPhone12))
	b.scheme("light")
	b.do(chromedp.Navigate(b.url + "/"))
	b.sees(".person", "填报员·凤城所")
	b.both("phone-1-people")
	b.named()

	b.do(chromedp.Click(chromedp.CSS(`.person[data-account="fengcheng.filer"]`)))
	b.sees(".row", "专班助手")
	b.sees(".row .badge", "1")
	b.both("phone-2-chats")
	b.do(chromedp.Click(chromedp.CSS(`.row[data-chat="p:fengcheng.filer"]`)))
	b.sees("#empty", "帮助")
	b.named()

	b.typeText("建设路有人卖假酒,两万五" + kb.Enter)
	b.sees(".mine .bubble.text", "建设路有人卖假酒")
	b.until("an empty composer", `document.getElementById("text").value === ""`)
	b.sees(".card", "25,000元")
	b.both("phone-3-card")
	b.named()

	b.do(chromedp.Focus(chromedp.CSS(".card .buttons button")), chromedp.KeyEvent(kb.Enter))
	b.sees(".bubble.tapped", "已选：提交")
	b.sees(".theirs .bubble.text", "AX-2024-0132")
	b.until("the director's count", `document.querySelector('[data-account="office.director"] .badge').textContent.startsWith("2")`)

	b.do(chromedp.SetUploadFiles(chromedp.CSS("#photos"), []string{photo(t)}))
	b.until("the photo", `[...document.querySelectorAll(".bubble.image img")].some(i => i.naturalWidth === 320)`)
	b.sees(".theirs .bubble.text", "收到 1 个附件")
	b.do(chromedp.Click(chromedp.CSS("#plus")))
	b.both("phone-4-photo")
	b.do(chromedp.KeyEvent(kb.Escape))
	b.until("the tray closed first", `document.getElementById("tray").hidden && !document.getElementById("chat").hidden`)
	b.do(chromedp.Click(chromedp.CSS(".bubble.image")))
	b.until("the photo enlarged", `document.getElementById("viewer").open`)
	b.shot("phone-5-viewer")
	b.do(chromedp.KeyEvent(kb.Escape))
	b.until("the viewer closed", `!document.getElementById("viewer").open && !document.getElementById("chat").hidden`)
	b.do(chromedp.KeyEvent(kb.Escape))
	b.sees(".row", "收到 1 个附件")
	b.friday()

	heard := w.desk.messages()
	require.Len(t, heard, 3)
	require.Equal(t, "建设路有人卖假酒,两万五", heard[0].Text)
	require.Equal(t, "submit", heard[1].Tap)
	require.Equal(t, bot.Photo, heard[2].Attachments[0].Kind)
	require.Equal(t, "现场照片.png", heard[2].Attachments[0].Name)
}

// friday steps the clock to the reminder, which four people get at once.
func (b *browser) friday() {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(`[data-go="clock"]`)))
	b.sees("#next-what", "周报提醒")
	b.named()
	b.both("phone-6-clock")
	b.do(chromedp.Click(chromedp.CSS("#to-next")))
	b.sees("#clock-said", "发出 4 条消息")
	b.sees("#now-date", "星期五")
	b.shot("phone-7-friday")
	b.until("another person's count", `document.querySelector('[data-account="hutou.filer"] .badge').textContent.startsWith("2")`)
	b.do(chromedp.Click(chromedp.CSS(`[data-go="people"]`)))
	b.both("phone-8-counts")
}

// On a desktop everything is in sight; a message that does not arrive is kept
// and sent again as the same message.
func TestOnADesktop(t *testing.T) {
	w := newWorld(t)
	for i := range 60 {
		w.send(person("hutou.filer"), bot.Reply{Kind: bot.TextReply, Text: fmt.Sprintf("第 %d 条", i+1)})
	}
	require.NoError(t, os.WriteFile(filepath.Join(w.data, "2024-W03.xlsx"), []byte("PK"), 0o600))
	b := newBrowser(t, w)
	b.do(chromedp.EmulateViewport(1280, 860))
	b.scheme("light")
	b.do(chromedp.Navigate(b.url + "/"))
	b.both("desktop-0-nobody")
	b.do(chromedp.Navigate(b.url + "/?as=hutou.filer&chat=p%3Ahutou.filer"))
	b.sees(".bubble.text", "第 60 条")
	b.until("older entries wait", `!document.getElementById("more").hidden && !document.body.textContent.includes("第 9 条")`)
	b.do(chromedp.Click(chromedp.CSS("#more")))
	b.sees(".bubble.text", "第 9 条")

	w.desk.setFail(fmt.Errorf("the database is away"))
	b.typeText("零报告" + kb.Enter)
	b.sees(".fate.bad", "没有送达")
	b.typeText("没写完")
	b.do(chromedp.Reload())
	b.sees(".fate.bad", "没有送达")
	b.until("what was being typed", `document.getElementById("text").value === "没写完"`)
	b.both("desktop-1-failed")
	w.desk.setFail(nil)
	b.do(chromedp.Click(chromedp.CSS(".again")))
	b.sees(".card", "线索(草稿)")
	b.until("no failure left", `!document.querySelector(".fate")`)
	w.send(person("hutou.filer"), bot.Reply{Kind: bot.FileReply, Path: "2024-W03.xlsx", Name: "统计表-第3周.xlsx", Text: "本周统计表"})
	b.sees(".bubble.file", "统计表-第3周.xlsx")

	b.do(chromedp.Click(chromedp.CSS("#plus")), chromedp.Click(chromedp.CSS("#place-open")))
	b.do(chromedp.SendKeys(chromedp.CSS(`#place input[name=label]`), "湖头镇中山街"))
	b.shot("desktop-2-place")
	b.do(chromedp.Click(chromedp.CSS("#place .send")))
	b.sees(".bubble.place", "湖头镇中山街")
	b.do(chromedp.Click(chromedp.CSS("#to-friday")))
	b.sees("#clock-said", "发出 4 条消息")
	b.both("desktop-3-friday")
	b.named()

	heard := w.desk.messages()
	require.Equal(t, heard[0], heard[1], "sent again is the same message")
	require.Equal(t, "湖头镇中山街", heard[2].Location.Label)
	b.group(w)
	b.zoomed()
}

// By keyboard alone: find a person, be them, open the chat, send, leave.
func TestByKeyboard(t *testing.T) {
	w := newWorld(t)
	b := newBrowser(t, w)
	b.do(chromedp.EmulateViewport(760, 900))
	b.do(chromedp.Navigate(b.url + "/"))
	b.sees("#now-time", "09:30")
	focused := func(what, test string) {
		t.Helper()
		b.until(what, "document.activeElement."+test)
	}
	b.do(chromedp.KeyEvent(kb.Tab))
	focused("the way past the list", `matches(".skip")`)
	b.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("湖头"))
	b.until("only one unit", `document.querySelectorAll(".unit:not([hidden])").length === 1`)
	b.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown))
	focused("the second found", `dataset.account === "hutou.head"`)
	b.do(chromedp.KeyEvent(kb.Home), chromedp.KeyEvent(kb.Enter))
	b.sees("#chats-title", "填报员·湖头所")
	b.sees(".row", "专班助手")
	b.shot("middle-1")
	b.do(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab))
	focused("the list is one stop", `dataset.account === "hutou.filer"`)
	b.do(chromedp.KeyEvent(kb.Tab))
	focused("the first chat", `dataset.chat === "p:hutou.filer"`)
	b.do(chromedp.KeyEvent(kb.Enter))
	focused("the composer", `id === "text"`)
	b.do(chromedp.KeyEvent("帮助"), chromedp.KeyEvent(kb.Enter))
	b.sees(".card", "线索(草稿)")
	b.shot("middle-2")
	b.do(chromedp.KeyEvent(kb.Escape))
	focused("back where it came from", `dataset.chat === "p:hutou.filer"`)
	require.Equal(t, "帮助", w.desk.messages()[0].Text)
}

// group: what does not mention the bot is only shown.
func (b *browser) group(w *world) {
	before := len(w.desk.messages())
	b.do(chromedp.Click(chromedp.CSS("#back")), chromedp.Click(chromedp.CSS(`.row[data-chat="g:专班工作群"]`)))
	b.do(chromedp.Click(chromedp.CSS("#mention")))
	b.typeText("下午开会")
	b.do(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(kb.ModifierShift)))
	b.typeText("三点" + kb.Enter)
	b.sees(".mine .bubble.text", "下午开会\n三点")
	require.Len(b.t, w.desk.messages(), before)
	b.do(chromedp.Click(chromedp.CSS("#mention")), chromedp.Click(chromedp.CSS(`[data-word="进度"]`)))
	b.sees(".mine .call", "@专班")
	b.until("the bot heard it", "!document.querySelector('.fate')")
	require.Equal(b.t, "专班工作群", w.desk.messages()[before].Group)
	b.shot("desktop-4-group")
}

// zoomed: twice the text size on a small window still shows the composer and
// scrolls nothing sideways.
func (b *browser) zoomed() {
	b.do(chromedp.EmulateViewport(390, 844))
	_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.documentElement.style.fontSize = "200%", dispatchEvent(new Event("resize"))`))
	require.NoError(b.t, err)
	b.until("nothing sideways", "document.documentElement.scrollWidth <= innerWidth && document.getElementById('send').getBoundingClientRect().right <= innerWidth")
	b.shot("zoom-200")
}

// named checks that every control in sight has a name and a size to hit, and
// that the page has no two elements of one id.
func (b *browser) named() {
	b.t.Helper()
	faults, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`(() => {
		const faults = [];
		for (const e of document.querySelectorAll("button, input, textarea, a[href]")) {
			const name = e.ariaLabel || e.labels?.[0]?.textContent.trim() || e.textContent.trim() || e.title;
			if (!name) faults.push("no name: " + e.outerHTML.slice(0, 120));
			const r = e.getBoundingClientRect();
			if (e.checkVisibility() && !e.matches(".skip") && r.width && (r.height < 43.5 || r.width < 43.5)) faults.push("small: " + r.width + "x" + r.height + " " + e.outerHTML.slice(0, 120));
		}
		for (const i of document.querySelectorAll("img")) if (!i.hasAttribute("alt")) faults.push("no alt");
		const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
		ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => faults.push("twice: " + id));
		if (document.documentElement.lang !== "zh-CN") faults.push("no language");
		return faults;
	})()`))
	require.NoError(b.t, err)
	require.Empty(b.t, faults, strings.Join(faults, "\n"))
}
