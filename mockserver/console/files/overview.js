/**
 * The overview: the organization and its sandbox, the clock, and a tile for each vendor with its token, a first request,
 * what is left of the rate limit, how far its data go, and what differs from the defaults.
 */
import { accessToken, call, send } from "./api.js";
import { clockBar } from "./clock.js";
import { button, command, confirmed, copyButton, count, date, dateTime, h, notify, number, patch } from "./dom.js";
import { change, docs, inSandbox, link } from "./router.js";

export function mount(main) {
  const head = h("section", { class: "head" });
  const clock = clockBar(() => refresh());
  const tiles = h("section", { class: "tiles", "aria-label": "Vendors" });
  const built = new Map();
  main.append(head, clock.element, tiles);

  async function refresh() {
    const overview = await call("GET", inSandbox("/overview"));
    patch(head, [overview.id, overview.organization, overview.profile, overview.requests], () => heading(overview));
    clock.update(overview);
    for (const vendor of overview.vendors) {
      if (!built.has(vendor.name)) {
        built.set(vendor.name, tile(overview.organization));
        tiles.append(built.get(vendor.name).element);
      }
      built.get(vendor.name).update(vendor, overview.clock);
    }
  }
  return { refresh };
}

function heading({ id, organization, profile, requests }) {
  const isDefault = id === "default";
  const remove = async () => {
    if (!(await confirmed(`Delete the sandbox ${id}? Its tokens will be unknown.`, "Delete"))) return;
    await call("DELETE", inSandbox(""));
    notify(`Deleted: ${id}`);
    change({ sandbox: "default" });
  };
  const reset = async () => {
    if (!(await confirmed("Reset the sandbox? Its clock, limits, faults, switches and journal go back to how it was made.", "Reset"))) return;
    await call("POST", inSandbox("/reset"));
    notify("The sandbox is as it was made.");
  };
  const create = async () => (await import("./sandboxes.js")).createSandbox();
  return [
    h("div", {},
      h("h1", {}, organization.name),
      h("p", { class: "muted" }, `organization ${organization.slug} · sandbox ${id} · ${profile ? `profile ${profile} · ` : ""}`,
        h("a", { href: link("requests") }, count(requests, "request", "requests")))),
    h("div", { class: "row" },
      button("New sandbox…", create, { "data-key": "create" }),
      button("Reset…", reset, { "data-key": "reset" }),
      !isDefault && button("Delete…", remove, { class: "danger", "data-key": "delete" })),
  ];
}

/** A tile; its parts are built again only when their data change, so that the gauge can move. */
function tile(organization) {
  const title = h("h2", {});
  const facts = h("div", { class: "facts" });
  const sample = h("div", { class: "sample" });
  const level = gauge();
  const element = h("article", { class: "tile" }, title, level.element, facts, sample);
  return {
    element,
    update(vendor, clock) {
      patch(title, vendor.title, () => [vendor.title]);
      level.update(vendor, clock);
      const { data_through, next_data_at, shows_people, faults, defects, changed_switches } = vendor;
      patch(facts, { data_through, next_data_at, shows_people, faults, defects, changed_switches }, () => [factList(vendor)]);
      patch(sample, vendor.sample_request, () => [sampleRequest(vendor)]);
    },
  };
}

function factList({ name, data_through, next_data_at, shows_people, faults, defects, changed_switches }) {
  const mark = (amount, text, href) => (amount
    ? h("a", { class: "badge warn", href, "data-key": href }, text)
    : h("a", { class: "badge", href, "data-key": href }, text));
  return h("div", {},
    h("p", {}, data_through ? ["Data through ", h("strong", {}, date(data_through)), !shows_people && " · totals, not by person"] : "No data by day"),
    h("p", { class: "muted small" }, next_data_at ? `More on ${dateTime(next_data_at)}` : "No day is known on which more data arrive."),
    h("p", { class: "row" },
      h("a", { class: "badge accent", href: docs(name), "data-key": "docs" }, "API docs"),
      mark(faults, count(faults, "fault", "faults"), link("faults", { vendor: name })),
      mark(defects.length, count(defects.length, "defect", "defects"), link("faults", { vendor: name, part: "defects" })),
      mark(changed_switches.length, count(changed_switches.length, "switch changed", "switches changed"), link("switches", { vendor: name }))));
}

