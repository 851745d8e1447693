// From paragraph to paragraph: the order of the queue and its filters, steps, and the way back.

import { byId, element, fill } from "./dom.js";
import { changed, goOn, locked, saveDraft } from "./saving.js";
import { get, post } from "./server.js";
import { forgetMark, page } from "./state.js";
import { drawProgress, say } from "./view.js";

export function drawQueue() {
  const orders = { order: "as imported", uncertainty: "least certain first" };
  const filters = [
    ["label", page.queue.label],
    ["search", page.queue.search],
  ].filter(([, value]) => value);
  const adjudicating = page.session.mode === "adjudicator";
  fill(
    byId("queue"),
    element("button", { type: "button", "data-action": "order", title: "Order of the queue (o)", disabled: adjudicating }, adjudicating ? "differing first" : orders[page.queue.order]),
    ...filters.map(([name, value]) => element("button", { type: "button", class: "filter", title: "Take the filter away", onclick: () => filter(name, "") }, `${name}: ${value} ✕`)),
  );
}

async function load(path, parameters) {
  await locked(async () => {
    if (page.task) await saveDraft();
    const body = await get(path, parameters);
    if (body.progress) drawProgress(body.progress);
    goOn(body.task);
  });
}

export const loadNext = () => load("/api/next", page.queue);

export const step = (direction) => load("/api/task", { id: page.task?.id ?? Number.MAX_SAFE_INTEGER, step: direction });

export function filter(name, value) {
  page.queue[name] = value;
  localStorage.setItem("cablespan.order", page.queue.order);
  drawQueue();
  loadNext();
}

export async function undo() {
  if (page.task && page.paragraph.undo()) {
    forgetMark();
    changed();
    return say(`Undone. ${page.paragraph.edits.length} more edits of this paragraph can be undone.`);
  }
  await locked(async () => {
    if (page.task) await saveDraft();
    const back = await post("/api/undo", { uuid: crypto.randomUUID() });
    drawProgress(back.progress);
    goOn(back.task);
    say("Your last answer is taken back; its paragraph is here again.");
  });
}
