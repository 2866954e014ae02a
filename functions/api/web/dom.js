// Building the page. Text from anywhere is only ever a text node.

/**
 * An element: `on…` are listeners, known properties are set, all else are attributes.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...any} children
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in PROPERTIES) element[PROPERTIES[name]] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const PROPERTIES = {
  class: "className", text: "textContent", value: "value", checked: "checked",
  disabled: "disabled", hidden: "hidden", multiple: "multiple",
};

/** Puts children in place of what an element had. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return element;
}

/** Hides or shows. */
export function show(element, visible) {
  element.hidden = !visible;
}

/** Runs at most once per pause; `cancel` forgets what waits. */
export function debounce(milliseconds, run) {
  let timer;
  const later = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...args), milliseconds);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

/** Waits; ends at once when the signal does. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

/** A time as people say it. */
export function ago(text) {
  const seconds = (Date.parse(text) - Date.now()) / 1000;
  const steps = [[60, "second", 1], [3600, "minute", 60], [86400, "hour", 3600], [2592000, "day", 86400],
    [31536000, "month", 2592000], [Infinity, "year", 31536000]];
  const [, unit, size] = steps.find(([limit]) => Math.abs(seconds) < limit);
  return RELATIVE.format(Math.round(seconds / size), unit);
}

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** A duration as people say it. */
export function took(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Bytes as people say them. */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  const units = ["bytes", "kB", "MB", "GB"];
  let at = 0;
  while (bytes >= 1000 && at < units.length - 1) {
    bytes /= 1000;
    at += 1;
  }
  return `${at && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${units[at]}`;
}
