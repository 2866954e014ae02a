// The page: who is signed in decides what is shown, the address decides which view.

import { chatView } from "./chat.js";
import { fill, h, show } from "./dom.js";
import { galleryView } from "./gallery.js";
import { failed } from "./notices.js";
import { searchView } from "./search.js";
import { signInView } from "./sign_in.js";
import * as session from "./session.js";
import { statusView } from "./status.js";

const VIEWS = {
  gallery: (container, { signal, rest }) => galleryView(container, { signal, item: rest[0] }),
  search: (container, { signal, rest }) => searchView(container, { signal, query: rest[0] }),
  chat: (container, { signal, rest }) => chatView(container, { signal, conversation: rest[0] }),
  status: (container, { signal }) => statusView(container, { signal }),
};
const TITLES = { gallery: "Gallery", search: "Search", chat: "Chat", status: "Status" };

const main = document.getElementById("main");
const settings = JSON.parse(document.querySelector("meta[name=settings]").content);
let ended = new AbortController();

async function start() {
  const badge = document.getElementById("environment");
  badge.textContent = settings.environment;
  show(badge, settings.environment !== "prod");
  session.configure(settings.cognito);
  session.onChange(render);
  addEventListener("hashchange", render);
  const handed = new URLSearchParams(location.hash.slice(1)).get("refresh");
  if (handed) {
    // Out of the address at once: neither history nor a screenshot should hold it.
    history.replaceState(null, "", location.pathname);
    await session.resume(handed).catch(failed);
  }
  if (!session.signedIn()) render();
  performance.mark("interactive");
}

function render() {
  ended.abort();
  ended = new AbortController();
  const signedIn = session.signedIn();
  show(document.getElementById("views"), signedIn);
  show(document.getElementById("account"), signedIn);
  document.getElementById("who").textContent = session.who() ?? "";
  if (!signedIn) {
    document.title = "Sign in · Collections";
    signInView(main, { selfSignUp: settings.self_sign_up });
    return;
  }
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const view = VIEWS[name] ? name : "gallery";
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${TITLES[view]} · Collections`;
  const container = h("div", { class: `view ${view}` });
  fill(main, container);
  VIEWS[view](container, { signal: ended.signal, rest });
}

function connection() {
  show(document.getElementById("offline"), !navigator.onLine);
}

addEventListener("online", connection);
addEventListener("offline", connection);
connection();
document.getElementById("sign-out").addEventListener("click", () => session.signOut());
document.getElementById("skip").addEventListener("click", () => main.focus());
start();
