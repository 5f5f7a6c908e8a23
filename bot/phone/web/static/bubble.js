// How one entry of a chat looks.
import { make } from "./dom.js";

const size = (n) => (n < 1024 ? `${n} B` : n < 1024 * 1024 ? `${Math.round(n / 1024)} KB` : `${(n / 1024 / 1024).toFixed(1)} MB`);
const hue = (text) => Array.from(text).reduce((sum, c) => sum + c.codePointAt(0), 0) % 6;

// avatar is the first sign of the person's place: 填报员·凤城所 → 凤.
export function avatar(name, bot) {
  const text = bot ? "专" : Array.from(name.split(/[··]/).pop() || "·")[0];
  return make("span", { class: `avatar ${bot ? "bot" : `hue${hue(name)}`}`, "aria-hidden": "true" }, text);
}

const bubble = (kind, ...children) => make("div", { class: `bubble ${kind}` }, ...children);

function file(href, name, note) {
  return make("a", { class: "bubble file", href, download: name, rel: "noopener" },
    make("span", { class: "ext", "aria-hidden": "true" }, (/\.([a-z0-9]{1,4})$/i.exec(name)?.[1] ?? "文件").toUpperCase()),
    make("span", { class: "file-name" }, make("span", {}, name), make("small", {}, note)));
}

function image(src, name, enlarge) {
  return make("button", { class: "bubble image", type: "button", "aria-label": `放大图片：${name}`, onclick: () => enlarge(src, name) },
    make("img", { src, alt: name, decoding: "async" }));
}

function attachment(a, enlarge) {
  const query = new URLSearchParams({ name: a.name, type: a.mime });
  const href = `/phone/file/${a.sha256}?${query}`;
  return a.kind === "photo" ? image(href, a.name, enlarge) : file(href, a.name, size(a.size));
}

function place(l) {
  return bubble("place", make("span", { class: "pin", "aria-hidden": "true" }), make("strong", {}, l.label), make("small", {}, `${l.lat}, ${l.lng}`));
}

function card(reply, tap) {
  const body = reply.body || (reply.buttons?.length ? reply.text.replace(reply.title ?? "", "").trim() : reply.text);
  const buttons = (reply.buttons ?? []).map((b) => make("button", { type: "button", onclick: (event) => tap(b, event.currentTarget) }, b.label));
  return make("div", { class: "bubble card", role: "group", "aria-label": reply.title || "卡片" },
    reply.title ? make("h3", {}, reply.title) : "", make("p", {}, body), buttons.length ? make("div", { class: "buttons" }, ...buttons) : "");
}

// passing takes back what is shown only for a time.
function passing(shown, entry) {
  const { once } = entry.body.reply;
  if (once?.after) setTimeout(() => shown.replaceChildren(once.after), Math.max(0, Date.parse(once.until) - Date.parse(entry.at)));
  return shown;
}

function replied(entry, viewer, actions) {
  const { reply } = entry.body;
  const href = `/phone/data/${entry.id}?as=${encodeURIComponent(viewer)}`;
  const calls = (entry.mentions ?? []).map((name) => make("span", { class: "call" }, `@${name} `));
  const name = reply.name || reply.path?.split("/").pop() || "";
  switch (reply.kind) {
    case "card": return [calls.length ? bubble("text", ...calls) : "", card(reply, actions.tap)];
    case "image": return [image(href, reply.text || name, actions.enlarge)];
    case "file": return [reply.text && reply.text !== name ? bubble("text", ...calls, reply.text) : "", file(href, name, "点开下载")];
    default: return [passing(bubble("text", ...calls, reply.text), entry)];
  }
}

// said draws what a person says; it serves for entries and for what waits.
function said(body, actions) {
  const parts = (body.attachments ?? []).map((a) => attachment(a, actions.enlarge));
  if (body.location) parts.push(place(body.location));
  if (body.tap) parts.push(bubble("tapped", `已选：${body.label || body.tap}`));
  if (body.text) parts.push(bubble("text", body.mention ? make("span", { class: "call" }, "@专班 ") : "", body.text));
  if (body.hushed) parts.push(bubble("text", "（已密封，不留原文）"));
  for (const { file: f } of body.parts ?? []) parts.push(bubble("waiting", `${f.name} · ${size(f.size)}`));
  return parts;
}

function frame(name, mine, isBot, group, parts) {
  const label = mine ? "我说" : `${name}说`;
  return make("div", { class: `entry ${mine ? "mine" : "theirs"}`, role: "article", "aria-label": label }, avatar(name, isBot),
    make("div", { class: "stack" }, make("span", { class: group && !mine ? "name" : "sr" }, group && !mine ? name : `${label}：`), ...parts));
}

// drawEntry draws a kept entry.
export function drawEntry(entry, viewer, actions) {
  const isBot = entry.author === "";
  const name = isBot ? "专班助手" : entry.name;
  const parts = isBot ? replied(entry, viewer.account, actions) : said(entry.body, actions);
  return frame(name, entry.author === viewer.account, isBot, entry.chat.startsWith("g:"), parts);
}

// drawWaiting draws a message that is on its way.
export const drawWaiting = (message, viewer, actions) => frame(viewer.name, true, false, false, said(message, actions));
