/**
 * The dialog that makes a sandbox.
 */
import { listSandboxes } from "./app.js";
import { call } from "./api.js";
import { button, field, h, notify, select } from "./dom.js";
import { link } from "./router.js";

/** The choice of no profile; no profile has this name. */
const NONE = "-";

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
  const [{ organizations }, { profiles }] = await Promise.all([call("GET", "/organizations"), call("GET", "/profiles")]);
  const named = organizations.map(({ slug, name, people }) => [slug, `${name} (${people} people)`]);
  const organization = select({}, [["", "As the server"], ...named]);
  const seed = h("input", { type: "number", min: 0, placeholder: "The organization's own" });
  const now = h("input", { type: "datetime-local", step: 1 });
  const frozen = select({}, [["", "As the server"], ["true", "Frozen"], ["false", "Running"]]);
  const seconds = h("input", { type: "number", min: 1, placeholder: "Never" });
  const profile = select({ onchange: () => explain() }, [["", "As the server"], [NONE, "None"], ...profiles.map(({ name }) => name)]);
  const profileField = field("Profile", profile, " ");
  const explain = () => {
    const chosen = profiles.find(({ name }) => name === profile.value);
    profileField.lastChild.textContent = chosen ? `${chosen.description} A good client ${chosen.advice}` : "Failures under one name, for every vendor.";
  };
  const create = async () => {
    await makeSandbox({
      ...(organization.value && { organization: organization.value }),
      ...(seed.value && { seed: Number(seed.value) }),
      ...(now.value && { now: `${now.value.length === 16 ? `${now.value}:00` : now.value}Z` }),
      ...(frozen.value && { frozen: frozen.value === "true" }),
      ...(profile.value && { profile: profile.value === NONE ? null : profile.value }),
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
      profileField, field("Deleted after, in seconds", seconds),
      h("div", { class: "row end" }, h("button", { type: "button", onclick: close }, "Cancel"), submit)));
  explain();
  document.body.append(dialog);
  dialog.showModal();
}
