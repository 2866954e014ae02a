// Search as you type; the answer comes when the typing rests.

import * as api from "./api.js";
import { citing, sources } from "./citations.js";
import { deleteItem } from "./deletion.js";
import { debounce, fill, h, show } from "./dom.js";
import { openItem } from "./item.js";
import { broken } from "./notices.js";

const SHORTEST = 3;
const TYPING = 220;
const RESTING = 900;

const TYPES = [
  ["hybrid", "Words and meaning"], ["bm25", "Words"], ["vector", "Meaning"], ["agentic", "Ask an agent"],
];

/** Shows the search. */
export function searchView(container, { signal, query }) {
  const view = { signal };
  view.input = h("input", {
    type: "search", id: "query", value: query ?? "", placeholder: "What do you look for?", autocomplete: "off",
    maxlength: 1000, "aria-describedby": "query-hint",
  });
  view.type = h("select", { id: "type" }, TYPES.map(([value, text]) => h("option", { value, text })));
  view.threshold = h("input", { type: "range", id: "threshold", min: 0, max: 1, step: 0.01, value: "0" });
  view.thresholdValue = h("output", { for: "threshold", text: "0.00" });
  view.hint = h("p", { class: "dim", id: "query-hint", role: "status", text: `Type at least ${SHORTEST} letters.` });
  view.answer = h("section", { class: "card answer", "aria-label": "Answer", "aria-live": "polite", hidden: true });
  view.trouble = h("div");
  view.results = h("ol", { class: "results", "aria-label": "Results" });
  fill(container,
    h("h1", { class: "hidden-text", text: "Search" }),
    h("form", { class: "search", role: "search", onsubmit: (event) => { event.preventDefault(); soon.cancel(); later.cancel(); run(view, true); } },
      h("label", { class: "hidden-text", for: "query", text: "Search your collection" }), view.input,
      h("div", { class: "toolbar" },
        h("label", { for: "type", text: "By" }), view.type,
        h("label", { for: "threshold", text: "At least this similar" }), view.threshold, view.thresholdValue,
        h("button", { class: "primary", text: "Search" }))),
    view.hint, view.answer, view.trouble, view.results);
  const soon = debounce(TYPING, () => run(view, false));
  const later = debounce(RESTING, () => run(view, true));
  const typed = () => {
    // An agent is not asked at every letter.
    if (view.type.value !== "agentic") soon();
    later();
  };
  view.input.addEventListener("input", typed);
  view.type.addEventListener("change", () => run(view, true));
  view.threshold.addEventListener("input", () => {
    view.thresholdValue.textContent = Number(view.threshold.value).toFixed(2);
    typed();
  });
  view.input.focus();
  signal.addEventListener("abort", () => { soon.cancel(); later.cancel(); });
  if (query) run(view, true);
}

async function run(view, answer) {
  const query = view.input.value.trim();
  view.running?.abort();
  if (query.length < SHORTEST) {
    view.hint.textContent = `Type at least ${SHORTEST} letters.`;
    fill(view.results);
    show(view.answer, false);
    return;
  }
  const running = new AbortController();
  view.running = running;
  view.signal.addEventListener("abort", () => running.abort(), { once: true });
  if (answer) {
    view.answer.setAttribute("aria-busy", "true");
    view.hint.textContent = view.type.value === "agentic" ? "The agent is looking…" : view.hint.textContent;
  }
  try {
    const similar = Number(view.threshold.value);
    const found = await api.send("POST", "search", {
      query, search_type: view.type.value, include_answer: answer, top_k: 20,
      // Without a threshold the API leaves out what does not fit.
      ...(similar > 0 ? { min_similarity_score: similar } : {}),
    }, { signal: running.signal, patient: true });
    fill(view.trouble);
    render(view, found, answer);
  } catch (error) {
    if (error.name === "AbortError") return;
    show(view.answer, false);
    view.hint.textContent = "";
    fill(view.results);
    broken(view.trouble, error, () => run(view, answer));
  } finally {
    view.answer.removeAttribute("aria-busy");
  }
}

function render(view, found, answered) {
  const many = found.total_results;
  const words = [`${many} ${many === 1 ? "result" : "results"} in ${found.retrieval_time_ms} ms`];
  if (found.degraded) words.push(found.degraded);
  view.hint.textContent = words.join(". ");
  const rows = found.results.map((result) => row(view, result));
  fill(view.results, rows);
  if (!answered) {
    show(view.answer, false);
    return;
  }
  const light = (id) => {
    const at = found.results.findIndex((result) => result.item_id === id);
    if (at < 0) return openItem(id, { signal: view.signal });
    for (const other of rows) other.classList.remove("lit");
    rows[at].classList.add("lit");
    rows[at].scrollIntoView({ block: "center", behavior: "smooth" });
    rows[at].querySelector("button").focus({ preventScroll: true });
  };
  const reasoning = found.agent_reasoning ?? [];
  show(view.answer, Boolean(found.answer || reasoning.length));
  fill(view.answer,
    found.answer && h("p", { class: "text" }, citing(found.answer, sources(found.citations), light)),
    reasoning.length > 0 && h("details", {}, h("summary", { text: "How the agent got there" }),
      reasoning.map((step) => h("p", { class: "dim", text: step }))));
}

function row(view, result) {
  const ondelete = (item) => deleteItem(item, {
    signal: view.signal, hide: () => show(element, false), back: () => show(element, true),
  });
  const element = h("li", { class: "result" },
    h("button", { type: "button", class: "plain", onclick: () => openItem(result.item_id, { signal: view.signal, ondelete }) },
      result.image_url
        ? h("img", { src: result.image_url, alt: "", width: 96, height: 96, loading: "lazy", decoding: "async" })
        : h("span", { class: "placeholder", "aria-hidden": "true" }),
      h("span", { class: "words" },
        h("strong", { text: result.headline ?? "Untitled" }),
        h("span", { text: result.summary ?? "" }),
        h("span", { class: "dim", text: `${result.rank}. ${result.category ?? ""} · ${result.score_type} ${result.score.toFixed(3)}` }))));
  return element;
}
