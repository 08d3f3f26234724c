/**
 * The requests of clients as they come, newest first, with filters. One that is opened shows what was sent, what the
 * client lint says of it, and itself as a curl command and as an assertion for pytest.
 */
import { call, Refused } from "./api.js";
import { button, command, confirmed, copyButton, count, date, empty, field, h, notify, number, patch, select, time } from "./dom.js";
import { change, current, inSandbox, link, sandbox } from "./router.js";

const PAGE = 100;
const FILTERS = ["vendor", "operation", "status", "path", "after"];

export function mount(main) {
  const head = h("section", { class: "head" },
    h("div", {}, h("h1", {}, "Requests"), h("p", { class: "muted" }, `What clients sent to sandbox ${sandbox()}, newest first`)));
  const filters = h("section", { class: "filters", "aria-label": "Filters" });
  const list = h("div", {});
  const detail = h("div", {});
  const split = h("div", { class: "split" }, list, detail);
  const live = h("button", { type: "button", class: "row", "aria-pressed": "true", onclick: () => pause(live.getAttribute("aria-pressed") === "true") },
    h("span", { class: "dot good" }), "Live");
  let overview = null;
  let limit = PAGE;
  let newest = null;
  let opened = null;

  const pause = (isPaused) => { live.setAttribute("aria-pressed", String(!isPaused)); live.firstChild.classList.toggle("good", !isPaused); };
  const clear = async () => {
    if (!(await confirmed("Empty the journal of this sandbox?", "Empty"))) return;
    await call("DELETE", inSandbox("/requests"));
    await load();
  };
  head.append(h("div", { class: "row" }, live, button("Empty the journal…", clear)));
  main.append(head, filters, split);

  async function refresh() {
    if (overview === null) {
      overview = await call("GET", inSandbox("/overview"));
      drawFilters();
    }
    if (newest === null || live.getAttribute("aria-pressed") === "true") await load();
  }

  async function load() {
    const { parameters } = current();
    const query = new URLSearchParams({ limit });
    for (const name of FILTERS) if (parameters.get(name)) query.set(name, parameters.get(name));
    const { requests } = await call("GET", inSandbox(`/requests?${query}`));
    draw(requests.reverse());
    await open(requests);
  }

  function draw(requests) {
    const before = newest;
    newest = requests[0]?.id ?? 0;
    const id = Number(current().parameters.get("request"));
    patch(list, [requests, id], () => {
      if (!requests.length) return [nothing(overview, FILTERS.some((name) => current().parameters.get(name)))];
      const more = requests.length === limit && button("Show more", () => { limit += PAGE; return load(); });
      return [table(requests, id, before), more && h("p", { class: "row end" }, more)];
    });
  }

  function drawFilters() {
    const { parameters } = current();
    const vendor = parameters.get("vendor") ?? "";
    const shown = overview.vendors.filter((each) => !vendor || each.name === vendor);
    const set = (name) => (event) => change({ [name]: event.target.value, request: "", ...(name === "vendor" && { operation: "" }) });
    patch(filters, FILTERS.map((name) => parameters.get(name)), () => [
      field("Vendor", select({ onchange: set("vendor"), "data-key": "vendor" },
        [["", "All"], ...overview.vendors.map((each) => [each.name, each.title])], vendor)),
      field("Operation", select({ onchange: set("operation"), "data-key": "operation" },
        [["", "All"], ...new Set(shown.flatMap((each) => each.operations.map(({ operation }) => operation)))], parameters.get("operation"))),
      field("Status", select({ onchange: set("status"), "data-key": "status" },
        [["", "All"], ["2xx", "2xx, success"], ["4xx", "4xx, client error"], ["5xx", "5xx, server error"], "401", "403", "429", "503"], parameters.get("status"))),
      field("Path", h("input", { type: "search", value: parameters.get("path") ?? "", placeholder: "/path/*", onchange: set("path"), "data-key": "path" })),
      parameters.get("after") && button(`After request ${parameters.get("after")} ×`, async () => change({ after: "" }),
        { "aria-label": `Remove the filter: after request ${parameters.get("after")}`, "aria-pressed": "true", "data-key": "after" }),
    ]);
  }

  /** Open the request that the URL names; again when its outcome changed. */
  async function open(requests) {
    const id = Number(current().parameters.get("request"));
    const key = `${id} ${requests.find((each) => each.id === id)?.outcome}`;
    if (opened === key) return;
    opened = key;
    split.classList.toggle("opened", id > 0);
    detail.replaceChildren(...(id ? [await panelOf(id)] : []));
  }

  async function panelOf(id) {
    try {
      const request = await call("GET", inSandbox(`/requests/${id}`));
      const { findings } = await call("GET", inSandbox("/lint"));
      return panel(request, findings.filter((each) => each.requests.includes(id)), overview);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return empty(`The request ${id} cannot be shown.`, h("p", {}, error.message));
    }
  }

  return {
    refresh,
    route: async () => {
      drawFilters();
      newest = null;
      await load().catch((error) => notify(error.message, "error"));
    },
  };
}

