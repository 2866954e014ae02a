// `[Item n]` and `[Web n]` in an answer, as something to press.

import { h } from "./dom.js";

const CITATION = /\[(Item|Web) (\d+)\]/g;

/**
 * What numbers mean: items by id, web pages by address.
 * @typedef {{ items: Map<number, string>, web: Map<number, string> }} Sources
 */

/** The sources of citations as the API lists them. */
export function sources(items = [], web = []) {
  return {
    items: new Map(items.map((one) => [one.number, one.item_id])),
    web: new Map(web.map((one) => [one.number, one.url])),
  };
}

/**
 * The text with its citations as buttons and links; what cites nothing known stays text.
 * @param {string} text
 * @param {Sources} known
 * @param {(id: string) => void} press
 */
export function citing(text, known, press) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(CITATION)) {
    const number = Number(found[2]);
    const part = found[1] === "Item" ? item(number, known, press) : page(number, known);
    if (!part) continue;
    parts.push(text.slice(at, found.index), part);
    at = found.index + found[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

function item(number, { items }, press) {
  const id = items.get(number);
  return id && h("button", {
    type: "button", class: "cite", text: String(number), "aria-label": `Item ${number}`, onclick: () => press(id),
  });
}

function page(number, { web }) {
  const url = URL.parse(web.get(number) ?? "");
  if (!url || !["http:", "https:"].includes(url.protocol)) return null;
  return h("a", {
    class: "cite", href: url.href, target: "_blank", rel: "noopener noreferrer", text: url.hostname, "aria-label": `Web page at ${url.hostname}`,
  });
}
