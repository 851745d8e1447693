// Keys and the mouse: each press becomes an action or a selection. What is drawn says in data
// attributes what it stands for.

import { act } from "./actions.js";
import { clickedIn, selectConflict } from "./adjudication.js";
import { parts } from "./cursor.js";
import { dropHints, hintKey, hintsShown } from "./hints.js";
import { actionOf } from "./keys.js";
import { askLink } from "./links.js";
import { dragEdge, nextCertainty, picked, skipPart, takeReading, takeVersion } from "./marks.js";
import { closeMenu, openMenu } from "./menu.js";
import { goTo } from "./queue.js";
import { workspace } from "./sentences.js";
import { draw, drawSelection } from "./show.js";
import { page, putCursor, range, selectMark } from "./state.js";
import { say } from "./view.js";

const ANSWERS = ["accept", "reject", "ignore"];

// Keys by which a browser goes from one control to the next, or scrolls what has the focus.
function isBrowsersOwn({ key, target }) {
  const scrolls = target.closest(".version-text") && key.startsWith("Arrow");
  const moves = key === "Tab" || key.startsWith("Page");
  return scrolls || (moves && !workspace.contains(document.activeElement));
}

export function onKey(event) {
  if (
    document.querySelector("dialog[open]") ||
    event.target.closest("input, textarea, select") ||
    event.isComposing
  )
    return;
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
  // A control that has the focus keeps its own keys; but a blank, which ignores everywhere else,
  // never accepts.
  const onControl = event.target.closest("button, a");
  const action = actionOf(event);
  // A key that is held down answers nothing that comes after the first paragraph.
  if (event.repeat && ANSWERS.includes(onControl?.dataset.action ?? action))
    return event.preventDefault();
  if (onControl?.dataset.action === "accept" && event.key === " ") {
    event.preventDefault();
    return say("Space does not accept: Enter does.");
  }
  if (onControl && (event.key === "Enter" || event.key === " ")) return;
  if (isBrowsersOwn(event)) return;
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

// Some browsers press a button when the blank is let go.
export function onKeyUp(event) {
  if (event.key === " " && event.target.closest("[data-action='accept']")) event.preventDefault();
}

export function onClick(event) {
  const button = event.target.closest("[data-action]");
  if (button) return act(button.dataset.action);
  const near = event.target.closest("a[data-paragraph]");
  if (near && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    goTo({ paragraph: near.dataset.paragraph });
  }
}

export function onVersionClick(event) {
  const { version, conflict, reading } = clickedIn(event.target);
  if (version !== undefined) takeVersion(version);
  else if (conflict >= 0) takeReading(reading, conflict);
}

export function onConflictClick(event) {
  const { conflict, reading } = event.target.closest("button")?.dataset ?? {};
  if (conflict !== undefined) {
    selectConflict(Number(conflict));
    draw();
  } else if (reading !== undefined) {
    takeReading(reading === "none" ? null : Number(reading));
  }
  workspace.focus({ preventScroll: true });
}

// The selected words go to the clipboard, as they stand in the text.
export function onCopy(event) {
  if (!page.task || !workspace.contains(document.activeElement) || !getSelection().isCollapsed)
    return;
  event.clipboardData.setData("text/plain", page.paragraph.text(range()));
  event.preventDefault();
  say("Copied.");
}

let dragging = null;

export function onPointerDown(event) {
  if (!page.task || page.busy || event.button !== 0) return;
  if (event.target.closest("#menu")) return;
  if (hintsShown()) dropHints();
  closeMenu();
  const { edge } = event.target.dataset;
  if (edge) {
    dragging = { edge };
    return event.preventDefault();
  }
  const fact = event.target.closest(".certainty, .speaker");
  if (fact) return editFact(fact);
  const statement = event.target.closest("button.statement");
  const part = event.target.closest(".part");
  const token = event.target.closest("[data-token]");
  const { mark, selection } = page;
  if (part) selectPart(Number(part.dataset.claim), part.dataset.role);
  else if (statement || !token) {
    const row = event.target.closest(".row");
    if (!row) return;
    putCursor(page.paragraph.statements[Number(row.dataset.sentence)].first);
  } else {
    const index = Number(token.dataset.token);
    page.mark = null;
    page.selection = { anchor: event.shiftKey ? page.selection.anchor : index, head: index };
    dragging = { from: index, moved: event.shiftKey, before: { mark, selection } };
    event.preventDefault();
  }
  workspace.focus({ preventScroll: true });
  drawSelection();
  if (!dragging) openMenu({ sentence: !part });
}

function editFact(button) {
  page.activeClaim = Number(button.dataset.claim);
  page.mark = null;
  if (button.classList.contains("certainty")) nextCertainty();
  else askLink();
}

function selectPart(claim, role) {
  page.activeClaim = claim;
  page.claimChosen = true;
  if (page.paragraph.claims[claim][role]) selectMark({ claim, role });
  else page.mark = null;
  say(`Claim ${claim + 1} is in hand: s, d, f set its parts in any sentence; Escape lets it go.`);
}

export function onPointerMove(event) {
  if (!dragging) return;
  const under = document.elementFromPoint(event.clientX, event.clientY);
  const token = under?.closest("#workspace [data-token], #workspace [data-gap]");
  if (!token) return;
  const index = Number(token.dataset.token ?? token.dataset.gap);
  if (dragging.edge) dragging.to = index;
  else if (index !== page.selection.head) {
    page.selection.head = index;
    dragging.moved = true;
    drawSelection({ scroll: false });
  }
}

// The browser took the finger for scrolling: that selects nothing.
export function onPointerCancel() {
  if (dragging?.before) {
    Object.assign(page, dragging.before);
    drawSelection({ scroll: false });
  }
  dragging = null;
}

export function onPointerUp() {
  if (!dragging) return;
  const { edge, to, moved, from } = dragging;
  dragging = null;
  if (edge) {
    if (to !== undefined) dragEdge(edge, to);
    return openMenu();
  }
  const entity = page.paragraph.entityAt(from);
  if (!moved && page.picking === null) {
    if (entity >= 0) {
      const chosen = page.claimChosen;
      selectMark({ entity });
      page.claimChosen = chosen;
    } else {
      const part = parts().find(({ place }) => place.first <= from && from < place.end);
      page.activeClaim = part?.found.claim ?? page.activeClaim;
    }
  } else if (!moved && entity >= 0) {
    const { first, end } = page.paragraph.entities[entity];
    page.selection = { anchor: first, head: end - 1 };
  }
  picked();
  drawSelection();
  return openMenu();
}
