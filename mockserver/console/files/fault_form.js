/**
 * The form for a fault: every part of a rule but its vendor and operation, which are chosen elsewhere.
 */
import { button, field, h, select } from "./dom.js";

/** Effects: a name, the label of their value (null: none), its default, and the effect. */
const EFFECTS = {
  status: ["Error status", "Status, 400 to 599", 503, (value) => ({ status: value })],
  error: ["Error with any status", "Status, 200 to 599", 200, (value) => ({ status: value, error: true })],
  empty: ["Empty answer", "Status, 200 to 599", 204, (value) => ({ status: value, empty: true })],
  html: ["HTML page of a gateway", "Status", 502, (value) => ({ html: value })],
  rate_limited: ["Rate limited (429)", null, 0, () => ({ rate_limited: true })],
  reset: ["Cut connection", null, 0, () => ({ reset: true })],
  other: ["Only a delay or headers", null, 0, () => ({})],
  truncate: ["Truncated body", "Bytes", 100, (value) => ({ truncate_bytes: value })],
  stall: ["Body that stalls for 5 seconds", "After so many bytes", 100, (value) => ({ stall_seconds: 5, after_bytes: value })],
  drip: ["Body that drips", "Seconds", 30, (value) => ({ drip_seconds: value })],
  malformed: ["Malformed JSON", null, 0, () => ({ malformed_json: true })],
  short: ["Content-Length too small", "Bytes", 10, (value) => ({ short_length: value })],
  nan: ["NaN in place of a number", null, 0, () => ({ json_nan: true })],
  duplicate: ["Duplicate JSON key", null, 0, () => ({ json_duplicate_key: true })],
  mark: ["Byte order mark", null, 0, () => ({ byte_order_mark: true })],
  gzip: ["Compressed body", null, 0, () => ({ gzip: true })],
  gzip_cut: ["Truncated compressed body", "Bytes", 60, (value) => ({ gzip: true, truncate_bytes: value })],
  chunked: ["Chunked body", null, 0, () => ({ chunked: true })],
  chunked_cut: ["Chunked body without its end", "Bytes", 100, (value) => ({ chunked: true, cut_after_bytes: value })],
  close_idle: ["Connection closed after the answer", null, 0, () => ({ close_idle: true })],
};

/** The choices in place of one of these: any effect as JSON, or several in turn. */
const OTHERS = { json: "Any effect, in JSON", sequence: "Sequence of effects" };

const JSON_HINTS = {
  json: ["Effect, in JSON", 'As in {"gzip": true, "malformed_json": true}. The reference of the control plane has every field.'],
  sequence: ["Steps, in JSON", 'The first request gets the first step, and so on. A step is an effect, as in {"html": 502}, or "pass" for the genuine answer.'],
};

/** `arm` gets the rule, and may refuse it. */
export function faultForm(arm) {
  const effect = effectFields();
  const limits = limitFields();
  const submit = button("Arm", async () => {
    effect.problem("");
    try {
      await arm({ ...limits.read(), ...effect.read() });
    } catch (error) {
      if (!effect.isJson()) throw error;
      effect.problem(error.message);
    }
  }, { class: "primary" });
  return h("details", {}, h("summary", {}, "By form"),
    h("form", { class: "panel-form", onsubmit: (event) => { event.preventDefault(); submit.click(); } },
      h("div", { class: "grid" }, effect.fields, limits.fields), h("div", { class: "row end" }, submit)));
}

