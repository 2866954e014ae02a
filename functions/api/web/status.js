// Whether the service is well, and which build it is.

import * as api from "./api.js";
import { ago, fill, h } from "./dom.js";
import { broken, waiting } from "./notices.js";

const AGAIN = 15_000;

/** Shows the status, and again every few seconds. */
export function statusView(container, { signal }) {
  fill(container, h("h1", { text: "Status" }), waiting("Asking…"));
  const timer = setInterval(() => load(container, signal), AGAIN);
  signal.addEventListener("abort", () => clearInterval(timer));
  load(container, signal);
}

async function load(container, signal) {
  try {
    const [health, version, search] = await Promise.all([
      api.get("health", { signal }), api.get("version", { signal }), api.get("vector-index/status", { signal }),
    ]);
    const rows = [
      ["Service", health.status], ["Environment", health.environment], ["Database", health.database],
      ["Chat history", history(health)],
      ["Your items found by meaning", `${search.num_documents ?? search.documents ?? 0}`],
      ["Version", [version.git_tag, version.git_sha].filter((one) => one && one !== "unknown").join(", ") || "built without git"],
      ["Built", version.build_timestamp === "unknown" ? "unknown" : ago(version.build_timestamp)],
      ["Asked", new Date(health.timestamp).toLocaleTimeString()],
    ];
    fill(container, h("h1", { text: "Status" }),
      h("div", { class: health.status === "healthy" ? "card good" : "card bad" },
        h("dl", {}, rows.filter(([, value]) => value).map(([term, value]) => [h("dt", { text: term }), h("dd", { text: value })]))));
  } catch (error) {
    if (error.name !== "AbortError") broken(container, error, () => load(container, signal));
  }
}

function history(health) {
  const chat = health.chat_history;
  if (!chat) return null;
  if (typeof chat === "string") return chat;
  return chat.degraded ? `${chat.backend}, degraded: ${chat.reason ?? "its store is away"}` : chat.backend;
}
