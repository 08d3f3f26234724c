/**
 * The charts: what the vendors' own dashboards show, with the same numbers as a table and the request behind them.
 *
 * The server describes each chart; nothing here knows one by its name. The period of each is in the URL.
 */
import { call } from "./api.js";
import { button, command, count, date, empty, field, h, number, patch, select } from "./dom.js";
import { colour, plot } from "./plot.js";
import { change, current, inSandbox } from "./router.js";

const ROWS_AT_ONCE = 2000;
const LABELS_SHOWN = 8;
const RELOAD_EVERY = 3;
const SLOW = 400;
const EXACT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
const MONTH = new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric", timeZone: "UTC" });
const BUCKETS = { day: "Day", week: "Week", month: "Month", year: "Year", all: "Whole period" };

export function mount(main) {
  const filters = h("div", { class: "filters" });
  const list = h("div", { class: "charts" });
  const cards = new Map();
  let described = "";
  let turn = 0;
  let isLoading = false;
  main.append(h("section", { class: "head" },
    h("div", {}, h("h1", {}, "Charts"),
      h("p", { class: "muted" }, "The numbers of the vendors' own reports, as this sandbox serves them. Days are in UTC.")),
    filters), list);

  async function refresh() {
    const due = dueCard();
    if (due) {
      await due.load();
      return;
    }
    const { charts } = await call("GET", inSandbox("/charts"));
    const text = JSON.stringify(charts);
    const isNew = text !== described;
    described = text;
    patch(filters, charts.map((each) => [each.vendor, each.vendor_title]), () => [vendorFilter(charts)]);
    show(charts);
    if (isNew) for (const each of cards.values()) each.isStale = true;
    loadStale();
  }

  const shownCards = () => [...cards.values()].filter((each) => !each.element.hidden);

  /** Every few turns, a chart is loaded in place of the list, as its numbers may have changed: one request a turn. */
  function dueCard() {
    const visible = shownCards().filter((each) => !each.isCancelled);
    if (isLoading || !visible.length || ++turn % RELOAD_EVERY) return null;
    return visible[(turn / RELOAD_EVERY) % visible.length];
  }

  /** Load what is shown and stale, one chart after another. A lost server is reported by the next refresh. */
  async function loadStale() {
    if (isLoading) return;
    isLoading = true;
    try {
      for (let next; (next = shownCards().find((each) => each.isStale));) await next.load();
    } catch {
      // The next refresh fails as well, and says why.
    }
    isLoading = false;
  }

  function show(charts) {
    const { parameters } = current();
    const vendor = parameters.get("vendor");
    if (!charts.length) list.replaceChildren(empty("No vendor has charts."));
    for (const chart of charts) {
      if (!cards.has(chart.name)) {
        cards.set(chart.name, card(chart));
        list.append(cards.get(chart.name).element);
      }
      const shown = cards.get(chart.name);
      shown.element.hidden = Boolean(vendor) && chart.vendor !== vendor;
      shown.describe(chart);
    }
  }

  return {
    refresh,
    route() {
      if (!described) return;
      show(JSON.parse(described));
      loadStale();
    },
  };
}

function vendorFilter(charts) {
  const vendors = new Map(charts.filter((each) => each.vendor).map((each) => [each.vendor, each.vendor_title]));
  const chooser = select({ onchange: () => change({ vendor: chooser.value }) },
    [["", "All vendors"], ...vendors], current().parameters.get("vendor") ?? "");
  return field("Vendor", chooser);
}

/** What a chart shows: as its parameter in the URL says, else its default. */
function chosen(chart) {
  const [, from, to, bucket] = /^([\d-]+)\.\.([\d-]+)\.(\w+)$/.exec(current().parameters.get(chart.name) ?? "") ?? [];
  return from ? { from, to, bucket } : { from: chart.from, to: chart.to, bucket: chart.bucket };
}

/**
 * A chart. `isStale` is whether it has to be loaded again, `isCancelled` whether somebody did not want to wait for it;
 * `describe` takes what the server says of it now.
 */