function nothing(overview, isFiltered) {
  if (isFiltered) return empty("No request matches the filters.", h("a", { class: "button", href: link("requests") }, "Remove the filters"));
  const sample = overview.vendors.map((each) => each.sample_request).find((each) => each && !each.token.token_path);
  return empty("No requests yet.", h("p", {}, "Send one, and it appears here at once. Try:"), sample && command(sample.curl, "curl command"));
}

function table(requests, opened, before) {
  const columns = ["Time", "Vendor", "Operation", "Status", "ms", "Fault"];
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Requests" }, h("table", {},
    h("thead", {}, h("tr", {}, columns.map((each) => h("th", { scope: "col", class: { ms: "number", Vendor: "wide" }[each] }, each)))),
    h("tbody", {}, requests.map((each) => row(each, opened, before)))));
}

function row(request, opened, before) {
  const { id, at, vendor, operation, method, path, status, outcome, duration_ms, fault } = request;
  const target = link("requests", { ...Object.fromEntries(current().parameters), request: id });
  const isNew = before !== null && id > before;
  const open = (event) => { if (!event.target.closest("a") && getSelection().isCollapsed) location.hash = target; };
  return h("tr", { class: ["opens", id === opened && "open", isNew && "new"].filter(Boolean).join(" "), "data-request": id, onclick: open },
    h("td", { class: "nowrap" }, h("a", { href: target, "data-key": `request ${id}`, "aria-current": id === opened ? "true" : null, title: date(at) }, time(at))),
    h("td", { class: "nowrap wide" }, vendor),
    h("td", {}, h("div", {}, operation ?? "unknown path"), h("div", { class: "muted mono" }, `${method} ${path}`)),
    h("td", {}, statusMark(status, outcome)),
    h("td", { class: "number" }, duration_ms === null ? "" : duration_ms ? number(duration_ms) : "< 1"),
    h("td", { class: "nowrap" }, fault ?? ""));
}

function statusMark(status, outcome) {
  if (outcome === "in_progress") return h("span", { class: "status" }, h("span", { class: "dot" }), "in progress");
  if (outcome === "abandoned") return h("span", { class: "status" }, h("span", { class: "dot warn" }), "abandoned");
  if (status === 0) return h("span", { class: "status" }, h("span", { class: "dot bad" }), "connection cut");
  const kind = status < 400 ? "good" : status < 500 ? "warn" : "bad";
  return h("span", { class: "status" }, h("span", { class: `dot ${kind}` }), String(status));
}

function took(milliseconds) {
  if (milliseconds === null) return null;
  return milliseconds ? count(milliseconds, "millisecond", "milliseconds") : "less than a millisecond";
}

