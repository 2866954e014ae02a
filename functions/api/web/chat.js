// Chat over the collection: the conversations at the side, the messages, the answer as it comes.

import * as api from "./api.js";
import { citing, sources } from "./citations.js";
import { ago, fill, h, show } from "./dom.js";
import { openItem } from "./item.js";
import { asked, broken, confirmed, failed, notice, waiting } from "./notices.js";

const PAGE = 30;
const LONGEST = 8000;
const LONGEST_TITLE = 500;

/** Shows the chat, with a conversation open or a new one. */
export function chatView(container, { signal, conversation }) {
  const view = { signal, open: conversation ?? null, busy: null, rows: new Map(), next: undefined };
  view.list = h("ul", { class: "conversations", "aria-label": "Conversations" });
  view.trouble = h("div");
  view.more = h("button", { type: "button", class: "link", text: "Older conversations", hidden: true, onclick: () => list(view) });
  view.degraded = h("p", { class: "banner", role: "status", hidden: true });
  view.title = h("h1", { text: "New conversation" });
  view.log = h("div", { class: "log", role: "log", "aria-label": "Messages", tabindex: "0" });
  view.input = h("textarea", {
    id: "message", rows: 2, maxlength: LONGEST, placeholder: "Ask about your images", onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        say(view);
      }
    },
  });
  view.submit = h("button", { class: "primary", text: "Send" });
  view.stop = h("button", { type: "button", text: "Stop", hidden: true, onclick: () => view.busy?.abort() });
  fill(container,
    h("aside", { class: "side", "aria-label": "Conversations" },
      h("button", { type: "button", class: "primary wide", text: "New conversation", onclick: () => begin(view) }),
      view.list, view.trouble, view.more),
    h("section", { class: "talk", "aria-label": "Conversation" },
      view.title, view.degraded, view.log,
      h("form", { class: "compose", onsubmit: (event) => { event.preventDefault(); say(view); } },
        h("label", { class: "hidden-text", for: "message", text: "Your message" }),
        view.input, view.submit, view.stop)));
  list(view);
  if (view.open) load(view);
  else begin(view);
}

async function list(view) {
  try {
    const query = new URLSearchParams({ limit: PAGE });
    if (view.next) query.set("cursor", view.next);
    const page = await api.get(`conversations?${query}`, { signal: view.signal });
    fill(view.trouble);
    view.next = page.next_cursor ?? null;
    for (const one of page.conversations) row(view, one);
    show(view.more, Boolean(view.next));
    degraded(view, page.history.degraded);
  } catch (error) {
    if (error.name !== "AbortError") broken(view.trouble, error, () => list(view));
  }
}

/** Shows a conversation in the list, at its top when it is new there. */
function row(view, one, first = false) {
  const id = one.conversation_id;
  const current = id === view.open;
  const element = h("li", { class: current ? "current" : "" },
    h("button", { type: "button", class: "plain", "aria-current": current ? "true" : undefined, onclick: () => go(view, id) },
      h("span", { class: "title", text: one.title || "Untitled" }),
      h("span", { class: "dim", text: one.preview ?? "" }),
      h("span", { class: "dim", text: `${one.message_count} ${one.message_count === 1 ? "message" : "messages"}, ${ago(one.updated_at)}` })),
    h("span", { class: "buttons" },
      h("button", { type: "button", class: "icon", "aria-label": `Rename ${one.title}`, text: "✎", onclick: () => rename(view, one) }),
      h("button", { type: "button", class: "icon", "aria-label": `Delete ${one.title}`, text: "✕", onclick: () => remove(view, one) })));
  const old = view.rows.get(id)?.element;
  view.rows.set(id, { element, one });
  if (old && !first) old.replaceWith(element);
  else {
    old?.remove();
    if (first) view.list.prepend(element);
    else view.list.append(element);
  }
}

function mark(view) {
  for (const { one } of [...view.rows.values()]) row(view, one);
}

function go(view, id) {
  view.busy?.abort();
  view.open = id;
  history.replaceState(null, "", `#/chat/${encodeURIComponent(id)}`);
  mark(view);
  load(view);
}

function begin(view) {
  view.busy?.abort();
  view.open = null;
  history.replaceState(null, "", "#/chat");
  mark(view);
  view.title.textContent = "New conversation";
  fill(view.log, h("div", { class: "empty" }, h("p", { text: "Ask about what is in your images: places, dishes, words on a sign." })));
  view.input.focus();
}

async function load(view) {
  const id = view.open;
  fill(view.log, waiting("Loading…"));
  try {
    const found = await api.get(`conversations/${encodeURIComponent(id)}`, { signal: view.signal });
    if (view.open !== id) return;
    view.title.textContent = found.title || "Untitled";
    fill(view.log, found.messages.map((one) => message(view, kept(one))));
    degraded(view, found.history.degraded);
    bottom(view);
    view.input.focus();
  } catch (error) {
    if (error.name === "AbortError" || view.open !== id) return;
    if (error.status === 404) {
      notice("This conversation is not there any more.");
      view.rows.get(id)?.element.remove();
      begin(view);
    } else broken(view.log, error, () => load(view));
  }
}

/** What is not as it should be: where conversations are kept, or what could be searched. */
function degraded(view, why) {
  show(view.degraded, Boolean(why));
  view.degraded.textContent = why ? `Not all is well: ${why}` : "";
}

