// A menu at the selection for the hand: labels, edges, and what else can be done with it; and
// handles on the selection's ends.

import { act } from "./actions.js";
import { byId, element, fill } from "./dom.js";
import { labelChip } from "./legend.js";
import { nodes, workspace } from "./sentences.js";
import { page, range, reviewed } from "./state.js";

const TOOLS = [
  ["delete", "Delete"],
  ["startLeft", "⇤ start"],
  ["startRight", "start ⇥"],
  ["endLeft", "⇤ end"],
  ["endRight", "end ⇥"],
  ["split", "Split"],
  ["merge", "Merge"],
  ["link", "Link"],
  ["clear", "✕"],
];

function chips(layer, kind) {
  if (!reviewed(layer)) return null;
  return page.session.labels[layer].map((label, index) =>
    labelChip(layer, label, () => pressed({ [kind]: index })),
  );
}

function pressed(action) {
  act(action);
  workspace.focus({ preventScroll: true });
}

// Opens below the selection, or above it where there is no room: with the statement labels where a
// sentence was chosen, and otherwise with those for the words.
export function openMenu({ sentence = false } = {}) {
  if (!page.task || page.picking !== null) return;
  const { first, end } = range();
  const [a, b] = [nodes.tokens[first], nodes.tokens[end - 1]];
  if (!a || !b) return;
  const menu = byId("menu");
  const tools = TOOLS.map(([name, text]) =>
    element("button", { type: "button", onclick: () => pressed(name) }, text),
  );
  fill(
    menu,
    element(
      "div",
      { class: "chips" },
      sentence
        ? chips("statements", "statement")
        : [chips("entities", "entity"), chips("claims", "role")],
    ),
    element("div", { class: "tools" }, tools),
  );
  menu.hidden = false;
  const frame = byId("stage").getBoundingClientRect();
  const start = a.getClientRects()[0];
  const last = [...b.getClientRects()].at(-1);
  const below = last.bottom + 22;
  const top =
    below + menu.offsetHeight < innerHeight - 60 ? below : start.top - menu.offsetHeight - 8;
  menu.style.top = `${top - frame.top}px`;
  const room = frame.width - menu.offsetWidth;
  menu.style.left = `${Math.max(0, Math.min(start.left - frame.left, room))}px`;
  place(byId("handle-first"), start.left - frame.left, start.top - frame.top, start.height);
  place(byId("handle-end"), last.right - frame.left, last.top - frame.top, last.height);
}

function place(handle, left, top, height) {
  handle.hidden = false;
  Object.assign(handle.style, { left: `${left}px`, top: `${top}px`, height: `${height}px` });
}

export function closeMenu() {
  for (const id of ["menu", "handle-first", "handle-end"]) byId(id).hidden = true;
}
