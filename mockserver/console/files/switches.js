/**
 * Switches: every undocumented choice, by vendor, with its evidence and description; changed ones first.
 */
import { call } from "./api.js";
import { button, confirmed, count, empty, field, fill, h, notify, patch, select } from "./dom.js";
import { change, current, inSandbox, link } from "./router.js";

export function mount(main) {
  const filters = h("section", { class: "filters", "aria-label": "Filters" });
  const list = h("section", { class: "list", "aria-label": "Switches" });
  let policy = null;
  let loaded = 0;

  const resetAll = async () => {
    if (!(await confirmed("Put every switch back to how the sandbox was made?", "Reset"))) return;
    policy = await call("PUT", inSandbox("/policy"), {});
    draw();
  };
  main.append(h("section", { class: "head" }, h("div", {}, h("h1", {}, "Switches"),
    h("p", { class: "muted" }, "What the documentation leaves open, or what clients have seen otherwise. Does yours work with each option?")),
    button("Reset all…", resetAll)), filters, list);

  async function refresh() {
    if (policy !== null && performance.now() - loaded < 5000) return;
    loaded = performance.now();
    policy = await call("GET", inSandbox("/policy"));
    draw();
  }

  async function set(group, name, value) {
    policy = await call("PATCH", inSandbox("/policy"), { [group]: { [name]: value } });
    notify(`${group}.${name} is set.`);
    draw();
  }

  function draw() {
    const { parameters } = current();
    const vendor = parameters.get("vendor") ?? "";
    const text = (parameters.get("search") ?? "").toLowerCase();
    patch(filters, [Object.keys(policy), vendor], () => [
      field("Group", select({ "data-key": "vendor", onchange: (event) => change({ vendor: event.target.value }) }, [["", "All"], ...Object.keys(policy)], vendor)),
      field("Search", h("input", { type: "search", "data-key": "search", oninput: (event) => change({ search: event.target.value }, true) })),
    ]);
    fill(filters.querySelector("[type=search]"), parameters.get("search"));
    const all = Object.entries(policy).flatMap(([group, switches]) => Object.entries(switches).map(([name, each]) => ({ group, name, ...each })));
    const shown = all.filter((each) => (!vendor || each.group === vendor) && `${each.group}.${each.name} ${each.description}`.toLowerCase().includes(text));
    const changed = shown.filter(isChanged);
    const others = shown.filter((each) => !isChanged(each));
    patch(list, shown, () => (shown.length ? [
      changed.length > 0 && h("h2", {}, `${count(changed.length, "switch differs", "switches differ")} from the default`),
      ...changed.map((each) => item(each, set)),
      others.length > 0 && h("h2", {}, "At their default"),
      ...others.map((each) => item(each, set)),
    ] : [empty("No switch matches.", h("a", { class: "button", href: link("switches") }, "Show all"))]));
  }

  return { refresh, route: () => policy && draw() };
}

const isChanged = ({ value, default: initial }) => JSON.stringify(value) !== JSON.stringify(initial);

function item(each, set) {
  const { group, name, value, default: initial, evidence, description } = each;
  const title = `${group}.${name}`;
  const back = isChanged(each) && button("Back to the default", () => set(group, name, initial), { "aria-label": `Back to the default: ${title}`, "data-key": `back ${title}` });
  return h("article", { class: `item ${isChanged(each) ? "changed" : ""}`, "data-switch": title },
    h("div", { class: "top" },
      h("h3", {}, h("span", { class: "muted" }, `${group}.`), name),
      h("div", { class: "row" }, h("span", { class: "badge" }, evidence), control(each, title, set), back)),
    h("p", {}, description),
    isChanged(each) && h("p", { class: "small muted" }, `Default: ${typeof initial === "object" ? "no field renamed" : String(initial)}. Now: ${typeof value === "object" ? pairs(value) : String(value)}.`));
}

/** A select of the options; for a switch that renames fields, a text of old and new names. */
function control({ group, name, value, default: initial, options }, title, set) {
  if (typeof value === "object") {
    const input = h("input", { type: "text", value: pairs(value), placeholder: `${options[0]}=newName`, "aria-label": `New names of fields, ${title}`, "data-key": title });
    const rename = button("Rename", () => set(group, name, parsed(input.value)), { "aria-label": `Rename, ${title}` });
    return h("form", { class: "row", onsubmit: (event) => { event.preventDefault(); rename.click(); } }, input, rename);
  }
  const listed = options.includes(value) ? options : [...options, value]; // a timestamp may be any
  const labels = listed.map((each, index) => [String(index), `${each}${each === initial ? " (default)" : ""}`]);
  const element = select({ "aria-label": title, "data-key": title, onchange: () => set(group, name, listed[Number(element.value)]).catch((error) => notify(error.message, "error")) },
    labels, String(listed.indexOf(value)));
  return element;
}

const pairs = (names) => Object.entries(names).map(([old, renamed]) => `${old}=${renamed}`).join(", ");

function parsed(text) {
  const entries = text.split(",").map((each) => each.trim()).filter(Boolean).map((each) => each.split("=").map((part) => part.trim()));
  if (entries.some((each) => each.length !== 2 || !each[0] || !each[1])) throw new Error("Write old=new, separated by commas, as in items=rows, total=count.");
  return Object.fromEntries(entries);
}
