// Wall times of the campaign. They arrive as RFC 3339 with the campaign's offset
// and are shown as written there: the browser's own zone plays no part.

const weekdays = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

// wall takes an RFC 3339 time apart without converting it.
export function wall(text) {
  const [, year, month, day, hour, minute] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(text);
  const ms = Date.UTC(+year, +month - 1, +day, +hour, +minute);
  return {
    ms, year: +year, month: +month, day: +day, clock: `${hour}:${minute}`,
    weekday: weekdays[new Date(ms).getUTCDay()], date: `${year}-${month}-${day}`, input: `${year}-${month}-${day}T${hour}:${minute}`,
  };
}

export const dayOf = (w) => `${w.month}月${w.day}日`;

// long is 「1月19日 星期五 15:00」.
export function long(text) {
  const w = wall(text);
  return `${dayOf(w)} ${w.weekday} ${w.clock}`;
}

// short is the time alone on the campaign's day, otherwise the date.
export function short(text, now) {
  const w = wall(text);
  return w.date === wall(now).date ? w.clock : dayOf(w);
}

// separator is what stands between two entries that lie apart, or "".
export function separator(text, before) {
  const w = wall(text);
  if (!before) return long(text);
  const b = wall(before);
  if (b.date !== w.date) return long(text);
  return Math.abs(w.ms - b.ms) >= 5 * 60_000 ? w.clock : "";
}

// untilText is how far away a time is: 「2天3小时后」.
export function untilText(text, now) {
  const minutes = Math.round((wall(text).ms - wall(now).ms) / 60_000);
  if (minutes <= 0) return "现在";
  const days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60) % 24, rest = minutes % 60;
  if (days) return `${days}天${hours ? `${hours}小时` : ""}后`;
  return `${hours ? `${hours}小时` : ""}${rest ? `${rest}分钟` : ""}后`;
}
