// One open chat: its log and what is on its way.
import { ask, newID, post } from "./net.js";
import { byId, make } from "./dom.js";
import { drawEntry, drawWaiting } from "./bubble.js";
import { separator } from "./time.js";

export class Chat {
  constructor(viewer, outbox) {
    Object.assign(this, { viewer, outbox, key: "", entries: new Map(), mine: new Map() });
    this.log = byId("log");
    this.scroller = byId("scroller");
    this.actions = { enlarge: (src, name) => this.enlarge(src, name), tap: (button, element) => this.tap(button, element) };
    byId("more").addEventListener("click", () => this.older());
    byId("down").addEventListener("click", () => this.toEnd());
    this.sticky = true; // at the end, and to stay there
    this.scroller.addEventListener("scroll", () => { this.sticky = this.atEnd(); if (this.sticky) byId("down").hidden = true; }, { passive: true });
    // Images grow late, and the keyboard takes its room.
    const resized = new ResizeObserver(() => { if (this.sticky) this.toEnd(); });
    resized.observe(this.log);
    resized.observe(this.scroller);
    document.addEventListener("visibilitychange", () => this.seen());
    byId("viewer").addEventListener("click", (event) => { if (event.target.id !== "viewer-image") byId("viewer").close(); });
  }

  get group() { return this.key.startsWith("g:"); }

  async open(key) {
    this.key = key;
    this.told = 0;
    this.entries.clear();
    this.mine.clear();
    this.log.replaceChildren();
    byId("empty").hidden = true;
    await this.load(0);
    this.toEnd();
    this.seen();
  }

  close() { this.key = ""; }

  async load(before) {
    const key = this.key;
    const query = new URLSearchParams({ as: this.viewer.account, chat: key, before });
    const { entries, more } = await ask(`/phone/history?${query}`);
    if (this.key !== key) return;
    for (const e of entries) this.entries.set(e.id, e);
    byId("more").hidden = !more;
    this.log.setAttribute("aria-busy", "true"); // what is old is not read out
    this.draw();
    requestAnimationFrame(() => this.log.setAttribute("aria-busy", "false"));
  }

  async older() {
    this.sticky = false;
    const height = this.scroller.scrollHeight;
    await this.load(Math.min(...this.entries.keys()));
    this.scroller.scrollTop += this.scroller.scrollHeight - height;
    if (byId("more").hidden) byId("chat-title").focus({ preventScroll: true });
  }

  // draw builds the whole log: after opening and after loading older entries.
  draw() {
    this.log.replaceChildren();
    this.mine.clear();
    this.last = "";
    for (const id of [...this.entries.keys()].sort((a, b) => a - b)) this.append(this.entries.get(id));
    for (const m of this.outbox.of(this.key)) this.waiting(m);
    this.hint();
  }

  hint() {
    byId("empty").hidden = this.log.childElementCount > 0;
    byId("empty").textContent = this.group ? "群里还没有消息" : "还没有消息。发「帮助」看看专班助手会做什么";
  }

  append(entry) {
    const between = separator(entry.at, this.last);
    const element = drawEntry(entry, this.viewer, this.actions);
    const old = this.mine.get(entry.body.message_id);
    const nodes = between ? [make("p", { class: "time" }, make("time", { datetime: entry.at }, between)), element] : [element];
    const pending = [...this.log.children].find((e) => e.dataset.waiting && e !== old?.element);
    if (old) old.element.replaceWith(...nodes);
    else if (pending) pending.before(...nodes);
    else this.log.append(...nodes);
    this.last = entry.at;
    if (entry.author === this.viewer.account && entry.body.message_id) {
      this.mine.set(entry.body.message_id, { element, kept: true });
      const m = this.outbox.waiting.get(entry.body.message_id);
      if (m) this.mark(m);
    }
  }

  // take is an entry that has just come.
  take(entry) {
    if (entry.chat !== this.key || this.entries.has(entry.id)) return;
    const stick = this.sticky || entry.author === this.viewer.account;
    this.entries.set(entry.id, entry);
    this.append(entry);
    this.hint();
    if (stick) this.toEnd();
    else byId("down").hidden = false;
    this.seen();
  }

  say(message) {
    this.outbox.send({ as: this.viewer.account, chat: this.key, mention: false, ...message }, (m) => this.waiting(m));
  }

  // waiting shows a message on its way, or what became of it.
  waiting(m) {
    if (m.chat !== this.key) return;
    if (!this.mine.has(m.id) && m.state !== "sent") {
      const element = drawWaiting(m, this.viewer, this.actions);
      element.dataset.waiting = m.id;
      this.mine.set(m.id, { element, kept: false });
      this.log.append(element);
      this.hint();
      this.toEnd();
    }
    this.mark(m);
  }

  mark(m) {
    const element = this.mine.get(m.id)?.element;
    if (!element) return;
    element.querySelector(".fate")?.remove();
    if (m.state === "sending") {
      element.querySelector(".stack").append(make("span", { class: "fate" }, "发送中…"));
    } else if (m.state === "failed") {
      const again = make("button", { type: "button", class: "again", onclick: () => this.outbox.send(m, (x) => this.waiting(x)) }, "重发");
      element.querySelector(".stack").append(make("span", { class: "fate bad", role: "alert" }, `${m.error} `, again));
      this.toEnd();
    }
  }

  tap(button, element) {
    if (element.ariaBusy === "true") return;
    element.ariaBusy = "true";
    this.outbox.send({ id: newID(), as: this.viewer.account, chat: this.key, tap: button.tap, label: button.label },
      (m) => { element.ariaBusy = String(m.state === "sending"); this.waiting(m); });
  }

  atEnd() { return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 80; }

  toEnd() {
    this.sticky = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    byId("down").hidden = true;
  }

  enlarge(src, name) {
    Object.assign(byId("viewer-image"), { src, alt: name });
    byId("viewer-name").textContent = name;
    byId("viewer").showModal();
  }

  // seen says that the person has read the chat, when they can have.
  seen() {
    const newest = Math.max(0, ...this.entries.keys());
    if (!this.key || document.hidden || !newest || newest === this.told) return;
    this.told = newest;
    post("/phone/read", { as: this.viewer.account, chat: this.key, id: newest }).catch(() => { this.told = 0; });
  }
}
