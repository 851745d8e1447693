// Keys and the mouse: each press becomes an action or a selection. What is drawn says in data attributes what it stands for.

import { act } from "./actions.js";
import { clickedIn } from "./adjudication.js";
import { parts } from "./cursor.js";
import { dropHints, hintKey, hintsShown } from "./hints.js";
import { actionOf } from "./keys.js";
import { picked, skipPart, takeMark, takeVersion } from "./marks.js";
import { drawSelection } from "./show.js";
import { page, putCursor, selectMark } from "./state.js";
import { say, workspace } from "./view.js";

export function onKey(event) {
  if (document.querySelector("dialog[open]") || event.target.closest("input, textarea, select") || event.isComposing) return;
  if (hintsShown()) {
    event.preventDefault();
    const choose = hintKey(event);
    if (choose) {
      choose();
      picked();
      drawSelection();
    }
    if (choose !== null) say(choose ? "" : "No mark was chosen.");
    return;
  }
  // A control that has the focus keeps its own keys.
  const onControl = event.target.closest("button, a");
  const action = actionOf(event);
  if (onControl && (event.key === "Enter" || event.key === " ")) return;
  if ((event.key === "Tab" || event.key.startsWith("Page")) && !workspace.contains(document.activeElement)) return;
  if (page.picking !== null && event.key === "0") {
    event.preventDefault();
    return skipPart();
  }
  if (page.picking !== null && event.key === "Enter") {
    event.preventDefault();
    return picked();
  }
  if (!action) return;
  event.preventDefault();
  act(action);
}

export function onClick(event) {
  const button = event.target.closest("[data-action]");
  if (button) act(button.dataset.action);
}

export function onVersionClick(event) {
  const { version, layer, value } = clickedIn(page.task, event.target);
  if (layer) takeMark(layer, value);
  else if (version !== undefined) takeVersion(version);
}

let dragging = null;

export function onPointerDown(event) {
  if (!page.task || page.busy || event.button !== 0) return;
  if (hintsShown()) dropHints();
  const statement = event.target.closest("button.statement");
  const part = event.target.closest(".part");
  const token = event.target.closest("[data-token]");
  if (part) {
    const found = { claim: Number(part.dataset.claim), role: part.dataset.role };
    page.activeClaim = found.claim;
    if (page.paragraph.claims[found.claim][found.role]) selectMark(found);
    else page.mark = null;
  } else if (statement || !token) {
    const row = event.target.closest(".row");
    if (!row) return;
    putCursor(page.paragraph.statements[Number(row.dataset.sentence)].first);
  } else {
    const index = Number(token.dataset.token);
    page.mark = null;
    page.selection = { anchor: event.shiftKey ? page.selection.anchor : index, head: index };
    dragging = { from: index, moved: event.shiftKey };
    event.preventDefault();
  }
  workspace.focus({ preventScroll: true });
  drawSelection();
}

export function onPointerMove(event) {
  if (!dragging) return;
  const token = document.elementFromPoint(event.clientX, event.clientY)?.closest("#workspace [data-token], #workspace [data-gap]");
  if (!token) return;
  const index = Number(token.dataset.token ?? token.dataset.gap);
  if (index !== page.selection.head) {
    page.selection.head = index;
    dragging.moved = true;
    drawSelection();
  }
}

export function onPointerUp() {
  if (!dragging) return;
  const { moved, from } = dragging;
  dragging = null;
  const entity = page.paragraph.entityAt(from);
  if (!moved && page.picking === null) {
    if (entity >= 0) selectMark({ entity });
    else {
      const part = parts().find(({ place }) => place.first <= from && from < place.end);
      page.activeClaim = part?.found.claim ?? page.activeClaim;
    }
  } else if (!moved && entity >= 0) {
    const { first, end } = page.paragraph.entities[entity];
    page.selection = { anchor: first, head: end - 1 };
  }
  picked();
  drawSelection();
}
