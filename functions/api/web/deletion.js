// Deletion with a way back: away at once, for good when nobody says otherwise.

import * as api from "./api.js";
import { failed, notice } from "./notices.js";

const UNDO = 6000;

/**
 * Deletes an item after a while, or when the view or the page is left.
 * @param {{ hide: () => void, back: () => void, gone?: () => void }} view what is to be seen of it
 */
export function deleteItem(item, { signal, hide, back, gone = () => {} }) {
  let done = false;
  const settle = () => {
    if (done) return false;
    done = true;
    close();
    clearTimeout(timer);
    removeEventListener("pagehide", goOn);
    return true;
  };
  const goOn = async () => {
    if (!settle()) return;
    try {
      // Outlives the page.
      await api.send("DELETE", `items/${item.id}`, undefined, { keepalive: true });
      gone();
    } catch (error) {
      if (error.status === 404) return gone();
      back();
      failed(error, () => deleteItem(item, { signal, hide, back, gone }));
    }
  };
  hide();
  const timer = setTimeout(goOn, UNDO);
  addEventListener("pagehide", goOn);
  signal.addEventListener("abort", goOn, { once: true });
  const close = notice("Item deleted.", { lasts: UNDO, action: { label: "Undo", run: () => settle() && back() } });
}
