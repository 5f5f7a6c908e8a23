// make builds an element: attributes, on… listeners, then children.
export function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (value === true) e.setAttribute(name, "");
    else if (value !== false && value != null) e.setAttribute(name, value);
  }
  e.append(...children.filter((c) => c != null && c !== ""));
  return e;
}

export const byId = (id) => document.getElementById(id);

// badge shows a count, or nothing for none.
export function badge(e, n) {
  e.hidden = !n;
  e.replaceChildren(...(n ? [make("span", { "aria-hidden": "true" }, n > 99 ? "99+" : String(n)), make("span", { class: "sr" }, `${n} 条未读`)] : []));
}

// rove makes a list one stop of the Tab key: arrows, Home and End move in it.
export function rove(list, items) {
  const visible = () => [...list.querySelectorAll(items)].filter((e) => e.offsetParent !== null);
  const settle = () => {
    const all = visible();
    const stop = all.find((e) => e === document.activeElement) ?? all.find((e) => e.tabIndex === 0) ?? all.find((e) => e.ariaCurrent) ?? all[0];
    for (const e of list.querySelectorAll(items)) e.tabIndex = e === stop ? 0 : -1;
  };
  list.addEventListener("focusin", settle);
  list.addEventListener("keydown", (event) => {
    const all = visible();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
  return settle;
}