function card(first) {
  let chart = first;
  let period = "";
  let measure = chart.series[0].name;
  let loaded = null;
  let loading = null;
  const state = h("div", { class: "row state", role: "status" });
  const controls = h("div", { class: "filters" });
  const drawing = h("div", { class: "drawing" });
  const facts = h("div", { class: "facts" });
  const table = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${chart.title}` });
  const source = h("div", {});
  const title = `chart-${chart.name}`;
  const element = h("figure", { class: "panel chart", "data-chart": chart.name, "aria-labelledby": title },
    h("figcaption", {}, h("p", { class: "small muted" }, chart.vendor_title ?? "All vendors"), h("h2", { id: title }, chart.title), h("p", { class: "muted small" }, chart.description)),
    controls, state, drawing, facts,
    h("details", {}, h("summary", {}, "Table"), table),
    h("details", {}, h("summary", {}, "Request"), source));

  const self = {
    element,
    isStale: true,
    isCancelled: false,
    describe(now) {
      chart = now;
      const text = JSON.stringify(chosen(chart));
      if (text !== period) {
        self.isStale = true;
        loading?.abort();
      }
      period = text;
      patch(controls, [chart, period, measure], () => [...periodControls(chart), measureControl(chart, measure, choose)]);
    },
    async load() {
      self.isStale = self.isCancelled = false;
      element.setAttribute("aria-busy", "true");
      const { signal } = loading = new AbortController();
      const slow = setTimeout(computing, SLOW);
      try {
        loaded = await call("GET", inSandbox(`/charts/${encodeURIComponent(chart.name)}?${new URLSearchParams(chosen(chart))}`), undefined, signal);
        draw();
      } catch (error) {
        if (signal.aborted) {
          self.isCancelled = !self.isStale;
          return;
        }
        if (!error.status) {
          self.isStale = true;
          throw error;
        }
        loaded = null;
        patch(drawing, error.message, () => [empty("There is no such period.", h("p", { role: "alert" }, error.message))]);
        for (const each of [facts, table, source]) patch(each, null, () => []);
      } finally {
        clearTimeout(slow);
        loading = null;
        element.removeAttribute("aria-busy");
        patch(state, self.isCancelled, () => (self.isCancelled ? cancelled() : []));
      }
    },
  };

  function computing() {
    patch(state, "computing", () => [h("span", { class: "spinner", "aria-hidden": "true" }), h("span", {}, "Computing …"),
      button("Cancel", async () => loading?.abort(), { "aria-label": `Cancel: ${chart.title}` })]);
  }

  function cancelled() {
    return [h("span", { class: "muted" }, "Cancelled. The server finishes and keeps the result."),
      button("Load", () => self.load(), { "aria-label": `Load: ${chart.title}` })];
  }

  function choose(name) {
    measure = name;
    self.describe(chart);
    if (loaded) draw();
  }

  function draw() {
    const shown = shapes(chart, loaded, measure);
    patch(drawing, [loaded.rows, loaded.headline, measure], () =>
      (loaded.rows.length ? [...plot({ title: chart.title, ...shown }), legend(shown)] : [empty("No data in this period.")]));
    patch(facts, [loaded.headline, loaded.totals, loaded.note], () => summary(chart, loaded));
    patch(table, loaded.rows, () => [rowsTable(chart, loaded.rows)]);
    patch(source, loaded.requests, () => requests(loaded));
  }
  return self;
}

function periodControls(chart) {
  const { from, to, bucket } = chosen(chart);
  const go = (next) => change({ [chart.name]: `${next.from}..${next.to}.${next.bucket}` });
  const matching = chart.periods.find((each) => each.from === from && each.to === to && each.bucket === bucket);
  const preset = select({ "data-key": `${chart.name} preset`, onchange: () => {
    const found = chart.periods.find((each) => each.title === preset.value);
    if (found) go(found);
  } }, [...chart.periods.map((each) => each.title), ["", "Custom"]], matching?.title ?? "");
  const day = (label, value, apply) => {
    const input = h("input", { type: "date", value, min: chart.first_day, "data-key": `${chart.name} ${label}`,
      onchange: () => input.value && go(apply(input.value)) });
    return field(label, input);
  };
  const buckets = select({ "data-key": `${chart.name} bucket`, onchange: () => go({ from, to, bucket: buckets.value }) },
    chart.buckets.map((each) => [each, BUCKETS[each] ?? each]), bucket);
  return [
    field("Period", preset),
    day("From", from, (value) => ({ from: value, to: value > to ? value : to, bucket })),
    day("To", to, (value) => ({ from: value < from ? value : from, to: value, bucket })),
    chart.buckets.length > 1 && field("Group by", buckets),
  ];
}

/** Where rows have labels, one number is drawn at a time; the table has all of them. */
function measureControl(chart, measure, choose) {
  if (!chart.label || chart.series.length < 2) return null;
  const chooser = select({ "data-key": `${chart.name} measure`, onchange: () => choose(chooser.value) },
    chart.series.map((each) => [each.name, each.title]), measure);
  return field("Show", chooser);
}

function shapes(chart, { rows, bucket, headline }, measure) {
  const days = [...new Set(rows.map((row) => row.date))];
  const labels = days.map((day) => bucketName(day, bucket, days.length));
  const level = typeof headline === "number" ? { title: "Average", value: headline } : null;
  if (chart.label) return { labels, level: null, shapes: byLabel(rows, days, measure) };
  const kinds = { line: "line", bars: "bar", "stacked-bars": "stack" };
  const found = chart.series.map((series, index) => {
    const values = rows.map((row) => row[series.name] ?? null);
    const isSparse = index > 0 && values.includes(null);
    const kind = chart.kind === "line" ? "line" : series.stacked ? "stack" : chart.kind === "stacked-bars" ? "line" : isSparse ? "dot" : kinds[chart.kind];
    return { title: series.title, kind, values, colour: colour(index), isMain: index === 0 };
  });
  return { labels, level, shapes: found };
}

/** A shape for each label, the largest first; those beyond LABELS_SHOWN are in the table only. */
function byLabel(rows, days, measure) {
  const position = new Map(days.map((day, index) => [day, index]));
  const found = new Map();
  for (const row of rows) {
    if (!found.has(row.label)) found.set(row.label, Array(days.length).fill(null));
    found.get(row.label)[position.get(row.date)] = row[measure] ?? null;
  }
  const size = (values) => values.reduce((sum, value) => sum + (value ?? 0), 0);
  return [...found].sort(([, one], [, other]) => size(other) - size(one)).slice(0, LABELS_SHOWN)
    .map(([title, values], index) => ({ title, kind: "line", values, colour: colour(index) }));
}

function bucketName(day, bucket, amount) {
  if (bucket === "year") return day.slice(0, 4);
  if (bucket === "month") return MONTH.format(new Date(day));
  return amount === 1 ? date(day) : DAY.format(new Date(day));
}

function legend({ labels, shapes: shown, level }) {
  const hasBars = labels.length === 1 && shown.length > 1;
  if (hasBars || (shown.length < 2 && !level)) return null;
  return h("ul", { class: "legend small" },
    ...shown.map((each) => h("li", {}, h("span", { class: `key ${each.colour}` }), each.title)),
    level && h("li", {}, h("span", { class: "key level" }), `${level.title} ${number(level.value)}`));
}

function summary(chart, { rows, headline, totals, note, bucket }) {
  const title = (name) => chart.series.find((each) => each.name === name)?.title ?? name;
  const known = Object.entries(totals ?? {}).filter(([, value]) => value !== null);
  const amount = chart.label ? new Set(rows.map((row) => row.label)).size : 0;
  return [
    typeof headline === "number" && h("p", {}, `Average by ${bucket}: `, h("strong", {}, number(headline))),
    known.length > 0 && h("p", {}, "Whole period: ", ...known.flatMap(([name, value], index) =>
      [index ? " · " : "", `${title(name)} `, h("strong", {}, number(value))])),
    amount > LABELS_SHOWN && h("p", { class: "muted small" }, `The ${LABELS_SHOWN} largest of ${count(amount, chart.label, `${chart.label}s`)} are drawn; the table has all.`),
    note && h("p", { class: "muted small", role: "note" }, note),
  ].filter(Boolean);
}

function rowsTable(chart, rows) {
  const head = h("tr", {}, h("th", { scope: "col" }, "Date"), chart.label && h("th", { scope: "col" }, chart.label),
    ...chart.series.map((each) => h("th", { scope: "col", class: "number" }, each.title)));
  const body = h("tbody", {}, ...rows.slice(0, ROWS_AT_ONCE).map((row) => tableRow(chart, row)));
  const rest = rows.slice(ROWS_AT_ONCE);
  const more = rest.length > 0 && button(`Show ${count(rest.length, "more row", "more rows")}`, async () => {
    body.append(...rest.map((row) => tableRow(chart, row)));
    more.remove();
  });
  return h("div", {}, h("table", {}, h("caption", { class: "offscreen" }, chart.title), h("thead", {}, head), body), more);
}

function tableRow(chart, row) {
  return h("tr", { "data-date": row.date, "data-label": row.label ?? null },
    h("td", { class: "nowrap" }, date(row.date)), chart.label && h("td", {}, row.label),
    ...chart.series.map(({ name }) => {
      const value = row[name] ?? null;
      return h("td", { class: "number", "data-series": name, "data-value": value ?? "" }, value === null ? "–" : EXACT.format(value));
    }));
}

function requests({ request, requests: all }) {
  const shown = all?.length ? all : [request];
  return shown.slice(0, 10).map((each, index) => h("div", {},
    h("p", { class: "mono" }, `${each.method} ${each.path}`),
    each.curl ? command(each.curl, `curl command ${index + 1}`) : h("p", { class: "muted small" }, "No token of this sandbox may send it.")))
    .concat(shown.length > 10 ? [h("p", { class: "muted small" }, `And ${count(shown.length - 10, "more request", "more requests")}.`)] : []);
}
