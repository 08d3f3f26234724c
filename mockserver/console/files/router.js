/**
 * Where the page is: a view, its parameters and the sandbox, all in the fragment of the URL, so that each has a link.
 */

/** The current view's path, and its parameters. */
export function current() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  return { path: path || "overview", parameters: new URLSearchParams(query) };
}

/** The id of the current sandbox. */
export const sandbox = () => current().parameters.get("sandbox") ?? "default";

/** The path of a resource of the current sandbox, below /_mock. */
export const inSandbox = (path) => `/sandboxes/${encodeURIComponent(sandbox())}${path}`;

/** A link to a view in the same sandbox; parameters without a value are left out. */
export function link(path, parameters = {}) {
  const all = new URLSearchParams();
  const id = "sandbox" in parameters ? parameters.sandbox : sandbox();
  if (id && id !== "default") all.set("sandbox", id);
  for (const [name, value] of Object.entries(parameters)) {
    if (name !== "sandbox" && value !== "" && value !== null && value !== undefined) all.set(name, value);
  }
  const query = all.toString();
  return `#/${path}${query && `?${query}`}`;
}

/** A link to the docs of an API. */
export const docs = (name) => `/_mock/docs/${name}${sandbox() === "default" ? "" : `?${new URLSearchParams({ sandbox: sandbox() })}`}`;

/** Change parameters of the current view; the others stay. While somebody types, the history gets no new entries. */
export function change(parameters, isTyping = false) {
  const { path, parameters: before } = current();
  const target = link(path, { ...Object.fromEntries(before), ...parameters });
  if (isTyping) location.replace(target);
  else location.hash = target;
}
