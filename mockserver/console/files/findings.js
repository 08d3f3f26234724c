/**
 * Findings: the audit of the sandbox, and what the client lint says of the requests in the journal.
 */
import { auditSection } from "./audit.js";
import { call } from "./api.js";
import { command, count, empty, h, patch } from "./dom.js";
import { inSandbox, link, sandbox } from "./router.js";

const AUDIT_TURNS = 3;

export function mount(main) {
  const audit = auditSection();
  const summary = h("p", { class: "muted" });
  const list = h("section", { class: "list", "aria-label": "Findings" });
  let seen = null;
  let due = false;
  let overview = null;
  let turn = 0;

  main.append(
    h("section", { class: "head" }, h("div", {}, h("h1", {}, "Findings"), h("p", { class: "muted" }, `Sandbox ${sandbox()}`))),
    audit.element,
    h("section", { "aria-label": "Client lint" }, h("h2", {}, "Client lint"), summary), list);

  /** One request at a time: the findings are read again in the second after something that they depend on changed. */
  async function refresh() {
    const isFirst = overview === null;
    turn += 1;
    if (audit.isRunning() && turn % AUDIT_TURNS) {
      await audit.load();
      return;
    }
    if (isFirst || !due) {
      overview = await call("GET", inSandbox("/overview"));
      audit.know(overview.vendors);
      due = dependencies(overview) !== seen;
      seen = dependencies(overview);
      if (!isFirst) return;
    }
    due = false;
    const { requests_checked, findings } = await call("GET", inSandbox("/lint"));
    patch(summary, [requests_checked, findings.length], () => [
      `The client lint checked ${count(requests_checked, "request", "requests")}: ${count(findings.length, "finding", "findings")}.`]);
    patch(list, [findings, requests_checked > 0], () => (findings.length ? findings.map(item) : [nothing(requests_checked, overview)]));
    if (isFirst) await audit.load();
  }

  return { refresh };
}

/** What the findings depend on: the journal, the limits, and the switches. */
function dependencies({ requests, newest_request, vendors }) {
  const settings = vendors.map(({ limits, changed_switches, next_data_at }) =>
    [limits.map(({ setting, per_minute, burst }) => [setting, per_minute, burst]), changed_switches, next_data_at]);
  return JSON.stringify([requests, newest_request, settings]);
}

function item({ rule, source, vendor, operation, requests, truncated, observed, advice }) {
  return h("article", { class: "item", "data-rule": rule },
    h("div", { class: "top" }, h("h3", {}, rule), h("div", { class: "row" }, h("span", { class: "badge" }, vendor), operation && h("span", { class: "badge" }, operation))),
    h("p", {}, observed),
    h("p", {}, h("strong", {}, "Instead: "), advice),
    h("p", { class: "row small" }, h("span", { class: "muted" }, "Requests"),
      requests.map((id) => h("a", { href: link("requests", { request: id }), "aria-label": `Request ${id}`, "data-key": `${rule} ${operation} ${id}` }, String(id))),
      truncated > 0 && h("span", { class: "muted" }, `and ${truncated} more`)),
    h("p", { class: "small muted" }, `Source: ${source}`));
}

function nothing(checked, overview) {
  if (checked) return empty("No findings.", h("p", {}, "Nothing that your client did is against the advice of the vendors."));
  const sample = overview.vendors.map((each) => each.sample_request).find((each) => each && !each.token.token_path);
  return empty("No requests to check yet.", h("p", {}, "Run your client against this server, or try:"), sample && command(sample.curl, "curl command"));
}
