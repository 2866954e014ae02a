// Short messages at the edge of the page, and questions that need an answer.

import { fill, h } from "./dom.js";

const LASTS = 6000;

/**
 * Shows a message. An error stays until it is closed; an action is a button on it.
 * @returns {() => void} takes the message away
 */
export function notice(text, { error = false, action, lasts = LASTS } = {}) {
  const close = () => {
    clearTimeout(timer);
    element.remove();
  };
  const element = h("div", { class: error ? "notice error" : "notice", role: error ? "alert" : "status" }, h("span", { text }));
  if (action) {
    element.append(h("button", { type: "button", class: "link", text: action.label, onclick: () => { close(); action.run(); } }));
  }
  element.append(h("button", { type: "button", class: "icon", "aria-label": "Close the notice", text: "✕", onclick: close }));
  const notices = document.getElementById("notices");
  notices.append(element);
  // Shown anew, so that it is above a dialog that opened since.
  notices.hidePopover();
  notices.showPopover();
  const timer = error ? undefined : setTimeout(close, lasts);
  return close;
}

/** Says what went wrong and what to do; a retry where one makes sense. */
export function failed(error, retry) {
  if (error?.name === "AbortError") return;
  notice(error?.message ?? String(error), { error: true, action: retry && { label: "Try again", run: retry } });
}

/** Asks; resolves to true when the answer is yes. */
export function confirmed(question, { yes, detail }) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "ask", "aria-labelledby": "ask-title", onclose: () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    } },
    h("form", { method: "dialog" },
      h("h2", { id: "ask-title", text: question }),
      detail && h("p", { text: detail }),
      h("p", { class: "buttons" },
        h("button", { value: "no", text: "Cancel", autofocus: true }),
        h("button", { value: "yes", class: "danger", text: yes }))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks for a line of text; resolves to null when there is none. */
export function asked(question, { label, value = "", yes, max }) {
  return new Promise((resolve) => {
    const input = h("input", { id: "ask-text", value, maxlength: max, required: true, autocomplete: "off" });
    const dialog = h("dialog", { class: "ask", "aria-labelledby": "ask-title", onclose: () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? input.value.trim() || null : null);
    } },
    h("form", { method: "dialog" },
      h("h2", { id: "ask-title", text: question }),
      h("label", { for: "ask-text", text: label }), input,
      h("p", { class: "buttons" },
        h("button", { value: "no", formnovalidate: true, text: "Cancel" }),
        h("button", { value: "yes", class: "primary", text: yes }))));
    document.body.append(dialog);
    dialog.showModal();
    input.select();
    // Enter means the last button, not the first of the form.
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && input.value.trim()) {
        event.preventDefault();
        dialog.close("yes");
      }
    });
  });
}

/** A place that says that something is being fetched, without moving what is around it. */
export function waiting(text) {
  return h("p", { class: "waiting", role: "status", text });
}

/** What stands where a view could not be loaded. */
export function broken(container, error, retry) {
  fill(container, h("div", { class: "empty", role: "alert" },
    h("p", { text: error.message }),
    h("button", { type: "button", class: "primary", text: "Try again", onclick: retry })));
}
