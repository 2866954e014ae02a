// One item: the picture, what was said of it, and what can be done with it.

import * as api from "./api.js";
import { ago, fill, h, pause, size } from "./dom.js";
import { broken, failed, notice, waiting } from "./notices.js";
import { stages } from "./stages.js";

const PATIENCE = 60;

/** Opens an item over the view it was found in. */
export function openItem(id, { known, signal, onchange = () => {}, ondelete }) {
  const ended = new AbortController();
  const body = h("div", { class: "item" });
  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "item-title", onclose: () => {
    ended.abort();
    dialog.remove();
  } }, h("button", { type: "button", class: "icon close", "aria-label": "Close", text: "✕", onclick: () => dialog.close() }), body);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  signal?.addEventListener("abort", () => dialog.close(), { once: true });
  document.body.append(dialog);
  dialog.showModal();
  const view = { id, dialog, body, signal: ended.signal, onchange, ondelete };
  if (known) fill(body, heading(known), waiting("Loading…"));
  else fill(body, waiting("Loading…"));
  load(view);
}

async function load(view) {
  try {
    const [item, analyses, image] = await Promise.all([
      api.get(`items/${view.id}`, { signal: view.signal }),
      api.get(`items/${view.id}/analyses`, { signal: view.signal }),
      api.get(`items/${view.id}/image`, { signal: view.signal }).catch(() => null),
    ]);
    render(view, item, analyses, image?.url);
    view.onchange(item);
  } catch (error) {
    if (error.name !== "AbortError") broken(view.body, error, () => load(view));
  }
}

function heading(item) {
  const title = item.latest_analysis?.raw_response?.headline ?? item.original_filename ?? item.filename;
  return h("h2", { id: "item-title", text: title });
}

function render(view, item, analyses, url) {
  const shown = h("div");
  const versions = h("select", { id: "version", onchange: () => analysis(shown, analyses[versions.selectedIndex]) },
    analyses.map((one) => h("option", { text: `Version ${one.version}, ${one.model_used ?? "unknown model"}, ${ago(one.created_at)}` })));
  const again = h("button", { type: "button", text: "Analyse again", onclick: () => analyse(view, item, analyses, again) });
  fill(view.body,
    h("div", { class: "picture" }, url
      ? h("img", { src: url, alt: item.latest_analysis?.summary ?? "The image, not described yet", width: item.width ?? undefined, height: item.height ?? undefined })
      : h("span", { class: "placeholder", text: "No image" })),
    h("div", { class: "words" },
      heading(item),
      h("p", { class: "dim" }, [item.original_filename, size(item.file_size), item.width && `${item.width} × ${item.height}`, ago(item.created_at)].filter(Boolean).join(" · ")),
      item.status === "refused" && h("p", { class: "problem", text: `Refused: ${item.status_reason ?? "no reason given"}` }),
      h("p", {}, stages(item)),
      analyses.length > 0 && h("p", { class: "field" }, h("label", { for: "version", text: "Analysis" }), versions),
      shown,
      h("p", { class: "buttons" },
        again,
        view.ondelete && h("button", { type: "button", class: "danger", text: "Delete", onclick: () => {
          view.dialog.close();
          view.ondelete(item);
        } }))));
  if (analyses.length) analysis(shown, analyses[0]);
}

function analysis(container, { category, summary, raw_response: raw }) {
  const details = raw?.image_details ?? {};
  const media = raw?.media_metadata ?? {};
  const rows = [
    ["Category", [category, ...(raw?.subcategories ?? [])].filter(Boolean).join(" › ")],
    ["Text in the image", list(details.extracted_text)],
    ["Objects", list(details.objects)], ["Themes", list(details.themes)],
    ["Emotions", list(details.emotions)], ["Mood", list(details.vibes)],
    ["Places", list(media.location_tags)], ["Hashtags", list(media.hashtags)],
    ["Of interest", details.key_interest], ["Likely source", details.likely_source],
  ].filter(([, value]) => value);
  fill(container,
    h("p", { text: summary ?? "" }),
    h("dl", {}, rows.map(([term, value]) => [h("dt", { text: term }), h("dd", { text: value })])));
}

function list(value) {
  return Array.isArray(value) ? value.join(", ") : value;
}

async function analyse(view, item, analyses, button) {
  button.disabled = true;
  button.textContent = "Analysing…";
  const newest = analyses[0]?.version ?? 0;
  try {
    await api.send("POST", `items/${item.id}/analyze`, { force_reanalyze: true }, { signal: view.signal });
    for (let second = 0; second < PATIENCE; second += 1) {
      await pause(1000, view.signal);
      const found = await api.get(`items/${item.id}/analyses`, { signal: view.signal });
      if ((found[0]?.version ?? 0) > newest) {
        notice("There is a new analysis.");
        return load(view);
      }
    }
    notice("The analysis takes longer than usual. It will be here when it is done.");
  } catch (error) {
    failed(error);
  } finally {
    button.disabled = false;
    button.textContent = "Analyse again";
  }
}
