// How far an item has come, in words and as steps.

import { h } from "./dom.js";

const STEPS = [
  ["uploaded", "Uploaded"], ["processed", "Thumbnail"], ["analyzed", "Analysed"], ["searchable", "Searchable"],
];

/** Whether nothing more will happen by itself. */
export function settled(item) {
  return item.status === "searchable" || item.status === "refused";
}

/** One word for where an item stands. */
export function stageName(item) {
  if (item.status === "refused") return "Refused";
  if (item.status === "awaiting_upload") return "Uploading";
  return STEPS.find(([status]) => status === item.status)?.[1] ?? item.status;
}

/** The steps, those reached marked; also said in words for those who do not see them. */
export function stages(item) {
  const reached = STEPS.findIndex(([status]) => status === item.status);
  const words = item.status === "refused" ? `Refused: ${item.status_reason ?? "no reason given"}` : stageName(item);
  return h("span", { class: "stages" },
    h("span", { class: "hidden-text", text: words }),
    STEPS.map(([, name], at) => h("span", {
      class: at <= reached ? "step reached" : "step", "aria-hidden": "true", title: name,
    })));
}