function sampleRequest({ title, sample_request }) {
  if (!sample_request) return h("p", { class: "muted" }, "Every token was revoked. Reset does not restore them; make a new sandbox.");
  const { token, curl } = sample_request;
  const secret = token.client_secret ? [h("span", { class: "muted small" }, " · secret "), h("code", {}, token.client_secret)] : [];
  return h("div", {},
    h("p", { class: "token" },
      h("span", { class: "muted small" }, token.client_id ? "Client id " : "Token "), h("code", {}, token.token), secret,
      copyButton("Copy", `token for ${title}`, () => token.token)),
    command(curl, `curl command for ${title}`),
    button("Send this request", () => sendSample(title, sample_request), { "aria-label": `Send this request to ${title}`, "data-key": "send" }));
}

async function sendSample(title, { path, token }) {
  const response = await send(path, { Authorization: `${token.scheme} ${await accessToken(token)}` });
  notify(`${title} answered with ${response.status}.`, response.ok ? "done" : "error");
}

/** What is left of a vendor's rate limits: a bar for each bucket of each of them. */
function gauge() {
  const element = h("div", { class: "gauges" });
  const bars = new Map();
  const update = (vendor, clock) => {
    const buckets = vendor.limits.flatMap((limit) => bucketsOf(vendor, limit));
    patch(element, buckets.map(({ key, limit }) => [key, limit.per_minute]), () => {
      bars.clear();
      if (!buckets.length) return [h("p", { class: "limit" }, "No rate limit")];
      return buckets.map(({ key, label }) => {
        const fill = h("div", { class: "fill" });
        const text = h("p", { class: "limit" });
        const bar = h("div", { class: "gauge", role: "meter", "aria-label": label, "aria-valuemin": 0 }, fill);
        bars.set(key, { fill, text, bar });
        return h("div", {}, text, bar);
      });
    });
    for (const bucket of buckets) showBucket(bars.get(bucket.key), bucket, clock);
  };
  return { element, update };
}

/** The buckets of a limit, or the full one of a limit that nobody has used; none where nothing is limited. */
function bucketsOf(vendor, limit) {
  if (limit.per_minute === null) return [];
  const named = limit.name === vendor.name ? "" : limit.name;
  const label = ["Rate limit of", vendor.title, named && `(${named})`].filter(Boolean).join(" ");
  const used = limit.buckets.length ? limit.buckets : [{ scope: "", remaining: limit.burst, full_in_seconds: 0 }];
  return used.map((bucket) => ({ ...bucket, limit, named, label, key: `${limit.name} ${bucket.scope}` }));
}

function showBucket({ fill, text, bar }, { scope, remaining, full_in_seconds, limit, named }, clock) {
  const level = Math.max(0, limit.burst - full_in_seconds * limit.per_minute / 60);
  fill.style.width = `${100 * Math.max(level, remaining) / limit.burst}%`;
  fill.classList.toggle("low", remaining === 0);
  bar.setAttribute("aria-valuemax", limit.burst);
  bar.setAttribute("aria-valuenow", remaining);
  const refill = full_in_seconds === 0 ? `${number(limit.per_minute)} a minute`
    : clock.frozen ? "stands still while the clock is frozen" : `full in ${count(full_in_seconds, "second", "seconds")}`;
  const details = [named, refill, scope.startsWith("token") && scope].filter(Boolean).join(" · ");
  patch(text, [remaining, limit.burst, details], () => [
    h("strong", {}, `${number(remaining)} of ${number(limit.burst)}`), " requests left",
    h("span", { class: "muted small" }, ` · ${details}`)]);
}
