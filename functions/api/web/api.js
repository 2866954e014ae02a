// Requests to the API: the token, errors in words, and patience where asking again is safe.

import { pause } from "./dom.js";
import * as session from "./session.js";

const TRIES = 4;
const FIRST_PAUSE = 400;

/** What the API refused or could not do. */
export class ApiError extends Error {
  constructor(status, message, requestId) {
    super(requestId && status >= 500 ? `${message} (request ${requestId})` : message);
    this.status = status;
  }
}

/** The address of a route, wherever the page itself is served. */
export function address(path) {
  return new URL(path.replace(/^\//, ""), document.baseURI).href;
}

/**
 * Asks the API. Reading is repeated while the connection or the server is away; writing never is.
 * `takes` are statuses that are answers too, `keepalive` lets the request outlive the page.
 * @returns {Promise<Response>}
 */
export async function request(method, path, { body, signal, accept = "application/json", patient = method === "GET", takes = [], keepalive = false } = {}) {
  for (let attempt = 1; ; attempt += 1) {
    let response;
    try {
      response = await once(method, path, { body, signal, accept, keepalive });
    } catch (error) {
      if (error.name === "AbortError" || error instanceof ApiError) throw error;
      if (patient && attempt < TRIES) {
        await pause(FIRST_PAUSE * 2 ** attempt * (0.5 + Math.random() / 2), signal);
        continue;
      }
      throw new ApiError(0, navigator.onLine
        ? "The service cannot be reached. Try again in a moment."
        : "You are offline. Try again when the connection is back.");
    }
    if (response.ok || takes.includes(response.status)) return response;
    const busy = response.status === 429 || response.status === 502 || response.status === 503;
    if (patient && busy && attempt < TRIES) {
      const seconds = Number(response.headers.get("retry-after")) || 0;
      await pause(Math.min(seconds * 1000, 5000) || FIRST_PAUSE * 2 ** attempt, signal);
      continue;
    }
    throw await refusal(response);
  }
}

async function once(method, path, { body, signal, accept, keepalive }, fresh = false) {
  const token = await session.token({ fresh });
  const headers = { accept };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined && !(body instanceof FormData)) {
    headers["content-type"] = "application/json";
    body = typeof body === "string" ? body : JSON.stringify(body);
  }
  const response = await fetch(address(path), { method, headers, body, signal, keepalive });
  if (response.status !== 401 || !token) return response;
  // A token can end early: one try with a new one, then the session is over.
  if (!fresh) return once(method, path, { body, signal, accept, keepalive }, true);
  session.end();
  throw new ApiError(401, "Your session has ended. Sign in again.");
}

async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  const words = problem.detail ?? WORDS[response.status] ?? problem.title ?? `The service answered ${response.status}.`;
  return new ApiError(response.status, words.charAt(0).toUpperCase() + words.slice(1), response.headers.get("x-request-id"));
}

const WORDS = {
  404: "This is not there (any more).",
  413: "This is too large.",
  429: "Too many requests. Wait a moment.",
  500: "Something went wrong on our side. Try again; if it stays, tell the operator.",
  503: "The service is not ready. Try again in a few seconds.",
  504: "The service took too long. Try again.",
};

/** Reads JSON. */
export async function get(path, options) {
  return (await request("GET", path, options)).json();
}

/** Sends JSON and reads JSON. */
export async function send(method, path, body, options = {}) {
  const response = await request(method, path, { ...options, body });
  return response.status === 204 ? null : response.json();
}

/**
 * Sends a form with progress, which `fetch` cannot tell.
 * @returns {Promise<any>} the answer as JSON, or null where there is none
 */
export async function upload(url, form, { token, onprogress, signal }) {
  const bearer = token ? await session.token() : null;
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", url);
    if (bearer) xhr.setRequestHeader("authorization", `Bearer ${bearer}`);
    xhr.upload.onprogress = (event) => event.lengthComputable && onprogress(event.loaded / event.total);
    xhr.onload = async () => {
      const headers = { "x-request-id": xhr.getResponseHeader("x-request-id") ?? "" };
      if (xhr.status >= 200 && xhr.status < 300) resolve(parsed(xhr.responseText));
      else reject(await refusal(new Response(xhr.responseText || null, { status: xhr.status || 500, headers })));
    };
    xhr.onerror = () => reject(new ApiError(0, "The upload was cut off. Try again."));
    xhr.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal?.addEventListener("abort", () => xhr.abort(), { once: true });
    xhr.send(form);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Server-sent events of an answer: calls back with the event's name and its data.
 */
export async function events(response, onevent) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    buffer += value ?? "";
    const blocks = buffer.split(/\r?\n\r?\n/);
    buffer = blocks.pop();
    for (const block of blocks) {
      let name = "message";
      const data = [];
      for (const line of block.split(/\r?\n/)) {
        if (line.startsWith("event:")) name = line.slice(6).trim();
        else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      }
      if (data.length) onevent(name, parsed(data.join("\n")));
    }
    if (done) return;
  }
}
