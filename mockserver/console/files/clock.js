/**
 * The clock of the sandbox as a bar: what time it is there, whether it runs, and buttons that change it.
 */
import { call } from "./api.js";
import { button, dateTime, fill, h, notify, patch } from "./dom.js";
import { inSandbox } from "./router.js";

const MINUTE = 60_000;

/**
 * @param {() => Promise<void>} changed called after each change
 */
export function clockBar(changed) {
  const now = h("time", { class: "now" });
  const mark = h("span", { class: "badge" });
  const next = h("p", { class: "muted small" });
  const input = h("input", { type: "datetime-local", step: 1, "aria-label": "Time in UTC", required: true });
  let clock = null;
  let coming = null;

  const put = async (body) => {
    await call("PUT", inSandbox("/clock"), body);
    await changed();
    fill(input, text(shownTime()));
  };
  const advance = async (body) => {
    await call("POST", inSandbox("/clock/advance"), body);
    await changed();
    fill(input, text(shownTime()));
  };
  const shownTime = () => clock.at + (clock.frozen ? 0 : performance.now() - clock.read);
  const beforeData = async () => {
    if (!coming) return notify("No vendor says when its next data arrive.", "error");
    await put({ now: new Date(Date.parse(coming.next_data_at) - MINUTE).toISOString(), frozen: clock.frozen });
  };
  const toggle = button("Freeze", () => put({ now: new Date(shownTime()).toISOString(), frozen: !clock.frozen }));
  const set = h("form", { class: "row", onsubmit: (event) => { event.preventDefault(); setButton.click(); } });
  const setButton = button("Set", () => {
    if (!input.value) throw new Error("Give a date and a time, as in 2026-11-29 10:30.");
    return put({ now: `${input.value.length === 16 ? `${input.value}:00` : input.value}Z`, frozen: clock.frozen });
  });
  set.append(input, h("span", { class: "muted small" }, "UTC"), setButton);

  const element = h("section", { class: "clock", "aria-label": "Clock" },
    h("div", {}, h("p", { class: "muted small" }, "Clock of the sandbox"), h("p", { class: "row" }, now, mark), next),
    h("div", { class: "row" },
      button("+1 hour", () => advance({ hours: 1 })), button("+1 day", () => advance({ days: 1 })),
      button("One minute before the next data arrive", beforeData), toggle),
    set);

  const draw = () => {
    if (clock) patch(now, dateTime(shownTime()), () => [dateTime(shownTime())]);
  };
  const timer = setInterval(() => (element.isConnected ? draw() : clearInterval(timer)), 250);

  return {
    element,
    update(overview) {
      const isFirst = clock === null;
      clock = { at: Date.parse(overview.clock.now), frozen: overview.clock.frozen, read: performance.now() };
      if (isFirst) input.value = text(clock.at);
      coming = overview.vendors.filter((each) => each.next_data_at)
        .sort((one, other) => one.next_data_at.localeCompare(other.next_data_at))[0] ?? null;
      patch(mark, clock.frozen, () => [h("span", { class: `dot ${clock.frozen ? "still" : "good"}` }), clock.frozen ? "frozen" : "running"]);
      mark.classList.toggle("warn", clock.frozen);
      patch(toggle, clock.frozen, () => [clock.frozen ? "Run" : "Freeze"]);
      patch(next, [coming?.title, coming?.next_data_at], () => [coming ? `Next data: ${coming.title}, ${dateTime(coming.next_data_at)}` : ""]);
      draw();
    },
  };
}

/** A time as the input takes it, in UTC. */
const text = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 19);