/** The panel of one request. */
function panel(request, findings, overview) {
  const vendor = overview.vendors.find((each) => each.name === request.vendor);
  const query = [...new URLSearchParams(request.query)];
  const facts = [
    ["Time", `${date(request.at)}, ${time(request.at)}`], ["Vendor", vendor?.title ?? request.vendor], ["Operation", request.operation ?? "unknown path"],
    ["Status", statusMark(request.status, request.outcome)], ["Took", took(request.duration_ms)],
    ["Sandbox", sandbox()], ["Organization", request.organization],
    ["Refused because", request.refusal], ["Fault", request.fault && h("a", { href: link("faults") }, request.fault)],
  ].filter(([, value]) => value);
  return h("section", { class: "panel", "aria-label": `Request ${request.id}` },
    h("div", { class: "row spread" }, h("h2", {}, `Request ${request.id}`), h("a", { class: "button", href: shown({ request: "" }) }, "Close")),
    h("p", { class: "mono" }, `${request.method} ${request.path}`),
    h("div", { class: "row" },
      h("a", { class: "button", href: shown({ request: "", status: "", after: request.id }) }, "Requests after this one"),
      copyButton("Copy as curl", `request ${request.id}`, () => asCurl(request, vendor)),
      copyButton("Copy as pytest assertion", `request ${request.id}`, () => asAssertion(request))),
    h("dl", {}, facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    h("h3", {}, "Query"),
    pairs(query, "None."),
    h("h3", {}, "Request headers"),
    pairs(Object.entries(request.request_headers), "None of those that are kept."),
    h("h3", {}, "Response headers"),
    pairs(Object.entries(request.response_headers ?? {}), request.response_headers ? "None of those that are kept." : "Not answered."),
    h("h3", {}, "Body"),
    request.body === null ? h("p", { class: "muted" }, request.body_digest ? "Larger than 4 kB, so it was not kept." : "None.") : h("pre", { class: "text", tabindex: "0", role: "region", "aria-label": "Body" }, request.body.slice(0, 2000)),
    h("h3", {}, "Client lint"),
    findings.length ? h("ul", { class: "list" }, findings.map((each) => h("li", {}, h("strong", {}, each.rule), h("p", {}, each.observed), h("p", { class: "muted" }, each.advice))))
      : h("p", { class: "muted" }, "No findings for this request."));
}

const shown = (changes) => link("requests", { ...Object.fromEntries(current().parameters), ...changes });

function pairs(all, none) {
  if (!all.length) return h("p", { class: "muted" }, none);
  return h("dl", {}, all.flatMap(([name, value]) => [h("dt", { class: "mono" }, name), h("dd", { class: "mono" }, value)]));
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The request as a shell command, with the sandbox's own token. */
export function asCurl({ method, path, query, body }, vendor) {
  const target = quoted(`${location.origin}${encodeURI(path)}${query && `?${query}`}`);
  const authorization = vendor?.sample_request ? ["-H", vendor.sample_request.authorization] : [];
  const verb = method === "GET" ? [] : method === "HEAD" ? ["-I"] : ["-X", quoted(method)];
  const type = body?.trimStart().startsWith("{") ? ["-H", quoted("Content-Type: application/json")] : []; // Else a form.
  return ["curl", ...verb, ...authorization, ...type, ...(body ? ["-d", quoted(body)] : []), target].join(" ");
}

/** The request as an assertion on the fixture `sandbox`. */
export function asAssertion({ operation, path, query, vendor }) {
  const literal = (value) => JSON.stringify(value).replace(/[\u007f-\uffff]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const pairs = Object.entries(Object.fromEntries(new URLSearchParams(query))).map(([name, value]) => `${literal(name)}: ${literal(value)}`);
  const target = operation ? `operation=${literal(operation)}` : `path=${literal(path)}`;
  return `sandbox.requests.assert_made(vendor=${literal(vendor)}, ${target}${pairs.length ? `, query={${pairs.join(", ")}}` : ""}, count=1)`;
}
