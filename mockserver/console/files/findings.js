/**
 * Findings: what the client lint says of the requests in the journal, each with the requests concerned.
 */
import { call } from "./api.js";
import { command, count, empty, h, patch } from "./dom.js";
import { inSandbox, link, sandbox } from "./router.js";

export function mount(main) {
  const summary = h("p", { class: "muted" });
  const list = h("section", { class: "list", "aria-label": "Findings" });
  let seen = null;
  let due = false;
  let overview = null;

  main.append(h("section", { class: "head" }, h("div", {}, h("h1", {}, "Findings"), summary)), list);

  /** One request at a time: the findings are read again in the second after the journal changed. */
  async function refresh() {
    const isFirst = overview === null;
    if (isFirst || !due) {
      overview = await call("GET", inSandbox("/overview"));
      const journal = `${overview.requests} ${overview.newest_request}`;
      due = journal !== seen;
      seen = journal;
      if (!isFirst) return;
    }
    due = false;
    const { requests_checked, findings } = await call("GET", inSandbox("/lint"));
    patch(summary, [requests_checked, findings.length], () => [
      `The client lint checked ${count(requests_checked, "request", "requests")} to sandbox ${sandbox()}: ${count(findings.length, "finding", "findings")}.`]);
    patch(list, [findings, requests_checked > 0], () => (findings.length ? findings.map(item) : [nothing(requests_checked, overview)]));
  }

  return { refresh };
}

function item({ rule, source, vendor, operation, requests, truncated, observed, advice }) {
  return h("article", { class: "item", "data-rule": rule },
    h("div", { class: "top" }, h("h2", {}, rule), h("div", { class: "row" }, h("span", { class: "badge" }, vendor), operation && h("span", { class: "badge" }, operation))),
    h("p", {}, observed),
    h("p", {}, h("strong", {}, "Instead: "), advice),
    h("p", { class: "row small" }, h("span", { class: "muted" }, "Requests"),
      requests.map((id) => h("a", { href: link("requests", { request: id }), "data-key": `${rule} ${operation} ${id}` }, String(id))),
      truncated > 0 && h("span", { class: "muted" }, `and ${truncated} more`)),
    h("p", { class: "small muted" }, `Source: ${source}`));
}

function nothing(checked, overview) {
  if (checked) return empty("No findings.", h("p", {}, "Nothing that your client did is against the advice of the vendors."));
  const sample = overview.vendors.map((each) => each.sample_request).find((each) => each && !each.token.token_path);
  return empty("No requests to check yet.", h("p", {}, "Run your client against this server, or try:"), sample && command(sample.curl, "curl command"));
}
