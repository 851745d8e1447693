// What the page holds: the paragraph under review, what of it is selected, and the queue that it
// comes from. No DOM in here.

import { kept } from "./kept.js";

export const page = {
  session: null,
  task: null,
  paragraph: null,
  selection: { anchor: 0, head: 0 },
  mark: null, // {entity: n} or {claim: n, role}
  activeClaim: null,
  claimChosen: false, // the claim in hand was selected on purpose: s d f change it anywhere
  picking: null, // index in ROLES while a new claim is being picked
  conflict: 0, // the conflict between annotators that is at hand
  touched: false, // whether the paragraph was changed since it came
  busy: false,
  queue: { order: kept("order") ?? "order", label: "", search: "" },
};

export const reviewed = (layer) => page.session.layers.includes(layer);

export const range = () => ({
  first: Math.min(page.selection.anchor, page.selection.head),
  end: Math.max(page.selection.anchor, page.selection.head) + 1,
});

export function putCursor(index) {
  page.mark = null;
  page.selection = { anchor: index, head: index };
}

export function selectMark(found) {
  page.mark = found;
  const place =
    found.entity !== undefined
      ? page.paragraph.entities[found.entity]
      : page.paragraph.claims[found.claim][found.role];
  if (found.claim !== undefined) page.activeClaim = found.claim;
  page.claimChosen = found.claim !== undefined;
  page.selection = { anchor: place.first, head: place.end - 1 };
}

// After an edit that may have taken away what was selected.
export function forgetMark() {
  const { paragraph, selection } = page;
  page.mark = null;
  if (page.activeClaim !== null && page.activeClaim >= paragraph.claims.length)
    page.activeClaim = null;
  const last = paragraph.tokens.length - 1;
  page.selection = {
    anchor: Math.min(selection.anchor, last),
    head: Math.min(selection.head, last),
  };
}
