/**
 * The audit of the sandbox: run it on demand, watch its progress, and see each violation with the requests concerned.
 */
import { call, Refused } from "./api.js";
import { button, copyButton, count, date, h, patch } from "./dom.js";
import { isUnfinished, showProgress } from "./jobs.js";
import { asCurl } from "./requests.js";
import { inSandbox } from "./router.js";

/** The section of the audit, `load`, which reads the newest one again, and `isRunning`. */
export function auditSection() {
  const run = button("Run the audit", start, { class: "primary", "data-key": "audit" });
  const progress = h("div", { class: "row job" });
  const summary = h("div", { role: "status" });
  const results = h("div", { class: "list" });
  const element = h("section", { class: "panel", "aria-label": "Audit" },
    h("div", { class: "head" }, h("h2", {}, "Audit"), run),
    h("p", { class: "muted" }, "Checks that the answers of the vendors agree with each other, in a sample of the week that ended two days ago. Its requests are not in the journal and count against no limit."),
    progress, summary, results);
  let audit = null;
  let vendors = [];

  async function start() {
    audit = await call("POST", inSandbox("/audits"));
    draw();
  }

  async function cancel() {
    await call("DELETE", inSandbox(`/audits/${audit.id}`));
    audit = null;
    draw();
  }

  /** Read the current audit again, or first the newest one that there is. */
  async function load() {
    const id = audit?.id ?? (await call("GET", inSandbox("/audits"))).audits.at(-1)?.id;
    try {
      audit = id ? await call("GET", inSandbox(`/audits/${id}`)) : null;
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
      audit = null; // The sandbox was reset.
    }
    draw();
  }

  function draw() {
    showProgress(progress, audit, "audit", cancel, run);
    patch(summary, audit && [audit.id, audit.state], () => (audit ? [summaryOf(audit)] : []));
    const violations = audit?.invariants.filter(({ outcome }) => outcome === "failed") ?? [];
    const others = audit && !isUnfinished(audit) ? audit.invariants.filter(({ outcome }) => outcome !== "failed") : [];
    patch(results, [audit?.id, violations.length, others.length], () => [
      ...violations.map((each) => violation(each, vendors)), others.length > 0 && otherResults(others)]);
  }

  return { element, load, isRunning: () => isUnfinished(audit), know: (known) => { vendors = known; } };
}

function summaryOf(audit) {
  if (isUnfinished(audit)) return "The audit is running…";
  const { total, violated, requests_made, error } = audit;
  const kind = error || violated ? "bad" : "good";
  const text = error ?? `${count(total, "invariant", "invariants")}, ${violated} violated, ${count(requests_made, "request", "requests")}, ${date(audit.from)} to ${date(audit.to)}`;
  return h("p", { class: "status" }, h("span", { class: `dot ${kind}` }), text);
}

function violation({ name, vendor, description, detail, requests, truncated, source }, vendors) {
  return h("article", { class: "item", "data-invariant": name },
    h("div", { class: "top" }, h("h3", {}, name), h("span", { class: "badge" }, vendor)),
    h("p", {}, description),
    h("p", {}, h("strong", {}, "Found: "), detail),
    requests.length > 0 && h("details", {},
      h("summary", { "data-key": `requests of ${name}` }, `Requests compared: ${requests.length + truncated}`),
      truncated > 0 && h("p", { class: "muted" }, `The last ${requests.length}:`),
      h("ul", { class: "list" }, requests.map((each) => comparedRequest(each, vendors)))),
    h("p", { class: "small muted" }, `Source: ${source}`));
}

function comparedRequest({ method, vendor, path, body }, vendors) {
  const [address, query = ""] = path.split("?", 2);
  const known = vendors.find((each) => each.name === vendor);
  return h("li", { class: "row" }, h("code", {}, `${method} ${path}${body ? ` ${body}` : ""}`),
    copyButton("Copy as curl", `${path}${body ?? ""}`, () => asCurl({ method, path: decodeURI(address), query, body }, known)));
}

function otherResults(results) {
  return h("details", {}, h("summary", { "data-key": "other results" }, `${count(results.length, "invariant", "invariants")} without a violation`),
    h("ul", { class: "list" }, results.map(({ name, outcome, detail }) =>
      h("li", {}, h("strong", {}, outcome), ` ${name}${detail && `: ${detail}`}`))));
}
