/**
 * Defects: arm them by name, at the chosen vendor and operation or, in a field, at a path; and disarm them.
 */
import { call } from "./api.js";
import { button, count, field, h, notify, patch, select } from "./dom.js";
import { inSandbox } from "./router.js";

/** The section with the defects of a target: a vendor, an operation, both or neither. `load` reads them again. */
export function defectsPanel(targetOf) {
  const placed = h("div");
  const forms = h("div");
  const list = h("div");
  const panel = h("section", { class: "panel", "aria-label": "Defects" }, h("h2", {}, "Defects"), placed, forms, list);

  let last = Promise.resolve();

  /** Edit the list of what is armed now, one edit after another: the list that is shown can be out of date. */
  async function change(edit, message) {
    const edited = last.then(async () => {
      const { armed } = await call("GET", inSandbox("/defects"));
      await call("PUT", inSandbox("/defects"), { armed: edit(armed) });
    });
    last = edited.catch(() => {});
    await edited;
    notify(message);
    await load();
  }

  async function load() {
    const { known, armed } = await call("GET", inSandbox("/defects"));
    const target = targetOf();
    const shown = byName(known.filter((each) => concerns(each, target)));
    const vendors = (name) => known.filter((each) => each.name === name).length;
    const wanted = ({ name }) => atTarget(name, targetOf(), vendors(name));
    const isArmed = (each) => armed.some((other) => isSame(other, wanted(each)));
    const set = (each, isOn) => {
      const defect = wanted(each);
      return change((now) => [...without(now, defect), ...(isOn ? [defect] : [])], `${isOn ? "Armed" : "Disarmed"}: ${textOf(defect)}`);
    };
    const inFields = shown.filter((each) => each.takes_at).map((each) => each.name);
    patch(placed, armed, () => [placedList(armed, change)]);
    patch(forms, [inFields, armed, target], () => [inFields.length > 0
      && form(inFields, (name, at) => { const defect = { name, ...targetOf(), ...at }; return change((now) => [...now, defect], `Armed: ${textOf(defect)}`); })]);
    const sorted = [...shown].sort((one, other) => isArmed(other) - isArmed(one));
    patch(list, [sorted, armed, target], () => [
      sorted.length ? h("ul", { class: "list columns" }, sorted.map((each) => item(each, isArmed(each), set))) : h("p", { class: "muted" }, "There are none."),
    ]);
  }

  return { panel, load };
}

function concerns(defect, { vendor, operation }) {
  return (!vendor || defect.vendor === vendor) && (!operation || defect.operations.includes(operation));
}

/** A defect as it is armed at a target: by its name, if it is nowhere else. */
function atTarget(name, { vendor, operation }, vendors) {
  if (operation) return { name, ...(vendor && { vendor }), operation };
  return vendor && vendors > 1 ? { name, vendor } : name;
}

function isSame(one, other) {
  const key = (defect) => (typeof defect === "string" ? defect : JSON.stringify(["name", "vendor", "operation", "at", "names"].map((name) => defect[name])));
  return key(one) === key(other);
}

function without(armed, defect) {
  return armed.filter((each) => !isSame(each, defect));
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
  if (typeof defect === "string") return defect;
  return `${defect.name} at ${[defect.vendor, defect.operation, defect.at].filter(Boolean).join(", ")}`;
}

/** Those that are armed at one vendor, operation or path, each with a button to disarm it. */
function placedList(armed, change) {
  const found = armed.filter((each) => typeof each !== "string");
  if (!found.length) return false;
  const disarm = (defect) => change((now) => without(now, defect), `Disarmed: ${textOf(defect)}`);
  return h("ul", { class: "list", "aria-label": "Armed at one place" }, found.map((each) =>
    h("li", { class: "row" }, h("span", {}, h("strong", {}, each.name), textOf(each).slice(each.name.length)),
      button("Disarm", () => disarm(each), { "aria-label": `Disarm ${textOf(each)}`, "data-key": textOf(each) }))));
}

/** The form for a defect at a path; the vendor and the operation are chosen elsewhere. */
function form(inFields, arm) {
  const kind = select({ "data-key": "kind" }, inFields);
  const at = h("input", { type: "text", placeholder: "users[0].user_email", "data-key": "at", required: true });
  const names = select({ "data-key": "names" }, [["", "Either"], ["documented", "The OpenAPI file's"], ["served", "The answers'"]]);
  const submit = button("Arm at this path", () => arm(kind.value, { at: at.value, ...(names.value && { names: names.value }) }), { class: "primary" });
  return h("form", { class: "panel-form", onsubmit: (event) => { event.preventDefault(); submit.click(); } },
    h("div", { class: "grid" }, field("Defect in a field", kind),
      field("Where in the answer", at, "[0] is the first item of a list, [] every item, $ the whole answer."),
      field("Whose names", names, "They differ where the switch `names` renames fields.")),
    h("div", { class: "row end" }, submit));
}

function item(defect, isArmed, set) {
  const { name, vendors, operations, description } = defect;
  const box = h("input", { type: "checkbox", "data-key": name, onchange: () => set(defect, box.checked).catch((error) => { box.checked = isArmed; notify(error.message, "error"); }) });
  box.checked = isArmed;
  const where = operations.length > 6 ? count(operations.length, "report", "reports") : operations.join(", ");
  return h("li", {}, h("label", { class: "check" }, box,
    h("span", {}, h("strong", {}, name), isArmed && h("span", { class: "badge warn" }, "armed"), h("br"), description, h("br"),
      h("small", {}, `${vendors.join(", ")} · ${where}`))));
}
