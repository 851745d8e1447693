// The cursor goes: by words, by sentences, from mark to mark, or to a letter that is shown on each.

import { hintsShown, showHints } from "./hints.js";
import { ROLES } from "./layers.js";
import { nodes, workspace } from "./sentences.js";
import { drawSelection } from "./show.js";
import { page, putCursor, range, reviewed, selectMark } from "./state.js";
import { say } from "./view.js";

export function moveWord(by) {
  const { tokens } = page.paragraph;
  const { first, end } = range();
  let at = page.mark || end - first > 1 ? (by > 0 ? end : first - 1) : page.selection.head + by;
  const blank = (i) => tokens[i] && !tokens[i].text.trim();
  while (blank(at)) at += by;
  if (at < 0 || at >= tokens.length) return;
  putCursor(at);
  drawSelection();
}

export function moveSentence(by) {
  const { paragraph, selection } = page;
  const sentence = paragraph.statements[paragraph.sentenceAt(selection.head) + by];
  if (!sentence) return;
  putCursor(sentence.first);
  drawSelection();
}

export const entities = () =>
  page.paragraph.entities.map((place, entity) => ({ place, found: { entity } }));
export const parts = () =>
  (reviewed("claims") ? page.paragraph.claims : []).flatMap((claim, number) =>
    ROLES.filter((role) => claim[role]).map((role) => ({
      place: claim[role],
      found: { claim: number, role },
    })),
  );

// The next mark in the text after the cursor, or before it.
export function stepMark(all, direction) {
  if (!all.length) return say("There is none.");
  all.sort((a, b) => a.place.first - b.place.first || a.place.end - b.place.end);
  const current = all.findIndex(({ found }) => JSON.stringify(found) === JSON.stringify(page.mark));
  let next;
  if (current >= 0) next = (current + direction + all.length) % all.length;
  else {
    const after = all.findIndex(({ place }) => place.first >= page.selection.head);
    next =
      direction > 0
        ? after >= 0
          ? after
          : 0
        : ((after >= 0 ? after : all.length) - 1 + all.length) % all.length;
  }
  selectMark(all[next].found);
  drawSelection();
}

function hint(places) {
  const letters = showHints(places);
  say(
    hintsShown()
      ? `Press the ${letters > 1 ? `${letters} letters` : "letter"} of a place; Escape leaves.`
      : "There is none.",
  );
}

export function goToMark() {
  const node = ({ found, place }) =>
    (found.entity !== undefined
      ? workspace.querySelector(`mark[data-entity="${place.first}"]`)
      : workspace.querySelector(`.part[data-claim="${found.claim}"][data-role="${found.role}"]`)) ??
    nodes.tokens[place.first];
  hint(
    [...entities(), ...parts()].map((one) => ({
      node: node(one),
      choose: () => selectMark(one.found),
    })),
  );
}

export function goToWord() {
  const { paragraph, selection } = page;
  const { first, end } = paragraph.statements[paragraph.sentenceAt(selection.head)];
  const words = paragraph.tokens
    .slice(first, end)
    .filter((token) => /[\p{L}\p{N}]/u.test(token.text));
  hint(words.map(({ index }) => ({ node: nodes.tokens[index], choose: () => putCursor(index) })));
}
