/**
 * Defects: arm them by name or, in a field, at a path, and disarm them.
 */
import { call } from "./api.js";
import { button, count, field, h, notify, patch, select } from "./dom.js";
import { inSandbox } from "./router.js";

/** The section with the defects of a vendor (of every vendor for ""). `load` reads them again. */
export function defectsPanel(vendorOf) {
  const placed = h("div");
  const forms = h("div");
  const list = h("div");
  const panel = h("section", { class: "panel", "aria-label": "Defects" }, h("h2", {}, "Defects"), placed, forms, list);

  async function change(armed, message) {
    await call("PUT", inSandbox("/defects"), { armed });
    notify(message);
    await load();
  }

  async function load() {
    const { known, armed } = await call("GET", inSandbox("/defects"));
    const shown = byName(known.filter((each) => !vendorOf() || each.vendor === vendorOf()));
    const isArmed = ({ name }) => armed.includes(name);
    const set = (name, isOn) => change([...armed.filter((each) => each !== name), ...(isOn ? [name] : [])], `${isOn ? "Armed" : "Disarmed"}: ${name}`);
    const inFields = shown.filter((each) => each.takes_at).map((each) => each.name);
    patch(placed, armed, () => [placedList(armed, change)]);
    patch(forms, [inFields, armed], () => [inFields.length > 0 && form(inFields, (defect) => change([...armed, defect], `Armed: ${textOf(defect)}`))]);
    const sorted = [...shown].sort((one, other) => isArmed(other) - isArmed(one));
    patch(list, [sorted, armed], () => [
      sorted.length ? h("ul", { class: "list columns" }, sorted.map((each) => item(each, isArmed(each), set))) : h("p", { class: "muted" }, "This vendor has none."),
    ]);
  }

  return { panel, load };
}

/** Defects with the same name as one, with all their vendors and operations. */
function byName(known) {
  const found = new Map();
  for (const each of known) {
    const { vendors = [], operations = [] } = found.get(each.name) ?? {};
    found.set(each.name, { ...each, vendors: [...vendors, each.vendor], operations: [...operations, ...each.operations] });
  }
  return [...found.values()];
}

function textOf(defect) {
  return typeof defect === "string" ? defect : `${defect.name} at ${defect.at}`;
}

/** Those that are armed at a path, each with a button to disarm it. */
function placedList(armed, change) {
  const found = armed.filter((each) => typeof each !== "string");
  if (!found.length) return false;
  const disarm = (defect) => change(armed.filter((each) => each !== defect), `Disarmed: ${textOf(defect)}`);
  return h("ul", { class: "list", "aria-label": "Armed at a path" }, found.map((each) =>
    h("li", { class: "row" }, h("span", {}, h("strong", {}, each.name), ` at ${each.at}`),
      button("Disarm", () => disarm(each), { "aria-label": `Disarm ${textOf(each)}`, "data-key": textOf(each) }))));
}

function form(names, arm) {
  const kind = select({ "data-key": "kind" }, names);
  const at = h("input", { type: "text", placeholder: "users[0].user_email", "data-key": "at", required: true });
  const submit = button("Arm at this path", () => arm({ name: kind.value, at: at.value }), { class: "primary" });
  return h("form", { class: "panel-form", onsubmit: (event) => { event.preventDefault(); submit.click(); } },
    h("div", { class: "grid" }, field("Defect in a field", kind),
      field("Where in the answer", at, "By the names of the OpenAPI file; [0] is the first item of a list, [] every item, $ the whole answer.")),
    h("div", { class: "row end" }, submit));
}

function item({ name, vendors, operations, description }, isArmed, set) {
  const box = h("input", { type: "checkbox", "data-key": name, onchange: () => set(name, box.checked).catch((error) => { box.checked = isArmed; notify(error.message, "error"); }) });
  box.checked = isArmed;
  const where = operations.length > 6 ? count(operations.length, "report", "reports") : operations.join(", ");
  return h("li", {}, h("label", { class: "check" }, box,
    h("span", {}, h("strong", {}, name), isArmed && h("span", { class: "badge warn" }, "armed"), h("br"), description, h("br"),
      h("small", {}, `${vendors.join(", ")} · ${where}`))));
}
