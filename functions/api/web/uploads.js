// Files on their way in: each with its progress, its stage and, where it failed, another try.

import * as api from "./api.js";
import { h, show, size } from "./dom.js";
import { settled, stageName, stages } from "./stages.js";

const AT_ONCE = 3;
/** Above this a file goes straight to the store; the gateway takes no more. */
const THROUGH_API = 4_000_000;
const MOST = 25 * 1024 * 1024;
const KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/** The list of uploads; `onitem` is told of each new item. */
export function uploads({ signal, onitem }) {
  const list = h("ul", { class: "uploads" });
  const clear = h("button", { type: "button", class: "link", text: "Clear the finished", onclick: () => sweep() });
  const element = h("section", { class: "card", "aria-label": "Uploads", hidden: true },
    h("div", { class: "toolbar" }, h("h2", { text: "Uploads" }), clear), list);
  const rows = new Map();
  const queue = [];
  let running = 0;

  const sweep = () => {
    for (const [row, state] of rows) {
      if (state.finished) {
        row.remove();
        rows.delete(row);
      }
    }
    show(element, rows.size > 0);
  };

  const run = () => {
    while (running < AT_ONCE && queue.length) {
      running += 1;
      const state = queue.shift();
      one(state, { signal, onitem }).finally(() => {
        running -= 1;
        run();
      });
    }
  };

  const add = (files) => {
    for (const file of files) {
      const state = rowOf(file, () => { queue.push(state); run(); });
      rows.set(state.row, state);
      list.append(state.row);
      const refused = unfit(file);
      if (refused) fail(state, refused, false);
      else queue.push(state);
    }
    show(element, rows.size > 0);
    run();
  };

  const moved = (item) => {
    for (const state of rows.values()) if (state.item?.id === item.id) stage(state, item);
  };

  return { element, add, moved };
}

function unfit(file) {
  if (file.type && !KINDS.includes(file.type)) return "This is no PNG, JPEG, WebP or GIF image.";
  if (file.size > MOST) return `This has ${size(file.size)}; at most ${size(MOST)} can be taken.`;
  if (file.size === 0) return "This file is empty.";
  return null;
}

function rowOf(file, retry) {
  const state = { file, finished: false };
  state.bar = h("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
  state.words = h("span", { class: "dim", role: "status", text: "Waiting" });
  state.steps = h("span");
  state.again = h("button", { type: "button", class: "link", text: "Try again", hidden: true, onclick: () => {
    show(state.again, false);
    state.row.classList.remove("bad");
    state.finished = false;
    state.words.textContent = "Waiting";
    retry();
  } });
  state.row = h("li", {},
    h("span", { class: "name", text: file.name || "Pasted image" }),
    h("span", { class: "dim", text: size(file.size) }), state.bar, state.steps, state.words, state.again);
  return state;
}

async function one(state, { signal, onitem }) {
  state.words.textContent = "Uploading";
  show(state.bar, true);
  state.bar.value = 0;
  const onprogress = (part) => {
    state.bar.value = part;
    if (part === 1) state.words.textContent = "Storing";
  };
  try {
    const item = state.file.size > THROUGH_API
      ? await direct(state.file, { onprogress, signal })
      : await through(state.file, { onprogress, signal });
    show(state.bar, false);
    stage(state, item);
    onitem(item);
  } catch (error) {
    if (error.name !== "AbortError") fail(state, error.message, error.status !== 400);
  }
}

async function through(file, options) {
  const form = new FormData();
  form.append("file", file, file.name || "pasted");
  return api.upload(api.address("items"), form, { token: true, ...options });
}

async function direct(file, options) {
  const { item, upload } = await api.send("POST", "items/uploads",
    { filename: file.name, content_type: file.type }, { signal: options.signal });
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append("file", file);
  await api.upload(upload.url, form, { token: false, ...options });
  return item;
}

function stage(state, item) {
  state.item = item;
  state.finished = settled(item);
  state.words.textContent = item.status === "refused" ? (item.status_reason ?? "Refused") : stageName(item);
  state.row.classList.toggle("bad", item.status === "refused");
  state.row.classList.toggle("good", item.status === "searchable");
  state.steps.replaceChildren(stages(item));
}

function fail(state, words, again) {
  show(state.bar, false);
  show(state.again, again);
  state.finished = true;
  state.row.classList.add("bad");
  state.words.textContent = words;
}
