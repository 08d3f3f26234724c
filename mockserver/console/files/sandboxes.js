/**
 * The dialog that makes a sandbox.
 */
import { listSandboxes } from "./app.js";
import { call } from "./api.js";
import { button, field, h, notify, select } from "./dom.js";
import { link } from "./router.js";

/** Make a sandbox from a body, and go to it; the view stays, or is the given one. */
export async function makeSandbox(body, path = "overview", parameters = {}) {
  const made = await call("POST", "/sandboxes", body);
  await listSandboxes();
  notify(`Created: ${made.id}`);
  location.hash = link(path, { ...parameters, sandbox: made.id });
  return made;
}

/** Ask how the new sandbox is to be. */
export async function createSandbox() {
  const { organizations } = await call("GET", "/organizations");
  const named = organizations.map(({ slug, name, people }) => [slug, `${name} (${people} people)`]);
  const organization = select({}, [["", "As the server"], ...named]);
  const seed = h("input", { type: "number", min: 0, placeholder: "The organization's own" });
  const now = h("input", { type: "datetime-local", step: 1 });
  const frozen = select({}, [["", "As the server"], ["true", "Frozen"], ["false", "Running"]]);
  const seconds = h("input", { type: "number", min: 1, placeholder: "Never" });
  const create = async () => {
    await makeSandbox({
      ...(organization.value && { organization: organization.value }),
      ...(seed.value && { seed: Number(seed.value) }),
      ...(now.value && { now: `${now.value.length === 16 ? `${now.value}:00` : now.value}Z` }),
      ...(frozen.value && { frozen: frozen.value === "true" }),
      ...(seconds.value && { ttl_seconds: Number(seconds.value) }),
    });
    close();
  };
  const close = () => { dialog.close(); dialog.remove(); };
  const submit = button("Create", create, { class: "primary" });
  const dialog = h("dialog", { "aria-labelledby": "new-sandbox", onclose: () => dialog.remove() },
    h("form", { onsubmit: (event) => { event.preventDefault(); submit.click(); } },
      h("h2", { id: "new-sandbox" }, "New sandbox"),
      h("p", { class: "muted" }, "It has its own clock, limits, faults, switches, journal and tokens."),
      field("Organization", organization), field("Seed", seed, "Another seed, another history."),
      field("Time (UTC)", now, "Empty: as the server was started."), field("Clock", frozen),
      field("Deleted after, in seconds", seconds),
      h("div", { class: "row end" }, h("button", { type: "button", onclick: close }, "Cancel"), submit)));
  document.body.append(dialog);
  dialog.showModal();
}
