/**
 * The API docs: an OpenAPI file in Swagger UI. Requests that are tried go to this server with the sandbox's own token.
 */
import { accessToken, adminHeaders, call } from "./api.js";
import { h } from "./dom.js";

const ADMIN = "admin";
const name = location.pathname.split("/").at(-1);
const sandbox = new URLSearchParams(location.search).get("sandbox") ?? "default";
const query = sandbox === "default" ? "" : `?${new URLSearchParams({ sandbox })}`;

const frame = h("nav", { id: "frame", "aria-label": "API docs" });
const connection = h("div", { id: "connection", role: "alert" });
const content = h("div", { id: "swagger-ui" }); // Swagger UI has a main element of its own.

function theme() {
  const chosen = localStorage.getItem("mockserver theme");
  const isDark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.toggle("dark-mode", isDark);
}

/** A plugin that sends what is tried to this server, whatever servers the file names. */
const sentHere = () => ({
  statePlugins: { spec: { wrapActions: { updateJsonSpec: (original) => (spec) => original({ ...spec, servers: [{ url: location.origin }] }) } } },
});

/** Let Swagger UI know the credentials of each security scheme of the file. */
async function authorize(ui, token) {
  const schemes = ui.getState().getIn(["spec", "json", "components", "securitySchemes"])?.toJS() ?? {};
  for (const [scheme, { scheme: kind }] of Object.entries(schemes)) {
    if (kind === "basic") ui.preauthorizeBasic(scheme, token.client_id, token.client_secret);
    else if (kind === "bearer") ui.preauthorizeApiKey(scheme, await accessToken(token));
  }
}

async function show() {
  const { vendors } = await call("GET", `/sandboxes/${encodeURIComponent(sandbox)}/overview`);
  const entries = [...vendors.map((each) => [each.name, each.title]), [ADMIN, "Control plane"]];
  frame.append(h("a", { href: `/_mock/${sandbox === "default" ? "" : `#/overview${query}`}` }, "← Console"),
    ...entries.map(([key, title]) => h("a", { href: `/_mock/docs/${key}${query}`, "aria-current": key === name ? "page" : null }, title)));
  const token = vendors.find((each) => each.name === name)?.sample_request?.token;
  const ui = globalThis.SwaggerUIBundle({
    domNode: content,
    url: `/_mock/sandboxes/${encodeURIComponent(sandbox)}/openapi/${name}.yaml`,
    deepLinking: true,
    validatorUrl: null,
    tryItOutEnabled: true,
    defaultModelsExpandDepth: 0,
    plugins: [sentHere],
    requestInterceptor: (request) => {
      const isOurs = new URL(request.url, location.href).pathname.startsWith("/_mock/");
      if (isOurs) request.headers = { ...adminHeaders(), ...request.headers };
      return request;
    },
    onComplete: () => token && authorize(ui, token).catch(report),
  });
}

function report(error) {
  connection.textContent = error.message;
}

theme();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
document.body.append(frame, connection, content);
show().catch(report);
