/**
 * Cases: search the catalogue, set one up in a new sandbox and see what to do there, or let the server run it.
 */
import { call } from "./api.js";
import { button, command, copyButton, count, empty, field, fill, h, patch, select } from "./dom.js";
import { change, current, link, sandbox } from "./router.js";
import { makeSandbox } from "./sandboxes.js";

const SHOWN = 30;

export function mount(main) {
  const filters = h("section", { class: "filters", "aria-label": "Filters" });
  const list = h("section", { class: "list", "aria-label": "Cases" });
  let cases = null;
  let maximum = SHOWN;

  main.append(h("section", { class: "head" }, h("div", {}, h("h1", {}, "Cases"),
    h("p", { class: "muted" }, "Situations in which clients fail, each with what to do and what must come back."))), filters, list);

  async function refresh() {
    if (cases !== null) return;
    ({ cases } = await call("GET", "/cases"));
    draw();
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
      ...found.slice(0, maximum).map((each) => item(each, each.id === chosen)),
      found.length > maximum && button("Show more", () => { maximum += SHOWN; draw(); }),
      !found.length && empty("No case matches.", h("a", { class: "button", href: link("cases") }, "Show all")),
    ]);
  }

  return { refresh, route: () => cases && draw() };
}

function item(each, isOpen) {
  const result = h("div", { role: "status" });
  const run = async () => {
    result.replaceChildren("Running…");
    try {
      const { result: outcome, messages } = await call("POST", `/cases/${encodeURIComponent(each.id)}/run`);
      const kind = { passed: "good", failed: "bad" }[outcome] ?? "warn";
      result.replaceChildren(h("p", { class: "status" }, h("span", { class: `dot ${kind}` }), outcome), ...messages.map((text) => h("p", { class: "muted" }, text)));
    } catch (error) {
      result.replaceChildren();
      throw error;
    }
  };
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
    result,
    isOpen && instructions(each));
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
