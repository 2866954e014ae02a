// `[Item n]` in an answer, as something to press.

import { h } from "./dom.js";

const CITATION = /\[Item (\d+)\]/g;

/**
 * The text with its citations as buttons; what cites nothing known stays text.
 * @param {string} text
 * @param {string[]} ids the items, in the order in which they are numbered from one
 * @param {(id: string) => void} press
 */
export function citing(text, ids, press) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(CITATION)) {
    const id = ids[Number(found[1]) - 1];
    if (!id) continue;
    parts.push(text.slice(at, found.index));
    parts.push(h("button", {
      type: "button", class: "cite", text: found[1], "aria-label": `Item ${found[1]}`, onclick: () => press(id),
    }));
    at = found.index + found[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}
