// The way in: sign in, sign up, confirm, a forgotten password, a second factor.

import { fill, h } from "./dom.js";
import { notice } from "./notices.js";
import * as session from "./session.js";

const MIN_PASSWORD = 12;

/** Shows the form in a container; the session tells when it is done. */
export function signInView(container, { selfSignUp }) {
  const view = { container, selfSignUp, email: "" };
  signIn(view);
}

function signIn(view) {
  form(view, {
    title: "Sign in",
    fields: [email(view), password("current-password")],
    submit: "Sign in",
    run: async ({ email, password }) => {
      try {
        const challenge = await session.signIn(email, password);
        if (challenge) challenged(view, challenge);
      } catch (error) {
        if (error.kind === "UserNotConfirmedException") return confirm(view, password);
        if (error.kind === "PasswordResetRequiredException") return reset(view);
        throw error;
      }
    },
    links: [
      view.selfSignUp && ["Create an account", () => signUp(view)],
      ["Forgotten password", () => forgotten(view)],
    ],
  });
}

function signUp(view) {
  form(view, {
    title: "Create an account",
    fields: [email(view), password("new-password")],
    submit: "Create the account",
    run: async ({ email, password }) => {
      const made = await session.signUp(email, password);
      if (made.UserConfirmed) await session.signIn(email, password);
      else confirm(view, password);
    },
    links: [["I have an account", () => signIn(view)], ["I have a code", () => confirm(view)]],
  });
}

function confirm(view, known) {
  form(view, {
    title: "Confirm your e-mail address",
    hint: view.email ? `A code was sent to ${view.email}.` : "Enter the code that was sent to you.",
    fields: [email(view), code()],
    submit: "Confirm",
    run: async ({ email, code }) => {
      await session.confirmSignUp(email, code);
      notice("Your e-mail address is confirmed.");
      if (known) await session.signIn(email, known);
      else signIn(view);
    },
    links: [
      ["Send the code again", async () => {
        await session.resendCode(view.email);
        notice("A new code is on its way.");
      }],
      ["Back", () => signIn(view)],
    ],
  });
}

function forgotten(view) {
  form(view, {
    title: "Forgotten password",
    hint: "We send you a code with which you can set a new one.",
    fields: [email(view)],
    submit: "Send the code",
    run: async ({ email }) => {
      await session.forgotPassword(email);
      reset(view);
    },
    links: [["Back", () => signIn(view)]],
  });
}

function reset(view) {
  form(view, {
    title: "Set a new password",
    hint: `If there is an account for ${view.email}, a code was sent to it.`,
    fields: [email(view), code(), password("new-password")],
    submit: "Set the password",
    run: async ({ email, code, password }) => {
      await session.resetPassword(email, code, password);
      notice("The password is set.");
      await session.signIn(email, password);
    },
    links: [["Back", () => signIn(view)]],
  });
}

function challenged(view, challenge) {
  const first = challenge.name === "NEW_PASSWORD_REQUIRED";
  form(view, {
    title: first ? "Choose your own password" : "Enter the code of your authenticator",
    fields: [first ? password("new-password") : code()],
    submit: "Go on",
    run: async ({ password, code }) => {
      const next = await session.answer(challenge, first ? password : code);
      if (next) challenged(view, next);
    },
    links: [["Back", () => signIn(view)]],
  });
}

function email(view) {
  return { name: "email", label: "E-mail", type: "email", autocomplete: "username", value: view.email };
}

function password(autocomplete) {
  const isNew = autocomplete === "new-password";
  return {
    name: "password", label: isNew ? "New password" : "Password", type: "password", autocomplete,
    minlength: isNew ? MIN_PASSWORD : undefined,
    hint: isNew ? `At least ${MIN_PASSWORD} characters, with upper case, lower case and a digit.` : undefined,
  };
}

function code() {
  return { name: "code", label: "Code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 12 };
}

function form(view, { title, hint, fields, submit, run, links }) {
  const problem = h("p", { class: "problem", role: "alert", id: "problem" });
  const button = h("button", { class: "primary wide", text: submit });
  const working = (on) => {
    button.disabled = on;
    button.textContent = on ? "One moment…" : submit;
  };
  const attempt = async (action) => {
    problem.textContent = "";
    working(true);
    try {
      await action();
    } catch (error) {
      problem.textContent = error.message;
    } finally {
      working(false);
    }
  };
  const element = h("form", { class: "card sign-in", "aria-labelledby": "form-title", onsubmit: (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(element));
    values.email = (values.email ?? "").trim();
    if (values.email) view.email = values.email;
    attempt(() => run(values));
  } },
  h("h1", { id: "form-title", text: title }),
  hint && h("p", { class: "dim", text: hint }),
  fields.map(row), problem, button,
  h("p", { class: "links" }, links.filter(Boolean).map(([text, go]) =>
    h("button", { type: "button", class: "link", text, onclick: () => attempt(async () => {
      const typed = element.elements.namedItem("email")?.value.trim();
      if (typed) view.email = typed;
      await go();
    }) }))));
  fill(view.container, element);
  const empty = [...element.elements].find((input) => input.name && !input.value);
  (empty ?? button).focus();
}

function row({ name, label, hint, ...attributes }) {
  const id = `field-${name}`;
  return h("p", { class: "field" },
    h("label", { for: id, text: label }),
    h("input", { id, name, required: true, "aria-describedby": hint ? `${id}-hint` : undefined, ...attributes }),
    hint && h("span", { class: "dim", id: `${id}-hint`, text: hint }));
}
