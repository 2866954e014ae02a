// The gallery: what there is, newest first, and what is on its way.

import * as api from "./api.js";
import { deleteItem } from "./deletion.js";
import { debounce, fill, h, pause, show } from "./dom.js";
import { openItem } from "./item.js";
import { broken, failed } from "./notices.js";
import { settled, stageName, stages } from "./stages.js";
import { uploads } from "./uploads.js";

const PAGE = 60;
const POLL_FIRST = 700;
const POLL_MOST = 5000;
const POLL_ITEMS = 100;
const RECOUNT = 400;
const ALL = "All categories";

/** Shows the gallery; `signal` ends it. */
export function galleryView(container, { signal, item }) {
  const view = {
    container, signal, items: new Map(), cards: new Map(), gone: new Set(), category: "",
    next: undefined, loading: false, total: 0,
  };
  view.count = h("p", { class: "dim count", role: "status" });
  view.select = h("select", { id: "category", onchange: () => restart(view, view.select.value) },
    h("option", { value: "", text: ALL }));
  view.recount = debounce(RECOUNT, () => categories(view));
  view.grid = h("ul", { class: "grid", "aria-label": "Items" });
  view.more = h("div", { class: "more" });
  view.empty = h("div", { class: "empty", hidden: true },
    h("p", { class: "big", text: "Nothing here yet" }),
    h("p", { text: "Drop images anywhere on this page, paste one, or choose files." }));
  const picker = h("input", {
    type: "file", accept: "image/png,image/jpeg,image/webp,image/gif", multiple: true, class: "hidden-text",
    id: "files", onchange: () => { take([...picker.files]); picker.value = ""; },
  });
  view.uploads = uploads({ signal, onitem: (item) => { put(view, item, true); watch(view); } });
  const take = (files) => view.uploads.add(files);
  fill(container,
    h("h1", { class: "hidden-text", text: "Gallery" }),
    h("div", { class: "toolbar" },
      picker, h("label", { for: "files", class: "button primary", text: "Add images" }),
      h("label", { class: "hidden-text", for: "category", text: "Category" }), view.select, view.count),
    view.uploads.element, view.grid, view.empty, view.more);
  dropAndPaste(view, take);
  view.sentinel = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && load(view), { rootMargin: "800px" });
  signal.addEventListener("abort", () => {
    view.sentinel.disconnect();
    view.recount.cancel();
  });
  view.open = (id) => openItem(id, {
    known: view.items.get(id), signal,
    onchange: (item) => { put(view, item); watch(view); },
    ondelete: (item) => remove(view, item),
  });
  load(view).then(() => watch(view));
  categories(view);
  if (item) view.open(item);
  return { open: view.open };
}

function dropAndPaste(view, take) {
  const images = (list) => [...list].filter((file) => file.type.startsWith("image/") || !file.type);
  const options = { signal: view.signal };
  const over = (on) => document.body.classList.toggle("dropping", on);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  }, options);
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && over(false), options);
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    take(images(event.dataTransfer.files));
  }, options);
  document.addEventListener("paste", (event) => {
    const files = images(event.clipboardData?.files ?? []);
    if (files.length) take(files);
  }, options);
}

function restart(view, category) {
  view.category = category;
  view.items.clear();
  view.cards.clear();
  view.next = undefined;
  view.round = (view.round ?? 0) + 1;
  view.loading = false;
  fill(view.grid);
  load(view);
}

async function load(view) {
  if (view.loading || view.next === null) return;
  view.loading = true;
  const round = view.round;
  try {
    const query = new URLSearchParams({ limit: PAGE });
    if (view.category) query.set("category", view.category);
    if (view.next) query.set("cursor", view.next);
    const page = await api.get(`items?${query}`, { signal: view.signal });
    if (round !== view.round) return;
    view.next = page.next_cursor ?? null;
    view.total = page.total;
    for (const item of page.items) put(view, item);
    fill(view.more);
    counted(view);
  } catch (error) {
    if (error.name === "AbortError" || round !== view.round) return;
    broken(view.more, error, () => load(view));
  } finally {
    if (round === view.round) view.loading = false;
  }
  // Observed anew, it says where it is: a page may be shorter than the window, or passed already.
  view.sentinel.unobserve(view.more);
  if (view.next && !view.signal.aborted) view.sentinel.observe(view.more);
}

