// What goes between the page and its server, and the messages that have not
// arrived yet.

const faults = {
  unknown_person: "名单里没有这个人",
  not_in_chat: "这个人不在这个会话里",
  other_site: "请求来自别的网站，已拒绝",
  other_host: "这个地址没有登记，已拒绝",
  bad_request: "内容不完整，没有收下",
  empty: "没有内容",
  empty_file: "文件是空的",
  too_large: "太大了：每个文件不超过 20 MB",
  too_many: "一次最多 9 个文件",
  no_file: "文件不在了",
  failed: "没有送达",
  real_clock: "现在走的是真实时间",
  clock_busy: "时钟正在走，请稍等",
  no_reminder: "没有待发的提醒",
  bad_time: "时间看不懂",
  past: "时钟不能往回走",
  too_far: "一次最多走 400 天",
};

// ask fetches JSON and throws an Error with words for the person.
export async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Error("网络不通");
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(faults[body.error] ?? `出错了（${response.status}）`);
  return body;
}

export const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

// newID names a message, so that sending it again is not saying it twice.
export function newID() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

// Outbox keeps each message until the server has taken it. Texts, taps and
// places survive a reload; chosen files stay with the browser only while the
// page is open.
export class Outbox {
  constructor(account) {
    this.prefix = `phone.outbox.${account}.`;
    this.waiting = new Map();
    for (const key of Object.keys(localStorage).filter((k) => k.startsWith(this.prefix))) {
      const m = JSON.parse(localStorage.getItem(key));
      this.waiting.set(m.id, { ...m, state: "failed", error: "没有送达" });
    }
  }

  // save keeps each message under a key of its own: another tab may be the same person.
  save(m) {
    const { parts, state, error, ...message } = m;
    if (state === "sent") localStorage.removeItem(this.prefix + m.id);
    else if (!parts) localStorage.setItem(this.prefix + m.id, JSON.stringify(message));
  }

  of(chat) { return [...this.waiting.values()].filter((m) => m.chat === chat); }

  // send posts a message, the same however often it is called; changed is told
  // of every state: sending, failed, then gone.
  async send(m, changed) {
    if (m.state === "sending") return;
    m.state = "sending";
    this.waiting.set(m.id, m);
    this.save(m);
    changed(m);
    const { parts, state, error, ...message } = m;
    try {
      if (parts) {
        const form = new FormData();
        form.append("message", JSON.stringify(message));
        for (const { kind, file } of parts) form.append(kind, file, file.name);
        await ask("/phone/say", { method: "POST", body: form });
      } else {
        await post("/phone/say", message);
      }
      this.waiting.delete(m.id);
      m.state = "sent";
    } catch (e) {
      m.state = "failed";
      m.error = e.message;
    }
    this.save(m);
    changed(m);
  }
}
