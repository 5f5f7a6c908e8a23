// The campaign clock: what time it is there, and the steps it can take.
import { ask, post } from "./net.js";
import { byId } from "./dom.js";
import { dayOf, long, untilText, wall } from "./time.js";

export class Clock {
  constructor() {
    this.panel = byId("clock");
    this.working = false;
    for (const button of this.panel.querySelectorAll("[data-to]")) button.addEventListener("click", () => this.step(button.dataset.to));
    byId("jump").addEventListener("submit", (event) => {
      event.preventDefault();
      this.step(byId("jump-at").value);
    });
  }

  async refresh() {
    if (this.working) return;
    try { this.show(await ask("/phone/clock")); } catch (e) { this.say(e.message, true); }
  }

  show(state) {
    const now = wall(state.now), friday = wall(state.friday);
    this.state = state;
    byId("now").dateTime = state.now;
    byId("now-time").textContent = now.clock;
    byId("now-date").textContent = `${now.year}年${dayOf(now)} ${now.weekday}`;
    // The Friday of this week until it has passed, then the next week's.
    const monday = (w) => Math.floor((w.ms / 86_400_000 + 3) / 7);
    byId("friday-name").textContent = monday(friday) === monday(now) ? "本周五 15:00" : "下周五 15:00";
    byId("friday-at").textContent = `${dayOf(friday)} · ${untilText(state.friday, state.now)}`;
    byId("next-what").textContent = state.next ? `${state.next.what} · ${long(state.next.at)} · ${untilText(state.next.at, state.now)}` : "没有待发的提醒";
    byId("jump-at").min = now.input;
    if (!byId("jump-at").value || byId("jump-at").value < now.input) byId("jump-at").value = now.input;
    this.enable();
  }

  enable() {
    for (const control of this.panel.querySelectorAll("button, input")) control.disabled = this.working;
    byId("to-next").disabled = this.working || !this.state?.next;
    this.panel.setAttribute("aria-busy", this.working);
  }

  async step(to) {
    if (this.working) return;
    const focused = document.activeElement;
    this.working = true;
    this.enable();
    this.say("时钟在走…");
    try {
      const state = await post("/phone/clock", { to });
      this.working = false;
      this.show(state);
      this.say(`到了 ${long(state.now)}，${state.sent ? `发出 ${state.sent} 条消息` : "没有消息要发"}`);
    } catch (e) {
      this.working = false;
      this.enable();
      this.say(e.message, true);
    }
    if (document.activeElement === document.body && !focused.disabled) focused.focus();
  }

  say(text, bad = false) {
    byId("clock-said").textContent = text;
    byId("clock-said").classList.toggle("bad", bad);
  }
}
