// The page: which screen is shown, which chat is open, and what the server tells.
import { Chat } from "./chat.js";
import { Clock } from "./clock.js";
import { Composer } from "./composer.js";
import { People } from "./people.js";
import { avatar } from "./bubble.js";
import { badge, byId, make, rove } from "./dom.js";
import { Outbox, ask } from "./net.js";
import { short } from "./time.js";

const title = document.title;
const viewer = { account: document.body.dataset.as, name: document.body.dataset.name };
const people = new People();
const clock = byId("clock") && new Clock();

// go shows a screen; only a narrow window shows one at a time.
function go(screen) {
  document.body.dataset.screen = screen;
  for (const tab of document.querySelectorAll("[data-go]")) {
    if (tab.dataset.go === screen) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}
for (const tab of document.querySelectorAll("[data-go]")) tab.addEventListener("click", () => go(tab.dataset.go));
go(document.body.dataset.screen);
clock?.refresh();
const first = await state();
people.unread(first.unread);
if (viewer.account) start();
else listen(first.newest, { unread: ({ people: counts }) => people.unread(counts), clock: () => clock?.refresh() });
fitKeyboard();

function state() {
  return ask(`/phone/state?as=${encodeURIComponent(viewer.account ?? "")}`).catch((e) => {
    strip(e.message);
    throw e;
  });
}

function strip(text) {
  byId("strip").hidden = !text;
  byId("strip").textContent = text;
}

// listen follows the server's events from the entry newest on, while the page is
// seen. A browser keeps six connections to a server: tabs out of sight give
// theirs back, and catch up when they are seen again.
function listen(newest, takers) {
  let events = null;
  const open = () => {
    events = new EventSource(`/phone/events?${new URLSearchParams({ as: viewer.account ?? "", after: newest })}`);
    for (const [type, take] of Object.entries(takers)) {
      events.addEventListener(type, (event) => {
        newest = Number(event.lastEventId);
        take(JSON.parse(event.data));
      });
    }
    events.addEventListener("open", () => strip(""));
    events.addEventListener("error", () => {
      strip("连接断了，正在重连…");
      // A refused stream is not tried again by the browser itself.
      if (events?.readyState === EventSource.CLOSED) setTimeout(follow, 3000);
    });
  };
  const follow = () => {
    if (document.hidden) {
      events?.close();
      events = null;
    } else if (!events || events.readyState === EventSource.CLOSED) {
      open();
    }
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

// fitKeyboard keeps the composer above the keyboard where the browser lays the
// keyboard over the page.
function fitKeyboard() {
  window.visualViewport?.addEventListener("resize", () => {
    const covered = innerHeight - visualViewport.height > 80 && visualViewport.scale === 1;
    document.body.style.height = covered ? `${visualViewport.height}px` : "";
    if (covered) scrollTo(0, 0);
  });
}

function start() {
  const chats = new Map(first.chats.map((c) => [c.key, c]));
  const chat = new Chat(viewer, new Outbox(viewer.account));
  const composer = new Composer((m) => chat.say(m), warn);
  const settle = rove(byId("rows"), "a.row");
  let now = first.now;

  function warn(text) {
    strip(text);
    setTimeout(() => { if (byId("strip").textContent === text) strip(""); }, 5000);
  }

  const name = (c) => c.title || "专班助手";
  const link = (key) => `/?${new URLSearchParams(key ? { as: viewer.account, chat: key } : { as: viewer.account })}`;

  function preview({ body, author, name: who, chat: key }) {
    const r = body.reply;
    const text = r ? (r.kind === "image" ? "[图片]" : r.kind === "file" ? "[文件]" : r.title || r.text)
      : body.text || (body.tap ? `已选：${body.label}` : body.location ? "[位置]" : body.attachments?.[0]?.kind === "photo" ? "[图片]" : "[文件]");
    const speaker = key.startsWith("g:") ? `${author === viewer.account ? "我" : r ? "专班助手" : who}：` : "";
    return speaker + text.replace(/\s+/g, " ");
  }

  function drawRows() {
    const focused = document.activeElement?.dataset?.chat;
    const rows = [...chats.values()].map((c) => {
      const count = make("span", { class: "badge" });
      badge(count, c.key === chat.key ? 0 : c.unread);
      return make("li", {}, make("a", { class: "row", href: link(c.key), "data-chat": c.key, tabindex: "-1" },
        c.title ? make("span", { class: "avatar crowd", "aria-hidden": "true" }, "群") : avatar("专班助手", true),
        make("span", { class: "row-text" },
          make("span", { class: "row-head" }, make("strong", {}, name(c)), c.last ? make("time", { datetime: c.last.at }, short(c.last.at, now)) : ""),
          make("span", { class: "row-last" }, c.last ? preview(c.last) : c.title ? `${c.people} 人` : "还没有消息")),
        count));
    });
    byId("rows").replaceChildren(...rows);
    settle();
    if (focused) byId("rows").querySelector(`[data-chat="${CSS.escape(focused)}"]`)?.focus();
    const rest = [...chats.values()].filter((c) => c.key !== chat.key).reduce((sum, c) => sum + c.unread, 0);
    badge(byId("back-badge"), rest);
    badge(byId("tab-badge"), rest);
    document.title = rest ? `(${rest}) ${title}` : title;
  }

  // show follows the address: which chat is open.
  async function show(focus) {
    const key = new URLSearchParams(location.search).get("chat") ?? "";
    const c = chats.get(key);
    byId("chats").hidden = Boolean(c);
    byId("chat").hidden = !c;
    composer.open(c ? key : "");
    if (!c) {
      const left = chat.key;
      chat.close();
      drawRows();
      go("chats");
      if (focus) (byId("rows").querySelector(`[data-chat="${CSS.escape(left)}"]`) ?? byId("rows").querySelector("a.row"))?.focus();
      return;
    }
    byId("chat-title").textContent = c.title ? `${c.title} (${c.people})` : name(c);
    go("chat");
    try { await chat.open(key); } catch (e) { warn(e.message); }
    drawRows();
    // A touch keyboard should not jump up by itself.
    if (focus) (matchMedia("(pointer: coarse)").matches ? byId("chat-title") : byId("text")).focus();
  }

  function open(key) {
    history.pushState({}, "", link(key));
    show(true);
  }

  byId("rows").addEventListener("click", (event) => {
    const row = event.target.closest("a.row");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(row.dataset.chat);
  });
  byId("back").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open("");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]")) return;
    if (!byId("tray").hidden) { composer.tray(false); byId("plus").focus(); } else if (chat.key) open("");
  });
  addEventListener("popstate", () => show(true));

  function unread({ people: byAccount, chats: byChat }) {
    people.unread(byAccount ?? {});
    for (const c of chats.values()) if (byChat) c.unread = byChat[c.key] ?? 0;
    drawRows();
  }

  function entry(told) {
    const c = chats.get(told.chat);
    if (c && !(c.last?.id > told.id)) c.last = told;
    chat.take(told);
    drawRows();
  }

  show(false);
  listen(first.newest, { entry, unread, clock: (told) => { now = told.now; clock?.refresh(); drawRows(); } });
}
