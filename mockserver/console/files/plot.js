/**
 * A chart as SVG: lines or bars over buckets, or one bar for each label where there is one bucket.
 *
 * What is drawn is a list of shapes: `{ title, kind, values, group }`. `kind` is "line", "bar", "stack" or "dot"; a value
 * is a number, or null where there is none: a line has a gap there. Colours are classes, as the page allows no styles in
 * elements.
 */
import { h, number } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 240;
const EDGE = { top: 10, right: 12, bottom: 26, left: 52 };
const COLOURS = 8;
const SHORT = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** The class of the colour of the shape with an index. */
export const colour = (index) => `c${index % COLOURS}`;

function s(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Round steps for an axis from 0 to at least `top`. */
export function ticks(top) {
  if (!(top > 0)) return [0, 1];
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const count = Math.ceil(top / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/**
 * A plot that fits its width, with a line of text for the bucket under the pointer or chosen with the arrow keys.
 *
 * @param {{ title: string, labels: string[], shapes: object[], level: { title: string, value: number } | null }} data
 */
export function plot(data) {
  const holder = h("div", { class: "plot" });
  const reading = h("output", { class: "reading small" });
  let drawn = 0;
  const draw = () => {
    const width = Math.round(holder.clientWidth);
    if (width === drawn || width === 0) return;
    drawn = width;
    holder.replaceChildren(data.labels.length === 1 && data.shapes.length > 1 ? labelBars(data, width) : overTime(data, width, reading));
  };
  new ResizeObserver(draw).observe(holder);
  return [holder, reading];
}

function describe({ title, labels, shapes }) {
  const span = labels.length > 1 ? `${labels[0]} to ${labels.at(-1)}` : labels[0] ?? "no data";
  return `${title}, ${span}: ${shapes.map((each) => each.title).join(", ")}. The table below has the numbers.`;
}

/** Horizontal bars, one for each shape, whose only value it shows. */
function labelBars(data, width) {
  const row = 30;
  const side = Math.min(180, width * 0.35);
  const top = Math.max(...data.shapes.map((each) => each.values[0] ?? 0), 0) || 1;
  const bars = data.shapes.flatMap(({ title, values: [value] }, index) => {
    const length = Math.max(0, (value ?? 0) / top) * (width - side - 80);
    const middle = index * row + row / 2;
    return [
      s("text", { x: side - 8, y: middle, class: "axis end" }, cut(title, side / 7)),
      s("rect", { x: side, y: index * row + 6, width: length, height: row - 12, rx: 3, class: "c0" }),
      s("text", { x: side + length + 6, y: middle, class: "axis" }, value === null ? "–" : number(value)),
    ];
  });
  const height = data.shapes.length * row;
  return s("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": describe(data) }, ...bars);
}

const cut = (text, length) => (text.length > length ? `${text.slice(0, Math.max(1, length - 1))}…` : text);

function overTime(data, width, reading) {
  const { labels, shapes, level } = data;
  const inner = { width: width - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const steps = ticks(Math.max(level?.value ?? 0, ...tops(shapes, labels.length)));
  const band = inner.width / Math.max(labels.length, 1);
  const x = (index) => EDGE.left + band * (index + 0.5);
  const y = (value) => EDGE.top + inner.height * (1 - value / steps.at(-1));
  const marker = s("line", { y1: EDGE.top, y2: HEIGHT - EDGE.bottom, class: "marker", visibility: "hidden" });
  const svg = s("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT, role: "img", tabindex: 0, "aria-label": describe(data) },
    ...steps.flatMap((step) => [
      s("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(step), y2: y(step), class: "grid-line" }),
      s("text", { x: EDGE.left - 8, y: y(step), class: "axis end" }, SHORT.format(step))]),
    ...dates(labels, x, inner.width), marker, ...bars(shapes, band, x, y), ...lines(shapes, x, y),
    ...(level ? [s("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(level.value), y2: y(level.value), class: "level" })] : []));
  let chosen = -1;
  const choose = (index) => {
    chosen = Math.max(0, Math.min(labels.length - 1, index));
    marker.setAttribute("x1", x(chosen));
    marker.setAttribute("x2", x(chosen));
    marker.setAttribute("visibility", "visible");
    reading.textContent = `${labels[chosen]}: ${shapes.map(({ title, values }) =>
      `${title} ${values[chosen] === null ? "–" : number(values[chosen])}`).join(" · ")}`;
  };
  svg.addEventListener("pointermove", (event) => {
    const left = event.clientX - svg.getBoundingClientRect().left;
    if (labels.length) choose(Math.floor((left - EDGE.left) / band));
  });
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !labels.length) return;
    event.preventDefault();
    choose(chosen < 0 && by < 0 ? labels.length - 1 : chosen + by);
  });
  return svg;
}

/** The highest point of each bucket. */
function tops(shapes, count) {
  return Array.from({ length: count }, (_, index) => {
    const at = ({ values }) => values[index] ?? 0;
    const stacked = shapes.filter((each) => each.kind === "stack").reduce((sum, each) => sum + at(each), 0);
    return Math.max(stacked, ...shapes.map(at));
  });
}

/** As many dates below the axis as there is room for. */
function dates(labels, x, width) {
  const every = Math.max(1, Math.ceil(labels.length / Math.max(1, Math.floor(width / 95))));
  return labels.flatMap((label, index) => (index % every ? [] :
    [s("text", { x: x(index), y: HEIGHT - EDGE.bottom + 16, class: "axis middle" }, label)]));
}

function bars(shapes, band, x, y) {
  const beside = shapes.filter((each) => each.kind === "bar");
  const stacked = shapes.filter((each) => each.kind === "stack");
  const room = Math.min(band * 0.72, 48);
  const rect = (shape, left, width, from, to) => s("rect", {
    x: left, y: y(to), width: Math.max(width, 1), height: Math.max(y(from) - y(to), 0), rx: Math.min(2, width / 3), class: shape.colour });
  return [
    ...beside.flatMap((shape, position) => shape.values.map((value, index) =>
      rect(shape, x(index) - room / 2 + (position * room) / beside.length, room / beside.length, 0, value ?? 0))),
    ...(stacked[0]?.values ?? []).flatMap((_, index) => {
      let from = 0;
      return stacked.map((shape) => {
        const to = from + (shape.values[index] ?? 0);
        const element = rect(shape, x(index) - room / 2, room, from, to);
        from = to;
        return element;
      });
    }),
  ];
}

/** Lines with a gap where there is no value, and dots where a value stands alone. */
function lines(shapes, x, y) {
  return shapes.filter((each) => each.kind === "line" || each.kind === "dot").flatMap((shape) => {
    const there = (index) => shape.values[index] !== null && shape.values[index] !== undefined;
    const path = shape.kind === "dot" ? "" : shape.values.map((value, index) =>
      (there(index) ? `${there(index - 1) ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}` : "")).join("");
    const alone = shape.values.flatMap((value, index) =>
      (there(index) && (shape.kind === "dot" || (!there(index - 1) && !there(index + 1)))
        ? [s("circle", { cx: x(index), cy: y(value), r: shape.kind === "dot" ? 5 : 3, class: shape.colour })] : []));
    return [...(path ? [s("path", { d: path, class: `line ${shape.colour}${shape.isMain ? " main" : ""}` })] : []), ...alone];
  });
}