/** What one side said; an answer with what it rests on. */
function message(view, { role, content, citations = [], web = [], tools = [], pictures = new Map() }) {
  const mine = role === "user";
  const text = h("div", { class: "text" });
  const element = h("article", { class: mine ? "message mine" : "message", "aria-label": mine ? "You" : "Answer" }, text);
  const open = (id) => openItem(id, { signal: view.signal });
  element.set = (content) => fill(text, citing(content, sources(citations, web), open));
  element.set(content ?? "");
  if (tools.length) {
    element.append(h("p", { class: "tools" }, [...new Set(tools)].map((name) =>
      h("span", { class: "badge", text: TOOLS[name] ?? name }))));
  }
  if (!mine && citations.length) {
    element.append(h("ul", { class: "cited", "aria-label": "Cited items" }, citations.map((one) =>
      h("li", {}, h("button", { type: "button", class: "plain", onclick: () => open(one.item_id) },
        picture(view, one.item_id, pictures.get(one.item_id)),
        h("span", { class: "dim", text: `${one.number}. ${one.headline ?? ""}` }))))));
  }
  return element;
}

/** A thumbnail; one whose address is not known is asked for. */
function picture(view, id, url) {
  const image = h("img", { alt: "", width: 72, height: 72, loading: "lazy", src: url });
  if (!url) {
    api.get(`items/${id}/thumbnail`, { signal: view.signal }).then(({ url }) => { image.src = url; }).catch(() => {});
  }
  return image;
}

/** A message as it was kept. */
function kept({ role, content, metadata = {} }) {
  return { role, content, citations: metadata.items, web: metadata.web, tools: metadata.tools };
}

/** An answer as it comes. */
function fresh(answer) {
  return {
    role: "assistant", content: answer.message.content, citations: answer.citations, web: answer.web_citations,
    tools: answer.tools_used, pictures: new Map(answer.search_results.map((one) => [one.item_id, one.image_url])),
  };
}

const TOOLS = {
  search_collection: "Searched your collection", web_search: "Searched the web",
};

async function say(view) {
  const text = view.input.value.trim();
  if (!text || view.busy) return;
  const session = view.open ?? crypto.randomUUID();
  const first = view.open === null;
  if (first) fill(view.log);
  const mine = message(view, { role: "user", content: text });
  const answer = message(view, { role: "assistant", content: "" });
  const progress = h("p", { class: "dim", role: "status", text: "Thinking…" });
  answer.append(progress);
  view.log.append(mine, answer);
  bottom(view);
  view.input.value = "";
  working(view, new AbortController());
  try {
    const done = await ask({ message: text, session_id: session }, view.busy.signal, {
      text: (so_far) => { answer.set(so_far); bottom(view); },
      tool: (name) => { progress.textContent = `${TOOLS[name] ?? name}…`; },
    });
    answer.replaceWith(message(view, fresh(done)));
    degraded(view, done.degraded);
    if (first) {
      view.open = session;
      history.replaceState(null, "", `#/chat/${encodeURIComponent(session)}`);
    }
    await renew(view, session);
  } catch (error) {
    answer.remove();
    mine.remove();
    if (!view.input.value) view.input.value = text;
    if (error.name !== "AbortError") failed(error, () => say(view));
    if (first && !view.log.childElementCount) begin(view);
  } finally {
    working(view, null);
    bottom(view);
    view.input.focus();
  }
}

function working(view, busy) {
  view.busy = busy;
  show(view.stop, Boolean(busy));
  show(view.submit, !busy);
  view.log.setAttribute("aria-busy", String(Boolean(busy)));
}

/** Asks; streams where the transport does, takes the whole answer where not. */
async function ask(body, signal, on) {
  const response = await api.request("POST", "chat", { body, signal, accept: "text/event-stream, application/json" });
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) return response.json();
  let text = "";
  let done = null;
  let problem = null;
  await api.events(response, (name, data) => {
    if (name === "text") on.text(text += data.text);
    else if (name === "tool") {
      // What was said before a tool was thinking aloud.
      text = "";
      on.text(text);
      on.tool(data.name);
    } else if (name === "answer") done = data;
    else if (name === "problem") problem = data;
  });
  if (done) return done;
  throw new api.ApiError(problem?.status ?? 0, problem?.detail ?? "The answer was cut off. Try again.");
}

async function renew(view, id) {
  const one = await api.get(`conversations/${encodeURIComponent(id)}`, { signal: view.signal });
  const last = one.messages.at(-1)?.content ?? "";
  row(view, { ...one, message_count: one.message_count ?? one.messages.length, preview: one.preview ?? last.slice(0, 100) }, true);
  view.title.textContent = one.title || "Untitled";
}

async function rename(view, one) {
  const title = await asked("Rename the conversation", { label: "Title", value: one.title, yes: "Rename", max: LONGEST_TITLE });
  if (!title || title === one.title) return;
  try {
    await api.send("PATCH", `conversations/${encodeURIComponent(one.conversation_id)}`, { title });
    row(view, { ...one, title });
    if (view.open === one.conversation_id) view.title.textContent = title;
  } catch (error) {
    failed(error, () => rename(view, one));
  }
}

async function remove(view, one) {
  if (!await confirmed(`Delete “${one.title}”?`, { yes: "Delete", detail: "Its messages are gone for good." })) return;
  try {
    await api.send("DELETE", `conversations/${encodeURIComponent(one.conversation_id)}`);
    view.rows.get(one.conversation_id)?.element.remove();
    view.rows.delete(one.conversation_id);
    notice("Conversation deleted.");
    if (view.open === one.conversation_id) begin(view);
  } catch (error) {
    failed(error, () => remove(view, one));
  }
}

function bottom(view) {
  view.log.scrollTop = view.log.scrollHeight;
}
