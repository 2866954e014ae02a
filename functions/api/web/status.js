// Whether the service is well, which build it is, and what its last validation found.

import * as api from "./api.js";
import { ago, fill, h, took } from "./dom.js";
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
  // What stands behind the service may be away: each part says so for itself, and none is waited
  // for longer than one try takes. It is asked again soon.
  const part = (path) => api.get(path, { signal, patient: false }).catch((error) => error);
  try {
    const [health, version, index, latest] = await Promise.all([
      // With 503 it tells what is missing.
      api.get("health", { signal, takes: [503] }), api.get("version", { signal }),
      part("vector-index/status"), part("reports/latest"),
    ]);
    if (signal.aborted) return;
    fill(container, h("h1", { text: "Status" }), service(health, version, index), validation(latest));
  } catch (error) {
    if (error.name !== "AbortError") broken(container, error, () => load(container, signal));
  }
}

function service(health, version, index) {
  return h("section", { class: health.status === "healthy" ? "card good" : "card bad", "aria-label": "Service" },
    terms([
      ["Service", health.status], ["Environment", health.environment], ["Database", health.database],
      ["Chat history", history(health.history)],
      ["Found by meaning", index instanceof Error ? index.message : `${index.num_documents} of your ${index.num_items} items`],
      ["Version", [version.git_tag, version.git_sha].filter((one) => one && one !== "unknown").join(", ") || "built without git"],
      ["Built", version.build_timestamp === "unknown" ? "unknown" : ago(version.build_timestamp)],
      ["Asked", new Date(health.timestamp).toLocaleTimeString()],
    ]));
}

function history({ backend, degraded }) {
  return degraded ? `${backend}, degraded: ${degraded}` : backend;
}

function validation(latest) {
  const section = (kind, ...children) => h("section", { class: `card ${kind}`, "aria-labelledby": "validation" },
    h("h2", { id: "validation", text: "Last validation" }), children);
  if (latest instanceof Error) return section("bad", h("p", { text: latest.message }));
  const { report } = latest;
  if (!report) return section("", h("p", { class: "dim", text: "The operator has not validated this environment yet." }));
  const { passed, steps, started, millis } = report;
  return section(passed === steps.length ? "good" : "bad",
    h("p", { text: `${passed} of ${steps.length} steps passed, ${ago(started)}, in ${took(millis)}` }),
    terms(steps.map(({ name, verdict, millis }) => [name, `${verdict} in ${took(millis)}`])));
}

function terms(rows) {
  return h("dl", {}, rows.map(([term, value]) => [h("dt", { text: term }), h("dd", { text: value })]));
}
