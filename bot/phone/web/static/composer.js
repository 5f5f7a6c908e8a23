// Where the person types, taps a word, or adds photos, files and a place.
import { newID } from "./net.js";
import { byId } from "./dom.js";

const maxFile = 20 * 1024 * 1024, maxFiles = 9;

export class Composer {
  // say takes the message; warn tells the person what cannot be sent.
  constructor(say, warn) {
    Object.assign(this, { say, warn, text: byId("text"), mention: byId("mention"), key: "" });
    byId("form").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.text.addEventListener("input", () => this.keep());
    addEventListener("resize", () => this.grow()); // zoomed or turned
    // The Enter that ends an input method's composition inserts no line break, so
    // this never sends half a word, whatever the browser calls that key.
    let shift = false;
    this.text.addEventListener("keydown", (event) => { shift = event.shiftKey; });
    this.text.addEventListener("beforeinput", (event) => {
      if (shift || event.isComposing || (event.inputType !== "insertLineBreak" && event.inputType !== "insertParagraph")) return;
      event.preventDefault();
      this.submit();
    });
    for (const chip of document.querySelectorAll("[data-word]")) chip.addEventListener("click", () => this.send({ text: chip.dataset.word }));
    this.mention.addEventListener("click", () => this.mention.setAttribute("aria-pressed", String(!this.toBot())));
    byId("plus").addEventListener("click", () => this.tray(byId("tray").hidden));
    for (const button of document.querySelectorAll("[data-pick]")) {
      const input = byId(button.dataset.pick);
      button.addEventListener("click", () => input.click());
      input.addEventListener("change", () => this.files(input, button.dataset.pick === "photos" ? "photo" : "file"));
    }
    this.place();
    this.grow();
  }

  // open turns to a chat; what was typed in another stays there, also when the
  // page is loaded anew.
  open(key) {
    this.key = key;
    this.text.value = sessionStorage.getItem(this.draft()) ?? "";
    this.mention.hidden = !key.startsWith("g:");
    this.mention.setAttribute("aria-pressed", "true");
    this.tray(false);
    this.grow();
  }

  draft() { return `phone.draft.${document.body.dataset.as}.${this.key}`; }

  keep() {
    sessionStorage.setItem(this.draft(), this.text.value);
    this.grow();
  }

  toBot() { return this.mention.getAttribute("aria-pressed") === "true"; }

  tray(open) {
    byId("tray").hidden = !open;
    byId("plus").setAttribute("aria-expanded", String(open));
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 140)}px`;
    byId("send").disabled = !this.text.value.trim();
  }

  submit() {
    if (!this.text.value.trim()) return;
    this.send({ text: this.text.value });
    this.text.value = "";
    this.keep();
    this.text.focus();
  }

  send(message) {
    this.say({ id: newID(), mention: this.key.startsWith("g:") && this.toBot(), ...message });
    this.tray(false);
  }

  files(input, kind) {
    const files = [...input.files];
    input.value = "";
    if (!files.length) return;
    if (files.length > maxFiles) return this.warn(`一次最多 ${maxFiles} 个文件`);
    const large = files.find((f) => f.size > maxFile);
    if (large) return this.warn(`${large.name} 太大了：每个文件不超过 20 MB`);
    this.send({ parts: files.map((file) => ({ kind, file })) });
    byId("plus").focus();
  }

  place() {
    const dialog = byId("place"), form = byId("place-form");
    byId("place-open").addEventListener("click", () => dialog.showModal());
    byId("place-cancel").addEventListener("click", () => dialog.close());
    form.addEventListener("submit", () => {
      const value = (name) => form.elements[name].value;
      this.send({ location: { label: value("label"), lat: Number(value("lat")), lng: Number(value("lng")) } });
    });
  }
}
