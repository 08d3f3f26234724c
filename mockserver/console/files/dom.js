/**
 * Building DOM: elements from text, never from HTML, and the way dates and numbers are written.
 *
 * @typedef {Node | string | number | null | undefined | false} Child
 */

/**
 * An element. Properties that begin with "on" are listeners; true is an empty attribute; null and false are none.
 *
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Child | Child[])} children
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

const shown = new WeakMap();

/**
 * Build the content of a region again if its data changed, and keep the focus on the element with the same data-key.
 *
 * @param {HTMLElement} region
 * @param {unknown} data what the content depends on
 * @param {() => Child[]} build
 */
export function patch(region, data, build) {
  const text = JSON.stringify(data);
  if (shown.get(region) === text) return;
  shown.set(region, text);
  const key = region.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  region.replaceChildren(...build().flat().filter(Boolean));
  if (key) [...region.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key)?.focus();
}

/** A labelled field. A label contains its control, so that they need no ids. */
export function field(label, control, hint) {
  return h("label", { class: "field" }, h("span", {}, label), control, hint && h("small", {}, hint));
}

/** A select. Options are texts, or pairs of a value and a text. */
export function select(properties, options, value) {
  const all = options.map((each) => (Array.isArray(each) ? each : [each, each]));
  const element = h("select", properties, ...all.map(([key, text]) => h("option", { value: key }, text)));
  element.value = value ?? all[0]?.[0] ?? "";
  return element;
}

/** Show a value in an input, unless somebody is typing in it. */
export function fill(input, value) {
  if (input !== document.activeElement) input.value = value ?? "";
}

/** A button that does something that may fail, and that cannot be pressed twice meanwhile. */
export function button(text, action, properties = {}) {
  let isBusy = false;
  const onclick = async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      await action();
    } catch (error) {
      notify(error.message, "error");
    }
    isBusy = false;
  };
  return h("button", { type: "button", ...properties, onclick }, text);
}

/** A button that copies a text; `name` says what, for people who hear the page. */
export function copyButton(label, name, text) {
  return button(label, async () => { await copy(text()); notify(`Copied: ${name}`); }, {
    class: "quiet", "aria-label": `${label}: ${name}`, "data-key": `copy ${name}`,
  });
}

async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Without HTTPS, browsers have the clipboard only on this machine; elsewhere the old command is left.
  const area = h("textarea", { class: "offscreen", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("The browser did not allow copying. Select the text and copy it yourself.");
}

/** Show a short message for some seconds; an error stays until it is dismissed. */
export function notify(text, kind = "done") {
  const region = document.getElementById("notices");
  const close = h("button", { type: "button", class: "quiet", "aria-label": "Dismiss", onclick: () => notice.remove() }, "×");
  const notice = h("div", { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status" }, h("span", {}, text), close);
  region.replaceChildren(notice);
  if (kind !== "error") setTimeout(() => notice.remove(), 3000);
}

/** A question before something that cannot be undone; true if it is to be done. */
export function confirmed(question, action) {
  return new Promise((resolve) => {
    const end = (answer) => { dialog.close(); dialog.remove(); resolve(answer); };
    const dialog = h("dialog", { "aria-label": question, oncancel: () => end(false) },
      h("p", {}, question),
      h("div", { class: "row end" },
        h("button", { type: "button", onclick: () => end(false), autofocus: true }, "Cancel"),
        h("button", { type: "button", class: "danger", onclick: () => end(true) }, action)));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** What to do next where there is nothing yet. The title is a text, or a heading where the view has no other. */
export function empty(title, ...children) {
  return h("div", { class: "empty" }, typeof title === "string" ? h("p", { class: "title" }, title) : title, ...children);
}

/** A command to paste, with a button that copies it. */
export function command(text, name) {
  return h("div", { class: "command" }, h("pre", { tabindex: "0", role: "region", "aria-label": name }, h("code", {}, text)),
    copyButton("Copy", name, () => text));
}

const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23", timeZone: "UTC" });
const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const NUMBER = new Intl.NumberFormat();

export const dateTime = (value) => `${DATE_TIME.format(new Date(value))} UTC`;
export const time = (value) => `${TIME.format(new Date(value))} UTC`;
export const date = (value) => DATE.format(new Date(value));
export const number = (value) => NUMBER.format(value);
export const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;