/** Shows an item, new or changed. */
function put(view, item, first = false) {
  if (view.gone.has(item.id)) return;
  const before = view.items.get(item.id);
  view.items.set(item.id, item);
  if (before && before.latest_analysis?.category !== item.latest_analysis?.category) view.recount();
  if (before && before.updated_at === item.updated_at && before.status === item.status) return;
  const card = cardOf(view, item);
  const old = view.cards.get(item.id);
  view.cards.set(item.id, card);
  if (old) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(card);
    if (focused) card.querySelector("a").focus();
  } else if (first) {
    view.grid.prepend(card);
    view.total += 1;
  } else view.grid.append(card);
  counted(view);
}

function counted(view) {
  view.count.textContent = `${view.total} ${view.total === 1 ? "item" : "items"}`;
  show(view.empty, view.total === 0 && view.next === null);
}

/** The categories of all items, those that were not loaded too. */
async function categories(view) {
  let found;
  try {
    found = (await api.get("items/categories", { signal: view.signal })).categories;
  } catch {
    // What is there to choose from stays; the list of items says what is wrong.
    return;
  }
  const chosen = view.select.value;
  if (chosen && !found.some((one) => one.category === chosen)) found.push({ category: chosen, items: 0 });
  const known = JSON.stringify(found);
  if (known === view.categories) return;
  view.categories = known;
  fill(view.select, h("option", { value: "", text: ALL }),
    found.map(({ category, items }) => h("option", { value: category, text: `${category} (${items})` })));
  view.select.value = chosen;
}

function cardOf(view, item) {
  const words = item.latest_analysis;
  const title = words?.raw_response?.headline ?? item.original_filename ?? item.filename;
  const picture = item.thumbnail_url
    ? h("img", { src: item.thumbnail_url, alt: "", loading: "lazy", decoding: "async", width: 240, height: 240 })
    : h("span", { class: "placeholder", "aria-hidden": "true", text: item.status === "refused" ? "✕" : "…" });
  return h("li", {},
    h("a", { class: "tile", href: `#/gallery/${item.id}`, onclick: (event) => {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      view.open(item.id);
    } },
    picture,
    h("span", { class: "title", text: title }),
    h("span", { class: "line" },
      h("span", { class: "dim", text: words?.category ?? stageName(item) }), !settled(item) && stages(item))));
}

/** Looks again while something is on its way; less often the longer it takes. */
async function watch(view) {
  if (view.watching) return;
  view.watching = true;
  let wait = POLL_FIRST;
  try {
    while ([...view.items.values()].some((item) => !settled(item))) {
      await pause(wait, view.signal);
      const changed = await look(view);
      wait = changed ? POLL_FIRST : Math.min(wait * 1.4, POLL_MOST);
    }
  } catch (error) {
    if (error.name !== "AbortError") failed(error, () => watch(view));
  } finally {
    view.watching = false;
  }
}

async function look(view) {
  const open = [...view.items.values()].filter((item) => !settled(item));
  let found;
  if (open.length > 3) {
    const page = await api.get(`items?limit=${POLL_ITEMS}`, { signal: view.signal });
    found = page.items.filter((item) => view.items.has(item.id));
  } else {
    found = await Promise.all(open.map(async (item) => {
      try {
        return await api.get(`items/${item.id}`, { signal: view.signal });
      } catch (error) {
        if (error.status === 404) dropped(view, item.id);
        else throw error;
        return null;
      }
    }));
  }
  let changed = false;
  for (const item of found.filter(Boolean)) {
    changed ||= view.items.get(item.id)?.status !== item.status;
    put(view, item);
    view.uploads.moved(item);
  }
  return changed;
}

function dropped(view, id) {
  view.cards.get(id)?.remove();
  view.cards.delete(id);
  view.items.delete(id);
}

function remove(view, item) {
  const card = view.cards.get(item.id);
  const after = card?.nextSibling;
  deleteItem(item, {
    signal: view.signal,
    hide: () => {
      card?.remove();
      view.gone.add(item.id);
      view.items.delete(item.id);
      view.total -= 1;
      counted(view);
    },
    back: () => {
      view.gone.delete(item.id);
      view.items.set(item.id, item);
      view.total += 1;
      if (card) view.grid.insertBefore(card, after?.parentNode === view.grid ? after : null);
      counted(view);
    },
    gone: () => {
      view.cards.delete(item.id);
      view.recount();
    },
  });
}
