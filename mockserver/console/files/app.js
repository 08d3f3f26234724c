/**
 * The frame of the console: the list of views, navigation, the choice of the sandbox, and the connection's state.
 *
 * A view is a module with `mount(main)`, which returns `{ refresh, route }`: `refresh` sends at most one request and
 * shows what changed; `route` is called when the parameters in the URL changed.
 */
import { call, Lost, poll, Refused } from "./api.js";
import { empty, h, patch } from "./dom.js";
import { change, current, docs, link, sandbox } from "./router.js";

const VIEWS = [
  { path: "overview", title: "Overview", load: () => import("./overview.js") },
  { path: "charts", title: "Charts", load: () => import("./charts.js") },
  { path: "requests", title: "Requests", load: () => import("./requests.js") },
  { path: "faults", title: "Faults", load: () => import("./faults.js") },
  { path: "switches", title: "Switches", load: () => import("./switches.js") },
  { path: "cases", title: "Cases", load: () => import("./cases.js") },
  { path: "findings", title: "Findings", load: () => import("./findings.js") },
];

const THEMES = { "": "System", light: "Light", dark: "Dark" };
const THEME = "mockserver theme";

const navigation = h("nav", { "aria-label": "Views" });
const chooser = h("select", { "aria-label": "Sandbox", id: "sandbox", onfocus: () => listSandboxes(), onchange: () => change({ sandbox: chooser.value }) });
const state = h("div", { id: "connection", role: "status" });
const main = h("main", { id: "main", tabindex: "-1" });

let mounted = null;
let isGone = false;
let mustReload = false;

function frame() {
  const theme = h("select", { "aria-label": "Theme", onchange: () => applyTheme(theme.value) },
    ...Object.entries(THEMES).map(([value, text]) => h("option", { value }, text)));
  theme.value = localStorage.getItem(THEME) ?? "";
  applyTheme(theme.value);
  document.body.append(
    h("a", { class: "skip", href: "#main", onclick: (event) => { event.preventDefault(); main.focus(); } }, "Skip to the content"),
    h("header", {},
      h("a", { class: "brand", href: "#/" }, h("img", { src: "/_mock/console/icon.svg", alt: "", width: 24, height: 24 }), "mockserver"),
      navigation,
      h("div", { class: "chooser" }, h("label", { for: "sandbox", class: "small" }, "Sandbox"), chooser, theme)),
    state, main, h("div", { id: "notices" }));
}

function applyTheme(theme) {
  if (theme) localStorage.setItem(THEME, theme);
  else localStorage.removeItem(THEME);
  document.documentElement.dataset.theme = theme;
}

/** Load the list of sandboxes; the current one is in it even if it no longer exists. */
export async function listSandboxes() {
  const { sandboxes } = await call("GET", "/sandboxes");
  const known = sandboxes.map(({ id, organization, profile }) => [id, `${id} (${[organization, profile].filter(Boolean).join(", ")})`]);
  if (!known.some(([id]) => id === sandbox())) known.push([sandbox(), `${sandbox()} (deleted)`]);
  patch(chooser, known, () => known.map(([value, text]) => h("option", { value }, text)));
  chooser.value = sandbox();
}

async function show() {
  const { path } = current();
  const view = VIEWS.find((each) => each.path === path);
  navigation.replaceChildren(...VIEWS.map((each) =>
    h("a", { href: link(each.path), "aria-current": each === view ? "page" : null }, each.title)),
  h("a", { href: docs("admin") }, "API docs"),
  h("a", { href: "/_mock/docs/" }, "Documentation"));
  const key = `${path} ${sandbox()}`;
  if (mounted?.key === key) {
    mounted.route?.();
    return;
  }
  const isFirst = mounted === null;
  mounted = { key, refresh: async () => {} };
  isGone = false;
  document.title = `${view?.title ?? "Not found"} – mockserver`;
  main.setAttribute("aria-busy", "true");
  if (!view) {
    main.replaceChildren(empty(h("h1", { class: "title" }, `There is no view “${path}”.`), h("a", { href: link("overview") }, "Go to the overview")));
    main.removeAttribute("aria-busy");
    return;
  }
  if (!isFirst) main.focus();
  try {
    const module = await view.load().catch(() => {
      mustReload = true; // A browser does not load a module again that it could not load.
      throw new Lost();
    });
    if (mounted.key !== key) return;
    main.replaceChildren();
    mounted = { key, ...module.mount(main) };
    await refresh();
  } catch (error) {
    mounted = null;
    report(error);
  }
  main.removeAttribute("aria-busy");
  await listSandboxes().catch(report);
}

async function refresh() {
  if (isGone) return;
  if (mustReload) {
    await call("GET", "/health");
    location.reload();
    return;
  }
  if (mounted === null) await show();
  else await mounted.refresh();
}

/** Show what is wrong with the connection, or with the sandbox; null: nothing any more. */
function report(error) {
  if (error instanceof Refused && error.status === 404 && sandbox() !== "default" && !isGone) {
    isGone = true;
    main.replaceChildren(empty(h("h1", { class: "title" }, `The sandbox ${sandbox()} does not exist any more.`),
      h("p", {}, error.message), h("a", { class: "button", href: link(current().path, { sandbox: "default" }) }, "Go to the default sandbox")));
  } else if (!isGone || error === null) {
    patch(state, error?.message ?? null, () => (error ? [h("span", { class: "dot bad" }), h("span", {}, error.message)] : []));
    document.body.classList.toggle("lost", error !== null);
  }
}

frame();
addEventListener("hashchange", show);
show().finally(() => poll(refresh, report));