/** What happens: the fields of one effect, or JSON. */
function effectFields() {
  const kind = select({ onchange: () => show() }, [...Object.entries(EFFECTS).map(([name, [label]]) => [name, label]), ...Object.entries(OTHERS)]);
  const amount = h("input", { type: "number", min: 0, step: "any" });
  const amountField = field("Value", amount);
  const code = h("input", { type: "text", placeholder: "The vendor's own" });
  const message = h("input", { type: "text" });
  const delay = h("input", { type: "number", min: 0, step: "any" });
  const retry = h("input", { type: "number", min: 0 });
  const headers = h("textarea", { rows: 2, placeholder: "X-RateLimit-Remaining: 3" });
  const json = h("textarea", { rows: 3, spellcheck: "false", placeholder: '[{"rate_limited": true}, "pass", {"status": 503}]' });
  const jsonField = field("", json, " ");
  const alert = h("small", { class: "problem", role: "alert" });
  const wide = h("div", { class: "wide" }, jsonField, alert);
  const then = select({}, [["pass", "Everything passes"], ["repeat", "Begin again"], ["last", "Stay at the last step"]]);
  const thenField = field("After the last step", then);
  const ofErrors = [field("Error code", code), field("Error message", message)];
  const ofEffects = [field("Delay, in seconds", delay), field("Retry-After as a date, in seconds", retry, "After the time in the Date header."),
    field("Headers", headers, "One on each line, as in Name: value. A name may be there several times.")];

  const isJson = () => kind.value in OTHERS;
  const show = () => {
    const [, label, initial] = EFFECTS[kind.value] ?? [null, null, 0];
    const [title, hint] = JSON_HINTS[kind.value] ?? ["", ""];
    for (const each of ofEffects) each.hidden = isJson();
    for (const each of ofErrors) each.hidden = kind.value !== "status" && kind.value !== "error";
    wide.hidden = !isJson();
    thenField.hidden = kind.value !== "sequence";
    jsonField.firstChild.textContent = title;
    jsonField.lastChild.textContent = hint;
    amountField.hidden = label === null;
    amountField.firstChild.textContent = label ?? "";
    amount.value = initial;
  };
  const text = (input) => (ofErrors.some((each) => !each.hidden && each.contains(input)) ? input.value || undefined : undefined);
  const one = () => ({
    ...EFFECTS[kind.value][3](Number(amount.value)), code: text(code), message: text(message),
    delay_seconds: number(delay) || undefined, retry_after_date: number(retry), headers: headers.value.trim() ? named(headers.value, ":", "header") : undefined,
  });
  const read = () => {
    if (kind.value === "sequence") return { steps: parsed(json.value), then: then.value };
    return { effect: isJson() ? parsed(json.value) : one() };
  };
  const problem = (rule) => {
    alert.textContent = rule;
    if (rule) json.focus();
  };
  show();
  return { fields: [field("Effect", kind), amountField, ofErrors, ofEffects, thenField, wide].flat(), isJson, read, problem };
}

/** Which requests it happens to, and how often. */
function limitFields() {
  const path = h("input", { type: "text", placeholder: "/path/*" });
  const query = h("textarea", { rows: 2, placeholder: "cursor=abc" });
  const requestHeaders = h("textarea", { rows: 2, placeholder: "If-None-Match: *" });
  const times = h("input", { type: "number", min: 1, placeholder: "Every time" });
  const skip = h("input", { type: "number", min: 0, placeholder: "0" });
  const share = h("input", { type: "number", min: 0, max: 1, step: "any", placeholder: "1" });
  const shareBy = select({}, [["request", "Requests"], ["client", "Clients (token and User-Agent)"]]);
  const from = h("input", { type: "text", placeholder: "2025-10-22T02:00:00Z" });
  const until = h("input", { type: "text", placeholder: "2025-10-22T02:10:00Z" });
  const phase = select({}, [["before", "Before the request is processed"], ["after", "After it was processed"]]);
  const read = () => ({
    path: path.value || undefined, query: query.value.trim() ? named(query.value, "=", "parameter") : undefined,
    request_headers: requestHeaders.value.trim() ? named(requestHeaders.value, ":", "header") : undefined, from: from.value || undefined, until: until.value || undefined,
    times: number(times), skip: number(skip) || undefined, share: number(share), share_by: shareBy.value === "client" ? "client" : undefined, phase: phase.value,
  });
  const fields = [field("Path", path, "* stands for any characters."), field("Query", query, "One parameter on each line, as in name=value."),
    field("Request header", requestHeaders, "One on each line, as in Name: value; * stands for any characters."),
    field("At most so many times", times), field("First skip", skip, "So many requests pass."), field("Share of the requests", share, "Above 0, up to 1."), field("Draw the share for", shareBy),
    field("From", from, "On the sandbox's clock."), field("Until", until, "On the sandbox's clock, exclusive."), field("When", phase)];
  return { fields, read };
}

function number(input) {
  return input.value === "" ? undefined : Number(input.value);
}

const EXAMPLES = { header: "Retry-After: 5", parameter: "cursor=abc" };

/**
 * The values of a text by their names: a header or a parameter on each line, its name before a separator.
 * A name that is there several times has a list.
 */
function named(text, separator, kind) {
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const found = new Map();
  for (const line of lines) {
    const at = line.indexOf(separator);
    const [name, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (at < 1 || (kind === "header" && !value)) throw new Error(`Write each ${kind} on a line of its own, as in ${EXAMPLES[kind]}.`);
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, values.length > 1 ? values : values[0]]));
}

/** The JSON that somebody has typed; what it means is checked by the server. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${error.message}`);
  }
}
