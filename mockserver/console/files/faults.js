/**
 * Faults and defects: arm them ready-made or by a form, see how often each was hit, and disarm them.
 */
import { call } from "./api.js";
import { defectsPanel } from "./defects.js";
import { button, confirmed, count, dateTime, empty, field, h, notify, patch, select } from "./dom.js";
import { faultForm } from "./fault_form.js";
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
  ["Retry-After as a date", "One request gets the vendor's 429, to be repeated at a time of the day.", { times: 1, effect: { rate_limited: true, retry_after_date: 30 } }],
  ["Content-Length too small", "One body is 10 bytes longer than its Content-Length.", { times: 1, effect: { short_length: 10 } }],
  ["NaN in JSON", "The first number of one body is NaN.", { times: 1, effect: { json_nan: true } }],
  ["Duplicate JSON key", "One object ends with its first key once more, and there with null.", { times: 1, effect: { json_duplicate_key: true } }],
  ["Not modified", "Every request with If-None-Match gets a 304.", { request_headers: { "If-None-Match": "*" }, effect: { status: 304, empty: true } }],
  ["Byte order mark", "One body begins with the byte order mark of UTF-8.", { times: 1, effect: { byte_order_mark: true } }],
  ["Dripping body", "One body takes 30 seconds, a little every half second.", { times: 1, effect: { drip_seconds: 30 } }],
  ["Slow", "Every answer takes 3 seconds longer.", { effect: { delay_seconds: 3 } }],
];

/** What follows the last step of a sequence. */
const THEN = { pass: "every further request passes", repeat: "again and again", last: "then always the last one" };

export function mount(main) {
  const armed = h("section", { "aria-label": "Armed faults" });
  const target = h("div", { class: "grid" });
  let overview = null;

  const vendorOf = () => current().parameters.get("vendor") ?? "";
  const operationOf = () => current().parameters.get("operation") ?? "";
  const targetOf = () => ({ ...(vendorOf() && { vendor: vendorOf() }), ...(operationOf() && { operation: operationOf() }) });
  const { panel: defects, load: loadDefects } = defectsPanel(targetOf);
  const arm = async (rule) => {
    const made = await call("POST", inSandbox("/faults"), { ...targetOf(), ...rule });
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
      faultForm(arm)),
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
  const { status, code, message, headers, html, delay_seconds, truncate_bytes, cut_after_bytes, stall_seconds, after_bytes, drip_seconds, retry_after_date, short_length } = effect;
  const bytes = (number) => count(number, "byte", "bytes");
  const parts = [status && `Status ${status}`, effect.error && "Error of the vendor", effect.empty && "No body", code, message && `“${message}”`, html && `HTML page with status ${html}`,
    effect.rate_limited && "Rate limited (429)", effect.reset && "Connection cut", delay_seconds && `${delay_seconds} s later`,
    retry_after_date !== undefined && `Retry-After as a date ${retry_after_date} s later`, drip_seconds && `Body drips for ${drip_seconds} s`,
    effect.malformed_json && "Malformed JSON", effect.json_nan && "NaN in place of a number", effect.json_duplicate_key && "Duplicate JSON key",
    effect.byte_order_mark && "Byte order mark", effect.gzip && "Compressed body", effect.chunked && "Chunked body",
    truncate_bytes !== undefined && `Body cut after ${bytes(truncate_bytes)}`, short_length && `Content-Length ${bytes(short_length)} too small`, cut_after_bytes !== undefined && `No last chunk, cut after ${bytes(cut_after_bytes)}`,
    stall_seconds && `Body stalls for ${stall_seconds} s after ${bytes(after_bytes)}`, effect.close_idle && "Connection closed after the answer",
    headers && Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`)).join(", ")];
  return parts.filter(Boolean).join(", ");
}

function where({ vendor, operation, path, query, request_headers, from, until, skip, share, share_by, phase }) {
  const parts = [vendor ?? "every vendor", operation, path, query && JSON.stringify(query),
    request_headers && `request with ${Object.entries(request_headers).map(([name, value]) => `${name}: ${value}`).join(", ")}`,
    from && `from ${dateTime(from)}`, until && `until ${dateTime(until)}`, skip && `after ${count(skip, "request", "requests")}`,
    share !== undefined && `a share of ${share}${share_by === "client" ? " of the clients" : ""}`, phase === "after" && "after the request was processed"];
  return parts.filter(Boolean).join(" · ");
}
