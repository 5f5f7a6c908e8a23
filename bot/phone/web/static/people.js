// The list of people to be: search, counts of what waits for each.
import { badge, byId, rove } from "./dom.js";

export class People {
  constructor() {
    this.list = byId("roster");
    this.links = [...this.list.querySelectorAll("a.person")];
    // Exactly one stop for the Tab key: the person one is, or the first.
    const stop = this.links.find((a) => a.ariaCurrent) ?? this.links[0];
    for (const a of this.links) a.tabIndex = a === stop ? 0 : -1;
    this.settle = rove(this.list, "a.person");
    const find = byId("find");
    find.addEventListener("input", () => this.filter(find.value));
    find.addEventListener("keydown", (event) => {
      const first = this.links.find((a) => !a.parentElement.hidden);
      if (event.key === "Escape" && find.value) { find.value = ""; this.filter(""); event.stopPropagation(); }
      if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
      if (event.key === "Enter" && !event.isComposing && find.value && first) first.click();
    });
    stop?.scrollIntoView({ block: "nearest" });
  }

  filter(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let any = false;
    for (const unit of this.list.querySelectorAll(".unit")) {
      let some = false;
      for (const a of unit.querySelectorAll("a.person")) {
        const match = words.every((w) => a.dataset.find.toLowerCase().includes(w));
        a.parentElement.hidden = !match;
        some ||= match;
      }
      unit.hidden = !some;
      any ||= some;
    }
    byId("nobody").hidden = any;
    this.settle();
  }

  // unread sets the counts that are given and leaves the others.
  unread(counts) {
    for (const a of this.links) {
      if (a.dataset.account in counts) badge(a.querySelector(".badge"), counts[a.dataset.account]);
    }
  }
}
