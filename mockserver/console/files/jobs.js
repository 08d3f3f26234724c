/**
 * Jobs of the server: the progress of one, with a button that ends it.
 */
import { button, count, h, patch } from "./dom.js";

export const isUnfinished = (job) => ["waiting", "running"].includes(job?.state);

/**
 * Show the progress of a job in a region while it is unfinished. If the focus was there, it goes to `next` afterwards.
 *
 * @param {HTMLElement} region
 * @param {object | null} job as the control plane describes it
 * @param {string} name what it is, as in "Audit"
 * @param {() => Promise<void>} cancel
 * @param {HTMLElement} next
 */
export function showProgress(region, job, name, cancel, next) {
  const hadFocus = region.contains(document.activeElement);
  patch(region, isUnfinished(job) ? job.id : null, () => (isUnfinished(job) ? [
    h("progress", { "aria-label": `Progress: ${name}` }),
    h("span", { class: "muted" }),
    button("Cancel", cancel, { "aria-label": `Cancel: ${name}` })] : []));
  if (isUnfinished(job)) update(region, job);
  else if (hadFocus) next.focus();
}

function update(region, { state, done, total, current, requests_made }) {
  const [bar, text] = region.children;
  bar.max = total;
  if (state === "waiting") bar.removeAttribute("value");
  else bar.value = done;
  const step = [`${done} of ${total}`, current].filter(Boolean).join(": ");
  const requests = requests_made ? `, ${count(requests_made, "request", "requests")}` : "";
  text.textContent = state === "waiting" ? "Waiting for its turn" : step + requests;
}
