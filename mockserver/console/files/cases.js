/**
 * Cases: search the catalogue, set one up in a new sandbox and see what to do there, or let the server run it.
 */
import { call } from "./api.js";
import { button, command, copyButton, count, empty, field, fill, h, patch, select } from "./dom.js";
import { isUnfinished, showProgress } from "./jobs.js";
import { change, current, link, sandbox } from "./router.js";
import { makeSandbox } from "./sandboxes.js";

const SHOWN = 30;
const FIRST_LOOK = 150;

export function mount(main) {
  const filters = h("section", { class: "filters", "aria-label": "Filters" });
  const list = h("section", { class: "list", "aria-label": "Cases" });
  let cases = null;
  let runs = null;
  let maximum = SHOWN;

  main.append(h("section", { class: "head" }, h("div", {}, h("h1", {}, "Cases"),
    h("p", { class: "muted" }, "Situations in which clients fail, each with what to do and what must come back."))), filters, list);

  /** Runs go on when the view is left, and are shown when it is opened again. */
  async function refresh() {
    if (cases === null) {
      ({ cases } = await call("GET", "/cases"));
      draw();
    } else if (runs === null || runs.some(isUnfinished)) await loadRuns();
  }

  async function loadRuns() {
    ({ case_runs: runs } = await call("GET", "/case-runs"));
    drawRuns();
  }

  async function start(id) {
    runs = [...(runs ?? []), await call("POST", "/case-runs", { case: id })];
    drawRuns();
    await new Promise((resolve) => setTimeout(resolve, FIRST_LOOK)); // Most cases take less.
    await loadRuns();
  }

  async function cancel(run) {
    await call("DELETE", `/case-runs/${run.id}`);
    runs = runs.filter((each) => each.id !== run.id);
    drawRuns();
  }

  /** The newest run of each case that is shown. */
  function drawRuns() {
    for (const article of list.querySelectorAll("[data-case]")) {
      const { case: id } = article.dataset;
      const run = runs?.findLast((each) => each.case === id) ?? null;
      const [progress, result] = article.querySelectorAll(".job, [role=status]");
      showProgress(progress, run, `run of ${id}`, () => cancel(run), article.querySelector(`[data-key="run ${id}"]`));
      patch(result, run && [run.id, run.state], () => (run ? outcome(run) : []));
    }
  }

  function draw() {
    const { parameters } = current();
    const [search, vendor, chosen] = ["search", "vendor", "case"].map((name) => parameters.get(name) ?? "");
    const vendors = [...new Set(cases.map((each) => each.vendor))];
    patch(filters, vendor, () => [
      field("Search", h("input", { type: "search", placeholder: "cursor, 429, C031", "data-key": "search", oninput: (event) => { maximum = SHOWN; change({ search: event.target.value, case: "" }, true); } })),
      field("Vendor", select({ "data-key": "vendor", onchange: (event) => { maximum = SHOWN; change({ vendor: event.target.value, case: "" }); } }, [["", "All"], ...vendors], vendor)),
    ]);
    fill(filters.querySelector("[type=search]"), search);
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = cases.filter((each) => {
      const text = `${each.id} ${each.title} ${each.rationale} ${each.vendor} ${each.returns}`.toLowerCase();
      return (!vendor || each.vendor === vendor) && words.every((word) => text.includes(word)) && (!chosen || each.id === chosen);
    });
    patch(list, [found.map((each) => each.id), maximum, chosen, sandbox()], () => [
      h("p", { class: "row muted", role: "status" }, count(found.length, "case", "cases"), chosen && h("a", { class: "button", href: link("cases") }, "All cases")),
      ...found.slice(0, maximum).map((each) => item(each, each.id === chosen, () => start(each.id))),
      found.length > maximum && button("Show more", () => { maximum += SHOWN; draw(); }),
      !found.length && empty("No case matches.", h("a", { class: "button", href: link("cases") }, "Show all")),
    ]);
    drawRuns();
  }

  return { refresh, route: () => cases && draw() };
}

function item(each, isOpen, run) {
  const setUp = () => makeSandbox({ case: each.id }, "cases", { case: each.id });
  return h("article", { class: "item", "data-case": each.id },
    h("div", { class: "top" },
      h("h2", {}, h("a", { href: link("cases", { case: each.id }), "data-key": each.id }, each.id), ` ${each.title}`),
      h("div", { class: "row" }, h("span", { class: "badge" }, each.vendor), h("span", { class: "badge" }, each.evidence))),
    h("p", {}, each.rationale),
    h("div", { class: "row" },
      button("Set up in a new sandbox", setUp, { "aria-label": `Set up ${each.id} in a new sandbox`, "data-key": `set up ${each.id}` }),
      button("Run it", run, { "aria-label": `Run ${each.id}`, "data-key": `run ${each.id}` }),
      copyButton("Copy the pytest marker", `marker of ${each.id}`, () => each.marker)),
    h("div", { class: "row job" }),
    h("div", { role: "status" }),
    isOpen && instructions(each));
}

function outcome({ state, result, messages, error }) {
  if (isUnfinished({ state })) return ["Running…"];
  const kind = { passed: "good", skipped: "warn" }[result] ?? "bad";
  return [h("p", { class: "status" }, h("span", { class: `dot ${kind}` }), result ?? state),
    ...[...messages, error].filter(Boolean).map((text) => h("p", { class: "muted" }, text))];
}

/** What to do in the current sandbox, and what must come back. */
function instructions({ curl_in_sandbox, expect, returns, source }) {
  const [first, ...lines] = curl_in_sandbox;
  const text = [sandbox() === "default" ? first : `id=${sandbox()}`, ...lines].join("\n");
  return h("div", { class: "list" },
    h("h3", {}, sandbox() === "default" ? "What to do" : `What to do in sandbox ${sandbox()}`),
    command(text, "commands of the case"),
    h("h3", {}, "What must come back"),
    h("ol", { class: "steps" }, expect.map(({ request, answer }) => h("li", {}, h("code", {}, request), ...answer.map((sentence) => h("p", { class: "muted" }, sentence))))),
    h("p", {}, returns),
    h("p", { class: "small muted" }, `Source: ${source}`));
}
