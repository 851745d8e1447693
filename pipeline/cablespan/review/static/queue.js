// From paragraph to paragraph: the order of the queue and its filters, steps, and the way back.

import { byId, element, fill } from "./dom.js";
import { keep } from "./kept.js";
import { banner, changed, goOn, leave, locked } from "./saving.js";
import { get, newId, postUntilSaved } from "./server.js";
import { forgetMark, page } from "./state.js";
import { drawProgress, refuse, say } from "./view.js";

const FILTERS = ["label", "search"];

export function drawQueue() {
  const orders = { order: "as imported", uncertainty: "least certain first" };
  const filters = FILTERS.map((name) => [name, page.queue[name]]).filter(([, value]) => value);
  const { problems } = page.session;
  const adjudicating = page.session.mode === "adjudicator";
  fill(
    byId("queue"),
    element(
      "button",
      {
        type: "button",
        "data-action": "order",
        title: "Order of the queue (o)",
        disabled: adjudicating,
      },
      adjudicating ? "differing first" : orders[page.queue.order],
    ),
    ...filters.map(([name, value]) =>
      element(
        "button",
        {
          type: "button",
          class: "filter",
          title: "Take the filter away",
          onclick: () => filter(name, ""),
        },
        `${name}: ${value} ✕`,
      ),
    ),
    problems.length
      ? element(
          "button",
          {
            type: "button",
            class: "filter problem",
            "data-action": "problems",
            title: "What of the files could not be taken in",
          },
          `${problems.length} left out`,
        )
      : "",
  );
}

async function load(path, parameters) {
  return locked(async () => {
    const left = await leave();
    const body = await get(path, parameters);
    if (body.progress) drawProgress(body.progress);
    else if (left) drawProgress((await get("/api/session")).progress);
    goOn(body.task);
    if (left) refuse(left);
  });
}

export const loadNext = () => load("/api/next", page.queue);

// A step passes over what the filters leave out.
export const step = (direction) =>
  load("/api/task", {
    ...page.queue,
    id: page.task?.id ?? Number.MAX_SAFE_INTEGER,
    step: direction,
  });

export const goTo = (where) => load("/api/task", where);

// The paragraph that the page's address names (/cable/07ASTANA454/7), or null.
export function paragraphOfAddress() {
  const [, named] = location.pathname.match(/^\/cable\/(.+)$/) ?? [];
  return named ? named.split("/").map(decoded).join("/") : null;
}

// An address that was cut may be none: it stands as it is, and no paragraph has that name.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// Filters stand in the page's address, so that they are there after a reload and can be sent.
export function readFilters() {
  const asked = new URLSearchParams(location.search);
  for (const name of FILTERS) page.queue[name] = asked.get(name) ?? "";
}

export function filter(name, value) {
  page.queue[name] = value;
  keep("order", page.queue.order);
  const asked = new URLSearchParams(
    FILTERS.map((one) => [one, page.queue[one]]).filter(([, given]) => given),
  );
  history.replaceState(null, "", `${location.pathname}${asked.size ? `?${asked}` : ""}`);
  drawQueue();
  loadNext();
}

export async function undo() {
  if (page.task && page.paragraph.undo()) {
    forgetMark();
    changed();
    return say(
      `Undone. ${page.paragraph.edits.length} more edits of this paragraph can be undone.`,
    );
  }
  await locked(async () => {
    await leave();
    const back = await postUntilSaved("/api/undo", { uuid: newId() }, (error, now) =>
      banner(`Nothing is taken back yet. ${error.message} It is tried again by itself.`, now),
    );
    drawProgress(back.progress);
    goOn(back.task);
    say("Your last answer is taken back; its paragraph is here again.");
  });
}
