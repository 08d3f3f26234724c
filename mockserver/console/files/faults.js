/**
 * Faults and defects: arm them ready-made or by a form, see how often each was hit, and disarm them.
 */
import { call } from "./api.js";
import { defectsPanel } from "./defects.js";
import { button, confirmed, count, dateTime, empty, field, h, notify, patch, select } from "./dom.js";
import { change, current, inSandbox, link } from "./router.js";

const SITUATIONS = [
  ["429 on the next page", "One request passes, the next gets the vendor's own 429.", { skip: 1, times: 1, effect: { rate_limited: true } }],
  ["503 twice", "Two requests fail, the third passes.", { times: 2, effect: { status: 503 } }],
  ["Every third fails", "Two requests pass, the next gets a 503, again and again.", { steps: ["pass", "pass", { status: 503 }], then: "repeat" }],
  ["HTML from a gateway", "One answer is a gateway's 502 page and no JSON.", { times: 1, effect: { html: 502 } }],
  ["Cut connection", "One connection is reset before the first byte.", { times: 1, effect: { reset: true } }],
  ["Few requests left", "Every answer says that 3 of 100 requests are left.", { effect: { headers: { "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "3" } } }],
  ["Wrong Content-Type", "One answer has its JSON, and says that it is HTML.", { times: 1, effect: { headers: { "Content-Type": "text/html" } } }],
  ["Empty 204", "One answer is a success without a body or a Content-Type.", { times: 1, effect: { status: 204, empty: true } }],
  ["Empty 200", "One answer is a 200 with an empty body.", { times: 1, effect: { status: 200, empty: true } }],
  ["Error under a 200", "One answer is the vendor's error, and its status is 200.", { times: 1, effect: { status: 200, error: true } }],
  ["Chunks without an end", "One chunked body ends after 100 bytes, without its last chunk.", { times: 1, effect: { chunked: true, cut_after_bytes: 100 } }],
  ["Truncated gzip", "One body is compressed, and ends after 60 bytes.", { times: 1, effect: { gzip: true, truncate_bytes: 60 } }],
  ["Dead pooled connection", "One connection is closed right after a whole answer that says keep-alive.", { times: 1, effect: { close_idle: true } }],
  ["Slow", "Every answer takes 3 seconds longer.", { effect: { delay_seconds: 3 } }],
];

/** Effects by form: a name, the label of their value (null: none), its default, and the effect. */
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
  malformed: ["Malformed JSON", null, 0, () => ({ malformed_json: true })],
  gzip: ["Compressed body", null, 0, () => ({ gzip: true })],
  gzip_cut: ["Truncated compressed body", "Bytes", 60, (value) => ({ gzip: true, truncate_bytes: value })],
  chunked: ["Chunked body", null, 0, () => ({ chunked: true })],
  chunked_cut: ["Chunked body without its end", "Bytes", 100, (value) => ({ chunked: true, cut_after_bytes: value })],
  close_idle: ["Connection closed after the answer", null, 0, () => ({ close_idle: true })],
};

/** The choice in place of an effect: several of them in turn. */
const SEQUENCE = "sequence";

/** What follows the last step of a sequence. */
const THEN = { pass: "every further request passes", repeat: "again and again", last: "then always the last one" };

export function mount(main) {
  const armed = h("section", { "aria-label": "Armed faults" });
  const target = h("div", { class: "grid" });
  let overview = null;

  const vendorOf = () => current().parameters.get("vendor") ?? "";
  const { panel: defects, load: loadDefects } = defectsPanel(vendorOf);
  const operationOf = () => current().parameters.get("operation") ?? "";
  const arm = async (rule) => {
    const where = { ...(vendorOf() && { vendor: vendorOf() }), ...(operationOf() && { operation: operationOf() }) };
    const made = await call("POST", inSandbox("/faults"), { ...where, ...rule });
    notify(`Armed: ${made.id}`);
    await faults();
  };
  main.append(
    h("section", { class: "head" }, h("div", {}, h("h1", {}, "Faults and defects"),
      h("p", { class: "muted" }, "A fault makes requests fail. A defect makes answers wrong that look right."))),
    armed,
    h("section", { class: "panel", "aria-label": "Arm a fault" }, h("h2", {}, "Arm a fault"), target,
      h("div", { class: "situations" }, SITUATIONS.map(([name, description, rule]) =>
        button([h("strong", {}, name), h("span", {}, description)], () => arm(rule), { class: "situation" }))),
      form(arm)),
    defects);

  async function refresh() {
    if (overview === null) {
      overview = await call("GET", inSandbox("/overview"));
      drawTarget();
      await loadDefects();
      if (current().parameters.get("part") === "defects") defects.scrollIntoView();
    }
    await faults();
  }

  async function faults() {
    const { rules } = await call("GET", inSandbox("/faults"));
    patch(armed, rules, () => [rules.length ? list(rules) : empty("No faults are armed.", h("p", {}, "Choose a fault below, and send requests with your client."))]);
  }

  function list(rules) {
    const disarmAll = async () => {
      if (!(await confirmed("Disarm every fault?", "Disarm"))) return;
      await call("PUT", inSandbox("/faults"), { rules: [] });
      await faults();
    };
    const disarm = async (id) => {
      await call("DELETE", inSandbox(`/faults/${encodeURIComponent(id)}`));
      notify(`Disarmed: ${id}`);
      await faults();
    };
    return h("div", { class: "list" },
      h("div", { class: "row" }, h("h2", {}, count(rules.length, "armed fault", "armed faults")), rules.length > 1 && button("Disarm all…", disarmAll, { "data-key": "all" })),
      rules.map((rule) => h("article", { class: "item", "data-fault": rule.id },
        h("div", { class: "top" }, h("h3", {}, rule.steps ? `In turn, ${THEN[rule.then]}` : effectText(rule.effect)),
          h("div", { class: "row" }, hits(rule), button("Disarm", () => disarm(rule.id), { "aria-label": `Disarm ${rule.id}`, "data-key": rule.id }))),
        rule.steps && steps(rule), h("p", { class: "muted" }, `${rule.id} · ${where(rule)}`))));
  }

  function drawTarget() {
    const shown = overview.vendors.filter((each) => !vendorOf() || each.name === vendorOf());
    patch(target, [vendorOf(), operationOf()], () => [
      field("Vendor", select({ "data-key": "vendor", onchange: (event) => change({ vendor: event.target.value, operation: "" }) },
        [["", "All"], ...overview.vendors.map((each) => [each.name, each.title])], vendorOf())),
      field("Operation", select({ "data-key": "operation", onchange: (event) => change({ operation: event.target.value }) },
        [["", "All"], ...new Set(shown.flatMap((each) => each.operations.map(({ operation }) => operation)))], operationOf())),
    ]);
  }

  return {
    refresh,
    route: () => {
      if (overview === null) return;
      drawTarget();
      loadDefects().catch((error) => notify(error.message, "error"));
    },
  };
}

function hits(rule) {
  const most = hitsMaximum(rule);
  return h("span", { class: `badge ${rule.hits ? "accent" : ""}` },
    `${count(rule.hits, "hit", "hits")}${most === Infinity ? "" : ` of ${most}`}${rule.hits >= most ? ", spent" : ""}`);
}

function hitsMaximum({ times = Infinity, steps = [], then }) {
  return Math.min(times, then === "pass" ? steps.length : Infinity);
}

/** The steps of a sequence; the one that the next request gets is marked. */
function steps(rule) {
  const next = rule.then === "repeat" ? rule.hits % rule.steps.length : Math.min(rule.hits, rule.steps.length - 1);
  const isNext = (index) => index === next && rule.hits < hitsMaximum(rule);
  return h("ol", { class: "steps" }, rule.steps.map((step, index) => h("li", { "aria-current": isNext(index) && "step" },
    step === "pass" ? "The genuine answer" : effectText(step), isNext(index) && h("span", { class: "badge accent" }, "next"))));
}

/** An effect in words. */
function effectText(effect) {
  const { status, code, message, headers, html, delay_seconds, truncate_bytes, cut_after_bytes, stall_seconds, after_bytes } = effect;
  const bytes = (number) => count(number, "byte", "bytes");
  const parts = [status && `Status ${status}`, effect.error && "Error of the vendor", effect.empty && "No body", code, message && `“${message}”`, html && `HTML page with status ${html}`,
    effect.rate_limited && "Rate limited (429)", effect.reset && "Connection cut", delay_seconds && `${delay_seconds} s later`,
    effect.malformed_json && "Malformed JSON", effect.gzip && "Compressed body", effect.chunked && "Chunked body",
    truncate_bytes !== undefined && `Body cut after ${bytes(truncate_bytes)}`, cut_after_bytes !== undefined && `No last chunk, cut after ${bytes(cut_after_bytes)}`,
    stall_seconds && `Body stalls for ${stall_seconds} s after ${bytes(after_bytes)}`, effect.close_idle && "Connection closed after the answer",
    headers && Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join(", ")];
  return parts.filter(Boolean).join(", ");
}

function where({ vendor, operation, path, query, from, until, skip, share, share_by, phase }) {
  const parts = [vendor ?? "every vendor", operation, path, query && JSON.stringify(query),
    from && `from ${dateTime(from)}`, until && `until ${dateTime(until)}`, skip && `after ${count(skip, "request", "requests")}`,
    share !== undefined && `a share of ${share}${share_by === "client" ? " of the clients" : ""}`, phase === "after" && "after the request was processed"];
  return parts.filter(Boolean).join(" · ");
}

/** Every part of a rule but its vendor and operation, which are chosen above. */
function form(arm) {
  const amount = h("input", { type: "number", min: 0 });
  const amountField = field("Value", amount);
  const delay = h("input", { type: "number", min: 0, step: "any" });
  const headers = h("textarea", { rows: 2, placeholder: "X-RateLimit-Remaining: 3" });
  const headersField = field("Headers", headers, "One on each line, as in Name: value.");
  const delayField = field("Delay, in seconds", delay);
  const kind = select({ onchange: () => show() }, [...Object.entries(EFFECTS).map(([name, [label]]) => [name, label]), [SEQUENCE, "Sequence of effects"]]);
  const steps = h("textarea", { rows: 3, spellcheck: "false", placeholder: '[{"rate_limited": true}, "pass", {"status": 503}]' });
  const problem = h("small", { class: "problem", role: "alert" });
  const stepsField = h("div", { class: "wide" }, field("Steps, in JSON", steps,
    'The first request gets the first step, and so on. A step is an effect, as in {"html": 502}, or "pass" for the genuine answer.'), problem);
  const then = select({}, [["pass", "Everything passes"], ["repeat", "Begin again"], ["last", "Stay at the last step"]]);
  const thenField = field("After the last step", then);
  const from = h("input", { type: "text", placeholder: "2025-10-22T02:00:00Z" });
  const until = h("input", { type: "text", placeholder: "2025-10-22T02:10:00Z" });
  const shareBy = select({}, [["request", "Requests"], ["client", "Clients (token and User-Agent)"]]);
  const path = h("input", { type: "text", placeholder: "/path/*" });
  const times = h("input", { type: "number", min: 1, placeholder: "Every time" });
  const skip = h("input", { type: "number", min: 0, placeholder: "0" });
  const share = h("input", { type: "number", min: 0, max: 1, step: "any", placeholder: "1" });
  const phase = select({}, [["before", "Before the request is processed"], ["after", "After it was processed"]]);
  const isSequence = () => kind.value === SEQUENCE;
  const show = () => {
    const [, label, initial] = EFFECTS[kind.value] ?? [null, null, 0];
    delayField.hidden = headersField.hidden = isSequence();
    stepsField.hidden = thenField.hidden = !isSequence();
    amountField.hidden = label === null;
    amountField.firstChild.textContent = label ?? "";
    amount.value = initial;
  };
  const given = (input) => (input.value === "" ? undefined : Number(input.value));
  const happens = () => isSequence()
    ? { steps: parsed(steps.value), then: then.value }
    : { effect: { ...EFFECTS[kind.value][3](Number(amount.value)), ...(given(delay) && { delay_seconds: given(delay) }), ...(headers.value.trim() && { headers: named(headers.value) }) } };
  const submit = button("Arm", async () => {
    problem.textContent = "";
    try {
      await arm({
        path: path.value || undefined, from: from.value || undefined, until: until.value || undefined, times: given(times), skip: given(skip) || undefined,
        share: given(share), share_by: shareBy.value === "client" ? "client" : undefined, phase: phase.value, ...happens(),
      });
    } catch (error) {
      if (!isSequence()) throw error;
      problem.textContent = error.message;
      steps.focus();
    }
  }, { class: "primary" });
  show();
  return h("details", {}, h("summary", {}, "By form"),
    h("form", { class: "panel-form", onsubmit: (event) => { event.preventDefault(); submit.click(); } },
      h("div", { class: "grid" }, field("Effect", kind), amountField, delayField, headersField, thenField, stepsField, field("Path", path, "* stands for any characters."),
        field("At most so many times", times), field("First skip", skip, "So many requests pass."), field("Share of the requests", share, "Above 0, up to 1."), field("Draw the share for", shareBy),
        field("From", from, "On the sandbox's clock."), field("Until", until, "On the sandbox's clock, exclusive."), field("When", phase)),
      h("div", { class: "row end" }, submit)));
}

/** The headers of a text by their names. */
function named(text) {
  const entries = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => /^([^:\s]+)\s*:\s*(.+)$/.exec(line)?.slice(1));
  if (entries.includes(undefined)) throw new Error("Write each header on a line of its own, as in Retry-After: 5.");
  return Object.fromEntries(entries);
}

/** The steps that somebody has typed; what they mean is checked by the server. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The steps are not JSON: ${error.message}`);
  }
}
