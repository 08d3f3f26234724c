/**
 * The client of the control plane: one function that sends a request, and the loop that keeps a view up to date.
 *
 * With an admin token, the page asks for it once and keeps it for the tab.
 */
import { h } from "./dom.js";

const TOKEN = "mockserver admin token";
const INTERVAL = 1000;
const LOST_INTERVAL = 2000;

/** A refusal by the server; the message is in words. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** No answer: the server is gone, or cannot be reached. */
export class Lost extends Error {
  constructor() {
    super(`No answer from ${location.host}. The page tries again by itself.`);
  }
}

/**
 * Send a request to the control plane and return the decoded answer, or null where it is empty.
 *
 * @param {string} method
 * @param {string} path below /_mock
 * @param {unknown} [body]
 * @param {AbortSignal} [signal] ends the request when it is aborted
 */
export async function call(method, path, body, signal) {
  const headers = { Accept: "application/json", ...adminHeaders() };
  const token = sessionStorage.getItem(TOKEN);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await answer(`/_mock${path}`, { method, headers, body: body && JSON.stringify(body), signal });
  if (response.status === 401) {
    await askForToken(token);
    return call(method, path, body, signal);
  }
  if (!response.ok) throw new Refused(response.status, await reason(response));
  return response.status === 204 ? null : response.json();
}

/** The headers that requests to the control plane carry: the admin token, if one was given. */
export function adminHeaders() {
  const token = sessionStorage.getItem(TOKEN);
  return token === null ? {} : { Authorization: `Bearer ${encoded(token)}` };
}

/** Send a request to a vendor, as a client would; any answer counts. */
export function send(path, headers, options = {}) {
  return answer(path, { ...options, headers });
}

/** The token to send; where a client's credentials are exchanged for one, the one that the exchange gives. */
export async function accessToken(token) {
  if (!token.token_path) return token.token;
  const basic = btoa(`${token.client_id}:${token.client_secret}`);
  const response = await send(token.token_path, { Authorization: `Basic ${basic}`, "Content-Type": "application/x-www-form-urlencoded" },
    { method: "POST", body: "grant_type=client_credentials" });
  if (!response.ok) throw new Error(`The exchange of the credentials was answered with ${response.status}.`);
  return (await response.json()).access_token;
}

async function answer(path, options) {
  try {
    return await fetch(path, { ...options, cache: "no-store", credentials: "omit" });
  } catch (error) {
    throw options.signal?.aborted ? error : new Lost();
  }
}

async function reason(response) {
  try {
    return (await response.json()).detail ?? `The server answered with ${response.status}.`;
  } catch {
    return `The server answered with ${response.status}.`;
  }
}

/** Fetch takes headers in Latin-1; the bytes of UTF-8, each as a character, are sent as they are. */
const encoded = (text) => String.fromCharCode(...new TextEncoder().encode(text));

let asking = null;

/** Ask for the admin token, once for all requests that wait for it. `refused` is the one that was just sent. */
function askForToken(refused) {
  if (asking === null && sessionStorage.getItem(TOKEN) !== refused) return Promise.resolve();
  asking ??= new Promise((resolve) => {
    const input = h("input", { type: "password", autocomplete: "off", required: true, autofocus: true });
    const submit = (event) => {
      event.preventDefault();
      sessionStorage.setItem(TOKEN, input.value);
      dialog.close();
      dialog.remove();
      asking = null;
      resolve();
    };
    const why = refused === null ? "The server was started with an admin token." : "The server does not accept this token.";
    const dialog = h("dialog", { "aria-labelledby": "token-title", oncancel: (event) => event.preventDefault() },
      h("form", { onsubmit: submit },
        h("h2", { id: "token-title" }, "Admin token"),
        h("p", { role: refused === null ? null : "alert" }, why),
        h("label", { class: "field" }, h("span", {}, "Token"), input,
          h("small", {}, "It is kept for this tab only. MOCKSERVER_ADMIN_TOKEN on the server has it.")),
        h("div", { class: "row end" }, h("button", { class: "primary" }, "Continue"))));
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}

/**
 * Call a function again and again: at most once a second, one call at a time, and never while the tab is hidden.
 *
 * @param {() => Promise<void>} tick
 * @param {(error: Error | null) => void} report gets the error of a call, and null when one went well
 */
export function poll(tick, report) {
  let timer = 0;
  let busy = false;
  let last = performance.now();
  const schedule = (delay) => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(run, delay);
  };
  const run = async () => {
    if (busy || document.hidden) return;
    busy = true;
    last = performance.now();
    let interval = INTERVAL;
    try {
      await tick();
      report(null);
    } catch (error) {
      interval = LOST_INTERVAL;
      report(error);
    }
    busy = false;
    schedule(Math.max(0, last + interval - performance.now()));
  };
  document.addEventListener("visibilitychange", () => schedule(Math.max(0, last + INTERVAL - performance.now())));
  schedule(INTERVAL);
}
